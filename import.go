package xray

import (
	"encoding/json"
	"time"
)

// NewExecution is a finished execution from a client without OpenTelemetry
// (POST /api/executions, `xray import`). The receiver makes spans of it.
type NewExecution struct {
	ExecutionID  string          `json:"executionId"` // made up if empty
	ProjectID    string          `json:"projectId"`   // slug; must be the caller's own if given
	Name         string          `json:"name"`
	Metadata     json.RawMessage `json:"metadata"` // JSON object
	StartedAt    time.Time       `json:"startedAt"`
	Steps        []NewStep       `json:"steps"`
	FinalOutcome json.RawMessage `json:"finalOutcome"`
}

// NewStep is one step of a [NewExecution]; steps ran one after the other.
type NewStep struct {
	Name       string          `json:"name"`
	Input      json.RawMessage `json:"input"`
	Output     json.RawMessage `json:"output"`
	Error      string          `json:"error"`
	DurationMs float64         `json:"durationMs"`
	Reasoning  string          `json:"reasoning"`
}
