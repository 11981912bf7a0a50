package xray

import (
	"encoding/json"
	"slices"
	"sync"
	"time"
)

// record keeps an execution's steps for [Execution.ToJSON], within bounds:
// what goes to the server is not bounded by it.
type record struct {
	mu       sync.Mutex
	steps    []*recordedStep
	bytes    int
	metadata string
}

const (
	maxRecordSteps = 1_000
	maxRecordBytes = 4 << 20
)

type recordedStep struct {
	record *record

	Name       string          `json:"name"`
	Input      json.RawMessage `json:"input,omitempty"`
	Output     json.RawMessage `json:"output,omitempty"`
	Error      string          `json:"error,omitempty"`
	DurationMs float64         `json:"durationMs"`
	Reasoning  string          `json:"reasoning,omitempty"`
}

// add gives a step its place, in the order of starting. The execution's own
// step is not one of its steps.
func (r *record) add(s *OpenStep, e *Execution) {
	if s.execution == e && e.step == nil {
		return // the execution's own span is being opened
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.steps) >= maxRecordSteps {
		return
	}
	p := &recordedStep{record: r, Name: s.name}
	s.places = append(s.places, p)
	r.steps = append(r.steps, p)
}

// fill completes a place when its step has ended.
func (p *recordedStep) fill(s *OpenStep) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p.record.mu.Lock()
	defer p.record.mu.Unlock()
	p.DurationMs = float64(time.Since(s.start)) / float64(time.Millisecond)
	p.Error, p.Reasoning = s.err, s.reasoning
	if p.record.bytes += len(s.input) + len(s.output); p.record.bytes <= maxRecordBytes {
		p.Input, p.Output = raw(s.input), raw(s.output)
	}
}

func raw(text string) json.RawMessage {
	if text == "" {
		return nil
	}
	return json.RawMessage(text)
}

// ToJSON returns the execution so far in the form that POST /api/executions
// takes: {executionId, projectId, name, startedAt, metadata, steps: [{name,
// input, output, error, durationMs, reasoning}], finalOutcome}. Nested steps follow each other in
// the order of starting. At most 1,000 steps and 4 MiB of inputs and outputs
// are kept for it. When nothing is recorded, steps are empty.
func (e *Execution) ToJSON() ([]byte, error) {
	doc := struct {
		ExecutionID  string          `json:"executionId"`
		ProjectID    string          `json:"projectId,omitempty"`
		Name         string          `json:"name,omitempty"`
		StartedAt    *time.Time      `json:"startedAt,omitempty"`
		Metadata     json.RawMessage `json:"metadata,omitempty"`
		Steps        []recordedStep  `json:"steps"`
		FinalOutcome json.RawMessage `json:"finalOutcome,omitempty"`
	}{ExecutionID: e.ExecutionID(), Steps: []recordedStep{}}
	if e.client != nil {
		doc.ProjectID = e.client.project
	}
	if e.step != nil {
		start := e.step.start.UTC()
		doc.Name, doc.StartedAt = e.step.name, &start
	}

	e.record.mu.Lock()
	for _, p := range slices.Clone(e.record.steps) {
		doc.Steps = append(doc.Steps, *p)
	}
	e.record.mu.Unlock()
	doc.Metadata, doc.FinalOutcome = e.summary()
	return json.Marshal(doc)
}

// summary returns metadata and outcome; without one that was set, the
// function's result is the outcome.
func (e *Execution) summary() (metadata, outcome json.RawMessage) {
	e.mu.Lock()
	if len(e.metadata) > 0 {
		metadata, _ = json.Marshal(e.metadata) // values are JSON already
	}
	e.mu.Unlock()
	if e.step == nil {
		return metadata, nil
	}
	e.step.mu.Lock()
	defer e.step.mu.Unlock()
	if metadata == nil {
		metadata = raw(e.record.metadata)
	}
	if e.outcome != "" {
		return metadata, raw(e.outcome)
	}
	return metadata, raw(e.step.output)
}
