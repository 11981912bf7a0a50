package facts

import (
	"fmt"
	"math"
	"strings"

	"github.com/xraytrace/xray"
)

// closest is the dropped item that missed a numeric rule by least.
func closest(st *station, r *rule) (float64, int) {
	if !r.numericOp() {
		return 0, -1
	}
	nums, _ := r.col.numbers()
	at, margin := -1, math.Inf(1)
	for i, f := range nums {
		if st.kept[i] || math.IsNaN(f) || r.passes(i) {
			continue
		}
		if m := math.Abs(f - r.num); m < margin {
			at, margin = i, m
		}
	}
	if at < 0 {
		return 0, -1
	}
	return nums[at], at
}

// unitMismatch notices cents compared with dollars: everything misses by a
// factor of about a hundred or a thousand.
func (f *finder) unitMismatch(st *station, r *rule, best float64) {
	if r.param == nil || r.num <= 0 || best <= 0 || st.in.len() < 2 {
		return
	}
	ratio := max(best/r.num, r.num/best)
	if ratio < 15 {
		return
	}
	f.add(draft{kind: KindUnits, sev: xray.SeverityNotice, step: st.step, weight: 82, ptrs: append(f.stationPtrs(st), home(st.step, st.in)),
		vals: vals{"field": r.col.label(), "parameter": r.num, "nearest": best, "ratio": math.Round(ratio)},
		text: fmt.Sprintf("%s compared %s with %s (%s), but the nearest of %d items has %s, about %.0f times off: the units may differ (cents and dollars, seconds and milliseconds, 0–1 and 0–100).",
			f.name(st.step), r.col.label(), showNumber(r.num), f.whereParam(st.step, r.param), st.in.len(), showNumber(best), ratio),
		short: fmt.Sprintf("%s compares %s of about %s with %s", f.name(st.step), r.col.label(), showNumber(best), showNumber(r.num))})
}

// scaleMismatch notices a share compared with percentages: a lower bound of at
// most 1 where every item is far above it.
func (f *finder) scaleMismatch(st *station) {
	for _, p := range f.paramsFor(st) {
		bound, ok := p.v.float()
		if !ok || p.step != st.step || p.v.kind == array || bound <= 0 || bound > 1 || upperBound.anyOf(p.words) && !lowerBound.anyOf(p.words) {
			continue
		}
		for _, c := range st.in.columns() {
			nums, ok := c.numbers()
			if !ok || c.dates || c.idish() || closeness(p, c) < 2 && !(closeness(p, c) == 1 && scoreWords.anyOf(c.words)) {
				continue
			}
			if all := boundsOf(nums, st.kept, true); all.n > 1 && all.lo > 15*bound && all.lo > 1 {
				f.add(draft{kind: KindUnits, sev: xray.SeverityNotice, step: st.step, weight: 64, ptrs: []string{p.ptr, cellHere(st.step, st.in, 0, c)},
					vals: vals{"field": c.label(), "parameter": bound, "least": all.lo},
					text: fmt.Sprintf("%s compared %s with %s (%s), but the least of %d items has %s: a share may be compared with percentages.",
						f.name(st.step), c.label(), showNumber(bound), f.whereParam(st.step, p), st.in.len(), showNumber(all.lo)),
					short: fmt.Sprintf("%s compares %s of %s and more with %s", f.name(st.step), c.label(), showNumber(all.lo), showNumber(bound))})
				return
			}
		}
	}
}

// nearMiss says which item was dropped by a hair.
func (f *finder) nearMiss(st *station) {
	if st.why.kind != whyRule && st.why.kind != whyPartly && st.why.kind != whyRecorded || st.nKept == 0 {
		return
	}
	for k := range st.why.rules {
		r := &st.why.rules[k]
		if !r.numericOp() || r.col.dates || st.why.weak {
			continue
		}
		best, i := closest(st, r)
		if i < 0 || len(st.why.rules) > 1 && !onlyRule(st.why.rules, k, i) {
			continue
		}
		f.nearMissFact(st, r, best, i)
	}
}

