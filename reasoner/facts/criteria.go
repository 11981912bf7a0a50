package facts

import (
	"cmp"
	"slices"
)

// explanation is what tells kept from dropped at a station.
type explanation struct {
	kind       whyKind
	rules      []rule // all must hold for an item to be kept
	alsoFit    []rule // single rules that separate just as well
	weak       bool   // so few items that the rule may fit by accident
	explained  int    // dropped items that the rules account for
	exceptions []int  // dropped items that pass all rules
	topK       int    // kept the best k (of those that pass the rules)
	by         *column
	limit      *param // that said k
	dedupe     *column
	evidence   float64
}

type whyKind uint8

const (
	whyUnknown  whyKind = iota // nothing separates
	whyNothing                 // nothing was dropped
	whyRule                    // the rules account for every drop
	whyPartly                  // the rules account for some of the drops
	whyTop                     // the best or first k
	whyDedupe                  // the dropped repeat kept ones
	whyRecorded                // the program says why
)

// explainer looks for the criterion of one station.
type explainer struct {
	a       *analysis
	st      *station
	cols    []*column
	params  []*param
	n, k, d int
}

const (
	doubtful  = 0.05 // chance of a fit by accident above which a rule is only "consistent with"
	maxParamN = 120
)

func (a *analysis) explain(st *station) explanation {
	x := explainer{a: a, st: st, n: st.in.len(), k: st.nKept, d: st.dropped()}
	if x.d == 0 {
		return explanation{kind: whyNothing}
	}
	x.cols = st.in.columns()
	x.params = a.paramsFor(st)
	if st.explicit != nil && len(st.explicit.rules) > 0 || st.reasons != nil {
		return x.recorded()
	}
	if x.k == 0 {
		return x.allDropped()
	}
	best := explanation{kind: whyUnknown}
	for _, e := range []explanation{x.single(), x.top(nil), x.duplicates(), x.combined()} {
		if e.kind != whyUnknown && e.evidence > best.evidence {
			e.alsoFit = append(e.alsoFit, best.rules...)
			best = e
		}
	}
	return best
}

// single finds the best one rule that keeps all kept and drops all dropped.
func (x *explainer) single() explanation {
	rules := x.separating()
	if len(rules) == 0 {
		return explanation{kind: whyUnknown}
	}
	slices.SortStableFunc(rules, func(r, s rule) int { return cmp.Compare(x.strength(s), x.strength(r)) })
	e := explanation{kind: whyRule, rules: rules[:1], explained: x.d, evidence: x.strength(rules[0])}
	for _, r := range rules[1:min(len(rules), 4)] {
		if r.col != rules[0].col {
			e.alsoFit = append(e.alsoFit, r)
		}
	}
	e.weak = rules[0].param == nil && x.doubt(1) > doubtful
	return e
}

// doubt is about how many of the fields would separate a random choice of k
// out of n; degrees is the number of rules put together.
func (x *explainer) doubt(degrees int) float64 {
	tries := 2 * float64(len(x.cols))
	if degrees == 2 {
		tries *= tries
	}
	return tries / choose(x.n, x.k)
}

// strength ranks rules that fit equally: those whose parameter is on record
// first, then the less accidental, then the simpler field.
func (x *explainer) strength(r rule) float64 {
	s := 20.0
	if r.param != nil {
		s = [...]float64{45, 80, 100}[r.close]
		if r.param.step != x.st.step {
			s -= 8
		}
	} else if x.doubt(1) > doubtful {
		s = 10
	}
	switch r.op {
	case "missing", "present":
		s += 1
	case "=":
		s += 2
		if v := r.col.at(0); v != nil && v.kind == boolean {
			s += 3
		}
	}
	if ordinal.anyOf(r.col.words) {
		s -= 6
	}
	if r.col.idish() && r.op != "in" && r.op != "not_in" {
		s -= 8
	}
	return s - float64(len(r.col.path))/100
}

// separating lists every single rule without an exception.
func (x *explainer) separating() []rule {
	var out []rule
	for _, c := range x.cols {
		out = append(out, x.thresholds(c)...)
		out = append(out, x.values(c)...)
		out = append(out, x.presence(c)...)
		for _, p := range x.params {
			for _, r := range x.rulesOf(p, c) {
				if r.op == "=" && (c.idish() && p.step != x.st.step || x.st.mention && titleWords.anyOf(c.words)) {
					continue // another step names the winner; that is no reason
				}
				if !r.numericOp() && x.fits(&r) {
					r.rejects = x.d
					out = append(out, r)
				}
			}
		}
	}
	return out
}

func (r *rule) numericOp() bool { return r.op[0] == '<' || r.op[0] == '>' }

// fits tells whether the rule keeps all kept and rejects all dropped.
func (x *explainer) fits(r *rule) bool {
	for i, kept := range x.st.kept {
		if r.passes(i) != kept {
			return false
		}
	}
	return true
}

