package xray

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"runtime/debug"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/xraytrace/xray/sdk/internal/payload"
)

// OpenStep is a step between its start and its end. All methods may be called
// from several goroutines and on a nil *OpenStep; after End they do nothing.
type OpenStep struct {
	client    *Client
	execution *Execution
	span      trace.Span
	name      string
	places    []*recordedStep // in Execution.ToJSON of its execution and those around
	start     time.Time

	mu        sync.Mutex
	ended     bool
	stepType  StepType
	input     string
	output    string
	reasoning string
	err       string
	truncated []string
	cuts      []payload.Cut
	kept      decisions
	dropped   decisions
	criteria  []json.RawMessage
}

// StepOption describes a step; it is given among the inputs of [Step].
type StepOption interface{ applyStep(*OpenStep) }

func (t StepType) applyStep(s *OpenStep) { s.SetType(t) }

type stepOption func(*OpenStep)

func (o stepOption) applyStep(s *OpenStep) { o(s) }

// WithAttributes adds OpenTelemetry attributes to a step.
func WithAttributes(attrs ...attribute.KeyValue) StepOption {
	return stepOption(func(s *OpenStep) { s.SetAttributes(attrs...) })
}

// StartStep begins a step that the caller ends, for code whose beginning and
// end are not one function. Everything done in the step takes the returned
// context. [Step] is safer wherever it fits.
//
//	ctx, step := xray.StartStep(ctx, "rank", candidates)
//	defer func() { step.End(err) }()
func StartStep(ctx context.Context, name string, inputs ...any) (context.Context, *OpenStep) {
	sc := scopeOf(ctx)
	if sc.client == nil || sc.client.disabled {
		return ctx, nil
	}
	ctx, s := sc.client.open(ctx, sc, name)
	s.apply(inputs)
	return ctx, s
}

// open starts the span of a step that belongs to ex, which may be nil. When
// nothing is recorded there is no step, only a context.
func (c *Client) open(ctx context.Context, in scope, name string, opts ...trace.SpanStartOption) (context.Context, *OpenStep) {
	var parent trace.SpanContext
	var start time.Time
	if c.live {
		parent, start = trace.SpanContextFromContext(ctx), time.Now()
		opts = append(opts, trace.WithTimestamp(start)) // the pending span has the same
	}
	ctx, span := c.tracer.Start(ctx, name, opts...)
	if !span.IsRecording() {
		if in.step.recording() { // a sampler chose the outer step and not this one
			ctx = context.WithValue(ctx, scopeKey{}, &scope{client: c, execution: in.execution})
		}
		return ctx, nil
	}
	if start.IsZero() {
		start = time.Now()
	}
	s := &OpenStep{client: c, execution: in.execution, span: span, name: name, start: start, stepType: TypeFunction}
	in.execution.began(s)
	if c.live {
		announce(ctx, s, parent)
	}
	return context.WithValue(ctx, scopeKey{}, &scope{client: c, execution: in.execution, step: s}), s
}

// apply sorts the variadic arguments of a step into options and inputs.
func (s *OpenStep) apply(args []any) {
	if !s.recording() || len(args) == 0 {
		return
	}
	inputs := make([]any, 0, len(args))
	for _, a := range args {
		if o, ok := a.(StepOption); ok {
			o.applyStep(s)
		} else {
			inputs = append(inputs, a)
		}
	}
	switch len(inputs) {
	case 0:
	case 1:
		s.SetInput(inputs[0])
	default:
		s.SetInput(inputs)
	}
}

// CurrentStep returns the innermost open step of ctx. Outside of any it
// returns nil, on which every method may be called.
func CurrentStep(ctx context.Context) *OpenStep { return scopeOf(ctx).step }

// recording reports whether anything said about the step is kept: false when
// it was not sampled, so that nothing is encoded in vain.
func (s *OpenStep) recording() bool { return s != nil && s.span.IsRecording() }

// SetInput records what the step was given, in place of earlier inputs.
func (s *OpenStep) SetInput(v any) {
	if s.recording() {
		s.set(keyInput, "/input", s.client.capture(keyInput, "/input", v), &s.input)
	}
}

// SetOutput records what the step returned. [Step] does it by itself.
func (s *OpenStep) SetOutput(v any) {
	if s.recording() {
		s.set(keyOutput, "/output", s.client.capture(keyOutput, "/output", v), &s.output)
	}
}

// SetReasoning records the program's own explanation of what the step did.
func (s *OpenStep) SetReasoning(text string) {
	if !s.recording() {
		return
	}
	text = s.client.message(keyReasoning, text)
	s.mu.Lock()
	if !s.ended {
		s.reasoning = text
	}
	s.mu.Unlock()
	s.span.SetAttributes(attribute.String(keyReasoning, text))
}

