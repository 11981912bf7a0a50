package facts

import (
	"fmt"
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
	f.inverted(st)
	f.lostSource(st)
	f.unitsByName(st)
	f.mixedUnits(st)
	f.unknownField(st)
	f.nearMiss(st)
	f.onTheEdge(st)
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
	if st.handover {
		d.weight += 5
		d.text = fmt.Sprintf("%s was given only %d of the %d items of %s", f.name(st.step), st.nKept, st.in.len(), f.name(st.in.step))
		d.short = strings.TrimPrefix(d.text, " ")
	}
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
