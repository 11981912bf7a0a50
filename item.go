package xray

import "encoding/json"

// ItemRecord is what the SDK wrote about a step's candidates
// (xray.items.kept, xray.items.dropped). It outranks inference.
type ItemRecord struct {
	Kept    []ItemDecision `json:"kept,omitempty"`
	Dropped []ItemDecision `json:"dropped,omitempty"`
	// Criteria that the step says it applied (xray.criterion).
	Criteria []Criterion `json:"criteria,omitempty"`
}

// ItemDecision is one candidate's fate at one step.
type ItemDecision struct {
	Key       string          `json:"key"`
	Item      json.RawMessage `json:"item,omitempty"`
	Reason    string          `json:"reason,omitempty"`
	Criterion *Criterion      `json:"criterion,omitempty"`
	Score     *float64        `json:"score,omitempty"`
}

// Criterion is a condition on one field of the items: rating ≥ 7.
type Criterion struct {
	Field string          `json:"field"`
	Op    string          `json:"op"` // = != < <= > >= in not_in contains missing present
	Value json.RawMessage `json:"value,omitempty"`
}
