package facts

import "slices"

// funnel lists the stations and the numbers of the spark: what entered, then
// what left each station of the main flow. A number is not said twice in a row:
// a step that dropped nothing is a station, but narrows nothing down.
func (f *finder) funnel() ([]Station, []int64) {
	var out []Station
	var counts []int64
	main := f.mainFlow()
	for _, st := range f.stations {
		out = append(out, f.public(st))
		if !main[st] {
			continue
		}
		if len(counts) == 0 {
			counts = append(counts, int64(st.in.len()))
		}
		counts = append(counts, int64(st.outN()))
	}
	counts = slices.Compact(counts)
	if len(counts) == 0 {
		for _, s := range f.steps {
			if l := s.found(); l != nil {
				counts = []int64{int64(l.len())}
			}
		}
	}
	return out, counts
}

// mainFlow are the stations that the items of the last one went through; the
// keywords on the way to a search are another flow. Without a last station of
// objects it is all of them.
func (f *finder) mainFlow() map[*station]bool {
	main := map[*station]bool{}
	classes := map[int32]bool{}
	for k := len(f.stations) - 1; k >= 0; k-- {
		st := f.stations[k]
		joins := len(classes) == 0
		for i := range st.in.elems {
			joins = joins || classes[f.same.find(int32(st.in.offset+i))]
		}
		if !joins {
			continue
		}
		main[st] = true
		for i := range st.in.elems {
			classes[f.same.find(int32(st.in.offset+i))] = true
		}
	}
	return main
}

func (f *finder) public(st *station) Station {
	d := f.steps[st.step].d
	return Station{
		Step: d.SpanID, Name: d.Name, In: st.in.len(), Kept: st.nKept, Dropped: st.dropped(), Added: len(st.added) + st.repeated, Out: st.outN(),
		Criterion: f.whyText(st), Inferred: st.inferred, Explicit: st.explicit != nil,
	}
}

// found is the largest list that a step brought in, nil if it brought none.
func (s *stepInfo) found() *list {
	var best *list
	for _, l := range s.lists {
		if l.side == sideOutput && !l.single && !l.scalar && l.len() > 0 && (best == nil || l.len() > best.len()) {
			best = l
		}
	}
	return best
}
