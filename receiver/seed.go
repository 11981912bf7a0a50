package receiver

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"time"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/mask"
)

const (
	maxExecutionID = 256 // characters; docs/attributes.md
	// maxStepDuration keeps sums of durations far from overflow.
	maxStepDuration = 366 * 24 * time.Hour
	maxSeedSteps    = 100_000
)

// Import stores an execution that was not traced with OpenTelemetry: it makes
// spans with xray.* attributes of it, which then go the way of all others. It
// returns the trace id in hex and the execution's own id, which is the trace
// id if e names none.
//
// Trace and span ids follow from project and executionId, so sending the same
// again changes nothing. Errors are those of a request: CodeInvalid for an
// execution that makes no sense, CodeForbidden for another project or a key
// that may not send, CodeLimit, and what the sink says.
func (r *Receiver) Import(ctx context.Context, p xray.Principal, e xray.NewExecution) (id, executionID string, err error) {
	v, err := r.enter(p)
	defer func() { v.end(partial{}, err) }()
	if err != nil {
		return "", "", err
	}
	if e.ProjectID != "" && e.ProjectID != p.Project.Slug {
		return "", "", xray.Errorf(xray.CodeForbidden, "this key sends to project %q, not to %q", p.Project.Slug, e.ProjectID)
	}
	if err := validateSeed(e); err != nil {
		return "", "", err
	}
	rules, err := r.opts.Masking.Storing(p.Project.ID)
	if err != nil {
		return "", "", err
	}
	content, err := json.Marshal(e)
	if err != nil {
		return "", "", xray.Errorf(xray.CodeInvalid, "the execution is not JSON: %v", err)
	}
	if err := v.arrived(len(content), v.most(r.opts.MaxDecompressed)); err != nil {
		return "", "", err
	}
	named := e.ExecutionID
	if rules != nil {
		content, named, e.ExecutionID = maskSeed(rules, content, e.ExecutionID)
	}
	trace := seedTraceID(p.Project.ID, named)
	body, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(seedTraces(trace, e, r.opts.Clock()))
	if err != nil {
		return "", "", fmt.Errorf("encode spans: %w", err)
	}
	l := &lease{flight: r.flight}
	defer l.release()
	if err := l.take(int64(len(content) + len(body))); err != nil {
		return "", "", err
	}
	// The hash is of what was sent: the times in body may come from our clock.
	hash := requestHash(p.Project.ID, xray.SignalTraces, append(trace[:], content...))
	if _, err := r.storeTraces(ctx, incoming{signal: signals[0], project: p.Project, lease: l, visit: v}, rules, body, &hash); err != nil {
		return "", "", err
	}
	if e.ExecutionID == "" {
		return trace.String(), trace.String(), nil
	}
	return trace.String(), e.ExecutionID, nil
}

// maskSeed hides what names an execution: its own id, and the content that
// tells it from others. The trace id follows from seed, which is the id or, if
// that is masked, a keyed hash: two ids stay two executions, and nobody can try
// ids or contents against what is stored.
func maskSeed(rules *mask.Masker, content []byte, id string) (hidden []byte, seed, maskedID string) {
	pass := rules.Pass()
	maskedID, changed := pass.Text(pass.Enter(pass.Root(), "xray.execution.id"), id)
	if seed = id; changed {
		seed = rules.Digest(id)
	}
	return []byte(rules.Digest(string(content))), seed, maskedID
}

func validateSeed(e xray.NewExecution) error {
	if n := utf8.RuneCountInString(e.ExecutionID); n > maxExecutionID {
		return xray.Errorf(xray.CodeInvalid, "executionId has %d characters: at most %d", n, maxExecutionID)
	}
	if len(e.Steps) > maxSeedSteps {
		return xray.Errorf(xray.CodeTooLarge, "%d steps: at most %d in one request", len(e.Steps), maxSeedSteps)
	}
	var metadata map[string]json.RawMessage
	if len(e.Metadata) > 0 && json.Unmarshal(e.Metadata, &metadata) != nil {
		return xray.Errorf(xray.CodeInvalid, "metadata is not a JSON object")
	}
	if y := e.StartedAt.Year(); !e.StartedAt.IsZero() && (y < 1970 || y > 2200) {
		return xray.Errorf(xray.CodeInvalid, "startedAt is in the year %d: give one from 1970 to 2200", y)
	}
	if !jsonOrAbsent(e.FinalOutcome) {
		return xray.Errorf(xray.CodeInvalid, "finalOutcome is not JSON")
	}
	const most = float64(maxStepDuration / time.Millisecond)
	for i, s := range e.Steps {
		switch {
		case s.Name == "":
			return xray.Errorf(xray.CodeInvalid, "step %d has no name", i+1)
		case !(s.DurationMs >= 0 && s.DurationMs <= most): // NaN is neither
			return xray.Errorf(xray.CodeInvalid, "step %d (%s): durationMs must be from 0 to a year", i+1, s.Name)
		case !jsonOrAbsent(s.Input), !jsonOrAbsent(s.Output):
			return xray.Errorf(xray.CodeInvalid, "step %d (%s): input or output is not JSON", i+1, s.Name)
		}
	}
	return nil
}

