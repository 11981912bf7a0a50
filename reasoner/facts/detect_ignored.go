package facts

import (
	"fmt"

	"github.com/xraytrace/xray"
)

// ignoredDrops finds steps that work on items which an earlier step had
// dropped: its verdict did not count.
func (f *finder) ignoredDrops() {
	for k, st := range f.stations {
		if st.dropped() == 0 || st.in.len() > 5000 || st.mention {
			continue
		}
		gone := map[int32]bool{}
		for i, kept := range st.kept {
			if !kept {
				gone[f.same.find(int32(st.in.offset+i))] = true
			}
		}
		for i, kept := range st.kept {
			if kept {
				delete(gone, f.same.find(int32(st.in.offset+i))) // a repeat of a kept one
			}
		}
		for _, next := range f.stations[k+1 : min(len(f.stations), k+6)] {
			if f.backAgain(st, next, gone) {
				break
			}
		}
	}
}

func (f *finder) backAgain(st, next *station, gone map[int32]bool) bool {
	if !f.before(st.step, next.step) || len(f.steps[next.step].kids) > 0 || next.inferred && next.in.step != st.step {
		// What a later step took is only surely known where it recorded it.
		return false
	}
	var back []int
	for i := range next.in.elems {
		if gone[f.same.find(int32(next.in.offset+i))] {
			back = append(back, i)
		}
	}
	if len(back) == 0 || next.in.len()-len(back) == 0 {
		return false
	}
	d := draft{kind: KindIgnored, sev: xray.SeverityNotice, step: next.step, weight: 61, vals: vals{"items": len(back), "droppedBy": f.steps[st.step].d.SpanID.String()},
		text:  fmt.Sprintf("%s works on %s that %s had dropped: %s.", f.name(next.step), plural(len(back), "item"), f.name(st.step), next.in.names(back, 3)),
		short: fmt.Sprintf("%s ignored what %s had dropped", f.name(next.step), f.name(st.step))}
	for _, i := range back[:min(3, len(back))] {
		d.ptrs = append(d.ptrs, here(next.step, next.in, i))
	}
	f.add(d)
	return true
}

// detectIgnored finds steps whose result left no word in anything later.
func (f *finder) detectIgnored() {
	if f.seen.full {
		return
	}
	f.ignoredDrops()
	lastRead := -1 // the last step in time that recorded any payload
	for _, i := range f.order {
		if f.steps[i].in != nil || f.steps[i].out != nil {
			lastRead = f.pos[i]
		}
	}
	for _, s := range f.steps {
		if s.out == nil || len(s.kids) > 0 || s.parent < 0 || f.pos[s.idx] == lastRead || s.d.Status == xray.StatusError || !f.hasConsumer(s) {
			continue
		}
		if f.byStep[s.idx] != nil {
			continue // its items are followed; see ignoredDrop
		}
		own := f.ownWords(s)
		if len(own) < 3 || f.seen.usedAfter(own, f.putOut(s.idx)) {
			continue
		}
		if !s.source() && s.d.Type != xray.TypeTool && s.found() == nil {
			continue // models and functions may well speak to nobody in particular
		}
		d := draft{kind: KindIgnored, sev: xray.SeverityNotice, step: s.idx, weight: 47, ptrs: []string{"/output"}, vals: vals{"newWords": len(own), "example": own[:min(3, len(own))]}}
		d.text = fmt.Sprintf("Nothing that %s put out appears in any later step: its result seems to be ignored.", f.name(s.idx))
		if late := f.lateFor(s); late >= 0 {
			d.text += fmt.Sprintf(" It ended after %s had started.", f.name(late))
		}
		d.short = fmt.Sprintf("the result of %s was not used", f.name(s.idx))
		f.add(d)
	}
}

// hasConsumer asks that a later step recorded an input that is more than a
// word or two; otherwise nothing can be said.
func (f *finder) hasConsumer(s *stepInfo) bool {
	for _, o := range f.steps {
		if o.idx != s.idx && f.pos[o.idx] > f.pos[s.idx] && (len(o.d.Input) > 40 && len(o.kids) == 0 || o.parent < 0 && len(o.d.Output) > 20) {
			return true
		}
	}
	return false
}

// ownWords are the telling words that a step was the first to say.
func (f *finder) ownWords(s *stepInfo) []string {
	var own []string
	at := f.putOut(s.idx)
	var visit func(v *value)
	visit = func(v *value) {
		if len(own) >= 400 {
			return
		}
		if v.kind == text || v.kind == number {
			eachWord(v.str, func(w string) {
				if m, _ := f.seen.at(w); len(w) >= 3 && m.first == at && len(own) < 400 {
					own = append(own, w)
				}
			})
		}
		for i := range v.elems {
			visit(&v.elems[i])
		}
	}
	visit(s.out)
	return own
}

func (f *finder) lateFor(s *stepInfo) int {
	for _, k := range f.siblings(s) {
		if o := f.steps[k]; o.d.Type == xray.TypeLLM && o.d.Start > s.d.Start && o.d.Start < s.d.End {
			return k
		}
	}
	return -1
}
