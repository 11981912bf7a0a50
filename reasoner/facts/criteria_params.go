package facts

import (
	"slices"
	"strings"
)

// paramsFor gathers what may have set the station's criterion: the step's own
// input and attributes, then the inputs of the steps around it, then what
// earlier steps put out.
func (a *analysis) paramsFor(st *station) []*param {
	var out []*param
	s := a.steps[st.step]
	items := st.lists()
	add := func(ps []*param, sides ...side) {
		for _, p := range ps {
			if len(out) >= maxParamN {
				return
			}
			if !slices.Contains(sides, p.side) || p.list != nil && (p.step != st.step || slices.Contains(items, p.list)) {
				continue
			}
			if p.v.kind == null || p.v.empty() || p.v.kind == array && len(p.v.elems) > 2000 {
				continue
			}
			if slices.ContainsFunc(items, func(l *list) bool { return l.scalar && len(l.segs) > 0 && l.segs[0].base == p.ptr && l.step == p.step }) {
				continue
			}
			out = append(out, p)
		}
	}
	add(s.params, sideInput, sideAttributes)
	for p, n := s.parent, 0; p >= 0 && n < 50; p, n = a.steps[p].parent, n+1 {
		add(a.steps[p].params, sideInput, sideAttributes)
	}
	at := a.pos[st.step]
	for k, n := at-1, 0; k >= 0 && n < 20; k, n = k-1, n+1 {
		if x := a.order[k]; a.before(x, st.step) && !a.within(x, st.step) {
			add(a.steps[a.order[k]].params, sideOutput)
		}
	}
	return out
}

// lists are the lists of items that the station is about.
func (st *station) lists() []*list {
	out := []*list{st.in}
	if st.out != nil {
		out = append(out, st.out)
	}
	var last *list
	for _, r := range st.in.refs {
		if r.l != last {
			out = append(out, r.l)
			last = r.l
		}
	}
	return out
}

// rulesOf reads a parameter as conditions on a column.
func (x *explainer) rulesOf(p *param, c *column) []rule {
	near := closeness(p, c)
	not := negative.anyOf(p.words)
	r := rule{col: c, val: p.v, param: p, close: near}
	var out []rule
	with := func(ops ...string) {
		for _, op := range ops {
			q := r
			q.op = op
			out = append(out, q)
		}
	}
	switch p.v.kind {
	case array:
		if not {
			with("not_in")
			r.close = 0 // nobody who says exclude means this
			with("in")
		} else {
			with("in", "not_in")
		}
	case boolean:
		if near == 2 {
			with("=")
		}
	case text:
		if near < 2 && len(p.v.str) < 2 || len(p.v.str) > 200 {
			break
		}
		if not {
			with("!=", "not_contains")
		} else {
			with("=", "contains")
		}
		out = append(out, x.numericRules(p, c, near)...)
	case number:
		if near == 2 {
			with("=")
		}
		out = append(out, x.numericRules(p, c, near)...)
	}
	return out
}

func (x *explainer) numericRules(p *param, c *column, near int) []rule {
	if _, ok := c.numbers(); !ok || near == 0 {
		return nil
	}
	f, ok := paramNumber(p, c)
	if !ok {
		return nil
	}
	r := rule{col: c, num: f, param: p, close: near}
	if c.dates {
		r.val = p.v
	}
	ops := []string{">=", "<=", ">", "<"}
	low, high := lowerBound.anyOf(p.words), upperBound.anyOf(p.words)
	switch {
	case low && !high:
		ops = []string{">=", ">"}
	case high && !low:
		ops = []string{"<=", "<"}
	case strings.Contains(strings.Join(p.words, " "), "threshold"):
		ops = []string{">=", ">"}
	}
	var out []rule
	for _, op := range ops {
		q := r
		q.op = op
		out = append(out, q)
	}
	return out
}

// wanted is the one condition that a parameter states by its very name, for
// checking that it was obeyed; ok is false if the name leaves it open.
func wanted(p *param, c *column) (r rule, ok bool) {
	if closeness(p, c) < 2 || p.v.empty() {
		return rule{}, false
	}
	r = rule{col: c, val: p.v, param: p, close: 2}
	low, high := lowerBound.anyOf(p.words), upperBound.anyOf(p.words)
	if _, numeric := c.numbers(); numeric && (low != high) {
		f, isNum := paramNumber(p, c)
		if !isNum {
			return rule{}, false
		}
		r.num, r.op = f, ">="
		if high {
			r.op = "<="
		}
		if !c.dates {
			r.val = nil
		}
		return r, true
	}
	if negative.anyOf(p.words) && !low && !high {
		switch p.v.kind {
		case text:
			r.op = "!="
		case array:
			r.op = "not_in"
		default:
			return rule{}, false
		}
		return r, true
	}
	if low || high || countWords.anyOf(p.words) || ordinal.anyOf(p.words) {
		return rule{}, false
	}
	switch p.v.kind {
	case text, boolean:
		r.op = "="
	case array:
		r.op = "in"
	default:
		return rule{}, false
	}
	return r, true
}
