package facts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

// dimensionOf finds a word that names a unit, and what the unit measures.
func dimensionOf(ws []string) (unit, dimension string) {
	for _, w := range ws {
		for dim, units := range unitWords {
			if units[w] {
				return w, dim
			}
		}
	}
	return "", ""
}

// unitWords leaves out letters that mean other things as well (m, s, g, c),
// and words of two dimensions.
var unitWords = map[string]set{
	"length":      newSet("km kilometer kilometre mile mi meter metre cm mm inch ft feet foot yard"),
	"time":        newSet("ms millisecond millis sec second minute hour hr day week month year ns nanosecond microsecond"),
	"money":       newSet("cent usd dollar eur euro gbp jpy yen chf inr"),
	"mass":        newSet("kg kilogram gram lb ounce oz mg"),
	"temperature": newSet("celsius fahrenheit kelvin"),
	"data":        newSet("byte kb kib mb mib gb gib tb"),
	"share":       newSet("percent pct fraction ratio"),
}

// unitsByName finds a parameter and the field that it is compared with whose
// names give them different units: max_price_usd and price_cents.
func (f *finder) unitsByName(st *station) {
	for _, p := range f.paramsFor(st) {
		unit, dim := dimensionOf(words(p.name))
		if _, ok := p.v.float(); !ok || dim == "" || p.step != st.step {
			continue
		}
		for _, c := range st.in.columns() {
			other, same := dimensionOf(c.words)
			if same != dim || other == unit || closeness(p, c) < 2 {
				continue
			}
			if _, ok := c.numbers(); !ok || !slices.ContainsFunc(st.why.rules, func(r rule) bool { return r.col == c && r.param == p }) {
				continue
			}
			f.add(draft{kind: KindUnits, sev: xray.SeverityNotice, step: st.step, weight: 80, ptrs: []string{p.ptr, cellHere(st.step, st.in, 0, c)},
				vals:  vals{"field": c.label(), "parameter": p.name},
				text:  fmt.Sprintf("%s compared %s with %s (%s): by their names one is in %s and the other in %s.", f.name(st.step), c.label(), p.name, f.whereParam(st.step, p), other, unit),
				short: fmt.Sprintf("%s compared %s with %s", f.name(st.step), c.label(), p.name)})
			return
		}
	}
}

// changedUnit finds a number that was handed on under a name with another
// unit: radius_miles 5 became radius_km 5.
func (f *finder) changedUnit(s *stepInfo) {
	for _, p := range s.params {
		unit, dim := dimensionOf(words(p.name))
		n, ok := p.v.float()
		if !ok || dim == "" || p.side != sideInput || p.list != nil || n == 0 {
			continue
		}
		base := withoutUnits(p.name)
		for _, o := range f.givenBefore(s) {
			was, same := dimensionOf(words(o.name))
			if m, ok := o.v.float(); !ok || same != dim || was == unit || m != n || withoutUnits(o.name) != base {
				continue
			}
			f.add(draft{kind: KindUnits, sev: xray.SeverityNotice, step: s.idx, weight: 72, ptrs: []string{p.ptr},
				vals:  vals{"parameter": p.name, "value": n, "given": o.name, "givenStep": f.steps[o.step].d.SpanID.String(), "givenPointer": o.ptr},
				text:  fmt.Sprintf("%s ran with %s %s, but %s is %s: the same number in another unit.", f.name(s.idx), p.name, showNumber(n), f.whereParam(s.idx, o), showNumber(n)),
				short: fmt.Sprintf("%s took %s for %s", f.name(s.idx), was, unit)})
			return
		}
	}
}

func withoutUnits(name string) string {
	return strings.Join(slices.DeleteFunc(words(name), func(w string) bool {
		_, dim := dimensionOf([]string{w})
		return dim != "" || w == "in"
	}), " ")
}

// givenBefore are the parameters around a step and what earlier steps put out.
func (f *finder) givenBefore(s *stepInfo) []*param {
	var out []*param
	add := func(ps []*param, sd side) {
		for _, p := range ps {
			if p.side == sd && p.list == nil && len(out) < 500 {
				out = append(out, p)
			}
		}
	}
	for up, n := s.parent, 0; up >= 0 && n < 50; up, n = f.steps[up].parent, n+1 {
		add(f.steps[up].params, sideInput)
	}
	for k, n := f.pos[s.idx]-1, 0; k >= 0 && n < 30; k, n = k-1, n+1 {
		if x := f.order[k]; f.before(x, s.idx) {
			add(f.steps[x].params, sideOutput)
		}
	}
	return out
}

var unitColumns = newSet("currency currencycode unit uom measure denomination")

// mixedUnits finds numbers that were compared although the items say that
// they are in different units or currencies.
func (f *finder) mixedUnits(st *station) {
	for _, r := range append(slices.Clone(st.why.rules), rule{col: st.why.by}) {
		if r.col == nil || r.op != "" && !r.numericOp() || r.col.dates {
			continue
		}
		if _, ok := r.col.numbers(); !ok {
			continue
		}
		for _, c := range st.in.columns() {
			if !unitColumns.anyOf(c.words) || parentPath(c.path) != parentPath(r.col.path) && parentPath(c.path) != "" {
				continue
			}
			if units := distinctCells(c, 4); len(units) > 1 {
				f.add(draft{kind: KindUnits, sev: xray.SeverityNotice, step: st.step, weight: 71, ptrs: []string{cellHere(st.step, st.in, 0, c), cellHere(st.step, st.in, 0, r.col)},
					vals:  vals{"field": r.col.label(), "units": units},
					text:  fmt.Sprintf("%s compared %s of %d items although their %s differs (%s): the numbers do not mean the same.", f.name(st.step), r.col.label(), st.in.len(), c.label(), and(units, 3)),
					short: fmt.Sprintf("%s compared %s in %s", f.name(st.step), r.col.label(), and(units, 3))})
				return
			}
		}
	}
}

func parentPath(path string) string { return path[:max(0, strings.LastIndexByte(path, '/'))] }

// distinctCells lists the different texts of a column, at most so many.
func distinctCells(c *column, most int) []string {
	var out []string
	for i := range c.cells {
		if v := c.at(i); v != nil && v.kind == text && v.str != "" && len(v.str) < 20 && !slices.Contains(out, v.str) {
			if out = append(out, v.str); len(out) >= most {
				break
			}
		}
	}
	return out
}
