package reasoner_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner"
)

// memory is a Source that holds one execution.
type memory struct {
	execution xray.Execution
	steps     []xray.StepDetail
	profiles  []json.RawMessage
	err       error
}

func (m *memory) Execution(_ context.Context, _ int32, _ string) (xray.Execution, error) {
	return m.execution, m.err
}

func (m *memory) Profiles(context.Context, xray.Execution, int) ([]json.RawMessage, error) {
	return m.profiles, m.err
}

func (m *memory) Details(_ context.Context, _ int32, _ xray.TraceID) ([]xray.StepDetail, error) {
	return m.steps, m.err
}

// competitorSearch is a run with a planted mistake: its category filter was
// given no category.
func competitorSearch() (*memory, reasoner.Findings) {
	trace := xray.TraceID{1}
	step := func(id byte, name string, typ xray.StepType, in, out string) xray.StepDetail {
		return xray.StepDetail{
			Step: xray.Step{
				TraceID: trace, SpanID: xray.SpanID{id}, ParentID: xray.SpanID{9}, Name: name, Type: typ,
				Status: xray.StatusOK, Start: xray.Nano(id) * 1e9, End: xray.Nano(id)*1e9 + 5e8, HasPayload: true,
			},
			Input: json.RawMessage(in), Output: json.RawMessage(out),
		}
	}
	root := step(9, "find competitor", xray.TypeChain, `{"product":"laptop stand"}`, `{"winner":"Phone case P9"}`)
	root.ParentID = xray.SpanID{}
	m := &memory{
		execution: xray.Execution{
			ProjectID: 1, TraceID: trace, Name: "find competitor", Status: xray.StatusOK,
			Start: 1e9, End: 4e9, StepCount: 4, FinalOutcome: json.RawMessage(`{"winner":"Phone case P9"}`),
		},
		steps: []xray.StepDetail{
			root,
			step(1, "keywords", xray.TypeLLM, `{"product":"laptop stand"}`, `{"keyword":"stand"}`),
			step(2, "search", xray.TypeRetriever, `{"query":"stand"}`, `[{"id":"L1","price":30},{"id":"P9","price":8}]`),
			step(3, "category filter", xray.TypeFunction, `{"category":"","mode":"strict","items":["L1","P9"]}`, `["L1","P9"]`),
		},
	}
	filter := xray.SpanID{3}.String()
	return m, reasoner.Findings{
		Headline: `"category filter" received an empty "category".`,
		Facts: []xray.Fact{
			{ID: "F1", Kind: "empty_parameter", Severity: xray.SeverityAlarm, StepID: filter, Pointers: []string{"/input/category"},
				Values: map[string]json.RawMessage{"parameter": json.RawMessage(`"category"`)}, Text: `"category filter" received an empty "category".`},
			{ID: "F2", Kind: "flow", Severity: xray.SeverityInfo, StepID: filter, Pointers: []string{"/input/items", "/output"},
				Values: map[string]json.RawMessage{"in": json.RawMessage(`2`), "kept": json.RawMessage(`2`)}, Text: `It kept all 2 items.`},
		},
		Headlines: map[xray.SpanID]string{{3}: `Received an empty "category".`},
	}
}

func explainer(m *memory, f reasoner.Findings, opts reasoner.Options) *reasoner.Explainer {
	opts.Analyze = func(xray.Execution, []xray.StepDetail, []json.RawMessage) reasoner.Findings { return f }
	opts.Now = func() time.Time { return time.Unix(1000, 0) }
	return reasoner.New(m, opts)
}

func TestFactsAloneExplainEveryStepAndTheExecution(t *testing.T) {
	m, f := competitorSearch()
	out, err := explainer(m, f, reasoner.Options{}).Explain(t.Context(), xray.ReasoningJob{ProjectID: 1, TraceID: xray.TraceID{1}})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Reasonings) != 5 || out.Headline != f.Headline || len(out.Facts) != 2 {
		t.Fatalf("got %d reasonings, headline %q, %d facts", len(out.Reasonings), out.Headline, len(out.Facts))
	}
	whole := out.Reasonings[4]
	if !whole.StepID.IsZero() || whole.Source != xray.SourceFacts || len(whole.Claims) != 2 || whole.VerifiedRate != 1 {
		t.Errorf("the execution's reasoning is %+v", whole)
	}
	first := whole.Claims[0]
	if first.Verdict != xray.VerdictDerived || len(first.Evidence) != 1 || first.Evidence[0].Pointer != "/input/category" {
		t.Errorf("the first claim is %+v", first)
	}
	if got := whole.DecisiveSteps; len(got) != 1 || got[0] != f.Facts[0].StepID {
		t.Errorf("decisive steps are %q", got)
	}
	if got := out.Reasonings[1].Headline; got != "Took 500ms." {
		t.Errorf("a step without facts says %q", got)
	}
}

func TestAJobForOneStepLeavesTheExecutionAlone(t *testing.T) {
	m, f := competitorSearch()
	out, err := explainer(m, f, reasoner.Options{}).Explain(t.Context(), xray.ReasoningJob{TraceID: xray.TraceID{1}, StepID: xray.SpanID{3}})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Reasonings) != 1 || out.Reasonings[0].StepID != (xray.SpanID{3}) || out.Headline != "" {
		t.Errorf("got %+v", out)
	}
}

func TestJobsThatCannotBeDone(t *testing.T) {
	m, f := competitorSearch()
	for name, c := range map[string]struct {
		err  error
		step xray.SpanID
		want xray.Code
	}{
		"an execution that was deleted fails for good":       {err: xray.Errorf(xray.CodeNotFound, "gone"), want: xray.CodeInvalid},
		"a database that is away is tried again":             {err: xray.Errorf(xray.CodeUnavailable, "away"), want: xray.CodeUnavailable},
		"anything else is our fault":                         {err: errors.New("broken"), want: xray.CodeInternal},
		"a step that is not in the execution fails for good": {step: xray.SpanID{77}, want: xray.CodeInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			m := &memory{execution: m.execution, steps: m.steps, err: c.err}
			_, err := explainer(m, f, reasoner.Options{}).Explain(t.Context(), xray.ReasoningJob{TraceID: xray.TraceID{1}, StepID: c.step})
			if got := xray.ErrorCode(err); got != c.want {
				t.Errorf("got %q (%v), want %q", got, err, c.want)
			}
		})
	}
}

// Every explanation leaves its profile, and of these later ones know what is
// normal.
func TestEarlierRunsSayWhatIsNormal(t *testing.T) {
	m, _ := competitorSearch()
	m.steps[3].Input = json.RawMessage(`{"category":"stands","items":["L1","P9"]}`)
	for range 6 {
		out, err := reasoner.New(m, reasoner.Options{}).Explain(t.Context(), xray.ReasoningJob{TraceID: xray.TraceID{1}})
		if err != nil || len(out.Profile) == 0 {
			t.Fatalf("profile %s, error %v", out.Profile, err)
		}
		m.profiles = append(m.profiles, out.Profile)
	}
	m.profiles = append(m.profiles, json.RawMessage(`{"steps":7}`)) // of a release to come
	m.steps[1].Input = json.RawMessage(`{"product":""}`)
	out, err := reasoner.New(m, reasoner.Options{}).Explain(t.Context(), xray.ReasoningJob{TraceID: xray.TraceID{1}})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range out.Facts {
		if f.Kind == "parameter_now_empty" && f.StepID == m.steps[1].SpanID.String() && f.Severity == xray.SeverityAlarm {
			return
		}
	}
	t.Errorf("no fact says that the product is missing: %+v", out.Facts)
}