// onTheEdge says which items were dropped for lying exactly on a bound that
// its name would include: an end date, a maximum.
func (f *finder) onTheEdge(st *station) {
	for k := range st.why.rules {
		r := &st.why.rules[k]
		if r.param == nil || r.op != "<" && r.op != ">" || strictWords.anyOf(r.param.words) {
			continue
		}
		nums, _ := r.col.numbers()
		var at []int
		for i, n := range nums {
			if !st.kept[i] && n == r.num && onlyRule(st.why.rules, k, i) {
				at = append(at, i)
			}
		}
		if len(at) == 0 {
			continue
		}
		f.add(draft{kind: KindNearMiss, sev: xray.SeverityNotice, step: st.step, weight: 57, ptrs: []string{r.param.ptr, cellHere(st.step, st.in, at[0], r.col)},
			vals:  vals{"item": st.in.itemKey(at[0]), "items": len(at), "field": r.col.label(), "bound": r.show(), "margin": 0},
			text:  fmt.Sprintf("%s dropped %s whose %s is exactly %s (%s): the bound itself does not pass.", f.name(st.step), st.in.names(at, 3), r.col.label(), r.show(), f.whereParam(st.step, r.param)),
			short: fmt.Sprintf("%s dropped what lies exactly on the bound %s", f.name(st.step), r.show())})
		return
	}
}

// strictWords name a bound that is not meant to pass itself.
var strictWords = newSet("above below over under before after gt lt exceed exclusive than")

// onlyRule tells whether rule k alone rejects element i.
func onlyRule(rules []rule, k, i int) bool {
	for j := range rules {
		if j != k && !rules[j].passes(i) {
			return false
		}
	}
	return true
}

func (f *finder) nearMissFact(st *station, r *rule, best float64, i int) {
	nums, _ := r.col.numbers()
	all := boundsOf(nums, make([]bool, len(nums)), false)
	margin, spread := math.Abs(best-r.num), all.hi-all.lo
	if spread <= 0 || margin > 0.05*spread && margin > 0.02*math.Abs(r.num) || r.num != 0 && margin > 0.5*math.Abs(r.num) {
		return
	}
	d := draft{kind: KindNearMiss, sev: xray.SeverityInfo, step: st.step, weight: 25,
		vals: vals{"item": st.in.itemKey(i), "field": r.col.label(), "value": best, "bound": r.num, "margin": round(margin)}}
	d.ptrs = []string{cellHere(st.step, st.in, i, r.col)}
	where := ""
	if r.param != nil {
		where = " (" + f.whereParam(st.step, r.param) + ")"
		if r.param.step == st.step {
			d.ptrs = append(d.ptrs, r.param.ptr)
		}
	}
	d.text = fmt.Sprintf("%s dropped %s by a hair: its %s is %s, %s away from %s%s.", f.name(st.step), st.in.itemName(i), r.col.label(), showNumber(best), showNumber(round(margin)), showNumber(r.num), where)
	d.short = fmt.Sprintf("%s dropped %s by %s", f.name(st.step), st.in.itemName(i), showNumber(round(margin)))
	if hair := margin <= 0.02*spread || margin <= 0.005*math.Abs(r.num); hair && (st.in.len() <= 50 || i == 0 || margin < medianGap(nums)/2) {
		d.sev, d.weight = xray.SeverityNotice, 45
		if i == 0 || f.bestOtherwise(st, r, i) {
			d.weight += 15
			d.text = strings.TrimSuffix(d.text, ".") + "; otherwise it stood first."
		}
	}
	f.add(d)
}

// bestOtherwise tells whether a dropped item leads in some other score.
func (f *finder) bestOtherwise(st *station, r *rule, i int) bool {
	for _, c := range st.in.columns() {
		if c == r.col || !scoreWords.anyOf(c.words) {
			continue
		}
		nums, ok := c.numbers()
		if ok && nums[i] == boundsOf(nums, make([]bool, len(nums)), false).hi && len(nums) > 2 {
			return true
		}
	}
	return false
}

func round(f float64) float64 {
	if f == 0 || math.IsInf(f, 0) || math.IsNaN(f) {
		return f
	}
	scale := math.Pow(10, 4-math.Ceil(math.Log10(math.Abs(f))))
	return math.Round(f*scale) / scale
}
