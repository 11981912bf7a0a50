package facts

import (
	"cmp"
	"slices"

	"github.com/xraytrace/xray"
)

// What is kept of one execution.
const (
	maxCounts   = 2000
	maxDropping = 60 // steps of which it is kept why they dropped items
	maxDrops    = 3  // criteria of one step
	maxDropText = 120
)

// counts tells of each step that has to do with items how many went in and came
// out: of the stations, and of the steps that brought items in or looked for
// some in vain.
func (f *finder) counts() []Station {
	var out []Station
	for k, st := range f.stations {
		one := f.public(st)
		if k < maxDropping {
			one.Drops = f.drops(st)
		}
		out = append(out, one)
	}
	for _, s := range f.steps {
		if n, ok := s.brought(); ok && f.byStep[s.idx] == nil {
			out = append(out, Station{Step: s.d.SpanID, Name: s.d.Name, Added: n, Out: n})
		}
	}
	return out[:min(len(out), maxCounts)]
}

// drops sorts the dropped items of a station by why they were dropped: by what
// the program recorded, else by the first rule that they fail.
func (f *finder) drops(st *station) []xray.Drop {
	if st.dropped() == 0 {
		return nil
	}
	otherwise := ""
	if st.why.kind == whyTop || st.why.kind == whyDedupe {
		otherwise = f.whyText(st)
	}
	var out []xray.Drop
	at := map[string]int{}
	for i, kept := range st.kept {
		if kept {
			continue
		}
		text := cut(cmp.Or(st.reason(i), st.failed(i), otherwise), maxDropText)
		k, known := at[text]
		if !known {
			k, at[text] = len(out), len(out)
			out = append(out, xray.Drop{Text: text, Sample: cut(cmp.Or(st.in.itemLabel(i), st.in.itemKey(i)), maxDropText)})
		}
		out[k].Items++
	}
	slices.SortStableFunc(out, func(a, b xray.Drop) int { return cmp.Compare(b.Items, a.Items) })
	return out[:min(len(out), maxDrops)]
}

// reason is what the program recorded for a dropped item; "" for nothing.
func (s *station) reason(i int) string {
	if s.reasons == nil {
		return ""
	}
	return s.reasons[i]
}

// failed is the first rule that an item fails, as a clause; "" for none.
func (s *station) failed(i int) string {
	for k := range s.why.rules {
		if r := &s.why.rules[k]; !r.passes(i) {
			return r.clause()
		}
	}
	return ""
}

// brought is how many items a step put out that had none to choose from; false
// if it put out no list at all.
func (s *stepInfo) brought() (int, bool) {
	if l := s.found(); l != nil {
		return l.len(), true
	}
	if s.out == nil {
		return 0, false
	}
	if s.out.kind == object {
		for i := range s.out.elems {
			if v := &s.out.elems[i]; v.kind == array && len(v.elems) == 0 {
				return 0, true
			}
		}
		return 0, false
	}
	return 0, s.out.kind == array && len(s.out.elems) == 0
}
