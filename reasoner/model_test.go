package reasoner_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/modeltest"
	"github.com/xraytrace/xray/reasoner"
	"github.com/xraytrace/xray/reasoner/facts"
)

// withModel explains the competitor search with a model that answers so.
func withModel(t *testing.T, opts reasoner.Options, rest modeltest.Reply, script ...modeltest.Reply) (xray.Explanation, *modeltest.Server, error) {
	t.Helper()
	server, stop := modeltest.Start(rest)
	t.Cleanup(stop)
	server.Script(script...)
	m, f := competitorSearch()
	opts.BaseURL, opts.APIKey = server.URL, "sk-test"
	out, err := explainer(m, f, opts).Explain(t.Context(), xray.ReasoningJob{ProjectID: 1, TraceID: xray.TraceID{1}})
	return out, server, err
}

func whole(out xray.Explanation) xray.Reasoning {
	i := slices.IndexFunc(out.Reasonings, func(r xray.Reasoning) bool { return r.StepID.IsZero() })
	return out.Reasonings[i]
}

func TestAnHonestModelsExplanationIsVerified(t *testing.T) {
	price := func(int32, string, reasoner.Usage) *float64 { return new(0.01) }
	out, server, err := withModel(t, reasoner.Options{Cost: price}, modeltest.Honest)
	if err != nil {
		t.Fatal(err)
	}
	r := whole(out)
	if r.Source != xray.SourceModel || r.VerifiedRate != 1 || len(r.Claims) == 0 || r.PromptVersion != reasoner.PromptVersion() {
		t.Errorf("the execution's reasoning is %+v", r)
	}
	observed := 0
	for _, r := range out.Reasonings {
		for _, c := range r.Claims {
			if c.Verdict == xray.VerdictUnverified {
				t.Errorf("unverified: %q: %s", c.Text, c.Why)
			}
			if c.Verdict == xray.VerdictVerified {
				observed++
			}
			if slices.Contains(c.Facts, "F1") && len(c.Evidence) == 0 {
				t.Errorf("%q leads nowhere", c.Text)
			}
		}
	}
	if observed == 0 {
		t.Error("no claim quotes a value")
	}
	if out.InputTokens == 0 || out.OutputTokens == 0 || out.Model == "" || out.CostUSD == nil || r.InputTokens == 0 {
		t.Errorf("tokens, model or cost are missing: %+v", out)
	}
	if n := len(server.Calls()); n != 2 {
		t.Errorf("it took %d calls, want one for the steps and one for the whole", n)
	}
	if first := server.Calls()[0]; first.Key != "Bearer sk-test" || first.Format != "json_schema" {
		t.Errorf("the first call had key %q, format %q", first.Key, first.Format)
	}
}

