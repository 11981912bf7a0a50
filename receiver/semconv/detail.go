package semconv

import (
	"encoding/json"
	"fmt"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray"
)

// newOwnTable is what our SDK writes about a step beside input and output.
func newOwnTable() *table {
	return &table{concept: "The program's own explanation and decisions", sources: []source{
		{by: XRay, key: "xray.reasoning"},
		{by: XRay, key: "xray.items.kept"},
		{by: XRay, key: "xray.items.dropped"},
		{by: XRay, key: "xray.criteria"},
	}}
}

// Detail maps a span to everything it carried. logs are the log records that
// belong to the span; they may be nil, and may come in any order.
func (m *Mapper) Detail(s Span, logs []plog.LogRecord) xray.StepDetail {
	f := m.find(s.Span)
	defer m.release(f)

	d := xray.StepDetail{
		Step:       m.step(s, f),
		Attributes: attributesJSON(s.Span.Attributes()),
		Resource:   appendMap(nil, s.Resource.Attributes()),
		Scope: xray.InstrumentationScope{
			Name:    clean(s.Scope.Name()),
			Version: clean(s.Scope.Version()),
		},
		Events:     eventsOf(s.Span, logs),
		Links:      linksOf(s.Span),
		SpanKind:   strings.ToLower(s.Span.Kind().String()),
		StatusCode: strings.ToLower(s.Span.Status().Code().String()),
		StatusText: clean(s.Span.Status().Message()),
		TraceState: clean(s.Span.TraceState().AsRaw()),
	}
	if s.Scope.Attributes().Len() > 0 {
		d.Scope.Attributes = appendMap(nil, s.Scope.Attributes())
	}
	f.payloads(&d)
	_, d.RequestModel = f.models()
	d.Prompt = f.promptTemplate()
	d.Streaming = f.streaming()
	d.FirstToken = f.firstToken(&d.Step)
	d.Parameters = f.parameters()
	d.Reasoning = clean(f.textAt(f.v.own, 0))
	d.Items = f.items()
	d.Tool = f.toolCall(&d)
	if d.FinishReason = clean(f.finishReason()); d.FinishReason == "" {
		d.FinishReason = finishOfMessages(d)
	}
	return d
}

// payloads fills in input and output: from attributes, else from events.
func (f *found) payloads(d *xray.StepDetail) {
	input, output := f.read(f.v.input, d, inputSide), f.read(f.v.output, d, outputSide)
	eventIn, eventOut := eventMessages(d.Events)
	if input.kind == xray.PayloadNone { // instructions may stand on the span, and all else in records
		input = messagesPayload(withSystem(f.systemMessages(), eventIn))
	}
	if input.kind == xray.PayloadNone {
		input = f.read(f.v.query, d, inputSide)
	}
	if output.kind == xray.PayloadNone {
		output = messagesPayload(eventOut)
	}
	if output.kind == xray.PayloadNone {
		output = resultEvents(d.Events)
	}
	d.Input, d.InputKind = input.json, input.kind
	d.Output, d.OutputKind = output.json, output.kind
	d.HasPayload = d.HasPayload || len(eventIn)+len(eventOut) > 0
}

func finishOfMessages(d xray.StepDetail) string {
	if d.OutputKind != xray.PayloadMessages {
		return ""
	}
	var messages []xray.Message
	if json.Unmarshal(d.Output, &messages) != nil || len(messages) == 0 {
		return ""
	}
	return messages[len(messages)-1].FinishReason
}

// textAt is the text of one row of a table whose rows are different things.
func (f *found) textAt(t *table, row int) string {
	if !f.has[t.ids[row]] {
		return ""
	}
	return f.textOf(t.ids[row], "")
}

// items reads the decisions that the SDK recorded. A part that is not what
// docs/attributes.md says is left out; the attributes still show it.
func (f *found) items() *xray.ItemRecord {
	var r xray.ItemRecord
	for row, into := range []any{1: &r.Kept, 2: &r.Dropped, 3: &r.Criteria} {
		id := f.v.own.ids[row]
		if into != nil && f.has[id] {
			// A wrong element must not leave half a list.
			if json.Unmarshal(strictJSON(f.values[id]), into) != nil {
				forget(into)
			}
		}
	}
	if r.Kept == nil && r.Dropped == nil && r.Criteria == nil {
		return nil
	}
	return &r
}

func forget(list any) {
	switch l := list.(type) {
	case *[]xray.ItemDecision:
		*l = nil
	case *[]xray.Criterion:
		*l = nil
	}
}

// attributesJSON is the span's attributes as a JSON object, with embedding
// vectors as their size.
func attributesJSON(attributes pcommon.Map) json.RawMessage {
	short := pcommon.NewMap()
	for key, v := range attributes.All() {
		if isVectorValue(v) {
			short.PutStr(key, fmt.Sprintf("(vector of %d numbers)", v.Slice().Len()))
		}
	}
	if short.Len() == 0 {
		return appendMap(nil, attributes)
	}
	for key, v := range attributes.All() {
		if _, isShort := short.Get(key); !isShort {
			v.CopyTo(short.PutEmpty(key))
		}
	}
	return appendMap(nil, short)
}

func linksOf(span ptrace.Span) []xray.Link {
	var links []xray.Link
	for _, l := range span.Links().All() {
		links = append(links, xray.Link{
			TraceID:    xray.TraceID(l.TraceID()),
			SpanID:     xray.SpanID(l.SpanID()),
			TraceState: clean(l.TraceState().AsRaw()),
			Attributes: appendMap(nil, l.Attributes()),
		})
	}
	return links
}
