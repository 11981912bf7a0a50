package verify_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner/verify"
)

// corpus is testdata/claims.json: one execution, and claims about it of which
// a person has said whether they are true.
type corpus struct {
	Steps []struct {
		ID         string          `json:"id"`
		Name       string          `json:"name"`
		Input      json.RawMessage `json:"input"`
		Output     json.RawMessage `json:"output"`
		Attributes json.RawMessage `json:"attributes"`
	} `json:"steps"`
	Facts  []xray.Fact  `json:"facts"`
	Claims []corpusItem `json:"claims"`
}

type corpusItem struct {
	About    string         `json:"about"` // what the case is for
	Scope    string         `json:"scope"` // a step's name, "" for the whole
	Text     string         `json:"text"`
	Evidence [][3]string    `json:"evidence"` // step's name, pointer, quote
	Facts    []string       `json:"facts"`
	Kind     xray.ClaimKind `json:"kind"`    // "" is observed with evidence, else derived
	True     bool           `json:"true"`    // said by a person
	Verdict  xray.Verdict   `json:"verdict"` // what the verifier should say
}

func readCorpus(t testing.TB) (corpus, *verify.Record, map[string]string) {
	t.Helper()
	b, err := os.ReadFile("testdata/claims.json")
	if err != nil {
		t.Fatal(err)
	}
	var c corpus
	if err := json.Unmarshal(b, &c); err != nil {
		t.Fatal(err)
	}
	ids, steps := map[string]string{}, []xray.StepDetail{}
	for _, s := range c.Steps {
		id, err := xray.ParseSpanID(s.ID)
		if err != nil {
			t.Fatal(err)
		}
		ids[s.Name] = s.ID
		steps = append(steps, xray.StepDetail{Step: xray.Step{SpanID: id, Name: s.Name}, Input: s.Input, Output: s.Output, Attributes: s.Attributes})
	}
	for i := range c.Facts {
		c.Facts[i].StepID = ids[c.Facts[i].StepID]
	}
	return c, verify.NewRecord(steps, c.Facts), ids
}

func (c corpusItem) claim(ids map[string]string) xray.Claim {
	out := xray.Claim{Text: c.Text, Kind: c.Kind, Facts: c.Facts}
	for _, e := range c.Evidence {
		id, ok := ids[e[0]]
		if !ok {
			id = e[0]
		}
		out.Evidence = append(out.Evidence, xray.Evidence{StepID: id, Pointer: e[1], Quote: e[2]})
	}
	if out.Kind == "" {
		out.Kind = xray.ClaimDerived
		if len(out.Evidence) > 0 {
			out.Kind = xray.ClaimObserved
		}
	}
	return out
}

func TestTheVerifierAcceptsNoFalseClaimOfTheCorpus(t *testing.T) {
	c, record, ids := readCorpus(t)
	accepted, truths, falsehoods := 0, 0, 0
	for _, item := range c.Claims {
		got := record.Claim(item.claim(ids), ids[item.Scope])
		ok := got.Verdict != xray.VerdictUnverified
		switch {
		case ok && !item.True:
			t.Errorf("ACCEPTED A FALSE CLAIM (%s): %q", item.About, item.Text)
		case got.Verdict != item.Verdict:
			t.Errorf("%s: %q is %s, want %s (%s)", item.About, item.Text, got.Verdict, item.Verdict, got.Why)
		case !ok && got.Why == "":
			t.Errorf("%s: %q is not accepted without saying why", item.About, item.Text)
		}
		if item.True {
			truths++
			if ok {
				accepted++
			}
		} else {
			falsehoods++
		}
	}
	t.Logf("%d false claims, none accepted; %d of %d true claims accepted", falsehoods, accepted, truths)
	if falsehoods < 60 || truths < 25 {
		t.Errorf("the corpus has shrunk to %d false and %d true claims", falsehoods, truths)
	}
}
