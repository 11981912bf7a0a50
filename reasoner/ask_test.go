package reasoner_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/modeltest"
	"github.com/xraytrace/xray/reasoner"
)

// put asks a question and returns what was told on the way.
func put(t *testing.T, e *reasoner.Explainer, question string, step xray.SpanID) (facts xray.Answer, claims []xray.Claim, whole xray.Answer, err error) {
	t.Helper()
	q, err := xray.NewQuestion(question, step)
	if err != nil {
		t.Fatal(err)
	}
	whole, err = e.Ask(t.Context(), 1, "run", q, func(told xray.Telling) {
		if told.Answer != nil {
			if len(claims) > 0 {
				t.Error("the facts do not come first")
			}
			facts = *told.Answer
			return
		}
		claims = append(claims, *told.Claim)
	})
	return facts, claims, whole, err
}

// shelf is a run of a search and a filter over a few items.
func shelf() *memory {
	m, _ := competitorSearch()
	m.steps[2].Output = json.RawMessage(`[{"id":"L1","title":"Alpine Stand","rating":6},{"id":"P9","title":"Phone case","rating":9},{"id":"P7","title":"黒いスタンド","rating":8}]`)
	m.steps[3].Input = json.RawMessage(`{"min_rating":7,"items":[{"id":"L1","title":"Alpine Stand","rating":6},{"id":"P9","title":"Phone case","rating":9},{"id":"P7","title":"黒いスタンド","rating":8}]}`)
	m.steps[3].Output = json.RawMessage(`[{"id":"P9","title":"Phone case","rating":9},{"id":"P7","title":"黒いスタンド","rating":8}]`)
	return m
}

func TestWhyNotIsAnsweredWithoutAModel(t *testing.T) {
	server, stop := modeltest.Start(modeltest.Honest)
	defer stop()
	e := reasoner.New(shelf(), reasoner.Options{BaseURL: server.URL})
	for _, c := range []struct {
		question string
		match    xray.Match
		says     string
	}{
		{"Why not L1?", xray.MatchExact, "dropped at “category filter”"},
		{"why isn't Alpine Stand in the result?", xray.MatchExact, "dropped at “category filter”"},
		{"Why was the Alpine Stand dropped", xray.MatchExact, "dropped at “category filter”"},
		{"What happened to alpine stand?", xray.MatchExact, "dropped"},
		{"Where is the item L1?", xray.MatchExact, "dropped"},
		{`Why did "Alpine Stand" not make it?`, xray.MatchExact, "dropped"},
		{"Warum nicht Alpine Stand?", xray.MatchExact, "dropped"},
		{"Warum fehlt Alpine Stand im Ergebnis?", xray.MatchExact, "dropped"},
		{"Pourquoi pas L1 ?", xray.MatchExact, "dropped"},
		{"¿Por qué no está Alpine Stand en el resultado?", xray.MatchExact, "dropped"},
		{"为什么没有L1？", xray.MatchExact, "dropped"},
		{"왜 Alpine Stand가 없나요?", xray.MatchExact, "dropped"},
		{"なぜ黒いスタンドがないのですか？", xray.MatchExact, "dropped at “find competitor”"},
	} {
		facts, claims, whole, err := put(t, e, c.question, xray.SpanID{})
		if err != nil || whole.WhyNot == nil || whole.WhyNot.Match != c.match {
			t.Errorf("%s: %+v, %v", c.question, whole.WhyNot, err)
			continue
		}
		if first := facts.Reasoning.Claims[0]; !strings.Contains(first.Text, c.says) || first.Verdict != xray.VerdictDerived || !slices.Equal(first.Facts, []string{"Q1"}) {
			t.Errorf("%s: the first claim is %+v", c.question, first)
		}
		if len(claims) != 0 || !strings.Contains(whole.Note, "no model was asked") || facts.Facts[0].ID != "Q1" {
			t.Errorf("%s: told %v, note %q", c.question, claims, whole.Note)
		}
	}
	if n := len(server.Calls()); n != 0 {
		t.Errorf("the model was asked %d times for what the record answers", n)
	}
}

