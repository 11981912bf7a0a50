package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xraytrace/xray/internal/modeltest"
)

const lateTrace = "1a7e0000000000000000000000000001"

// lateSpan is a step of an execution, as a client sends it by OTLP/JSON.
func lateSpan(n int, name, output string) string {
	parent := `,"parentSpanId":"a000000000000001"`
	if n == 1 {
		parent = ""
	}
	return fmt.Sprintf(`{"traceId":%q,"spanId":"a00000000000000%d"%s,"name":%q,"startTimeUnixNano":"17000000000000000%d0","endTimeUnixNano":"17000000000500000%d0",
		"attributes":[{"key":"xray.output","value":{"stringValue":%q}}]}`, lateTrace, n, parent, name, n, n, output)
}

func (s *server) sendSpans(spans ...string) {
	s.t.Helper()
	body := `{"resourceSpans":[{"scopeSpans":[{"spans":[` + strings.Join(spans, ",") + `]}]}]}`
	if status, raw := s.callURL("POST", s.HTTP+"/v1/traces", body); status != http.StatusOK {
		s.t.Fatalf("%d %s", status, raw)
	}
}

// TestLateSpansRenewAnExplanation sends an execution, has it explained, and
// sends more of it: under the policy all the model explains it anew, once;
// under on_demand its old words stay and are marked.
func TestLateSpansRenewAnExplanation(t *testing.T) {
	t.Parallel()
	model, stop := modeltest.Start(modeltest.Honest)
	defer stop()
	srv := start(t, settings{env: []string{"OPENAI_BASE_URL=" + model.URL, "XRAY_MODEL=gpt-5-mini"}})
	read := func() execution { return get[execution](srv, "/api/executions/"+lateTrace) }
	quiet := func(what string, is func(execution) bool) (e execution) {
		t.Helper()
		eventually(t, what, time.Minute, func() bool {
			e = read()
			return e.Settled && e.Job.Status == "completed" && is(e) &&
				srv.metric(`xray_reasoning_jobs{state="pending"}`)+srv.metric(`xray_reasoning_jobs{state="processing"}`)+srv.metric("xray_executions_unexplained") == 0
		})
		return e
	}
	current := func(e execution) bool { return e.Reasoning.Source == "model" && !e.Reasoning.Outdated }
	first := []string{lateSpan(1, "run", `{"answer":"forty"}`), lateSpan(2, "search", `{"found":"hay"}`)}
	srv.sendSpans(first...)
	quiet("explained", current)
	calls := len(model.Calls())

	model.Latency(time.Second)
	srv.sendSpans(lateSpan(3, "audit", `{"error":"the needle was stale"}`))
	if e := read(); !e.Reasoning.Outdated || e.Reasoning.LateSteps != 1 {
		t.Errorf("just after a late span the words are shown as if about it: %+v", e.Reasoning)
	}
	if e := quiet("explained anew", current); e.StepCount != 3 {
		t.Errorf("%d steps", e.StepCount)
	}
	if n := len(model.Calls()) - calls; n != callsNeeded {
		t.Errorf("the late span took %d calls, want %d", n, callsNeeded)
	}
	if prompt, _ := model.Calls()[len(model.Calls())-callsNeeded].Prompt(); !strings.Contains(prompt, "the needle was stale") {
		t.Error("the model was not shown what came late")
	}
	// The same spans in another request: nothing new, and nobody is asked.
	calls = len(model.Calls())
	srv.sendSpans(first[1], first[0])
	quiet("known to be a repetition", current)
	if n := len(model.Calls()) - calls; n != 0 {
		t.Errorf("a repetition took %d calls", n)
	}

	srv.call("PUT", "/api/settings/reasoning", `{"policy":"on_demand"}`)
	words := read().Headline
	srv.sendSpans(lateSpan(4, "retry", `{"error":"timed out"}`), lateSpan(5, "retry", `{"error":"timed out"}`))
	e := quiet("marked as about an earlier state", func(e execution) bool { return e.Reasoning.Outdated })
	if e.Reasoning.LateSteps != 2 || e.StepCount != 5 || e.Headline == words {
		t.Errorf("headline %q, %+v", e.Headline, e.Reasoning)
	}
	if step := get[step](srv, "/api/executions/"+lateTrace+"/steps/a000000000000004"); step.Reasoning.Source != "facts" || step.Reasoning.Outdated {
		t.Errorf("the step that came late: %+v", step.Reasoning)
	}
	srv.sendSpans(first...) // a repetition of what was sent, and known: it is not stored
	if n := len(model.Calls()) - calls; n != 0 {
		t.Errorf("on demand, nobody asked, and %d calls were made", n)
	}
	srv.call("POST", "/api/reasoning/process", fmt.Sprintf(`{"executionId":%q}`, lateTrace))
	quiet("explained again when somebody asks", current)
	if n := len(model.Calls()) - calls; n != callsNeeded {
		t.Errorf("asking again took %d calls, want %d", n, callsNeeded)
	}
}
