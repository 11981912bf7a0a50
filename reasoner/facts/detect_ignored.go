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