func TestEveryWayThatAModelCanFail(t *testing.T) {
	type want struct {
		code    xray.Code
		after   time.Duration
		message string
		calls   int
	}
	for name, c := range map[string]struct {
		reply modeltest.Reply
		want  want
	}{
		"a rate limit is waited for":                       {modeltest.RateLimited(7 * time.Second), want{xray.CodeLimit, 7 * time.Second, "rate limit", 1}},
		"a rate limit without a time is tried again":       {modeltest.RateLimited(0), want{xray.CodeLimit, 0, "rate limit", 1}},
		"a spent quota is not tried again":                 {modeltest.OutOfQuota, want{xray.CodeInvalid, 0, "credit", 1}},
		"a server error is tried again":                    {modeltest.ServerError, want{xray.CodeUnavailable, 0, "500", 1}},
		"a bad gateway's web page is tried again":          {modeltest.BadGateway, want{xray.CodeUnavailable, 0, "502", 1}},
		"silence is tried again":                           {modeltest.Timeout, want{xray.CodeUnavailable, 0, "did not answer within", 1}},
		"a connection that breaks off is tried again":      {modeltest.HangUp, want{xray.CodeUnavailable, 0, "", 1}},
		"half a response is tried again":                   {modeltest.BrokenBody, want{xray.CodeUnavailable, 0, "not JSON", 1}},
		"a wrong key is not tried again":                   {modeltest.Unauthorized, want{xray.CodeInvalid, 0, "OPENAI_API_KEY", 1}},
		"an unknown model is not tried again":              {modeltest.NoSuchModel, want{xray.CodeInvalid, 0, "XRAY_MODEL", 1}},
		"a web page is a wrong address":                    {modeltest.HTML, want{xray.CodeInvalid, 0, "OPENAI_BASE_URL", 1}},
		"a refusal is final":                               {modeltest.Refusal, want{xray.CodeInvalid, 0, "declined", 2}},
		"a content filter is final":                        {modeltest.Filtered, want{xray.CodeInvalid, 0, "content filter", 2}},
		"an answer cut off gets more room once":            {modeltest.CutOff, want{xray.CodeInvalid, 0, "cut off", 4}},
		"an answer without choices is asked for again":     {modeltest.NoChoices, want{xray.CodeInvalid, 0, "without any choice", 4}},
		"an empty answer is asked for again":               {modeltest.Empty, want{xray.CodeInvalid, 0, "empty", 4}},
		"broken JSON is asked for again":                   {modeltest.Malformed, want{xray.CodeInvalid, 0, "form", 4}},
		"another schema is asked for again":                {modeltest.WrongSchema, want{xray.CodeInvalid, 0, "form", 4}},
		"a prompt that is too long is halved once":         {modeltest.ContextTooLong, want{xray.CodeInvalid, 0, "context", 3}},
		"a server that knows no JSON at all ends in words": {modeltest.Without(modeltest.Honest, "json_schema", "json_object", ""), want{xray.CodeInvalid, 0, "400", 6}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, server, err := withModel(t, reasoner.Options{CallTimeout: 200 * time.Millisecond}, c.reply)
			e, ok := err.(*xray.Error)
			if !ok || e.Code != c.want.code || e.RetryAfter != c.want.after || !strings.Contains(e.Message, c.want.message) {
				t.Errorf("the error is %#v, want %+v", err, c.want)
			}
			if n := len(server.Calls()); n != c.want.calls {
				t.Errorf("it made %d calls, want %d", n, c.want.calls)
			}
			if r := whole(out); r.Source != xray.SourceFacts || len(r.Claims) == 0 || out.Headline == "" {
				t.Errorf("the facts do not stand: %+v", r)
			}
			if e != nil && strings.Contains(e.Message, "sk-test") {
				t.Error("the message gives the key away")
			}
		})
	}
}

// A model is asked about the steps of which facts tell something, and about the
// whole; what merely ran keeps the sentence that code has for it.
func TestStepsThatMerelyRanGetNoWords(t *testing.T) {
	server, stop := modeltest.Start(modeltest.Honest)
	defer stop()
	m, f := competitorSearch()
	passedOn := xray.Fact{ID: "F3", Kind: facts.KindError, Severity: xray.SeverityInfo, StepID: xray.SpanID{9}.String(), Text: "A step below it failed."}
	slow := xray.Fact{ID: "F4", Kind: facts.KindSlow, Severity: xray.SeverityNotice, StepID: xray.SpanID{1}.String(), Text: "It took 9 s; usual are 2 s."}
	f.Facts = append(f.Facts, passedOn, slow)
	m.steps[0].Status = xray.StatusError
	out, err := explainer(m, f, reasoner.Options{BaseURL: server.URL}).Explain(t.Context(), xray.ReasoningJob{TraceID: xray.TraceID{1}})
	if err != nil {
		t.Fatal(err)
	}
	var byModel []xray.SpanID
	for _, r := range out.Reasonings {
		if r.Source == xray.SourceModel {
			byModel = append(byModel, r.StepID)
		}
	}
	if want := []xray.SpanID{{1}, {3}, {}}; !slices.Equal(byModel, want) {
		t.Errorf("the model explained %v, want %v", byModel, want)
	}
	prompt, _ := server.Calls()[0].Prompt()
	if record := modeltest.Record(prompt); len(record.Steps) != 2 {
		t.Errorf("the first call was shown %d steps, want 2", len(record.Steps))
	}
}

func TestAServerThatIsNotThere(t *testing.T) {
	m, f := competitorSearch()
	e := explainer(m, f, reasoner.Options{BaseURL: "http://127.0.0.1:1/v1"})
	_, err := e.Explain(t.Context(), xray.ReasoningJob{TraceID: xray.TraceID{1}})
	if xray.ErrorCode(err) != xray.CodeUnavailable {
		t.Errorf("got %v", err)
	}
}

func TestOneFailureInBetweenIsMended(t *testing.T) {
	for name, first := range map[string]modeltest.Reply{
		"cut off": modeltest.CutOff, "malformed": modeltest.Malformed, "empty": modeltest.Empty,
		"wrong schema": modeltest.WrongSchema, "too long": modeltest.ContextTooLong, "no choices": modeltest.NoChoices,
	} {
		t.Run(name, func(t *testing.T) {
			out, _, err := withModel(t, reasoner.Options{}, modeltest.Honest, first)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range out.Reasonings {
				if r.Source != xray.SourceModel && r.StepID == (xray.SpanID{3}) {
					t.Error("the step that facts speak of has nothing else")
				}
			}
		})
	}
}

