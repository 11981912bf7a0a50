// Package semconv turns the spans of every client into one vocabulary: the
// right step type, model, tokens, cost, session, input and output, whichever
// convention the client follows.
//
// What it knows is in tables, one per concept (type.go, model.go, tokens.go,
// cost.go, session.go, io.go, …): each lists the attributes where the concept
// may stand, best source first, with the convention they belong to. A new
// convention is a row in each table that it has a key for; the one pass over a
// span (scan.go) and docs/conventions.md follow from the tables. Spans are
// recognised by their attributes alone, never by scope or name, and each field
// is taken from the best source that has it: one span often follows two or
// three conventions.
//
// What it deliberately does not do: it never fails and drops nothing (what it
// cannot read better stays text), it keeps no state between spans (that two
// spans report the same tokens, or that a parent failed because a child did,
// is for those who see the whole trace), and it calls nobody.
package semconv

import (
	"strings"
	"sync"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/receiver/prices"
)

//go:generate go test -run TestConventionsPage . -update

// Span is an OTLP span with what it stands under.
type Span struct {
	Resource pcommon.Resource
	Scope    pcommon.InstrumentationScope
	Span     ptrace.Span
	Project  int32 // whose prices hold; 0 for nobody's own
}

// Prices knows what calls cost. *prices.Table (the same for all) and
// *prices.Book (a project may have its own) do.
type Prices interface {
	Of(project int32) *prices.Table
}

// Mapper maps spans. It is safe for concurrent use, keeps nothing of a span
// and changes none.
type Mapper struct {
	vocabulary *vocabulary
	prices     Prices
	pool       sync.Pool
}

// New makes a mapper. Without prices (nil) only reported costs are known.
func New(known Prices) *Mapper {
	m := &Mapper{vocabulary: newVocabulary(), prices: known}
	m.pool.New = func() any { return newFound(m.vocabulary) }
	return m
}

// Step maps a span to its narrow row. This is the receiver's hot path: one
// pass over the attributes, no payload is built, and a span that follows no
// convention costs only that pass.
func (m *Mapper) Step(s Span) xray.Step {
	f := m.find(s.Span)
	step := m.step(s, f)
	m.release(f)
	return step
}

func (m *Mapper) find(span ptrace.Span) *found {
	f := m.pool.Get().(*found)
	f.scan(span.Attributes())
	return f
}

func (m *Mapper) release(f *found) {
	f.reset()
	m.pool.Put(f)
}

func (m *Mapper) step(s Span, f *found) xray.Step {
	span := s.Span
	step := xray.Step{
		TraceID:  xray.TraceID(span.TraceID()),
		SpanID:   xray.SpanID(span.SpanID()),
		ParentID: xray.SpanID(span.ParentSpanID()),
		Name:     cleanColumn(span.Name()),
		Type:     xray.TypeSpan,
		Start:    xray.NanoFromOTLP(uint64(span.StartTimestamp())),
		End:      xray.NanoFromOTLP(uint64(span.EndTimestamp())),
		Service:  serviceName(s.Resource),
	}
	if len(f.used) > 0 {
		f.describe(m, s.Project, &step)
	}
	step.Status, step.Error = f.outcome(span, &step)
	if len(f.used) > 0 {
		f.pending(span, &step)
	}
	step.Hints = f.hints(s, &step)
	return step
}

// describe fills in what only the attributes say.
func (f *found) describe(m *Mapper, project int32, step *xray.Step) {
	step.Type = f.stepType()
	step.ModelCall = isModelCall(step.Type)
	f.bodies = step.ModelCall
	step.HasPayload = f.payload
	if name := f.text(f.v.componentName); name != "" {
		step.Name = cleanColumn(name)
	}
	response, request := f.models()
	step.Model = response
	if step.Model == "" {
		step.Model = request
	}
	// Tools and chains carry a provider only because everything of their
	// framework does.
	if step.Model != "" || step.ModelCall || step.Type == xray.TypeAgent {
		step.Provider = f.provider()
	}
	step.Tokens = f.tokens(step.Type)
	if !step.ModelCall && step.Tokens.Input == nil && step.Tokens.Output == nil {
		step.Tokens = xray.Tokens{} // AI SDK 7's steps have details of nothing
	}
	f.cost(m, project, step, request)
}

func serviceName(r pcommon.Resource) string {
	v, ok := r.Attributes().Get("service.name")
	if !ok {
		return ""
	}
	return cleanColumn(strings.TrimSpace(v.AsString()))
}