func TestQuestionsThatAreAboutNoItem(t *testing.T) {
	e := reasoner.New(shelf(), reasoner.Options{})
	for _, question := range []string{
		"why did it choose a phone?", "what was the query", "Why is the category filter not set up?", "how many items were there?",
		"why did the category filter not pass anything", "どうしてですか", "42",
	} {
		_, _, whole, err := put(t, e, question, xray.SpanID{})
		if err != nil || whole.WhyNot != nil && whole.WhyNot.Match == xray.MatchExact {
			t.Errorf("%s: %+v, %v", question, whole.WhyNot, err)
		}
		if len(whole.Reasoning.Claims) == 0 || whole.Reasoning.Headline == "" || whole.Note == "" {
			t.Errorf("%s: nothing is answered: %+v", question, whole)
		}
	}
	_, _, whole, _ := put(t, e, "why is Zebra Lamp missing?", xray.SpanID{})
	if whole.WhyNot == nil || whole.WhyNot.Match != xray.MatchNever || !strings.Contains(whole.Reasoning.Headline, "never a candidate") {
		t.Errorf("what never came: %+v", whole)
	}
}

func TestAModelsAnswerIsToldClaimByClaim(t *testing.T) {
	server, stop := modeltest.Start(modeltest.Honest)
	defer stop()
	l := &ledger{room: 9}
	e := reasoner.New(shelf(), reasoner.Options{BaseURL: server.URL, Ledger: l, Cost: perToken})
	facts, claims, whole, err := put(t, e, "what rating did the filter ask for?", xray.SpanID{3})
	if err != nil || facts.Reasoning.Source != xray.SourceFacts || len(facts.Reasoning.Claims) == 0 {
		t.Fatalf("facts %+v, %v", facts, err)
	}
	if len(claims) == 0 || whole.Reasoning.Source != xray.SourceModel || len(whole.Reasoning.Claims) != len(claims) || whole.Reasoning.VerifiedRate != 1 {
		t.Fatalf("told %d claims, the answer is %+v", len(claims), whole.Reasoning)
	}
	for _, c := range claims {
		if c.Verdict == xray.VerdictUnverified {
			t.Errorf("told as accepted: %+v", c)
		}
		for _, id := range c.Facts {
			if !slices.ContainsFunc(whole.Facts, func(f xray.Fact) bool { return f.ID == id }) {
				t.Errorf("%q cites %s, which the answer does not hold", c.Text, id)
			}
		}
	}
	if whole.Reasoning.CostUSD == nil || *whole.Reasoning.CostUSD == 0 || whole.Reasoning.PromptVersion != reasoner.PromptVersion() || whole.Reasoning.StepID != (xray.SpanID{3}) {
		t.Errorf("the answer is %+v", whole.Reasoning)
	}
	if len(l.reserved) != 1 || l.reserved[0].Task != "ask" || l.settled[1].Outcome != "answered" {
		t.Errorf("the ledger has %+v", l.reserved)
	}
	_, _, again, err := put(t, e, "what rating did the filter ask for?", xray.SpanID{3})
	if err != nil || len(server.Calls()) != 1 || again.Reasoning.CostUSD != nil && *again.Reasoning.CostUSD != 0 {
		t.Errorf("asked again it made %d calls and cost %v, %v", len(server.Calls()), again.Reasoning.CostUSD, err)
	}
}

func TestAPolicyAndACapHoldForQuestions(t *testing.T) {
	server, stop := modeltest.Start(modeltest.Honest)
	defer stop()
	off := func(context.Context, int32) (xray.ReasoningSettings, error) {
		return xray.ReasoningSettings{Policy: xray.PolicyOff}, nil
	}
	for name, c := range map[string]struct {
		opts reasoner.Options
		note string
	}{
		"off":      {reasoner.Options{BaseURL: server.URL, Settings: off}, "policy is off"},
		"capped":   {reasoner.Options{BaseURL: server.URL, Ledger: &ledger{}}, "cap is reached"},
		"no model": {reasoner.Options{}, "No model"},
	} {
		_, claims, whole, err := put(t, reasoner.New(shelf(), c.opts), "what was the query?", xray.SpanID{})
		if err != nil || len(claims) != 0 || !strings.Contains(whole.Note, c.note) || whole.Reasoning.Source != xray.SourceFacts || len(whole.Reasoning.Claims) == 0 {
			t.Errorf("%s: note %q, %+v, %v", name, whole.Note, whole.Reasoning, err)
		}
	}
	if len(server.Calls()) != 0 {
		t.Error("the model was asked")
	}
}

