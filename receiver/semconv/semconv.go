// Package semconv turns OTLP spans of every client into one vocabulary.
package semconv

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/receiver/prices"
)

// Span is an OTLP span with what it stands under.
type Span struct {
	Resource pcommon.Resource
	Scope    pcommon.InstrumentationScope
	Span     ptrace.Span
}

// Mapper maps spans. It is safe for concurrent use.
type Mapper struct{ prices *prices.Table }

// New makes a mapper; without prices there are no computed costs.
func New(p *prices.Table) *Mapper { return &Mapper{prices: p} }

// Step maps a span to its narrow row.
func (m *Mapper) Step(s Span) xray.Step {
	return xray.Step{
		TraceID:  xray.TraceID(s.Span.TraceID()),
		SpanID:   xray.SpanID(s.Span.SpanID()),
		ParentID: xray.SpanID(s.Span.ParentSpanID()),
		Name:     s.Span.Name(),
		Type:     xray.TypeSpan,
		Start:    xray.NanoFromOTLP(uint64(s.Span.StartTimestamp())),
		End:      xray.NanoFromOTLP(uint64(s.Span.EndTimestamp())),
	}
}

// Detail maps a span and its log records to everything they carry.
func (m *Mapper) Detail(s Span, logs []plog.LogRecord) xray.StepDetail {
	return xray.StepDetail{Step: m.Step(s)}
}