func jsonOrAbsent(v json.RawMessage) bool { return len(v) == 0 || json.Valid(v) }

// seedTraceID is the trace id of an executionId, a random one for "".
func seedTraceID(project int32, executionID string) (id xray.TraceID) {
	if executionID == "" {
		rand.Read(id[:]) // never fails
		return id
	}
	h := sha256.New()
	binary.Write(h, binary.BigEndian, project) // a hash takes everything
	h.Write([]byte(executionID))
	return xray.TraceID(h.Sum(nil))
}

// seedSpanID is the id of the n-th span of a trace; the root is 0.
func seedSpanID(trace xray.TraceID, n int) xray.SpanID {
	h := sha256.New()
	h.Write(trace[:])
	binary.Write(h, binary.BigEndian, int64(n))
	return xray.SpanID(h.Sum(nil))
}

// seedTraces lays the steps out one after the other under a root, from
// StartedAt or so that they end now.
func seedTraces(trace xray.TraceID, e xray.NewExecution, now time.Time) ptrace.Traces {
	var total time.Duration
	for _, s := range e.Steps {
		total += stepDuration(s)
	}
	start := e.StartedAt
	if start.IsZero() {
		start = now.Add(-total)
	}
	td := ptrace.NewTraces()
	ss := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	ss.Scope().SetName("xray.import")
	root := seedSpanID(trace, 0)
	seedRoot(ss.Spans().AppendEmpty(), trace, root, e, start, total)
	for i, s := range e.Steps {
		span := ss.Spans().AppendEmpty()
		seedIDs(span, trace, seedSpanID(trace, i+1), start, stepDuration(s))
		span.SetParentSpanID(pcommon.SpanID(root))
		seedStep(span, s)
		start = start.Add(stepDuration(s))
	}
	return td
}

func stepDuration(s xray.NewStep) time.Duration {
	return time.Duration(math.Round(s.DurationMs * float64(time.Millisecond)))
}

func seedIDs(span ptrace.Span, trace xray.TraceID, id xray.SpanID, start time.Time, d time.Duration) {
	span.SetTraceID(pcommon.TraceID(trace))
	span.SetSpanID(pcommon.SpanID(id))
	span.SetKind(ptrace.SpanKindInternal)
	span.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
	span.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(d)))
}

func seedRoot(span ptrace.Span, trace xray.TraceID, id xray.SpanID, e xray.NewExecution, start time.Time, d time.Duration) {
	seedIDs(span, trace, id, start, d)
	span.SetName(e.Name)
	if e.Name == "" {
		span.SetName("execution")
	}
	putText(span, "xray.execution.id", e.ExecutionID)
	if string(e.Metadata) != "null" {
		putText(span, "xray.metadata", string(e.Metadata))
	}
	putText(span, "xray.execution.outcome", string(e.FinalOutcome))
	// A pipeline whose last step failed did not get to its end.
	if n := len(e.Steps); n > 0 && e.Steps[n-1].Error != "" {
		setError(span, e.Steps[n-1].Error)
	}
}

func seedStep(span ptrace.Span, s xray.NewStep) {
	span.SetName(s.Name)
	span.Attributes().PutStr("xray.step.type", string(xray.TypeFunction))
	putText(span, "xray.input", string(s.Input))
	putText(span, "xray.output", string(s.Output))
	putText(span, "xray.reasoning", s.Reasoning)
	if s.Error != "" {
		setError(span, s.Error)
	}
}

func putText(span ptrace.Span, key, value string) {
	if value != "" {
		span.Attributes().PutStr(key, value)
	}
}

func setError(span ptrace.Span, message string) {
	span.Status().SetCode(ptrace.StatusCodeError)
	span.Status().SetMessage(message)
}
