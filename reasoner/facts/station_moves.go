package facts

import (
	"fmt"
	"math"
	"strings"

	"github.com/xraytrace/xray"
)

// moved says that kept items came out in another order.
func (f *finder) moved(st *station) {
	if st.out == nil || st.passed != nil || st.in.refs != nil && !st.in.rich || st.nKept < 2 || st.mention || st.m.toA == nil {
		return
	}
	rankIn := make([]int, st.in.len())
	n := 0
	for i, kept := range st.kept {
		if rankIn[i] = n; kept {
			n++
		}
	}
	shifted, most, who, rank := 0, 0, -1, 0
	for _, i := range st.m.toA {
		if i < 0 {
			continue
		}
		if by := rankIn[i] - rank; by != 0 {
			shifted++
			if abs(by) > abs(most) {
				most, who = by, int(i)
			}
		}
		rank++
	}
	if shifted == 0 {
		return
	}
	direction := "up"
	if most < 0 {
		direction = "down"
	}
	f.add(draft{kind: KindReordered, sev: xray.SeverityInfo, step: st.step, weight: 12, ptrs: []string{home(st.step, st.in), home(st.step, st.out)},
		vals: vals{"moved": shifted, "of": st.nKept, "furthest": st.in.itemKey(who), "shift": most},
		text: fmt.Sprintf("%s changed the order of %d of %d items; %s moved furthest, %s %s.", f.name(st.step), shifted, st.nKept, st.in.itemName(who), plural(abs(most), "place"), direction)})
}

func abs(n int) int { return max(n, -n) }

// edited says which fields of kept items changed their value.
func (f *finder) edited(st *station) {
	if st.out == nil || st.mention || st.out.scalar || st.in.scalar || st.m.toA == nil {
		return
	}
	for _, cin := range st.in.columns() {
		cout := st.out.column(cin.path)
		if cout == nil || cin == st.m.ca || ordinal.anyOf(cin.words) {
			continue
		}
		changed, first := 0, -1
		for j, i := range st.m.toA {
			if i < 0 || cin.cells[i] == nil || cout.cells[j] == nil || same(cin.cells[i], cout.cells[j]) {
				continue
			}
			if changed++; first < 0 {
				first = j
			}
		}
		if changed > 0 {
			f.editedFact(st, cin, cout, changed, first)
		}
	}
}

func (f *finder) editedFact(st *station, cin, cout *column, changed, first int) {
	i := int(st.m.toA[first])
	was, is := cin.cells[i], cout.cells[first]
	d := draft{kind: KindEdited, sev: xray.SeverityInfo, step: st.step, weight: 14,
		ptrs: []string{cellHere(st.step, st.in, i, cin), cellHere(st.step, st.out, first, cout)},
		vals: vals{"field": cin.label(), "items": changed, "of": st.nKept, "example": st.in.itemKey(i), "from": string(was.raw()), "to": string(is.raw())},
		text: fmt.Sprintf("%s changed %s of %s: %s had %s and has %s.", f.name(st.step), cin.label(), plural(changed, "item"), st.in.itemName(i), showValue(was, 40), showValue(is, 40))}
	if narrowWords.anyOf(f.steps[st.step].words) && !scoreWords.anyOf(cin.words) && is.kind != null {
		a, okA := was.float()
		b, okB := is.float()
		// A filter or ranker has no business with prices and names; a change of a
		// score or a rounding is its work.
		if was.kind == text && !okA || okA && okB && math.Abs(a-b) > 0.02*max(math.Abs(a), math.Abs(b)) {
			d.sev, d.weight = xray.SeverityNotice, 40
			d.short = fmt.Sprintf("%s changed %s", f.name(st.step), cin.label())
		}
	}
	if changed > 1 && shuffled(st, cin, cout) {
		d.sev, d.weight = xray.SeverityNotice, 72
		d.text = strings.TrimSuffix(d.text, ".") + "; the values are the same, but at other items: they may have been joined by place."
		d.short = fmt.Sprintf("%s gave items the %s of others", f.name(st.step), cin.label())
	}
	if is.kind == null && was.kind != null {
		d.sev, d.weight = xray.SeverityNotice, 35
	}
	f.add(d)
}

// shuffled tells whether the paired items have the same values altogether, at
// least three different ones.
func shuffled(st *station, cin, cout *column) bool {
	count := map[string]int{}
	for j, i := range st.m.toA {
		if i < 0 {
			continue
		}
		if cin.at(int(i)) == nil || cout.at(j) == nil {
			return false
		}
		count[cellKey(cin.at(int(i)))]++
		count[cellKey(cout.at(j))]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return len(count) > 2
}
