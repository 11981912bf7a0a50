package semconv_test

import (
	"maps"
	"testing"

	"github.com/xraytrace/xray"
)

// disagreements are where the mapping and the reference script that wrote
// expected.json differ, each with the reason why the mapping is right. A test
// below fails when one of them is no longer needed.
var disagreements = []struct {
	folder string
	what   string // "types", "errors" or "tokens"
	id     string // of the trace or span; "" for all in the folder
	why    string
}{
	{"node-auto-json", "types", "", "the script has no words for http and db spans and calls them span"},
	{"node-auto-proto", "types", "", "the script has no words for http and db spans and calls them span"},
	{"go-otelhttp-grpc", "types", "", "the script has no words for http and db spans and calls them span"},
	{"go-retry-http", "types", "", "the script has no words for http and db spans and calls them span"},
	{"langsmith-otel", "errors", "18b0ec1e04a41dd653a6be9f55f2da05", "the call failed with a 500: an exception event under status OK, which the script does not read"},
	{"langfuse", "errors", "a755985ea3fee6eec7dcbd86b884a5b9", "the level is ERROR and the status UNSET, which the script does not read"},
	{"langfuse", "errors", "a80762425fb073b11bea57d85fbfd437", "the level is ERROR and the status UNSET, which the script does not read"},
	{"langfuse", "tokens", "c3353da3246103a3", "the total (57 = 12 + 13 + 32) says that the 32 thinking tokens stand beside the 13: all output is 45"},
}

func argued(folder, what, id string) bool {
	for _, d := range disagreements {
		if d.folder == folder && d.what == what && (d.id == "" || d.id == id) {
			return true
		}
	}
	return false
}

func TestRecordedClientsAgreeWithTheirExpectations(t *testing.T) {
	t.Parallel()
	m := mapper(t)
	for _, folder := range folders(t) {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			want := readExpected(t, folder)
			types, errors, steps := map[string]map[string]int{}, map[string]int{}, map[string]xray.Step{}
			for _, s := range record(t, folder).spans {
				step := m.Step(s)
				trace := step.TraceID.String()
				steps[step.SpanID.String()] = step
				if types[trace] == nil {
					types[trace] = map[string]int{}
				}
				types[trace][string(step.Type)]++
				if step.Status == xray.StatusError {
					errors[trace]++
				}
			}
			if len(steps) != want.Spans {
				t.Errorf("%d spans, want %d", len(steps), want.Spans)
			}
			calls := 0
			for _, trace := range want.PerTrace {
				check(t, folder, "types", trace.Trace, types[trace.Trace], trace.Types, maps.Equal(types[trace.Trace], trace.Types))
				check(t, folder, "errors", trace.Trace, errors[trace.Trace], trace.Errors, errors[trace.Trace] == trace.Errors)
				for _, call := range trace.ModelCalls {
					calls++
					checkCall(t, folder, steps[call.Span], call)
				}
			}
			for id, s := range steps {
				if s.ModelCall {
					calls--
				}
				if s.TraceID.IsZero() || id == "" {
					t.Errorf("step %q has no ids", s.Name)
				}
			}
			if calls != 0 {
				t.Errorf("the expectations name %d model calls more than were found", calls)
			}
		})
	}
}

// check fails on a difference that is not argued, and on an argument without a
// difference.
func check(t *testing.T, folder, what, id string, got, want any, equal bool) {
	t.Helper()
	switch {
	case !equal && !argued(folder, what, id):
		t.Errorf("%s of %s: got %v, want %v", what, id, got, want)
	case equal && argued(folder, what, id):
		t.Errorf("%s of %s agree now: drop the argument", what, id)
	}
}

func checkCall(t *testing.T, folder string, s xray.Step, want modelCall) {
	t.Helper()
	if !s.ModelCall || string(s.Type) != want.Type || s.Model != want.Model || s.Name != want.Name {
		t.Errorf("call %s: got %v %q %q %q, want a model call %q %q %q",
			want.Span, s.ModelCall, s.Type, s.Model, s.Name, want.Type, want.Model, want.Name)
	}
	equal := same(s.Tokens.InputTotal(), want.InputTokens) && same(s.Tokens.OutputTotal(), want.OutputTokens) &&
		(want.CachedTokens == nil || same(s.Tokens.CacheRead, want.CachedTokens) || *want.CachedTokens == 0) &&
		(want.ReasoningTokens == nil || same(s.Tokens.Reasoning, want.ReasoningTokens) || *want.ReasoningTokens == 0)
	check(t, folder, "tokens", want.Span, tokenMap(s.Tokens), want, equal)
}

// same compares counts; the script writes 0 for details that were not reported.
func same(a, b *int64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