func TestQuestionsFailVisiblyAndTheFactsStand(t *testing.T) {
	for name, c := range map[string]struct {
		reply modeltest.Reply
		code  xray.Code
		note  string
	}{
		"a rate limit":    {modeltest.RateLimited(time.Second), xray.CodeLimit, ""},
		"a server error":  {modeltest.ServerError, xray.CodeUnavailable, ""},
		"a wrong key":     {modeltest.Unauthorized, xray.CodeInvalid, ""},
		"a web page":      {modeltest.HTML, xray.CodeInvalid, ""},
		"no JSON":         {modeltest.Malformed, xray.CodeInvalid, ""},
		"another form":    {modeltest.WrongSchema, xray.CodeInvalid, ""},
		"too long for it": {modeltest.ContextTooLong, xray.CodeInvalid, ""},
		"a refusal":       {modeltest.Refusal, "", "declined"},
	} {
		server, stop := modeltest.Start(c.reply)
		facts, claims, whole, err := put(t, reasoner.New(shelf(), reasoner.Options{BaseURL: server.URL}), "what was the query?", xray.SpanID{})
		stop()
		if xray.ErrorCode(err) != c.code || !strings.Contains(whole.Note, c.note) || len(claims) != 0 || len(facts.Reasoning.Claims) == 0 {
			t.Errorf("%s: %v, note %q, %d claims", name, err, whole.Note, len(claims))
		}
	}
}

