package facts

import (
	"math"
)

// top looks for a cut at the best or the first k of those that pass a set of
// rules (nil: of all).
func (x *explainer) top(pass []bool) explanation {
	n := x.n
	if pass != nil {
		n = 0
		for _, p := range pass {
			if p {
				n++
			}
		}
	}
	if x.k == 0 || x.k >= n {
		return explanation{kind: whyUnknown}
	}
	e := explanation{kind: whyTop, topK: x.k, limit: x.limitParam(), explained: x.d}
	first := x.keptFirst(pass)
	sorted := x.sortedBy(pass)
	if e.by = sorted; !first && sorted == nil {
		return explanation{kind: whyUnknown}
	}
	switch {
	case e.limit != nil:
		e.evidence = 90
	case first:
		e.evidence = 30
	default:
		e.evidence = 8 // any threshold is also a cut at the best k
	}
	e.weak = e.limit == nil && 2/choose(n, x.k) > doubtful
	if e.weak {
		e.evidence -= 8
	}
	return e
}

// limitParam is a parameter that counts, and whose number is how many were
// kept.
func (x *explainer) limitParam() *param {
	for _, p := range x.params {
		if f, ok := p.v.float(); ok && p.v.kind != array && f == float64(x.k) && limitWords.anyOf(p.words) && p.step == x.st.step {
			return p
		}
	}
	for _, p := range x.params {
		if f, ok := p.v.float(); ok && f == float64(x.k) && x.k > 1 && limitWords.anyOf(words(p.name)) {
			return p
		}
	}
	return nil
}

// keptFirst tells whether the kept are the first of those that pass.
func (x *explainer) keptFirst(pass []bool) bool {
	ended := false
	for i, kept := range x.st.kept {
		if pass != nil && !pass[i] {
			continue
		}
		if !kept {
			ended = true
		} else if ended {
			return false
		}
	}
	return true
}

// sortedBy is the field by whose value the kept are the best of those that
// pass; fields that name a score go first.
func (x *explainer) sortedBy(pass []bool) *column {
	var best *column
	for _, c := range x.cols {
		nums, ok := c.numbers()
		if !ok || c.idish() || ordinal.anyOf(c.words) {
			continue
		}
		kept, dropped := bounds{lo: math.Inf(1), hi: math.Inf(-1)}, bounds{lo: math.Inf(1), hi: math.Inf(-1)}
		for i, f := range nums {
			if pass != nil && !pass[i] || math.IsNaN(f) {
				continue
			}
			b := &dropped
			if x.st.kept[i] {
				b = &kept
			}
			b.lo, b.hi = min(b.lo, f), max(b.hi, f)
		}
		if kept.lo == kept.hi && dropped.lo == dropped.hi && kept.lo == dropped.lo {
			continue
		}
		if kept.lo >= dropped.hi || !scoreWords.anyOf(c.words) && kept.hi <= dropped.lo {
			if best == nil || scoreWords.anyOf(c.words) && !scoreWords.anyOf(best.words) {
				best = c
			}
		}
	}
	return best
}

var scoreWords = newSet("score relevance similarity confidence rating rank probability weight grade fit match bm25 cosine stars relevanz punkte puntuacion note points quality utility rrf")

// duplicates tells whether each dropped item repeats a kept one in some field.
func (x *explainer) duplicates() explanation {
	var best *column
	for _, c := range x.cols {
		if x.repeats(c) && (best == nil || c.idish() && !best.idish()) {
			best = c
		}
	}
	if best == nil {
		return explanation{kind: whyUnknown}
	}
	return explanation{kind: whyDedupe, dedupe: best, explained: x.d, evidence: 70, weak: x.d < 2 && !best.idish()}
}

func (x *explainer) repeats(c *column) bool {
	kept := make(map[string]bool, x.k)
	for i, k := range x.st.kept {
		if k {
			key := cellKey(c.at(i))
			if key == "" || kept[key] {
				return false
			}
			kept[key] = true
		}
	}
	for i, k := range x.st.kept {
		if !k && !kept[cellKey(c.at(i))] {
			return false
		}
	}
	return len(kept) > 1 || c.idish()
}

// allDropped looks for parameters that reject every item.
func (x *explainer) allDropped() explanation {
	var found []rule
	for _, p := range x.params {
		for _, c := range x.cols {
			if closeness(p, c) < 2 && (closeness(p, c) == 0 || !scoreWords.anyOf(c.words)) {
				continue
			}
			if w, ok := wanted(p, c); ok {
				if x.count(&w); w.rejects == x.n {
					found = append(found, w)
				}
			} else if near := closeness(p, c); p.v.kind == number && !countWords.anyOf(p.words) {
				rules := x.numericRules(p, c, near)
				if near == 1 {
					rules = rules[:min(1, len(rules))]
				}
				for _, r := range rules {
					if x.count(&r); r.rejects == x.n {
						found = append(found, r)
						break
					}
				}
			}
		}
	}
	if len(found) == 0 {
		return explanation{kind: whyUnknown}
	}
	return explanation{kind: whyRule, rules: found[:1], alsoFit: found[1:min(3, len(found))], explained: x.d, evidence: 60, weak: true}
}

// recorded uses the criteria and reasons that the program wrote down.
func (x *explainer) recorded() explanation {
	e := explanation{kind: whyRecorded, evidence: 200, explained: x.d}
	if x.st.explicit != nil {
		for _, r := range x.st.explicit.rules {
			if x.count(&r); r.rejects > 0 {
				e.rules = append(e.rules, r)
			}
		}
	}
	if len(e.rules) == 0 && x.k > 0 {
		if s := x.single(); s.kind == whyRule && s.rules[0].param != nil {
			e.rules = s.rules
		} else if g := x.greedy(x.necessary()); g.kind == whyRule {
			e.rules = g.rules
		}
	}
	return e
}
