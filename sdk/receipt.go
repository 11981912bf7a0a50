package xray

import (
	"encoding/json"

	"go.opentelemetry.io/otel/attribute"

	"github.com/xraytrace/xray/sdk/internal/payload"
)

// The receipt counts what an execution recorded, so that the server can tell
// whether all of it arrived. With a [Backend] all spans of the trace count,
// also those that other instrumentations made; without one, ours do.

// began counts a step and gives it its place in the record. A nil execution
// counts nothing.
func (e *Execution) began(s *OpenStep) {
	for x := e; x != nil; x = x.outer {
		x.started.Add(1)
		x.record.add(s, x)
	}
}

// finished counts the end of a step.
func (e *Execution) finished(s *OpenStep) {
	for x := e; x != nil; x = x.outer {
		x.ended.Add(1)
	}
	for _, p := range s.places {
		p.fill(s)
	}
}

// cut counts shortened payloads.
func (e *Execution) cut(n int) {
	for x := e; x != nil; x = x.outer {
		x.shortened.Add(int64(n))
	}
}

// writeMetadata writes all metadata, just before the execution's span ends.
func (e *Execution) writeMetadata() {
	e.mu.Lock()
	metadata, cuts := e.metadata, e.metadataCuts
	e.metadata, e.metadataCuts = nil, nil
	e.mu.Unlock()
	if len(metadata) > 0 {
		at := "/attributes/" + keyMetadata
		text, more := payload.Encode(metadata, 2*e.client.limit, at) // masked when it was set
		text, cuts = payload.Fit(text, e.client.limit, at, append(cuts, more...))
		e.step.set(keyMetadata, at, captured{string(text), cuts}, &e.record.metadata)
	}
}

// receipt is what was counted, including the execution's own span, which is
// about to end.
func (e *Execution) receipt() []attribute.KeyValue {
	t := Tally{Started: e.started.Load(), Ended: e.ended.Load()}
	if b := e.client.backend; b != nil {
		// Only while the root is open can the backend count; spans that it
		// does not know (a root elsewhere) leave ours.
		if bt := b.Tally(e.TraceID()); bt.Started > 0 {
			t = bt
		}
	}
	return []attribute.KeyValue{
		attribute.Int64(keyStarted, t.Started),
		attribute.Int64(keyEnded, t.Ended+1), // and this one
		attribute.Int64(keyDropped, t.Dropped),
		attribute.Int64(keyCut, e.shortened.Load()),
	}
}

// rawMembers takes a JSON object apart; nil if the text is none.
func rawMembers(text []byte) map[string]any {
	var m map[string]json.RawMessage
	if json.Unmarshal(text, &m) != nil {
		return nil
	}
	out := make(map[string]any, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}