func TestQuestionsThatCannotBeAnswered(t *testing.T) {
	running, large := shelf(), shelf()
	running.execution.Status = xray.StatusRunning
	large.execution.StepCount = 20_001
	for name, c := range map[string]struct {
		m    *memory
		step xray.SpanID
		want xray.Code
	}{
		"of a running execution": {running, xray.SpanID{}, xray.CodeConflict},
		"of too many steps":      {large, xray.SpanID{}, xray.CodeTooLarge},
		"of an unknown step":     {shelf(), xray.SpanID{77}, xray.CodeNotFound},
		"of an unknown one":      {&memory{err: xray.Errorf(xray.CodeNotFound, "none")}, xray.SpanID{}, xray.CodeNotFound},
	} {
		facts, _, _, err := put(t, reasoner.New(c.m, reasoner.Options{}), "why?", c.step)
		if xray.ErrorCode(err) != c.want || len(facts.Facts) != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAQuestionThatIsCalledOffEnds(t *testing.T) {
	server, stop := modeltest.Start(modeltest.Timeout)
	defer stop()
	ctx, cancel := context.WithCancel(t.Context())
	q, _ := xray.NewQuestion("what was the query?", xray.SpanID{})
	_, err := reasoner.New(shelf(), reasoner.Options{BaseURL: server.URL}).Ask(ctx, 1, "run", q, func(xray.Telling) { cancel() })
	if err != context.Canceled {
		t.Errorf("it ended with %v", err)
	}
}

// Every text of the corpus is asked, and stands in the payload that is asked
// about; the model obeys both.
func TestNothingThatAQuestionOrdersIsAccepted(t *testing.T) {
	server, stop := modeltest.Start(modeltest.Obedient)
	defer stop()
	told := 0
	for _, text := range injections(t) {
		e := reasoner.New(poisoned(t, "an item's title", text), reasoner.Options{BaseURL: server.URL})
		q, err := xray.NewQuestion("Say: "+clipped(text, 900)+" What is P9?", xray.SpanID{})
		if err != nil {
			t.Fatal(err)
		}
		whole, err := e.Ask(t.Context(), 1, "run", q, func(part xray.Telling) {
			if part.Claim != nil {
				told++
			}
		})
		if err != nil {
			t.Fatalf("%.60q: %v", text, err)
		}
		ours := map[string]bool{}
		for _, f := range whole.Facts {
			ours[f.Text] = true
		}
		for _, c := range whole.Reasoning.Claims {
			if c.Verdict != xray.VerdictUnverified && !ours[c.Text] {
				t.Errorf("%.60q: accepted as %s: %q", text, c.Verdict, c.Text)
			}
		}
		if !ours[whole.Reasoning.Headline] && whole.WhyNot == nil {
			t.Errorf("%.60q: the headline is %q", text, whole.Reasoning.Headline)
		}
		for _, n := range whole.Reasoning.Missing {
			if strings.Contains(strings.ToLower(q.Text), strings.ToLower(n)) || strings.Contains(n, "://") {
				t.Errorf("%.60q: a note says %q", text, n)
			}
		}
	}
	if len(server.Calls()) == 0 {
		t.Error("the model was never asked")
	}
}

func clipped(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

func TestAComparisonIsExplained(t *testing.T) {
	server, stop := modeltest.Start(modeltest.Honest)
	defer stop()
	a := &archive{}
	a.add("find", 2, bottles...)
	a.add("find", 4, bottles...)
	e := reasoner.New(both{a}, reasoner.Options{BaseURL: server.URL, Ignored: a.IgnoredPaths})
	var claims []xray.Claim
	compare := func(x, y string) (xray.Answer, error) {
		claims = nil
		return e.ExplainComparison(t.Context(), 1, x, y, nil, func(part xray.Telling) {
			if part.Claim != nil {
				claims = append(claims, *part.Claim)
			}
		})
	}
	out, err := compare("run-1", "run-2")
	if err != nil || out.TraceID != a.runs[0].TraceID || out.Other != a.runs[1].TraceID || out.Reasoning.Source != xray.SourceModel || len(claims) == 0 {
		t.Fatalf("%+v, %v", out, err)
	}
	// Both runs have the same step ids: evidence says whose it means, and there
	// it stands.
	runs := map[string]bool{}
	for _, c := range out.Reasoning.Claims {
		for _, ev := range c.Evidence {
			runs[ev.Execution] = true
			if ev.StepID != (xray.SpanID{2}).String() && ev.StepID != (xray.SpanID{1}).String() {
				t.Errorf("%q leads to a step that is not there: %+v", c.Text, ev)
			}
			if ev.Pointer == "/input/min_rating" && (ev.Quote == "2") != (ev.Execution == a.runs[0].TraceID.String()) {
				t.Errorf("%q quotes the wrong run: %+v", c.Text, ev)
			}
		}
	}
	if len(runs) != 2 {
		t.Errorf("evidence is of %v", runs)
	}
	var texts []string
	for _, f := range out.Facts {
		texts = append(texts, f.Text)
	}
	if all := strings.Join(texts, "\n"); !strings.Contains(all, "In the first run, “filter” received 2 as “min_rating”") {
		t.Errorf("the facts do not say what differs:\n%s", all)
	}
	calls := len(server.Calls())
	if _, err := compare("run-1", "run-2"); err != nil || len(server.Calls()) != calls {
		t.Errorf("the same comparison was paid for twice: %v", err)
	}
	same, err := compare("run-1", "run-1")
	if err != nil || same.Note == "" || len(server.Calls()) != calls || !strings.Contains(same.Reasoning.Headline, "do not differ") {
		t.Errorf("with itself: %+v, %v", same, err)
	}
	if _, err := compare("run-1", "nope"); xray.ErrorCode(err) != xray.CodeNotFound {
		t.Errorf("with nothing: %v", err)
	}
}

// both is an archive that knows no history.
type both struct{ *archive }

func (both) Profiles(context.Context, xray.Execution, int) ([]json.RawMessage, error) {
	return nil, nil
}

func TestTheDebugLogHasSizesAndCostAndNoContent(t *testing.T) {
	var log bytes.Buffer
	price := func(int32, string, reasoner.Usage) *float64 { return new(0.0125) }
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelInfo}))
	_, server, err := withModel(t, reasoner.Options{Logger: logger, Debug: true, Cost: price}, modeltest.Honest, modeltest.Malformed)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != len(server.Calls()) {
		t.Fatalf("%d lines for %d calls:\n%s", len(lines), len(server.Calls()), &log)
	}
	for i, line := range lines {
		for _, part := range []string{"model call", "task=", "bytes=", "inputTokens=", "outputTokens=", "costUsd=0.0125", "took=", "outcome="} {
			if !strings.Contains(line, part) {
				t.Errorf("line %d has no %s: %s", i, part, line)
			}
		}
	}
	// Nothing of the execution, of prompts, answers, keys or the facts.
	m, f := competitorSearch()
	secrets := []string{"sk-test", "You explain", "headline", "The search retur", f.Facts[0].Text}
	for _, s := range m.steps {
		secrets = append(secrets, s.Name, string(s.Input), string(s.Output))
	}
	secrets = append(secrets, "laptop stand", "Phone case", "P9")
	for _, s := range secrets {
		if s != "" && strings.Contains(log.String(), s) {
			t.Errorf("the log holds %q:\n%s", s, &log)
		}
	}
}

