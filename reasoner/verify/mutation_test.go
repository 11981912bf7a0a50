package verify_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/xraytrace/xray"
)

// Each accepted claim of the corpus is bent in ways that make it false, or say
// more than is known; none of the bent ones may be accepted.
func TestAnAcceptedClaimThatIsBentIsNoLongerAccepted(t *testing.T) {
	c, record, ids := readCorpus(t)
	bent := 0
	for _, item := range c.Claims {
		claim := item.claim(ids)
		if record.Claim(claim, ids[item.Scope]).Verdict == xray.VerdictUnverified {
			continue
		}
		for how, texts := range bend(item.Text) {
			for _, text := range texts {
				bent++
				claim.Text = text
				if got := record.Claim(claim, ids[item.Scope]); got.Verdict != xray.VerdictUnverified {
					t.Errorf("%s: %q became %q and is still %s", how, item.Text, text, got.Verdict)
				}
			}
		}
	}
	t.Logf("%d bent claims", bent)
	if bent < 500 {
		t.Errorf("only %d claims were bent", bent)
	}
}

var (
	inMarks  = regexp.MustCompile(`["“][^"”]*["”]`)
	aNumber  = regexp.MustCompile(`\b\d+\b`)
	turners  = regexp.MustCompile(`(?i)\b(no|not|never|without|none of|would|could|n't)\b`)
	aboveAll = []string{"not", "never", "without", "only", "all", "zebra", "42", "because", "P1", "almost", "wrongly", "twice", "%"}
)

func bend(text string) map[string][]string {
	out := map[string][]string{}
	for _, w := range aboveAll {
		if strings.Contains(strings.ToLower(text), strings.ToLower(w)) {
			continue // where the word stands already, another one can be true
		}
		for _, at := range gaps(text) {
			out["adding "+w] = append(out["adding "+w], text[:at]+" "+w+text[at:])
		}
	}
	for _, at := range aNumber.FindAllStringIndex(text, -1) {
		n, err := strconv.Atoi(text[at[0]:at[1]])
		if err == nil {
			out["another number"] = append(out["another number"], text[:at[0]]+strconv.Itoa(n+1)+text[at[1]:])
		}
	}
	numbers := aNumber.FindAllStringIndex(text, -1)
	for i, a := range numbers {
		for _, b := range numbers[i+1:] {
			if x, y := text[a[0]:a[1]], text[b[0]:b[1]]; x != y {
				out["swapping two numbers"] = append(out["swapping two numbers"], text[:a[0]]+y+text[a[1]:b[0]]+x+text[b[1]:])
			}
		}
	}
	quotes := inMarks.FindAllStringIndex(text, -1)
	for i, a := range quotes {
		for _, b := range quotes[i+1:] {
			// “a”; 3 for “b” and 3 for “c” stay true.
			alike := a[0] > 6 && text[a[0]-6:a[0]] == text[b[0]-6:b[0]]
			if x, y := text[a[0]:a[1]], text[b[0]:b[1]]; strings.Trim(x, `"“”`) != strings.Trim(y, `"“”`) && !alike {
				out["swapping two quotations"] = append(out["swapping two quotations"], text[:a[0]]+y+text[a[1]:b[0]]+x+text[b[1]:])
			}
		}
	}
	masked := inMarks.ReplaceAllStringFunc(text, func(s string) string { return strings.Repeat("x", len(s)) })
	for _, at := range turners.FindAllStringIndex(masked, -1) {
		out["leaving a word out"] = append(out["leaving a word out"], text[:at[0]]+text[at[1]:])
	}
	for _, at := range inMarks.FindAllStringIndex(text, -1) {
		out["another quotation"] = append(out["another quotation"], text[:at[0]]+`"something else"`+text[at[1]:])
	}
	return out
}

// gaps are the places between words outside of quotation marks.
func gaps(text string) []int {
	var out []int
	masked := inMarks.ReplaceAllStringFunc(text, func(s string) string { return strings.Repeat("x", len(s)) })
	for i := 1; i < len(masked); i++ {
		if masked[i] == ' ' {
			out = append(out, i)
		}
	}
	return out
}

func FuzzClaim(f *testing.F) {
	c, _, ids := readCorpus(f)
	for _, item := range c.Claims {
		ptr, quote := "/output", "x"
		if len(item.Evidence) > 0 {
			ptr, quote = item.Evidence[0][1], item.Evidence[0][2]
		}
		f.Add(item.Text, ptr, quote, strings.Join(item.Facts, ","), len(item.Evidence) > 0)
	}
	_, record, _ := readCorpus(f)
	f.Fuzz(func(t *testing.T, text, ptr, quote, facts string, observed bool) {
		claim := xray.Claim{Text: text, Kind: xray.ClaimDerived, Facts: strings.Split(facts, ",")}
		if observed {
			claim.Kind, claim.Facts = xray.ClaimObserved, nil
			claim.Evidence = []xray.Evidence{{StepID: ids["search"], Pointer: ptr, Quote: quote}}
		}
		got := record.Claim(claim, "")
		if (got.Verdict == xray.VerdictUnverified) == (got.Why == "") {
			t.Fatalf("verdict %s, why %q", got.Verdict, got.Why)
		}
		claim.Text += " zebra"
		if again := record.Claim(claim, ""); again.Verdict != xray.VerdictUnverified {
			t.Fatalf("%q is accepted", claim.Text)
		}
		claim.Text, claim.Evidence, claim.Facts = text, nil, nil
		if again := record.Claim(claim, ""); again.Verdict != xray.VerdictUnverified {
			t.Fatalf("%q is accepted without citing anything", text)
		}
	})
}
