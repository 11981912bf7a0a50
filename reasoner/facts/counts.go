package facts

// maxCounts bounds what is kept of one execution.
const maxCounts = 2000

// counts tells of each step that has to do with items how many went in and came
// out: of the stations, and of the steps that brought items in or looked for
// some in vain.
func (f *finder) counts() []Station {
	var out []Station
	for _, st := range f.stations {
		out = append(out, f.public(st))
	}
	for _, s := range f.steps {
		if n, ok := s.brought(); ok && f.byStep[s.idx] == nil {
			out = append(out, Station{Step: s.d.SpanID, Name: s.d.Name, Added: n, Out: n})
		}
	}
	return out[:min(len(out), maxCounts)]
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
