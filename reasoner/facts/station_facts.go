package facts

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

// stationFacts says what a station did to the items, and what is odd about it.
func (f *finder) stationFacts(st *station) {
	switch {
	case st.in.len() > 0 && st.nKept == 0:
		f.allDroppedFact(st)
	case st.why.kind == whyNothing:
		f.noneDropped(st)
	default:
		f.dropFact(st)
	}
	f.typeMismatch(st)
	f.missingField(st)
	f.overLimit(st)
	f.notApplied(st)
	f.nearMiss(st)
	f.worstKept(st)
	f.oddWinner(st)
	f.moved(st)
	f.edited(st)
}

// pointer of an element, only if it stands in this step's payload.
func here(step int, l *list, i int) string {
	if l.refs != nil {
		l, i = l.refs[i].l, l.refs[i].i
	}
	if l.step != step {
		return ""
	}
	return l.ptr(i)
}

func cellHere(step int, l *list, i int, c *column) string {
	if here(step, l, i) == "" {
		return ""
	}
	return l.cellPtr(i, c)
}

func home(step int, l *list) string {
	if l == nil || l.step != step {
		return ""
	}
	return l.home()
}

func (f *finder) stationPtrs(st *station) []string {
	ptrs := []string{}
	for _, r := range st.why.rules {
		if r.param != nil && r.param.step == st.step {
			ptrs = append(ptrs, r.param.ptr)
		}
	}
	if p := st.why.limit; p != nil && p.step == st.step {
		ptrs = append(ptrs, p.ptr)
	}
	return append(ptrs, home(st.step, st.in), home(st.step, st.out))
}

func (f *finder) stationVals(st *station) vals {
	v := vals{"in": st.in.len(), "kept": st.nKept, "dropped": st.dropped(), "added": len(st.added), "out": st.outN()}
	if st.inferred {
		v["candidatesFromStep"] = f.steps[st.in.step].d.SpanID.String()
	}
	var rules []map[string]any
	for _, r := range st.why.rules {
		j := r.json()
		j["rejects"] = r.rejects
		if r.param != nil {
			j["parameterStep"] = f.steps[r.param.step].d.SpanID.String()
			j["parameterPointer"] = r.param.ptr
		}
		rules = append(rules, j)
	}
	if rules != nil {
		v["criteria"] = rules
		v["explained"] = st.why.explained
		v["exceptions"] = len(st.why.exceptions)
	}
	if st.why.weak {
		v["weak"] = true
	}
	if st.why.topK > 0 {
		v["k"] = st.why.topK
	}
	return v
}

// dropFact is the station's main fact: kept so many of so many, because.
func (f *finder) dropFact(st *station) {
	s := f.steps[st.step]
	d := draft{step: st.step, sev: xray.SeverityInfo, ptrs: f.stationPtrs(st), vals: f.stationVals(st), weight: 30}
	d.weight += 15 * float64(st.dropped()) / float64(st.in.len())
	switch st.why.kind {
	case whyRule, whyPartly:
		d.kind = KindCriterion
	case whyTop:
		d.kind = KindTopK
		d.weight -= 8
	case whyDedupe:
		d.kind = KindDedupe
		if c := st.in.primary(); c != nil && c != st.why.dedupe && !labelWords.anyOf(st.why.dedupe.words) && !st.why.dedupe.idish() {
			// Different items by their own key, thrown together by another field.
			if c.index(); c.uniq == 1 {
				d.sev, d.weight = xray.SeverityNotice, 30
				d.short = fmt.Sprintf("%s dropped %d items that only share their %s", f.name(st.step), st.dropped(), st.why.dedupe.label())
			}
		}
	case whyRecorded:
		d.kind = KindRecorded
		d.weight += 10
	default:
		d.kind = KindUnexplained
		d.weight -= 5
	}
	kept := fmt.Sprintf("kept %d of %d", st.nKept, st.in.len())
	if st.pick() {
		i := slices.Index(st.kept, true)
		kept = fmt.Sprintf("picked %s of %d candidates", st.in.itemName(i), st.in.len())
		d.weight += 12
		d.vals["picked"] = st.in.itemKey(i)
		d.ptrs = append(d.ptrs, here(st.step, st.in, i))
		if d.kind == KindUnexplained || st.why.weak {
			d.kind = KindPicked
		}
	} else if st.mention {
		kept = fmt.Sprintf("named %d of %d", st.nKept, st.in.len())
	}
	d.text = fmt.Sprintf("%s %s", f.name(st.step), kept)
	if why := f.whyText(st); why != "" {
		d.text += ": " + why
	} else if s.d.Reasoning != "" {
		d.text += "; it says: " + quote(s.d.Reasoning, 160)
	}
	d.text = strings.TrimSuffix(d.text, ".") + "."
	if d.short == "" {
		d.short = fmt.Sprintf("%s kept %d of %d", f.name(st.step), st.nKept, st.in.len())
	}
	f.add(d)
}

func (st *station) pick() bool { return st.nKept == 1 && st.in.len() > 1 }

// whyText is the criterion as a clause, with where its parameter stands.
func (f *finder) whyText(st *station) string {
	e := &st.why
	switch e.kind {
	case whyRule:
		verb := "separates them"
		if len(e.rules) > 1 {
			verb = "together separate them"
		}
		if st.nKept == 0 {
			return f.clauses(st, e.rules) + ", which none fulfils"
		}
		if e.weak {
			return "consistent with " + f.clauses(st, e.rules) + ", but too few items to be sure"
		}
		return f.clauses(st, e.rules) + " " + verb
	case whyPartly:
		return fmt.Sprintf("%s explains %d of %d drops; %s passed and dropped all the same",
			f.clauses(st, e.rules), e.explained, st.dropped(), st.in.names(e.exceptions, 3))
	case whyTop:
		return f.topText(st)
	case whyDedupe:
		return "the dropped repeat the " + e.dedupe.label() + " of kept ones"
	case whyRecorded:
		return f.recordedText(st)
	case whyUnknown:
		if len(st.in.columns()) > 1 && st.dropped() > 0 {
			return "no single field or pair of fields separates kept from dropped"
		}
	}
	return ""
}