// thresholds finds ≥ and ≤ rules; the number is a parameter's if one lies in
// the gap between kept and dropped.
func (x *explainer) thresholds(c *column) []rule {
	nums, ok := c.numbers()
	if !ok {
		return nil
	}
	kept, dropped := boundsOf(nums, x.st.kept, true), boundsOf(nums, x.st.kept, false)
	if kept.missing > 0 || kept.n == 0 || dropped.n == 0 {
		return nil
	}
	var out []rule
	switch {
	case kept.lo > dropped.hi:
		out = append(out, x.named(rule{col: c, op: ">=", num: kept.lo, rejects: x.d}, dropped.hi, kept.lo)...)
	case kept.hi < dropped.lo:
		out = append(out, x.named(rule{col: c, op: "<=", num: kept.hi, rejects: x.d}, kept.hi, dropped.lo)...)
	}
	return out
}

// named replaces the observed bound by the parameters that lie in the gap.
func (x *explainer) named(r rule, lo, hi float64) []rule {
	out := []rule{r}
	for _, p := range x.params {
		f, ok := paramNumber(p, r.col)
		if !ok || f < lo || f > hi {
			continue
		}
		q := r
		q.param, q.num, q.close = p, f, closeness(p, r.col)
		if q.close == 0 && (countWords.anyOf(p.words) || p.step != x.st.step) {
			continue
		}
		if q.col.dates {
			q.val = p.v
		}
		switch {
		case r.op == ">=" && f == lo:
			q.op = ">"
		case r.op == "<=" && f == hi:
			q.op = "<"
		}
		if r.op == ">=" && upperBound.anyOf(p.words) && !lowerBound.anyOf(p.words) || r.op == "<=" && lowerBound.anyOf(p.words) && !upperBound.anyOf(p.words) {
			continue
		}
		out = append(out, q)
	}
	if r.col.dates {
		out[0].val = x.edgeCell(r)
	}
	return out
}

// edgeCell is the cell at the bound, to show a date as it was written.
func (x *explainer) edgeCell(r rule) *value {
	for i, kept := range x.st.kept {
		if kept && r.col.nums[i] == r.num {
			return r.col.cells[i]
		}
	}
	return nil
}

func paramNumber(p *param, c *column) (float64, bool) {
	if c.dates {
		return dateOf(p.v)
	}
	if p.v.kind != number && p.v.kind != text {
		return 0, false
	}
	return p.v.float()
}

// closeness: 2 if the parameter's name names the field, 1 if it is a cutoff
// for whatever is compared, else 0.
func closeness(p *param, c *column) int {
	switch {
	case linked(p.words, c.words) || p.name != "" && p.name == c.name:
		return 2
	case cutoffWords.anyOf(p.words):
		return 1
	case lowerBound.anyOf(p.words) || upperBound.anyOf(p.words):
		if _, isDate := dateOf(p.v); isDate { // start and end speak of whatever is a date
			if _, ok := c.numbers(); ok && c.dates {
				return 2
			}
		}
	}
	return 0
}

// values finds rules on equality without a parameter: all kept have one value
// that no dropped has, or all dropped have one that no kept has.
func (x *explainer) values(c *column) []rule {
	var out []rule
	if x.st.mention && (c.idish() || titleWords.anyOf(c.words)) {
		return nil // the text was searched for these very words
	}
	if c.index(); c.uniq == 1 && c.present == x.n {
		return nil // every item has a value of its own: equality only names the item
	}
	if v := x.common(c, true); v != nil && x.none(c, v, false) {
		out = append(out, rule{col: c, op: "=", val: v, rejects: x.d})
	}
	if v := x.common(c, false); v != nil && x.d > 1 && x.none(c, v, true) {
		out = append(out, rule{col: c, op: "!=", val: v, rejects: x.d})
	}
	return out
}

// common is the value that all elements of one side share, nil if they differ.
func (x *explainer) common(c *column, side bool) *value {
	var v *value
	for i, kept := range x.st.kept {
		if kept != side {
			continue
		}
		w := c.at(i)
		if w == nil || !w.scalar() || v != nil && !equalLoose(v, w) {
			return nil
		}
		v = w
	}
	if v != nil && v.kind == text && len(v.str) > 120 {
		return nil
	}
	return v
}

func (x *explainer) none(c *column, v *value, side bool) bool {
	for i, kept := range x.st.kept {
		if kept == side {
			if w := c.at(i); w != nil && equalLoose(w, v) {
				return false
			}
		}
	}
	return true
}

// presence finds fields that all kept have and no dropped has, or the reverse.
func (x *explainer) presence(c *column) []rule {
	var out []rule
	for _, op := range []string{"present", "missing"} {
		r := rule{col: c, op: op, rejects: x.d}
		if x.fits(&r) {
			out = append(out, r)
		}
	}
	return out
}