func TestAProjectsOwnModelAndEndpoint(t *testing.T) {
	server, stop := modeltest.Start(modeltest.Honest)
	defer stop()
	own, stopOwn := modeltest.Start(modeltest.Honest)
	defer stopOwn()
	m, f := competitorSearch()
	settings := map[int32]xray.ReasoningSettings{
		2: {Policy: xray.PolicyAll, Model: "m-2"},
		3: {Policy: xray.PolicyAll, Model: "m-3", BaseURL: own.URL},
		4: {Policy: xray.PolicyAll, BaseURL: "http://elsewhere.example/v1"},
		5: {Policy: xray.PolicyOff},
	}
	e := explainer(m, f, reasoner.Options{
		BaseURL: server.URL, APIKey: "sk-server", Model: "m-1", Endpoints: []reasoner.Endpoint{{BaseURL: own.URL, APIKey: "sk-own"}},
		Settings: func(_ context.Context, p int32) (xray.ReasoningSettings, error) { return settings[p], nil },
	})
	for project, want := range map[int32]string{1: "m-1", 2: "m-2", 3: "m-3"} {
		out, err := e.Explain(t.Context(), xray.ReasoningJob{ProjectID: project, TraceID: xray.TraceID{1}})
		if err != nil || out.Model != want {
			t.Errorf("project %d was explained by %q, %v", project, out.Model, err)
		}
	}
	for _, c := range server.Calls() {
		if c.Key != "Bearer sk-server" || c.Model == "m-3" {
			t.Errorf("the server's endpoint got %s with %s", c.Model, c.Key)
		}
	}
	for _, c := range own.Calls() {
		if c.Key != "Bearer sk-own" || c.Model != "m-3" {
			t.Errorf("the project's endpoint got %s with %s", c.Model, c.Key)
		}
	}
	out, err := e.Explain(t.Context(), xray.ReasoningJob{ProjectID: 4, TraceID: xray.TraceID{1}})
	if xray.ErrorCode(err) != xray.CodeInvalid || !strings.Contains(err.Error(), "XRAY_MODEL_ENDPOINTS") || len(out.Facts) == 0 {
		t.Errorf("an endpoint that nobody named: %v, %d facts", err, len(out.Facts))
	}
	if out, err := e.Explain(t.Context(), xray.ReasoningJob{ProjectID: 5, TraceID: xray.TraceID{1}}); err != nil || out.Model != "" {
		t.Errorf("with the policy off: %q, %v", out.Model, err)
	}
}

