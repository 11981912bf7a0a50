package reasoner_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/modeltest"
	"github.com/xraytrace/xray/reasoner"
	"github.com/xraytrace/xray/reasoner/sample"
)

func TestAPreviewPlansTheCallsThatAModelGets(t *testing.T) {
	m, f := competitorSearch()
	planning := explainer(m, f, reasoner.Options{})
	out, plan, err := planning.Preview(t.Context(), 1, xray.TraceID{1})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Facts) == 0 || len(out.Reasonings) == 0 || out.Model != "" {
		t.Errorf("the preview explains %+v", out)
	}
	_, server, err := withModel(t, reasoner.Options{}, modeltest.Honest)
	if err != nil {
		t.Fatal(err)
	}
	calls := server.Calls()
	if len(plan) != len(calls) {
		t.Fatalf("%d calls are planned, %d were made", len(plan), len(calls))
	}
	for i, p := range plan {
		tokens := 0
		for _, msg := range calls[i].Messages {
			tokens += sample.Tokens(msg.Content)
		}
		// The schema is counted in the plan, and the last prompt holds the
		// model's own claims.
		if p.Tokens < tokens/2 || p.Tokens > 2*tokens || p.Bytes == 0 || p.Answer == 0 {
			t.Errorf("call %d is planned as %+v, and had %d tokens", i, p, tokens)
		}
	}
	if first, last := plan[0], plan[len(plan)-1]; len(first.Steps) == 0 || len(last.Steps) != 0 {
		t.Errorf("the first call asks about %v, the last about %v", first.Steps, last.Steps)
	}
}

func TestAnEstimateIsThePriceOfThePlan(t *testing.T) {
	m, f := competitorSearch()
	opts := reasoner.Options{
		BaseURL: "http://nobody.invalid", APIKey: "sk-test", Model: "small-1",
		Cost: func(_ int32, model string, u reasoner.Usage) *float64 {
			if model != "small-1" {
				t.Errorf("%q is priced", model)
			}
			return new(float64(u.Input) + 10*float64(u.Output))
		},
	}
	_, plan, err := explainer(m, f, opts).Preview(t.Context(), 1, xray.TraceID{1})
	if err != nil {
		t.Fatal(err)
	}
	want := xray.Estimate{Model: "small-1", Calls: len(plan)}
	for _, p := range plan {
		want.InputTokens += int64(p.Tokens)
		want.OutputTokens += int64(p.Answer)
	}
	want.CostUSD = new(float64(want.InputTokens) + 10*float64(want.OutputTokens))
	got, err := explainer(m, f, opts).Estimate(t.Context(), 1, xray.TraceID{1})
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%s, error %v", diff, err)
	}
}

func TestAnEstimateWithoutAModelIsNothing(t *testing.T) {
	m, f := competitorSearch()
	got, err := explainer(m, f, reasoner.Options{}).Estimate(t.Context(), 1, xray.TraceID{1})
	if got != (xray.Estimate{}) || err != nil {
		t.Errorf("%+v, error %v", got, err)
	}
}