func (f *finder) clauses(st *station, rules []rule) string {
	var cs []string
	for i := range rules {
		c := rules[i].clause()
		if p := rules[i].param; p != nil {
			c += " (" + f.whereParam(st.step, p) + ")"
		} else if b := rules[i]; b.op == ">=" || b.op == "<=" {
			c += f.gapText(st, &b)
		}
		cs = append(cs, c)
	}
	return and(cs, 4)
}

// whereParam says where a parameter stands: input /threshold, or another
// step's.
func (f *finder) whereParam(step int, p *param) string {
	at := strings.TrimPrefix(p.ptr, "/"+p.side.String())
	if at == "" {
		at = "itself"
	}
	at = p.side.String() + " " + at
	if p.step != step {
		at += " of " + f.name(p.step)
	}
	return at
}

// gapText gives the other side of a threshold that no parameter names.
func (f *finder) gapText(st *station, r *rule) string {
	if r.col.dates || st.why.kind != whyRule || len(st.why.rules) > 1 {
		return ""
	}
	nums, _ := r.col.numbers()
	b := boundsOf(nums, st.kept, false)
	if b.n == 0 {
		return ""
	}
	if r.op == ">=" {
		return " (the best dropped has " + showNumber(b.hi) + ")"
	}
	return " (the least dropped has " + showNumber(b.lo) + ")"
}

func (f *finder) topText(st *station) string {
	e := &st.why
	what := fmt.Sprintf("the first %d", e.topK)
	if e.by != nil {
		what = fmt.Sprintf("the best %d by %s", e.topK, e.by.label())
	}
	if len(e.rules) > 0 {
		what += " of those with " + f.clauses(st, e.rules)
	}
	if e.limit != nil {
		what += " (" + f.whereParam(st.step, e.limit) + ")"
	}
	if e.weak {
		return "consistent with keeping " + what
	}
	return what
}

// recordedText counts the reasons that the program wrote down.
func (f *finder) recordedText(st *station) string {
	var parts []string
	if len(st.why.rules) > 0 {
		parts = append(parts, f.clauses(st, st.why.rules))
	}
	counts := map[string]int{}
	var order []string
	for i, r := range st.reasons {
		if !st.kept[i] && r != "" {
			if counts[r]++; counts[r] == 1 {
				order = append(order, r)
			}
		}
	}
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
	for _, r := range order[:min(3, len(order))] {
		parts = append(parts, fmt.Sprintf("%d for %s", counts[r], quote(r, 80)))
	}
	if len(order) > 3 {
		parts = append(parts, fmt.Sprintf("%d other reasons", len(order)-3))
	}
	if len(parts) == 0 {
		return "as the program recorded"
	}
	return "recorded: " + strings.Join(parts, "; ")
}

func (f *finder) allDroppedFact(st *station) {
	d := draft{kind: KindAllDropped, sev: xray.SeverityNotice, step: st.step, ptrs: f.stationPtrs(st), vals: f.stationVals(st), weight: 70}
	d.text = fmt.Sprintf("%s dropped all %d candidates", f.name(st.step), st.in.len())
	d.short = fmt.Sprintf("%s dropped all %d candidates", f.name(st.step), st.in.len())
	if why := f.whyText(st); why != "" {
		d.text += ": " + why
	}
	for _, r := range st.why.rules {
		if best, i := closest(st, &r); i >= 0 {
			d.text += fmt.Sprintf("; the nearest, %s, has %s %s", st.in.itemName(i), r.col.label(), showNumber(best))
			d.ptrs = append(d.ptrs, cellHere(st.step, st.in, i, r.col))
			f.unitMismatch(st, &r, best)
		}
	}
	d.text += "."
	f.add(d)
}

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

var filterWords = newSet("filter where eligibility eligible guard screen exclude qualify prune restrict constraint narrow dedupe dedup deduplicate")

// noneDropped is worth a word only for a step that was there to drop.
func (f *finder) noneDropped(st *station) {
	s := f.steps[st.step]
	if !filterWords.anyOf(s.words) || st.in.len() < 2 || st.inferred && len(s.kids) > 0 {
		return
	}
	d := draft{kind: KindNoneDropped, sev: xray.SeverityNotice, step: st.step, ptrs: f.stationPtrs(st), vals: f.stationVals(st), weight: 20}
	d.text = fmt.Sprintf("%s kept all %d candidates: it dropped nothing.", f.name(st.step), st.in.len())
	d.short = f.name(st.step) + " dropped nothing"
	obeyed := false
	for _, p := range f.paramsFor(st) {
		if p.step != st.step {
			continue
		}
		for _, c := range st.in.columns() {
			if w, ok := wanted(p, c); ok {
				all := true
				for i := range st.kept {
					all = all && w.passes(i)
				}
				obeyed = obeyed || all
			}
		}
	}
	f.scaleMismatch(st)
	if obeyed {
		d.sev = xray.SeverityInfo
		d.text = fmt.Sprintf("%s kept all %d candidates: all fulfil its condition.", f.name(st.step), st.in.len())
	}
	f.add(d)
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
	if spread <= 0 || margin > 0.05*spread && margin > 0.02*math.Abs(r.num) {
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
