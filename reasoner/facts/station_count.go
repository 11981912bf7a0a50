package facts

import (
	"fmt"
	"math"

	"github.com/xraytrace/xray"
)

// missingField says which items were dropped because they lack the field that
// the criterion compares, rather than because of its value.
func (f *finder) missingField(st *station) {
	for k := range st.why.rules {
		r := &st.why.rules[k]
		if !r.numericOp() && r.op != "present" && r.op != "=" || r.col.path == "" {
			continue
		}
		var without, unread []int
		dropped := 0
		for i, kept := range st.kept {
			if kept {
				continue
			}
			dropped++
			if v := r.col.at(i); v == nil || v.empty() {
				without = append(without, i)
			} else if r.numericOp() && math.IsNaN(r.col.nums[i]) {
				unread = append(unread, i)
			}
		}
		f.unreadable(st, r, unread)
		if len(without) == 0 || r.op != "present" && len(without) == len(st.kept) {
			continue
		}
		d := draft{kind: KindMissing, sev: xray.SeverityNotice, step: st.step, weight: 50, vals: vals{"field": r.col.label(), "items": len(without), "dropped": dropped}}
		for _, i := range without[:min(3, len(without))] {
			d.ptrs = append(d.ptrs, here(st.step, st.in, i))
		}
		d.text = fmt.Sprintf("%s dropped %s that %s no %s: %s.", f.name(st.step), plural(len(without), "item"), verb(len(without), "has", "have"), r.col.label(), st.in.names(without, 3))
		d.short = fmt.Sprintf("%s dropped %s without %s", f.name(st.step), plural(len(without), "item"), r.col.label())
		if r.op == "present" && st.why.weak {
			d.sev, d.weight = xray.SeverityInfo, 20
		}
		f.add(d)
		return
	}
}

// unreadable says which items were dropped because the compared field is no
// number or date as the others have it: "4,5", "n/a".
func (f *finder) unreadable(st *station, r *rule, at []int) {
	if len(at) == 0 || len(at)*2 > st.in.len() {
		return
	}
	v := r.col.at(at[0])
	f.add(draft{kind: KindTypes, sev: xray.SeverityNotice, step: st.step, weight: 68, ptrs: []string{cellHere(st.step, st.in, at[0], r.col)},
		vals: vals{"field": r.col.label(), "items": len(at), "value": string(v.raw())},
		text: fmt.Sprintf("%s dropped %s whose %s does not read as %s: %s has %s.", f.name(st.step), plural(len(at), "item"), r.col.label(),
			map[bool]string{true: "a date", false: "a number"}[r.col.dates], st.in.itemName(at[0]), showValue(v, 40)),
		short: fmt.Sprintf("%s dropped %s with an unreadable %s", f.name(st.step), plural(len(at), "item"), r.col.label())})
}

func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// overLimit compares how many were kept with a limit that the step was told.
func (f *finder) overLimit(st *station) {
	if st.explicit != nil || st.mention || st.nKept == 0 {
		return
	}
	for _, p := range f.steps[st.step].params {
		k, ok := p.v.float()
		if !ok || p.v.kind != number || p.side == sideOutput || p.list != nil || k < 1 || k != math.Trunc(k) || !strictLimit[lowerName(p.name)] {
			continue
		}
		n := float64(st.outN())
		d := draft{kind: KindLimit, sev: xray.SeverityNotice, step: st.step, ptrs: []string{p.ptr, home(st.step, st.out)}, vals: vals{"limit": k, "out": st.outN(), "in": st.in.len()}}
		switch {
		case n > k:
			d.weight = 54
			d.text = fmt.Sprintf("%s put out %d items although %s is %s.", f.name(st.step), st.outN(), f.whereParam(st.step, p), showNumber(k))
		case n < k && st.in.len() > st.outN() && (st.why.kind == whyTop || st.why.kind == whyUnknown) && len(st.why.rules) == 0:
			d.weight = 46
			d.text = fmt.Sprintf("%s put out only %d of %d items although %s allows %s.", f.name(st.step), st.outN(), st.in.len(), f.whereParam(st.step, p), showNumber(k))
		default:
			continue
		}
		d.short = fmt.Sprintf("%s put out %d items against a limit of %s", f.name(st.step), st.outN(), showNumber(k))
		f.add(d)
		return
	}
}

var strictLimit = newSet("limit k top_k topk top_n topn n max_results maxresults max_items maxitems num_results numresults take size")
