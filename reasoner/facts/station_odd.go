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

const (
	differ spelling = iota
	exactly
	otherType // 7 and "7"
	otherForm // "Phone Case" and "phone_case"
)

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
		plural(len(items), "item"), st.in.names(items, 3), what, c.label(), cut(string(first.raw()), 60), f.whereParam(st.step, p), cut(string(p.v.raw()), 60))
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
			if v := c.at(i); !kept && v != nil && v.kind == oddKind && f.wouldPass(st, c, v, oddKind) {
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
func (f *finder) wouldPass(st *station, c *column, v *value, odd kind) bool {
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
	_ = odd
	return x >= lo && x <= hi
}

func (f *finder) mixedFact(st *station, c *column, odd []int, oddKind kind) {
	v := c.at(odd[0])
	f.add(draft{kind: KindTypes, sev: xray.SeverityAlarm, step: st.step, weight: 85, ptrs: []string{cellHere(st.step, st.in, odd[0], c), home(st.step, st.out)},
		vals: vals{"field": c.label(), "items": len(odd), "value": string(v.raw())},
		text: fmt.Sprintf("%s dropped %s whose %s is %s (%s) where every kept item has another type; by its value it would have passed.",
			f.name(st.step), st.in.names(odd, 3), c.label(), oddKind, cut(string(v.raw()), 40)),
		short: fmt.Sprintf("%s dropped items whose %s is %s", f.name(st.step), c.label(), oddKind)})
}

// notApplied finds kept items that a parameter rules out by its very name.
func (f *finder) notApplied(st *station) {
	s := f.steps[st.step]
	if st.nKept == 0 || st.explicit != nil || len(s.kids) > 0 {
		return
	}
	for _, p := range f.paramsFor(st) {
		if p.step != st.step && !filterWords.anyOf(s.words) {
			continue
		}
		for _, c := range st.in.columns() {
			w, ok := wanted(p, c)
			if c.index(); !ok || c.idish() || c.uniq == 1 && labelWords.anyOf(c.words) || p.step != st.step && !sharesWord(c.words, s.words) {
				continue
			}
			var wrong []int
			right := 0
			for i, kept := range st.kept {
				v := c.at(i)
				if !kept || v == nil {
					continue
				}
				if w.passes(i) || w.op[0] != '!' && w.op != "not_in" && !w.numericOp() && loosely(v, p.v) {
					right++
				} else {
					wrong = append(wrong, i)
				}
			}
			if len(wrong) > 0 && (right > 0 || p.step == st.step) {
				f.notAppliedFact(st, &w, wrong, right)
			}
		}
	}
}

// loosely tells whether a text parameter and a cell may mean the same: one
// contains the other.
func loosely(v, w *value) bool {
	if w.kind == array {
		for i := range w.elems {
			if loosely(v, &w.elems[i]) {
				return true
			}
		}
		return false
	}
	if v.kind == array {
		return loosely(w, v)
	}
	if v.kind != text || w.kind != text {
		return v.str == w.str
	}
	a, b := squash(v.str), squash(w.str)
	return a == "" || b == "" || strings.Contains(a, b) || strings.Contains(b, a)
}

func (f *finder) notAppliedFact(st *station, w *rule, wrong []int, right int) {
	filter := filterWords.anyOf(f.steps[st.step].words)
	d := draft{kind: KindViolated, sev: xray.SeverityNotice, step: st.step, weight: 62, ptrs: []string{w.param.ptr},
		vals: vals{"field": w.col.label(), "violating": len(wrong), "conforming": right, "parameterPointer": w.param.ptr}}
	if w.param.step != st.step {
		d.ptrs, d.weight = nil, 50
	}
	if !filter && w.numericOp() == false {
		d.weight -= 15
	}
	for _, i := range wrong[:min(3, len(wrong))] {
		d.ptrs = append(d.ptrs, cellHere(st.step, st.in, i, w.col))
	}
	d.text = fmt.Sprintf("%s kept %s although %s asks for %s: %s has %s %s.", f.name(st.step), plural(len(wrong), "item"),
		f.whereParam(st.step, w.param), w.clause(), st.in.itemName(wrong[0]), w.col.label(), showValue(w.col.at(wrong[0]), 40))
	d.short = fmt.Sprintf("%s let through %s against %s", f.name(st.step), plural(len(wrong), "item"), w.clause())
	f.add(d)
}

var costWords = newSet("distance price cost latency duration loss error time rank position age penalty delay size length km miles risk eta index anomaly toxicity spam fraud threat complexity difficulty perplexity deviation")

// worstKept finds a step that kept the items with the worst score.
func (f *finder) worstKept(st *station) {
	if st.nKept == 0 || st.dropped() < 2 || st.explicit != nil || st.why.kind == whyRule && st.why.rules[0].param != nil || st.why.kind == whyRecorded {
		return
	}
	for _, c := range st.in.columns() {
		if !scoreWords.anyOf(c.words) || costWords.anyOf(c.words) {
			continue
		}
		nums, ok := c.numbers()
		if !ok {
			continue
		}
		kept, dropped := boundsOf(nums, st.kept, true), boundsOf(nums, st.kept, false)
		if kept.n == 0 || dropped.n < 2 {
			continue
		}
		switch {
		case kept.hi < dropped.lo && !st.mention:
			f.worstFact(st, c, kept, dropped)
			return
		case st.pick() && kept.hi < dropped.hi && f.decides(c):
			f.notBestFact(st, c, kept.hi, dropped.hi)
			return
		}
	}
}

// decides tells whether a field is a final score rather than one of many.
func (f *finder) decides(c *column) bool {
	n := 0
	for _, o := range c.list.columns() {
		if _, ok := o.numbers(); ok && scoreWords.anyOf(o.words) {
			n++
		}
	}
	return n == 1 || slices.Contains(c.words, "score") && len(c.words) == 1 || slices.Contains(c.words, "total") || slices.Contains(c.words, "final") || slices.Contains(c.words, "overall")
}

func (f *finder) worstFact(st *station, c *column, kept, dropped bounds) {
	d := draft{kind: KindInversion, sev: xray.SeverityAlarm, step: st.step, weight: 80, ptrs: append([]string{home(st.step, st.out)}, home(st.step, st.in)),
		vals: vals{"field": c.label(), "keptBest": kept.hi, "droppedWorst": dropped.lo, "droppedBest": dropped.hi, "kept": st.nKept, "in": st.in.len()}}
	if 2/choose(st.in.len(), st.nKept) > 0.34 || f.steps[st.step].d.Type == xray.TypeLLM {
		d.sev, d.weight = xray.SeverityNotice, 60
	}
	i := slices.Index(st.kept, true)
	what := fmt.Sprintf("the %d items", st.nKept)
	if st.nKept == 1 {
		what = st.in.itemName(i)
	}
	best := slices.Index(c.nums, dropped.hi)
	d.ptrs = append(d.ptrs, cellHere(st.step, st.in, i, c), cellHere(st.step, st.in, best, c))
	d.text = fmt.Sprintf("%s kept %s with the lowest %s (%s) and dropped %s with %s: the order may be upside down.", f.name(st.step), what, c.label(), showNumber(kept.hi), st.in.itemName(best), showNumber(dropped.hi))
	d.short = fmt.Sprintf("%s kept the lowest %s", f.name(st.step), c.label())
	f.add(d)
}

func (f *finder) notBestFact(st *station, c *column, got, best float64) {
	i, b := slices.Index(st.kept, true), slices.Index(c.nums, best)
	f.add(draft{kind: KindNotBest, sev: xray.SeverityNotice, step: st.step, weight: 42,
		ptrs:  []string{cellHere(st.step, st.in, i, c), cellHere(st.step, st.in, b, c), home(st.step, st.out)},
		vals:  vals{"field": c.label(), "picked": st.in.itemKey(i), "value": got, "best": st.in.itemKey(b), "bestValue": best},
		text:  fmt.Sprintf("%s picked %s with %s %s although %s has %s.", f.name(st.step), st.in.itemName(i), c.label(), showNumber(got), st.in.itemName(b), showNumber(best)),
		short: fmt.Sprintf("%s did not take the best %s", f.name(st.step), c.label())})
}

// oddWinner looks at picks whose deciding value is a placeholder: 0, −1 or a
// row of nines where all others have a real number.
func (f *finder) oddWinner(st *station) {
	if st.nKept == 0 || st.nKept > 3 || st.in.len() < 3 {
		return
	}
	i := slices.Index(st.kept, true)
	if st.out != nil && st.m.toA != nil && len(st.m.toA) > 0 && st.m.toA[0] >= 0 {
		i = int(st.m.toA[0])
	}
	for _, c := range st.in.columns() {
		nums, ok := c.numbers()
		if !ok || c.dates || c.idish() || ordinal.anyOf(c.words) {
			continue
		}
		rest := boundsOf(nums, onlyIndex(len(nums), i), false)
		v := nums[i]
		if rest.n < 2 || math.IsNaN(v) || rest.lo <= 0 {
			continue
		}
		if v <= 0 && v < rest.lo && rest.lo > 0.5 || v > 100*rest.hi && nines(v) {
			f.add(draft{kind: KindSentinel, sev: xray.SeverityNotice, step: st.step, weight: 66, ptrs: []string{cellHere(st.step, st.in, i, c), home(st.step, st.out)},
				vals: vals{"field": c.label(), "item": st.in.itemKey(i), "value": v, "othersFrom": rest.lo, "othersTo": rest.hi},
				text: fmt.Sprintf("%s chose %s, whose %s is %s where all others lie between %s and %s: it may be a placeholder for a missing value.",
					f.name(st.step), st.in.itemName(i), c.label(), showNumber(v), showNumber(rest.lo), showNumber(rest.hi)),
				short: fmt.Sprintf("the winner's %s is %s", c.label(), showNumber(v))})
			return
		}
	}
}

func onlyIndex(n, i int) []bool {
	b := make([]bool, n)
	b[i] = true
	return b
}

func nines(f float64) bool {
	s := showNumber(f)
	return len(s) > 2 && strings.Trim(s, "9.") == ""
}