// SetType says what kind of step it is; steps are [TypeFunction] otherwise.
func (s *OpenStep) SetType(t StepType) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stepType = t
}

// SetAttributes adds OpenTelemetry attributes to the step's span.
func (s *OpenStep) SetAttributes(attrs ...attribute.KeyValue) {
	if s.recording() {
		s.span.SetAttributes(attrs...)
	}
}

// Span is the OpenTelemetry span behind the step; one that does nothing for a
// nil step.
func (s *OpenStep) Span() trace.Span {
	if s == nil {
		return trace.SpanFromContext(context.Background())
	}
	return s.span
}

// set writes a captured payload to the span and remembers its cuts. A value
// that is set again replaces the earlier one and its cuts.
func (s *OpenStep) set(key, at string, c captured, into *string) {
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return
	}
	if into != nil {
		*into = c.text
	}
	s.forgetCuts(key, at)
	s.noteCuts(key, c.cuts)
	s.mu.Unlock()
	s.span.SetAttributes(attribute.String(key, c.text))
}

// End ends the step; err may be nil. Only the first call counts.
func (s *OpenStep) End(err error) {
	if s == nil {
		return
	}
	if s.recording() {
		s.fail(err)
	}
	s.close()
}

// SetError marks the step as failed without ending it. The last error given
// is the one that people see.
func (s *OpenStep) SetError(err error) {
	if s.recording() {
		s.fail(err)
	}
}

func (s *OpenStep) fail(err error) {
	if err == nil {
		return
	}
	s.exception(fmt.Sprintf("%T", err), fmt.Sprint(err)) // Sprint survives an Error that panics
}

// exception writes the event and the status by OpenTelemetry's conventions.
func (s *OpenStep) exception(kind, text string, extra ...attribute.KeyValue) {
	text = s.client.message("exception.message", text)
	s.mu.Lock()
	again := s.err == text || s.ended // SetError, then End with the same error, is one failure
	if !again {
		s.err = text
	}
	s.mu.Unlock()
	if again {
		return
	}
	attrs := append([]attribute.KeyValue{
		attribute.String("exception.type", kind),
		attribute.String("exception.message", text),
	}, extra...)
	s.span.AddEvent("exception", trace.WithAttributes(attrs...))
	s.span.SetStatus(codes.Error, text)
}

// unwind ends the step of a function that did not return: it panicked with r,
// or its goroutine is being ended (runtime.Goexit, as t.FailNow does) when r
// is nil. The panic goes on.
func (s *OpenStep) unwind(r any) {
	s.recordPanic(r)
	s.close()
	if r != nil {
		panic(r)
	}
}

func (s *OpenStep) recordPanic(r any) {
	switch {
	case !s.recording():
	case r == nil:
		s.exception("runtime.Goexit", "the goroutine ended before the step returned")
	default:
		stack := debug.Stack()
		s.exception(fmt.Sprintf("panic: %T", r), fmt.Sprint("panic: ", r),
			attribute.String("exception.stacktrace", s.client.message("exception.stacktrace", string(stack))),
			attribute.Bool("exception.escaped", true))
	}
}

// close writes what has been gathered and ends the span.
func (s *OpenStep) close() {
	if s == nil {
		return
	}
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return
	}
	if s.recording() {
		attrs := s.gathered()
		if e := s.execution; e != nil && e.step == s {
			attrs = append(attrs, e.receipt()...) // last: it counts the payloads that were cut above, too
		}
		s.span.SetAttributes(attrs...)
	}
	s.ended = true
	s.mu.Unlock()
	if s.recording() {
		s.execution.finished(s)
	}
	s.span.End()
}

// gathered is what is written at the end; s.mu is held.
func (s *OpenStep) gathered() []attribute.KeyValue {
	attrs := []attribute.KeyValue{attribute.String(keyStepType, string(s.stepType))}
	attrs = s.kept.write(attrs, s, keyItemsKept)
	attrs = s.dropped.write(attrs, s, keyItemsDropped)
	if len(s.criteria) > 0 {
		at := "/attributes/" + keyCriteria
		text, cuts := payload.Encode(s.criteria, 2*s.client.limit, at) // masked one by one
		text, cuts = payload.Fit(text, s.client.limit, at, cuts)
		s.noteCuts(keyCriteria, cuts)
		attrs = append(attrs, attribute.String(keyCriteria, string(text)))
	}
	if len(s.truncated) > 0 {
		s.execution.cut(len(s.truncated))
		where, _ := json.Marshal(s.cuts)
		attrs = append(attrs,
			attribute.StringSlice(keyTruncated, s.truncated),
			attribute.String(keyTruncatedAt, string(where)))
	}
	return attrs
}

func isZero[T any](v T) bool {
	rv := reflect.ValueOf(&v).Elem()
	return rv.IsZero()
}
