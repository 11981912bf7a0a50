package verify_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/tracetest"
	"github.com/xraytrace/xray/reasoner/facts"
	"github.com/xraytrace/xray/reasoner/verify"
)

// planted are the executions of the facts' corpus, with the facts as they are
// computed today.
func planted(t *testing.T) map[string]*verifiable {
	t.Helper()
	pipelines, err := tracetest.LoadPipelines(os.DirFS("../facts"), "testdata/corpus")
	if err != nil || len(pipelines) < 30 {
		t.Fatalf("read %d pipelines: %v", len(pipelines), err)
	}
	out := map[string]*verifiable{}
	for _, p := range pipelines {
		info, steps := p.Execution()
		found := facts.Compute(facts.Execution{Info: info, Steps: steps}, nil).Facts
		out[p.File] = &verifiable{record: verify.NewRecord(steps, found), facts: found}
	}
	return out
}

type verifiable struct {
	record *verify.Record
	facts  []xray.Fact
}

func TestEveryFactsOwnSentenceIsDerived(t *testing.T) {
	for file, v := range planted(t) {
		for _, f := range v.facts {
			for _, scope := range []string{"", f.StepID} {
				got := v.record.Claim(xray.Claim{Text: f.Text, Kind: xray.ClaimDerived, Facts: []string{f.ID}}, scope)
				if got.Verdict != xray.VerdictDerived {
					t.Errorf("%s, %s: %q: %s", file, f.ID, f.Text, got.Why)
				}
			}
		}
	}
}

// The facts' sentences, bent in the ways that a careless or obedient model
// might bend them.
func TestNoBentFactIsAccepted(t *testing.T) {
	bent := 0
	for file, v := range planted(t) {
		for _, f := range v.facts {
			for how, texts := range bend(f.Text) {
				for _, text := range texts {
					if saidElsewhere(f, how) {
						continue
					}
					bent++
					claim := xray.Claim{Text: text, Kind: xray.ClaimDerived, Facts: []string{f.ID}}
					if got := v.record.Claim(claim, ""); got.Verdict != xray.VerdictUnverified {
						t.Errorf("%s, %s: %s: %q became %q", file, f.ID, how, f.Text, text)
					}
				}
			}
		}
	}
	t.Logf("%d bent sentences", bent)
}

// saidElsewhere skips a word that the fact's own values bear out.
func saidElsewhere(f xray.Fact, how string) bool {
	word, adds := strings.CutPrefix(how, "adding ")
	values, _ := json.Marshal(f.Values)
	return adds && strings.Contains(string(values), word)
}
