package verify

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/xraytrace/xray"
)

// MaxText is how long a claim may be, in bytes. Longer ones say several things.
const MaxText = 600

// Claim checks a claim and returns it with its verdict; Why is filled for one
// that is not accepted. scope is the step that the explanation is about, in
// hex, or "" for the whole execution.
func (r *Record) Claim(c xray.Claim, scope string) xray.Claim {
	c.Verdict, c.Why = xray.VerdictUnverified, ""
	if c.Kind == xray.ClaimHypothesis {
		c.Why = "a guess, which the record can neither show nor refute"
		return c
	}
	kind, err := r.check(c, scope)
	if err != nil {
		c.Why = err.Error()
		return c
	}
	// What was called observed but rests on facts alone is derived.
	c.Kind, c.Verdict = kind, xray.VerdictDerived
	if kind == xray.ClaimObserved {
		c.Verdict = xray.VerdictVerified
	}
	return c
}

// Headline checks a sentence that stands above claims: it may say what the
// accepted ones among them cite. The error says what it may not.
func (r *Record) Headline(text string, claims []xray.Claim, scope string) error {
	all := xray.Claim{Text: text, Kind: xray.ClaimDerived}
	for _, c := range claims {
		if c.Verdict != xray.VerdictUnverified {
			all.Evidence = append(all.Evidence, c.Evidence...)
			all.Facts = append(all.Facts, c.Facts...)
		}
	}
	if len(all.Facts) == 0 {
		all.Kind = xray.ClaimObserved
	}
	_, err := r.check(all, scope)
	return err
}

// Rate is the share of claims that were accepted, 1 when there are none.
func Rate(claims []xray.Claim) float64 {
	if len(claims) == 0 {
		return 1
	}
	accepted := 0
	for _, c := range claims {
		if c.Verdict != xray.VerdictUnverified {
			accepted++
		}
	}
	return float64(accepted) / float64(len(claims))
}

// checker holds what one claim cites.
type checker struct {
	record   *Record
	evidence []cited
	facts    []*fact
	steps    map[string]struct{} // every step that is cited
}

func (r *Record) check(c xray.Claim, scope string) (xray.ClaimKind, error) {
	k, err := r.newChecker(c, scope)
	if err != nil {
		return "", err
	}
	if len(k.evidence) == 0 && len(k.facts) == 0 {
		return "", errors.New("it cites nothing")
	}
	if c.Kind == xray.ClaimDerived && len(k.facts) == 0 {
		return "", errors.New("a derived claim has to cite a fact")
	}
	tokens := tokenize(c.Text)
	for _, f := range k.facts {
		if f.whole == joined(tokens) {
			return xray.ClaimDerived, nil
		}
	}
	if err := Plain(c.Text); err != nil {
		return "", err
	}
	return k.sentence(c.Kind, r.foldSteps(mentions(tokens)), scope)
}

func (r *Record) newChecker(c xray.Claim, scope string) (*checker, error) {
	k := &checker{record: r, steps: map[string]struct{}{}}
	if scope != "" {
		k.steps[scope] = struct{}{}
	}
	for _, e := range c.Evidence {
		found, err := r.cite(e, scope)
		if err != nil {
			return nil, err
		}
		k.evidence = append(k.evidence, found)
		k.steps[found.stepID] = struct{}{}
	}
	for _, id := range c.Facts {
		f, ok := r.facts[id]
		if !ok {
			return nil, fmt.Errorf("there is no fact %q", shorten(id))
		}
		if scope != "" && f.StepID != "" && f.StepID != scope {
			return nil, fmt.Errorf("fact %s is about another step than the one that is explained", id)
		}
		k.facts = append(k.facts, f)
		for step := range f.speaks {
			k.steps[step] = struct{}{}
		}
	}
	return k, nil
}

// sentence checks every clause against the evidence or against one fact.
func (k *checker) sentence(kind xray.ClaimKind, ms []mention, scope string) (xray.ClaimKind, error) {
	var subject [][]string
	if scope != "" {
		subject = [][]string{{scope}}
	}
	observed, derived := false, false
	for _, c := range splitClauses(ms) {
		named, err := k.subject(c)
		if err != nil {
			return "", err
		}
		if named != nil {
			subject = named
		}
		says, err := k.observed(c, subject)
		if err == nil {
			observed = observed || says
			continue
		}
		if k.derived(c, subject) {
			derived = true
			continue
		}
		return "", err
	}
	switch {
	case kind == xray.ClaimObserved && observed:
		return xray.ClaimObserved, nil
	case derived || observed && kind == xray.ClaimDerived:
		return xray.ClaimDerived, nil
	}
	return "", errors.New("it does not say anything that it cites")
}

// subject returns the steps that a clause names, as one list of ids for each
// name, nil if it names none.
func (k *checker) subject(c clause) (named [][]string, err error) {
	for _, m := range c {
		if len(m.steps) == 0 || k.isField(m) {
			continue
		}
		ids := slices.DeleteFunc(slices.Clone(m.steps), func(id string) bool { return !in(k.steps, id) })
		if len(ids) == 0 {
			return nil, fmt.Errorf("it names the step %q without citing it", shorten(m.raw))
		}
		named = append(named, ids)
	}
	return named, nil
}

// isField reports whether what looks like the name of a step is the name of a
// cited field: a search step has a field "search".
func (k *checker) isField(m mention) bool {
	for i := range k.evidence {
		if strings.EqualFold(k.evidence[i].leaf, m.raw) {
			return true
		}
	}
	return false
}

// Plain checks that a text is nothing but text: no link, no markup, nothing
// that reads otherwise than it is written.
func Plain(text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return errors.New("it is empty")
	case len(text) > MaxText:
		return fmt.Errorf("it is longer than %d bytes: say one thing at a time", MaxText)
	case linked(text):
		return errors.New("it contains a link or markup, which an explanation never does")
	}
	for _, r := range text {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r)) {
			return errors.New("it contains invisible characters")
		}
	}
	return nil
}

func linked(text string) bool {
	lower := strings.ToLower(text)
	for _, sign := range []string{"://", "www.", "javascript:", "mailto:", "data:", "](", "![", "</", "/>", "<!", "<?", "&lt;", "&#", "```", "\uFF1A//"} {
		if strings.Contains(lower, sign) {
			return true
		}
	}
	for i, r := range lower {
		if r == '<' && i+1 < len(lower) && lower[i+1] >= 'a' && lower[i+1] <= 'z' {
			return true
		}
	}
	return false
}
