package xray

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/xraytrace/xray/sdk/internal/payload"
)

// TrackExecution runs fn as an execution: one run of a pipeline, from its
// first step to its outcome. It returns what fn returns, untouched, and
// records the result as the execution's output. A panic is recorded and goes
// on.
//
// Within a span that is open already (an HTTP server's, say) the execution is
// part of that trace; [WithNewTrace] gives it one of its own. An execution
// inside another is a step of it.
func TrackExecution[T any](ctx context.Context, name string, fn func(context.Context) (T, error), opts ...ExecutionOption) (T, error) {
	ctx, ex := StartExecution(ctx, name, opts...)
	done := false
	defer func() {
		if !done {
			ex.unwind(recover())
		}
	}()
	out, err := fn(ctx)
	done = true
	if ex.step.recording() {
		if _, nothing := any(out).(none); !nothing && (err == nil || !isZero(out)) {
			ex.step.SetOutput(out)
		}
	}
	ex.End(err)
	return out, err
}

// Track is [TrackExecution] for a function that only succeeds or fails.
func Track(ctx context.Context, name string, fn func(context.Context) error, opts ...ExecutionOption) error {
	_, err := TrackExecution(ctx, name, func(ctx context.Context) (none, error) { return none{}, fn(ctx) }, opts...)
	return err
}

// Execution is an execution between its start and its end. All methods may be
// called from several goroutines; after End they do nothing.
type Execution struct {
	client *Client
	outer  *Execution // the execution that this one is a step of
	step   *OpenStep  // its own; nil when nothing is recorded
	id     string     // the program's own id, "" if it gave none
	random string     // stands in for a trace id when there is no trace

	traceID trace.TraceID // when step is nil

	started, ended, shortened atomic.Int64

	mu           sync.Mutex
	metadata     map[string]any // values are JSON already
	metadataCuts []payload.Cut
	tags         []string
	outcome      string
	session      string
	user         string
	record       record
}

// ExecutionOption describes an execution at its start.
type ExecutionOption func(*executionOptions)

type executionOptions struct {
	id       string
	newTrace bool
	then     []func(*Execution)
}

// WithID gives the execution the program's own id (an order number, a request
// id; at most 256 characters), by which it can be found on the server.
func WithID(id string) ExecutionOption {
	return func(o *executionOptions) { o.id = id }
}

// WithNewTrace starts a trace of its own, linked to the span that is open in
// the context.
func WithNewTrace() ExecutionOption {
	return func(o *executionOptions) { o.newTrace = true }
}

// WithInput records what the execution was asked for.
func WithInput(v any) ExecutionOption {
	return then(func(e *Execution) { e.step.SetInput(v) })
}

// WithSession says which conversation or session the execution belongs to.
func WithSession(id string) ExecutionOption {
	return then(func(e *Execution) { e.SetSession(id) })
}

// WithUser says on whose behalf the execution runs.
func WithUser(id string) ExecutionOption {
	return then(func(e *Execution) { e.SetUser(id) })
}

// WithTags labels the execution.
func WithTags(tags ...string) ExecutionOption {
	return then(func(e *Execution) { e.AddTags(tags...) })
}

// WithMetadata adds anything else worth knowing.
func WithMetadata(key string, value any) ExecutionOption {
	return then(func(e *Execution) { e.SetMetadata(key, value) })
}

func then(f func(*Execution)) ExecutionOption {
	return func(o *executionOptions) { o.then = append(o.then, f) }
}

// StartExecution begins an execution that the caller ends, for code whose
// beginning and end are not one function. [TrackExecution] is safer wherever
// it fits.
//
//	ctx, ex := xray.StartExecution(ctx, "nightly import")
//	defer func() { ex.End(err) }()
func StartExecution(ctx context.Context, name string, opts ...ExecutionOption) (context.Context, *Execution) {
	var o executionOptions
	for _, opt := range opts {
		opt(&o)
	}
	sc := scopeOf(ctx)
	c := sc.client
	ex := &Execution{client: c, id: firstRunes(o.id, 256)}
	if c == nil || c.disabled {
		ex.random = randomID()
		return context.WithValue(ctx, scopeKey{}, &scope{client: c, execution: ex}), ex
	}
	above := trace.SpanContextFromContext(ctx)
	var spanOpts []trace.SpanStartOption
	if o.newTrace {
		spanOpts = append(spanOpts, trace.WithNewRoot())
		if above.IsValid() {
			spanOpts = append(spanOpts, trace.WithLinks(trace.Link{SpanContext: above}))
		}
	} else {
		ex.outer = sc.execution
	}
	ctx, ex.step = c.open(ctx, scope{client: c, execution: ex, step: sc.step}, name, spanOpts...)
	if ex.step == nil { // not recorded: the context must know the execution all the same
		ex.traceID = trace.SpanContextFromContext(ctx).TraceID()
		ctx = context.WithValue(ctx, scopeKey{}, &scope{client: c, execution: ex})
	}
	if !ex.TraceID().IsValid() {
		ex.random = randomID()
	}
	ex.introduce(name, above.IsValid() && !o.newTrace)
	for _, f := range o.then {
		f(ex)
	}
	return ctx, ex
}

