package facts

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/xraytrace/xray"
)

// typeMismatch looks for items that a parameter asks for but that were dropped
// because they are written in another type or spelling.
func (f *finder) typeMismatch(st *station) {
	if st.dropped() == 0 || st.explicit != nil && st.reasons != nil {
		return
	}
	for _, p := range f.paramsFor(st) {
		for _, c := range st.in.columns() {
			if closeness(p, c) == 2 && f.mismatched(st, p, c) {
				return
			}
		}
	}
	f.mixedTypes(st)
}

// spelling is how a value and a parameter agree.
type spelling uint8

func compareSpelling(v, w *value) spelling {
	if !v.scalar() || !w.scalar() || v.kind == null || w.kind == null {
		return differ
	}
	switch {
	case v.kind == w.kind && v.str == w.str:
		return exactly
	case v.kind != w.kind && v.str != "" && strings.TrimSpace(v.str) == strings.TrimSpace(w.str):
		return otherType
	case v.kind == text && w.kind == text && squash(v.str) != "" && squash(v.str) == squash(w.str):
		return otherForm
	case v.kind != w.kind:
		if a, ok := v.float(); ok {
			if b, ok := w.float(); ok && a == b {
				return otherType
			}
		}
	}
	return differ
}

// squash leaves only letters and digits, lower case and singular.
func squash(s string) string {
	if len(s) > 200 {
		return ""
	}
	return singular(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s))
}

// mismatched counts how the items agree with a parameter. It is a mismatch
// only if every item that would agree but for the writing was dropped.
func (f *finder) mismatched(st *station, p *param, c *column) bool {
	against := []value{*p.v}
	if p.v.kind == array {
		against = p.v.elems
	}
	if len(against) > 500 || st.in.len()*len(against) > 500_000 || negative.anyOf(p.words) || lowerBound.anyOf(p.words) || upperBound.anyOf(p.words) {
		return false
	}
	how := map[spelling][]int{}
	for i := range st.kept {
		v := c.at(i)
		if v == nil {
			continue
		}
		best := differ
		for k := range against {
			if s := compareSpelling(v, &against[k]); s == exactly || s > best && best != exactly {
				best = s
			}
		}
		if best == otherType || best == otherForm {
			if st.kept[i] {
				return false
			}
			how[best] = append(how[best], i)
		} else if best == differ && st.kept[i] {
			return false // what was kept does not depend on the parameter
		}
	}
	kind, what, items := KindTypes, "a different type", how[otherType]
	if len(items) == 0 {
		kind, what, items = KindFormat, "a different spelling", how[otherForm]
	}
	if len(items) == 0 {
		return false
	}
	f.mismatchFact(st, p, c, kind, what, items)
	return true
}

func (f *finder) mismatchFact(st *station, p *param, c *column, kind, what string, items []int) {
	first := c.at(items[0])
	d := draft{kind: kind, sev: xray.SeverityAlarm, step: st.step, weight: 85,
		vals: vals{"field": c.label(), "items": len(items), "parameter": string(p.v.raw()), "value": string(first.raw())}}
	d.ptrs = []string{cellHere(st.step, st.in, items[0], c)}
	if p.step == st.step {
		d.ptrs = append(d.ptrs, p.ptr)
	}
	d.text = fmt.Sprintf("%s dropped %s although %s matches but for %s: the item has %s %s, the parameter (%s) says %s.", f.name(st.step),
		plural(len(items), "item"), st.in.names(items, 3), what, c.label(), showValue(first, 60), f.whereParam(st.step, p), showValue(p.v, 60))
	d.short = fmt.Sprintf("%s dropped %s over %s of %s", f.name(st.step), plural(len(items), "item"), what, c.label())
	f.add(d)
}

// mixedTypes notices that all items whose field is text were dropped, where
// the kept ones have a number (or the reverse).
func (f *finder) mixedTypes(st *station) {
	if st.nKept == 0 {
		return
	}
	for _, c := range st.in.columns() {
		count := map[kind][2]int{}
		var odd []int
		for i, kept := range st.kept {
			v := c.at(i)
			if v == nil {
				continue
			}
			n := count[v.kind]
			if kept {
				n[0]++
			} else {
				n[1]++
			}
			count[v.kind] = n
		}
		t, n := count[text], count[number]
		var oddKind kind
		switch {
		case t[1] > 0 && t[0] == 0 && n[0] > 0 && n[0] == st.nKept:
			oddKind = text
		case n[1] > 0 && n[0] == 0 && t[0] == st.nKept && t[0] > 0:
			oddKind = number
		default:
			continue
		}
		for i, kept := range st.kept {
			if v := c.at(i); !kept && v != nil && v.kind == oddKind && f.wouldPass(st, c, v) {
				odd = append(odd, i)
			}
		}
		if len(odd) > 0 {
			f.mixedFact(st, c, odd, oddKind)
			return
		}
	}
}

// wouldPass tells whether the odd cell's number lies among the kept ones'.
func (f *finder) wouldPass(st *station, c *column, v *value) bool {
	x, ok := v.float()
	if !ok {
		x, ok = money(v)
	}
	if !ok || slices.ContainsFunc(st.why.rules, func(r rule) bool { return r.col != c && r.param != nil && st.why.kind == whyRule }) {
		return false
	}
	lo, hi := math.Inf(1), math.Inf(-1)
	for i, kept := range st.kept {
		if y, ok := c.at(i).float(); kept && ok {
			lo, hi = min(lo, y), max(hi, y)
		}
	}
	for _, r := range st.why.rules {
		if r.col == c && r.numericOp() {
			return r.op[0] == '>' && x >= r.num || r.op[0] == '<' && x <= r.num
		}
	}
	return x >= lo && x <= hi
}

func (f *finder) mixedFact(st *station, c *column, odd []int, oddKind kind) {
	v := c.at(odd[0])
	f.add(draft{kind: KindTypes, sev: xray.SeverityAlarm, step: st.step, weight: 85, ptrs: []string{cellHere(st.step, st.in, odd[0], c), home(st.step, st.out)},
		vals: vals{"field": c.label(), "items": len(odd), "value": string(v.raw())},
		text: fmt.Sprintf("%s dropped %s whose %s is %s (%s) where every kept item has another type; by its value it would have passed.",
			f.name(st.step), st.in.names(odd, 3), c.label(), oddKind, showValue(v, 40)),
		short: fmt.Sprintf("%s dropped items whose %s is %s", f.name(st.step), c.label(), oddKind)})
}
