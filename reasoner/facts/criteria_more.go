package facts

import (
	"math"
	"slices"
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
		if kept.lo >= dropped.hi || scoreWords.anyOf(c.words) == false && kept.hi <= dropped.lo {
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

// combined puts rules together: first those that parameters name, then two
// that need no parameter, and a cut at k behind them.
func (x *explainer) combined() explanation {
	necessary := x.necessary()
	e := x.greedy(necessary)
	if e.kind == whyRule {
		return e
	}
	if e.kind == whyPartly {
		pass := make([]bool, x.n)
		for i := range pass {
			pass[i] = passesAll(e.rules, i)
		}
		if t := x.top(pass); t.kind == whyTop && (t.limit != nil || x.keptFirst(pass)) && !t.weak {
			t.rules, t.evidence = e.rules, t.evidence+5
			return t
		}
	}
	if pair := x.pair(); pair.kind == whyRule && pair.evidence > e.evidence {
		return pair
	}
	return e
}

// necessary lists the rules of parameters that every kept item fulfils and
// some dropped item does not.
func (x *explainer) necessary() []rule {
	var out []rule
	for _, p := range x.params {
		for _, c := range x.cols {
			if closeness(p, c) < 2 {
				continue
			}
			for _, r := range x.rulesOf(p, c) {
				if r.numericOp() && !lowerBound.anyOf(p.words) && !upperBound.anyOf(p.words) && !cutoffWords.anyOf(p.words) {
					continue // a price that is merely mentioned is no bound
				}
				if x.count(&r); r.rejects > 0 {
					out = append(out, r)
					break
				}
			}
		}
	}
	return out
}

// count sets how many dropped items the rule rejects, 0 if it rejects a kept
// one.
func (x *explainer) count(r *rule) {
	r.rejects = 0
	for i, kept := range x.st.kept {
		pass := r.passes(i)
		if kept && !pass {
			r.rejects = 0
			return
		}
		if !kept && !pass {
			r.rejects++
		}
	}
}

// greedy adds the rule that rejects most of what is left until nothing helps.
func (x *explainer) greedy(rules []rule) explanation {
	var chosen []rule
	left := x.d
	open := make([]bool, x.n) // dropped, not yet accounted for
	for i, kept := range x.st.kept {
		open[i] = !kept
	}
	for left > 0 && len(chosen) < 4 {
		best, most := -1, 0
		for r := range rules {
			n := 0
			for i := range open {
				if open[i] && !rules[r].passes(i) {
					n++
				}
			}
			if n > most {
				best, most = r, n
			}
		}
		if best < 0 {
			break
		}
		chosen = append(chosen, rules[best])
		for i := range open {
			if open[i] && !rules[best].passes(i) {
				open[i] = false
				left--
			}
		}
	}
	if len(chosen) == 0 {
		return explanation{kind: whyUnknown}
	}
	e := explanation{kind: whyRule, rules: chosen, explained: x.d - left, evidence: 95}
	if left > 0 {
		e.kind, e.evidence = whyPartly, 15+25*float64(e.explained)/float64(x.d)
		for i := range open {
			if open[i] {
				e.exceptions = append(e.exceptions, i)
			}
		}
	}
	return e
}

func passesAll(rules []rule, i int) bool {
	return !slices.ContainsFunc(rules, func(r rule) bool { return !r.passes(i) })
}

// pair looks for two fields that together separate although none does alone.
// Each must do a real part of the work, and there must be enough items that
// it is no accident.
func (x *explainer) pair() explanation {
	if x.n > 5000 || x.doubt(2)*4 > doubtful || x.d < 4 || x.k < 3 {
		return explanation{kind: whyUnknown}
	}
	var rules []rule
	for _, c := range x.cols {
		if c.idish() || ordinal.anyOf(c.words) {
			continue
		}
		rules = append(rules, x.tight(c)...)
	}
	share := max(2, x.d/10)
	var best explanation
	for i := range rules {
		for j := i + 1; j < len(rules) && len(rules) < 60; j++ {
			if rules[i].col == rules[j].col && rules[i].op == rules[j].op {
				continue
			}
			if onlyI, onlyJ, all := x.together(&rules[i], &rules[j]); all && onlyI >= share && onlyJ >= share {
				if ev := 18 + float64(min(onlyI, onlyJ))/float64(x.d); ev > best.evidence {
					best = explanation{kind: whyRule, rules: []rule{rules[i], rules[j]}, explained: x.d, evidence: ev}
				}
			}
		}
	}
	return best
}

// tight lists the rules that the kept items' own bounds give on a column.
func (x *explainer) tight(c *column) []rule {
	var out []rule
	if v := x.common(c, true); v != nil {
		out = append(out, rule{col: c, op: "=", val: v})
	} else if nums, ok := c.numbers(); ok && !c.dates {
		if b := boundsOf(nums, x.st.kept, true); b.missing == 0 && b.n > 0 {
			out = append(out, rule{col: c, op: ">=", num: b.lo}, rule{col: c, op: "<=", num: b.hi})
		}
	}
	useful := out[:0]
	for _, r := range out {
		if x.count(&r); r.rejects > 0 {
			useful = append(useful, r)
		}
	}
	return useful
}

func (x *explainer) together(r, s *rule) (onlyR, onlyS int, all bool) {
	for i, kept := range x.st.kept {
		if kept {
			continue
		}
		byR, byS := !r.passes(i), !s.passes(i)
		switch {
		case !byR && !byS:
			return 0, 0, false
		case byR && !byS:
			onlyR++
		case byS && !byR:
			onlyS++
		}
	}
	return onlyR, onlyS, true
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
			} else if closeness(p, c) == 1 {
				for _, r := range x.numericRules(p, c, 1)[:min(1, len(x.numericRules(p, c, 1)))] {
					if x.count(&r); r.rejects == x.n {
						found = append(found, r)
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