// introduce writes what is known of the execution from the start.
func (e *Execution) introduce(name string, inside bool) {
	e.step.SetType(TypeChain)
	if !e.step.recording() {
		return
	}
	if e.id != "" {
		e.step.SetAttributes(attribute.String(keyExecutionID, e.id))
	}
	if inside && e.outer == nil { // the root span has another name
		e.step.SetAttributes(attribute.String(keyExecutionName, name))
	}
	if e.client.auto != Auto {
		e.step.SetAttributes(attribute.Bool(keyAutoReasoning, e.client.auto == On))
	}
}

// CurrentExecution returns the execution of ctx. Outside of any it returns one
// that records nothing, so that the result can always be used.
func CurrentExecution(ctx context.Context) *Execution {
	if ex := scopeOf(ctx).execution; ex != nil {
		return ex
	}
	return &Execution{}
}

// End ends the execution; err may be nil. Only the first call counts.
func (e *Execution) End(err error) {
	if e.step.recording() {
		e.step.fail(err)
		e.writeMetadata()
	}
	e.step.close()
}

func (e *Execution) unwind(r any) {
	e.step.recordPanic(r)
	e.End(nil)
	if r != nil {
		panic(r)
	}
}

// SetError marks the execution as failed even if its function returns nil.
func (e *Execution) SetError(err error) { e.step.SetError(err) }

// SetFinalOutcome records what came of it, where that is not simply the result
// of the function.
func (e *Execution) SetFinalOutcome(v any) {
	if !e.step.recording() {
		return
	}
	at := "/attributes/" + keyOutcome
	e.step.set(keyOutcome, at, e.client.capture(keyOutcome, at, v), &e.outcome)
}

// SetMetadata adds one entry to the execution's metadata.
func (e *Execution) SetMetadata(key string, value any) {
	if !e.step.recording() {
		return
	}
	at := "/attributes/" + keyMetadata
	// Shortened at the end, with all other entries.
	text, cuts := payload.Encode(map[string]any{key: value}, 2*e.client.limit, at)
	if e.client.mask != nil {
		text = applyMask(e.client.mask, keyMetadata, text)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.metadata == nil {
		e.metadata = map[string]any{}
	}
	members := rawMembers(text)
	if members == nil {
		members = map[string]any{strings.ToValidUTF8(key, "\uFFFD"): json.RawMessage(text)} // the mask's answer is no object
	}
	maps.Copy(e.metadata, members)
	e.metadataCuts = append(e.metadataCuts, cuts...)
}

// SetSession says which conversation or session the execution belongs to.
func (e *Execution) SetSession(id string) { e.label(keySession, id, &e.session) }

// SetUser says on whose behalf the execution runs.
func (e *Execution) SetUser(id string) { e.label(keyUser, id, &e.user) }

func (e *Execution) label(key, value string, into *string) {
	if e.step.recording() {
		value = e.client.message(key, value)
		e.mu.Lock()
		*into = value
		e.mu.Unlock()
		e.step.SetAttributes(attribute.String(key, value))
	}
}

// AddTags labels the execution; a tag that it has already is not added twice.
func (e *Execution) AddTags(tags ...string) {
	if !e.step.recording() {
		return
	}
	e.mu.Lock()
	for _, t := range tags {
		if t = e.client.message(keyTags, t); !slices.Contains(e.tags, t) {
			e.tags = append(e.tags, t)
		}
	}
	all := slices.Clone(e.tags)
	e.mu.Unlock()
	e.step.SetAttributes(attribute.StringSlice(keyTags, all))
}

// Step returns the execution's own span as a step; nil if nothing is recorded.
func (e *Execution) Step() *OpenStep { return e.step }

// TraceID is the id of the execution's trace, invalid if there is none.
func (e *Execution) TraceID() trace.TraceID {
	if e.step == nil {
		return e.traceID
	}
	return e.step.span.SpanContext().TraceID()
}

// ExecutionID is the id by which the execution can be found: the program's own
// (see [WithID]), else the trace id in hex. When nothing is recorded it is a
// random one, so that it can be used as an id all the same; outside of an
// execution it is "".
func (e *Execution) ExecutionID() string {
	switch {
	case e.id != "":
		return e.id
	case e.random != "" || !e.TraceID().IsValid():
		return e.random
	}
	return e.TraceID().String()
}

// URL is where the execution can be seen, "" if nothing is recorded or the
// address is not known (see [WithUIURL]).
func (e *Execution) URL() string {
	if e.client == nil || e.client.uiURL == "" || !e.step.sampled() {
		return ""
	}
	return e.client.uiURL + "/executions/" + e.TraceID().String()
}

func (s *OpenStep) sampled() bool { return s != nil && s.span.SpanContext().IsSampled() }

func randomID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

func firstRunes(s string, n int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}
