package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/xraytrace/xray"
)

// The world's model says two claims, and fails when asked to.

var theAnswer = xray.Answer{
	TraceID: traceID, Facts: []xray.Fact{{ID: "Q1", Text: "It left."}},
	WhyNot:    &xray.WhyNot{Match: xray.MatchExact, Passport: &thePassport, Text: "It left."},
	Reasoning: xray.Reasoning{Source: xray.SourceFacts, Headline: "It left.", VerifiedRate: 1},
}

func (w *world) Ask(ctx context.Context, p int32, ref string, q xray.Question, tell func(xray.Telling)) (xray.Answer, error) {
	if err := w.ask(ctx, p, ref); err != nil {
		return xray.Answer{}, err
	}
	w.wanted = []string{ref, q.Text, q.StepID.String()}
	return w.tellAll(ctx, q, tell)
}

func (w *world) ExplainComparison(ctx context.Context, p int32, a, b string, ignore []string, tell func(xray.Telling)) (xray.Answer, error) {
	if err := w.ask(ctx, p, a, b); err != nil {
		return xray.Answer{}, err
	}
	w.wanted = append([]string{a, b}, ignore...)
	return w.tellAll(ctx, xray.Question{}, tell)
}

func (w *world) tellAll(ctx context.Context, q xray.Question, tell func(xray.Telling)) (xray.Answer, error) {
	answer := theAnswer
	answer.Question = q
	tell(xray.Telling{Answer: &answer})
	tell(xray.Telling{Claim: &xray.Claim{Text: "It left.", Kind: xray.ClaimDerived, Verdict: xray.VerdictDerived, Facts: []string{"Q1"}}})
	switch {
	case strings.Contains(q.Text, "fail"):
		return answer, errors.New("secret table")
	case strings.Contains(q.Text, "busy"):
		return answer, &xray.Error{Code: xray.CodeLimit, Message: "over the limit", RetryAfter: time.Second}
	case strings.Contains(q.Text, "wait"):
		<-ctx.Done()
		w.calledOff <- ctx.Err()
		return answer, ctx.Err()
	}
	answer.Reasoning.Source, answer.Reasoning.CostUSD, answer.Note = xray.SourceModel, new(0.5), "noted"
	return answer, nil
}

// event is one event of an answer.
type event struct {
	name string
	data map[string]any
}

func eventsOf(t *testing.T, body string) []event {
	t.Helper()
	var out []event
	for block := range strings.SplitSeq(strings.TrimSpace(body), "\n\n") {
		name, data, ok := strings.Cut(block, "\n")
		var e event
		e.name = strings.TrimPrefix(name, "event: ")
		if !ok || json.Unmarshal([]byte(strings.TrimPrefix(data, "data: ")), &e.data) != nil {
			t.Fatalf("not an event: %q", block)
		}
		out = append(out, e)
	}
	return out
}

func (w *world) post(t *testing.T, path, body string) (*httptest.ResponseRecorder, []event) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	rec := &deadlined{httptest.NewRecorder()}
	w.handler().ServeHTTP(rec, r)
	return rec.ResponseRecorder, eventsOf(t, rec.Body.String())
}

// deadlined lets deadlines be set, as a connection does.
type deadlined struct{ *httptest.ResponseRecorder }

func (deadlined) SetReadDeadline(time.Time) error  { return nil }
func (deadlined) SetWriteDeadline(time.Time) error { return nil }

func TestAnAnswerComesInParts(t *testing.T) {
	for path, body := range map[string]string{
		"/api/executions/run-1/ask": `{"question":" Why not P3? ","stepId":"` + spanID.String() + `"}`,
		"/api/compare/explain":      `{"a":"run-1","b":"` + traceID.String() + `","ignore":["/output/at"]}`,
	} {
		w := newWorld()
		rec, events := w.post(t, path, body)
		if got := rec.Header().Get("Content-Type"); got != "text/event-stream" {
			t.Errorf("%s: content type %q", path, got)
		}
		if len(events) != 3 || events[0].name != "facts" || events[1].name != "claim" || events[2].name != "done" {
			t.Fatalf("%s: %+v", path, events)
		}
		facts, done := events[0].data, events[2].data
		if facts["whyNot"] == nil || facts["executionId"] != traceID.String() || events[1].data["verdict"] != "derived" {
			t.Errorf("%s: %+v", path, events)
		}
		if done["note"] != "noted" || done["reasoning"].(map[string]any)["costUsd"] != 0.5 {
			t.Errorf("%s: done %+v", path, done)
		}
		if asked := strings.Join(w.wanted, " "); asked != "run-1 Why not P3? "+spanID.String() && asked != "run-1 "+traceID.String()+" /output/at" {
			t.Errorf("%s: asked for %s", path, asked)
		}
	}
}

func TestAnAnswerThatFailsOnTheWaySaysSo(t *testing.T) {
	for question, want := range map[string]string{"fail": "internal", "busy": "limit"} {
		_, events := newWorld().post(t, "/api/executions/run-1/ask", `{"question":"`+question+`"}`)
		last := events[len(events)-1]
		if last.name != "error" || last.data["code"] != want || strings.Contains(last.data["detail"].(string), "secret") {
			t.Errorf("%s: %+v", question, events)
		}
	}
}

func TestAQuestionIsCalledOffWithItsClient(t *testing.T) {
	w := newWorld()
	w.calledOff = make(chan error, 1)
	srv := httptest.NewServer(w.handler())
	defer srv.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, srv.URL+"/api/executions/run-1/ask", strings.NewReader(`{"question":"wait"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	cancel()
	if err := <-w.calledOff; !errors.Is(err, context.Canceled) {
		t.Errorf("called off with %v", err)
	}
}
