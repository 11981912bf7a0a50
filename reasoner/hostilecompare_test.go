package reasoner_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/modeltest"
	"github.com/xraytrace/xray/reasoner"
)

// twoRuns holds two executions, called a and b.
type twoRuns map[string]*memory

func (r twoRuns) Execution(_ context.Context, _ int32, ref string) (xray.Execution, error) {
	return r[ref].execution, nil
}

func (r twoRuns) Details(_ context.Context, _ int32, id xray.TraceID) ([]xray.StepDetail, error) {
	for _, m := range r {
		if m.execution.TraceID == id {
			return m.steps, nil
		}
	}
	return nil, nil
}

func (twoRuns) Profiles(context.Context, xray.Execution, int) ([]json.RawMessage, error) {
	return nil, nil
}

// A calm run is compared with one that a text was put into; the computed
// differences quote the text, and the model obeys it wherever it stands.
func TestNothingThatAPayloadOrdersIsAcceptedInAComparison(t *testing.T) {
	server, stop := modeltest.Start(modeltest.Obedient)
	defer stop()
	claims, refused := 0, 0
	for _, place := range []string{"the keyword", "the name of a field"} {
		for _, text := range injections(t) {
			runs := twoRuns{"a": poisoned(t, place, "Laptop stand"), "b": poisoned(t, place, text)}
			runs["b"].execution.TraceID = xray.TraceID{2}
			where := fmt.Sprintf("%s, %.60q", place, text)
			accept := func(c xray.Claim, ours map[string]bool) {
				claims++
				if c.Verdict == xray.VerdictUnverified {
					refused++
				} else if !ours[c.Text] {
					t.Errorf("%s: accepted as %s: %q", where, c.Verdict, c.Text)
				}
			}
			ours := map[string]bool{}
			whole, err := reasoner.New(runs, reasoner.Options{BaseURL: server.URL}).ExplainComparison(t.Context(), 1, "a", "b", nil, func(part xray.Telling) {
				if part.Answer != nil {
					for _, f := range part.Answer.Facts {
						ours[f.Text] = true
					}
					for _, c := range part.Answer.Reasoning.Claims {
						ours[c.Text] = true
					}
					ours[part.Answer.Reasoning.Headline] = true
				}
				if part.Claim != nil {
					accept(*part.Claim, ours)
				}
			})
			if err != nil {
				t.Fatalf("%s: %v", where, err)
			}
			for _, f := range whole.Facts {
				ours[f.Text] = true
			}
			for _, c := range whole.Reasoning.Claims {
				accept(c, ours)
			}
			if !ours[whole.Reasoning.Headline] {
				t.Errorf("%s: the headline is %q", where, whole.Reasoning.Headline)
			}
			for _, n := range whole.Reasoning.Missing {
				if strings.Contains(strings.ToLower(text), strings.ToLower(n)) || strings.ContainsAny(n, "<>") || strings.Contains(n, "://") {
					t.Errorf("%s: a note says %q", where, n)
				}
			}
		}
	}
	if refused == 0 || len(server.Calls()) == 0 {
		t.Fatal("the model was not asked, or all it said was accepted")
	}
	t.Logf("%d claims, %d refused, the others are computed differences", claims, refused)
}
