package semconv

import (
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray"
)

// A pending span announces a running step: a second span with an id of its
// own, whose parent is the real span. The real parent is in an attribute.
func newPendingTable() *table {
	return &table{concept: "Pending span: the mark, the real span, its parent", sources: []source{
		{by: XRay, key: "xray.pending"},
		{by: XRay, key: "xray.pending.span_id"},
		{by: XRay, key: "xray.pending.parent_id"},
		{by: Logfire, key: "logfire.span_type"},
		{by: Logfire, key: "logfire.pending_parent_id"},
	}}
}

// pending marks a step that only announces another one, and puts it where the
// real one will stand.
func (f *found) pending(span ptrace.Span, step *xray.Step) {
	ids := f.v.pendingSpan.ids
	text := func(i int) string {
		if !f.has[ids[i]] {
			return ""
		}
		return f.textOf(ids[i], "")
	}
	ours, theirs := false, text(3) == "pending_span"
	if f.has[ids[0]] {
		ours, _ = boolOf(f.values[ids[0]])
	}
	switch {
	case ours:
		step.PendingFor = spanID(text(1))
		step.ParentID = spanID(text(2))
	case theirs:
		step.ParentID = spanID(text(4)) // sixteen zeros for a root
	default:
		return
	}
	if step.PendingFor.IsZero() {
		step.PendingFor = xray.SpanID(span.ParentSpanID())
	}
	step.Pending, step.ModelCall, step.Status = true, false, xray.StatusRunning
}

// spanID reads an id; what is none is the zero id.
func spanID(hex string) xray.SpanID {
	id, err := xray.ParseSpanID(hex)
	if err != nil {
		return xray.SpanID{}
	}
	return id
}
