package facts

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

const (
	differ spelling = iota
	exactly
	otherType // 7 and "7"
	otherForm // "Phone Case" and "phone_case"
)

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
	if !filter && !w.numericOp() {
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
	if f.bestByAScore(st) {
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

// bestByAScore tells whether the kept are the best by the score that decides:
// that they are the worst by one of its parts is then no mistake of this step.
func (f *finder) bestByAScore(st *station) bool {
	for _, c := range st.in.columns() {
		nums, ok := c.numbers()
		if !ok || !(scoreWords.anyOf(c.words) || finalWords.anyOf(c.words)) || !f.decides(c) {
			continue
		}
		if kept, dropped := boundsOf(nums, st.kept, true), boundsOf(nums, st.kept, false); kept.n > 0 && dropped.n > 0 && kept.lo >= dropped.hi && kept.lo > dropped.lo {
			return true
		}
	}
	return false
}

var finalWords = newSet("total final overall combined")

// decides tells whether a field is a final score rather than one of many.
func (f *finder) decides(c *column) bool {
	n := 0
	for _, o := range c.list.columns() {
		if _, ok := o.numbers(); ok && scoreWords.anyOf(o.words) {
			n++
		}
	}
	return n == 1 || slices.Contains(c.words, "score") && len(c.words) == 1 || finalWords.anyOf(c.words)
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