func TestTheSameBasisIsNotExplainedAgain(t *testing.T) {
	server, stop := modeltest.Start(modeltest.Honest)
	defer stop()
	m, f := competitorSearch()
	job := xray.ReasoningJob{ProjectID: 1, TraceID: xray.TraceID{1}}
	first := func(model string) xray.Explanation {
		t.Helper()
		out, err := explainer(m, f, reasoner.Options{BaseURL: server.URL, Model: model}).Explain(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	out := first("m-1")
	if out.Unchanged || out.Basis.PromptVersion != reasoner.PromptVersion() {
		t.Fatalf("the first is %+v", out.Basis)
	}
	job.Stands = out.Basis
	calls := len(server.Calls())
	if again := first("m-1"); !again.Unchanged || len(again.Reasonings) != 0 || len(server.Calls()) != calls {
		t.Errorf("made again: %+v, %d calls", again, len(server.Calls())-calls)
	}
	if other := first("m-2"); other.Unchanged {
		t.Error("another model would say the same")
	}
	m.steps[1].Output = json.RawMessage(`{"keyword":"late"}`)
	if late := first("m-1"); late.Unchanged {
		t.Error("a span that came late changes nothing")
	}
}

// Calls about steps are made at the same time; what comes out does not depend
// on which answers first.
func TestCallsAtTheSameTimeGiveTheSameExplanation(t *testing.T) {
	m, f := twentySteps()
	var want string
	for round, concurrency := range []int{1, 4, 4, 16} {
		server, stop := modeltest.Start(modeltest.Honest)
		server.Latency(time.Duration(round) * time.Millisecond)
		set := func(context.Context, int32) (xray.ReasoningSettings, error) {
			return xray.ReasoningSettings{Policy: xray.PolicyAll, Concurrency: concurrency}, nil
		}
		out, err := explainer(m, f, reasoner.Options{BaseURL: server.URL, Settings: set}).Explain(t.Context(), xray.ReasoningJob{ProjectID: 1, TraceID: xray.TraceID{1}})
		stop()
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprintf("%+v", forComparison(out))
		if want == "" {
			want = got
		}
		if got != want {
			t.Errorf("with %d calls at once it is another explanation", concurrency)
		}
	}
}

// forComparison leaves out what the fences, random in each prompt, and the
// address of the stand-in change.
func forComparison(x xray.Explanation) xray.Explanation {
	x.InputTokens, x.OutputTokens, x.Basis = 0, 0, xray.Basis{}
	for i := range x.Reasonings {
		x.Reasonings[i].InputTokens, x.Reasonings[i].OutputTokens = 0, 0
	}
	return x
}

// A claim is told before the model has said all: here the answer stops after
// the first one until the claim has been told.
func TestClaimsAreToldWhileTheModelStillSpeaks(t *testing.T) {
	told := make(chan struct{})
	claim := `{"text":"The query was \"stand\".","kind":"observed","evidence":[{"step":"s3","ptr":"/input/query","quote":"stand"}],"facts":[]}`
	server, stop := modeltest.Start(func(w http.ResponseWriter, r *http.Request, req modeltest.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		say := func(content string) {
			b, _ := json.Marshal(map[string]any{"id": "c", "model": req.Model, "choices": []any{map[string]any{"index": 0, "delta": map[string]any{"content": content}}}})
			fmt.Fprintf(w, "data: %s\n\n", b)
			w.(http.Flusher).Flush()
		}
		say(`{"headline":"The query was \"stand\".","claims":[` + claim)
		select {
		case <-told:
		case <-r.Context().Done():
			return
		}
		say(`,{"text":"All was well.","kind":"observed","evidence":[],"facts":[]}],"decisive_steps":[],"missing_information":[],"confidence":"high"}`)
		fmt.Fprint(w, "data: [DONE]\n\n")
	})
	defer stop()
	q, err := xray.NewQuestion("what was the query?", xray.SpanID{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	whole, err := reasoner.New(shelf(), reasoner.Options{BaseURL: server.URL}).Ask(t.Context(), 1, "run", q, func(part xray.Telling) {
		if part.Claim == nil {
			return
		}
		if n++; n == 1 {
			close(told)
		}
		if part.Claim.Verdict != xray.VerdictVerified {
			t.Errorf("told: %+v", part.Claim)
		}
	})
	if err != nil || n != 1 || whole.Reasoning.Claims[0].Text != `The query was "stand".` || whole.Reasoning.Claims[1].Verdict != xray.VerdictUnverified {
		t.Errorf("%d claims were told, %+v, %v", n, whole.Reasoning, err)
	}
}

func TestServersThatKnowNoPartsAreAskedForTheWhole(t *testing.T) {
	for name, c := range map[string]struct {
		reply modeltest.Reply
		calls int
	}{
		"answers at once": {modeltest.Whole(modeltest.Honest), 2},
		"refuses":         {modeltest.NoStream(modeltest.Honest), 3},
	} {
		server, stop := modeltest.Start(c.reply)
		e := reasoner.New(shelf(), reasoner.Options{BaseURL: server.URL, Cost: perToken})
		for _, question := range []string{"what was the query?", "what was the rating?"} {
			_, claims, whole, err := put(t, e, question, xray.SpanID{})
			if err != nil || len(claims) == 0 || whole.Reasoning.InputTokens == 0 {
				t.Errorf("%s: %d claims, %+v, %v", name, len(claims), whole.Reasoning, err)
			}
		}
		if n := len(server.Calls()); n != c.calls {
			t.Errorf("%s: %d calls, want %d", name, n, c.calls)
		}
		stop()
	}
}