func TestAStepThatTheModelDeclinesKeepsItsFacts(t *testing.T) {
	out, _, err := withModel(t, reasoner.Options{}, modeltest.Honest, modeltest.Refusal)
	if err != nil {
		t.Fatal(err)
	}
	if r := out.Reasonings[3]; r.Source != xray.SourceFacts || len(r.Missing) != 1 || !strings.Contains(r.Missing[0], "declined") {
		t.Errorf("the step's reasoning is %+v", r)
	}
	if whole(out).Source != xray.SourceModel {
		t.Error("the whole was not explained")
	}
}

func TestTheFormatIsProbedOnce(t *testing.T) {
	for name, c := range map[string]struct {
		without []string
		want    []string
	}{
		"json_schema":          {nil, []string{"json_schema", "json_schema"}},
		"json_object":          {[]string{"json_schema"}, []string{"json_schema", "json_object", "json_object"}},
		"the prompt by itself": {[]string{"json_schema", "json_object"}, []string{"json_schema", "json_object", "", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			_, server, err := withModel(t, reasoner.Options{}, modeltest.Without(modeltest.Honest, c.without...))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, call := range server.Calls() {
				got = append(got, call.Format)
				inPrompt := strings.Contains(call.Messages[0].Content, `"additionalProperties"`)
				if inPrompt == (call.Format == "json_schema") {
					t.Errorf("with format %q the schema is in the prompt: %v", call.Format, inPrompt)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("the formats were %q, want %q", got, c.want)
			}
		})
	}
}

func TestTheLimitsNameIsProbedOnce(t *testing.T) {
	old := func(w http.ResponseWriter, r *http.Request, req modeltest.Request) {
		if strings.Contains(string(req.Body), `"max_tokens"`) {
			w.WriteHeader(http.StatusBadRequest)
			w.Write([]byte(`{"error":{"message":"Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.","code":"unsupported_parameter"}}`))
			return
		}
		modeltest.Honest(w, r, req)
	}
	_, server, err := withModel(t, reasoner.Options{}, old)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(server.Calls()); n != 3 {
		t.Errorf("it made %d calls, want 3", n)
	}
}

func TestWhatDoesNotPassIsMendedOnce(t *testing.T) {
	wrong := modeltest.Explanation{
		Headline: "The filter removed all 40 laptops.", Decisive: []string{}, Missing: []string{}, Confidence: "high",
		Claims: []modeltest.Claim{{Text: "The filter removed all 40 laptops.", Kind: "observed", Facts: []string{},
			Evidence: []modeltest.Evidence{{Step: "s4", Ptr: "/output/0", Quote: "40"}}}},
	}
	out, server, err := withModel(t, reasoner.Options{}, modeltest.Honest, modeltest.Honest, modeltest.Answer(wrong))
	if err != nil {
		t.Fatal(err)
	}
	calls := server.Calls()
	if len(calls) != 3 {
		t.Fatalf("it made %d calls, want 3", len(calls))
	}
	_, last := calls[2].Prompt()
	if !strings.Contains(last, "/output/0") || !strings.Contains(last, "did not pass") {
		t.Errorf("the failure is not in the repair call: %s", last)
	}
	if r := whole(out); r.VerifiedRate != 1 || len(r.Claims) == 0 {
		t.Errorf("the mended explanation was not taken: %+v", r)
	}
}

func TestWhatStillFailsIsUnverifiedAndNeverHidesTheFacts(t *testing.T) {
	wrong := modeltest.Explanation{
		Headline: "All 40 laptops were removed.", Decisive: []string{"s1"}, Missing: []string{"The catalogue's age is not recorded."}, Confidence: "high",
		Claims: []modeltest.Claim{{Text: "The filter removed all 40 laptops.", Kind: "derived", Facts: []string{"F2"}, Evidence: []modeltest.Evidence{}}},
	}
	out, _, err := withModel(t, reasoner.Options{}, modeltest.Answer(wrong), modeltest.Honest)
	if err != nil {
		t.Fatal(err)
	}
	r := whole(out)
	last := r.Claims[len(r.Claims)-1]
	if last.Verdict != xray.VerdictUnverified || last.Why == "" {
		t.Errorf("the wrong claim is %+v", last)
	}
	if len(r.Claims) != 3 || r.Claims[0].Verdict != xray.VerdictDerived {
		t.Errorf("the facts are gone: %+v", r.Claims)
	}
	if out.Headline != `"category filter" received an empty "category".` || r.Confidence != "low" || r.VerifiedRate != 0 {
		t.Errorf("headline %q, confidence %q, rate %v", out.Headline, r.Confidence, r.VerifiedRate)
	}
	if len(r.DecisiveSteps) != 1 || r.DecisiveSteps[0] == (xray.SpanID{9}).String() {
		t.Errorf("a step that no claim cites is decisive: %q", r.DecisiveSteps)
	}
	if len(r.Missing) != 1 {
		t.Errorf("missing is %q", r.Missing)
	}
}

func TestAnIdenticalExecutionCostsNothing(t *testing.T) {
	server, stop := modeltest.Start(modeltest.Honest)
	defer stop()
	m, f := competitorSearch()
	e := explainer(m, f, reasoner.Options{BaseURL: server.URL})
	job := xray.ReasoningJob{ProjectID: 1, TraceID: xray.TraceID{1}}
	for range 2 {
		if _, err := e.Explain(t.Context(), job); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(server.Calls()); n != 2 {
		t.Errorf("it made %d calls, want the 2 of the first time", n)
	}
	job.ProjectID = 2
	out, err := e.Explain(t.Context(), job)
	if n := len(server.Calls()); err != nil || n != 4 || out.InputTokens == 0 {
		t.Errorf("another project got the first one's answers: %d calls, %v", n, err)
	}
}

func TestAJobForOneStepMakesOneCall(t *testing.T) {
	server, stop := modeltest.Start(modeltest.Honest)
	defer stop()
	m, f := competitorSearch()
	out, err := explainer(m, f, reasoner.Options{BaseURL: server.URL}).Explain(t.Context(), xray.ReasoningJob{TraceID: xray.TraceID{1}, StepID: xray.SpanID{3}})
	if err != nil || len(server.Calls()) != 1 || len(out.Reasonings) != 1 || out.Reasonings[0].Source != xray.SourceModel {
		t.Errorf("%d calls, %v, %+v", len(server.Calls()), err, out)
	}
}

// twentySteps has 200 KB of payload.
func twentySteps() (*memory, reasoner.Findings) {
	m, f := competitorSearch()
	base := m.steps[2]
	m.steps = m.steps[:1]
	for i := range 19 {
		s := base
		s.SpanID = xray.SpanID{1, byte(i)}
		s.Name = "search " + strings.Repeat("i", i+1)
		items, _ := json.Marshal(map[string]any{"items": slices.Repeat([]any{map[string]any{"id": i, "title": "a rather long title of a product", "price": 100 + i}}, 170)})
		s.Output = items
		m.steps = append(m.steps, s)
		f.Facts = append(f.Facts, xray.Fact{ID: "F" + string(rune('a'+i)), StepID: s.SpanID.String(), Severity: xray.SeverityInfo, Text: "It returned 170 items in 12 ms.", Pointers: []string{"/output/items/77"}})
	}
	return m, f
}

func TestTwentyStepsStayUnderFifteenThousandTokens(t *testing.T) {
	server, stop := modeltest.Start(modeltest.Honest)
	defer stop()
	m, f := twentySteps()
	size := 0
	for _, s := range m.steps {
		size += len(s.Input) + len(s.Output)
	}
	out, err := explainer(m, f, reasoner.Options{BaseURL: server.URL}).Explain(t.Context(), xray.ReasoningJob{TraceID: xray.TraceID{1}})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes of payload: %d calls, %d tokens in, %d out", size, len(server.Calls()), out.InputTokens, out.OutputTokens)
	if total := out.InputTokens + out.OutputTokens; size < 200_000 || total > 15_000 {
		t.Errorf("%d bytes of payload took %d tokens", size, total)
	}
}

func TestTenThousandStepsFitIntoOnePrompt(t *testing.T) {
	server, stop := modeltest.Start(modeltest.Honest)
	defer stop()
	m, f := competitorSearch()
	for i := range 10_000 {
		s := m.steps[2]
		s.SpanID = xray.SpanID{2, byte(i >> 8), byte(i)}
		m.steps = append(m.steps, s)
	}
	out, err := explainer(m, f, reasoner.Options{BaseURL: server.URL}).Explain(t.Context(), xray.ReasoningJob{TraceID: xray.TraceID{1}})
	if err != nil {
		t.Fatal(err)
	}
	calls := server.Calls()
	if len(calls) > 3 {
		t.Errorf("it made %d calls", len(calls))
	}
	if n := len(calls[len(calls)-1].Body); n > 60_000 || out.InputTokens > 15_000 {
		t.Errorf("the last prompt has %d bytes, all together %d tokens", n, out.InputTokens)
	}
}
