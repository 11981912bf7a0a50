package facts

import (
	"slices"
)

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
			var best rule
			for _, r := range x.rulesOf(p, c) {
				if r.numericOp() && !lowerBound.anyOf(p.words) && !upperBound.anyOf(p.words) && !cutoffWords.anyOf(p.words) {
					continue // a price that is merely mentioned is no bound
				}
				// Of ≤ and <, the one that accounts for more.
				if x.count(&r); r.rejects > best.rejects {
					best = r
				}
			}
			if best.rejects > 0 {
				out = append(out, best)
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
	x.relax(chosen)
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

// relax makes ≤ of <, and ≥ of >, where no item needs the strict form: one
// that lies on the bound and fails another rule tells nothing of the bound.
func (x *explainer) relax(rules []rule) {
	for k := range rules {
		strict := rules[k]
		if strict.op != "<" && strict.op != ">" {
			continue
		}
		rules[k].op += "="
		for i, kept := range x.st.kept {
			if !kept && !strict.passes(i) && passesAll(rules, i) {
				rules[k] = strict
				break
			}
		}
	}
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
