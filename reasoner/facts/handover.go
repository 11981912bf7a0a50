package facts

// findHandovers makes stations of steps that were given only some of the items
// that an earlier step had put out, where no step on the record dropped the
// others and none saw them again: the code between two steps did.
func (a *analysis) findHandovers() {
	for at, i := range a.order {
		s := a.steps[i]
		if a.byStep[i] != nil || len(s.kids) > 0 || s.source() {
			continue
		}
		for _, l := range s.side(sideInput, false) {
			if l.len() == 0 || l.scalar || l.primary() == nil && len(l.keyColumns()) == 0 {
				continue
			}
			if m := a.cameFrom(l, at); m.n > 0 && a.onlyHere(m, i) {
				st := a.newStation(s, m, nil)
				st.inferred, st.handover = true, true
				a.byStep[i] = st
				break
			}
		}
	}
}

// cameFrom is the latest earlier output that a list is a part of.
func (a *analysis) cameFrom(l *list, at int) match {
	for k, n := at-1, 0; k >= 0 && n < 8; k, n = k-1, n+1 {
		x := a.order[k]
		if !a.before(x, l.step) || a.steps[x].parent != a.steps[l.step].parent {
			continue
		}
		for _, b := range a.steps[x].side(sideOutput, false) {
			if b.scalar || b.dropish() || b.len() < 2 {
				continue
			}
			if m := matchLists(b, l); m.ca != nil && m.n == l.len() {
				if m.n == b.len() {
					return match{}
				}
				return m
			}
		}
	}
	return match{}
}

// onlyHere tells whether no other step after the first has any of the items
// that are missing: a batch of many would.
func (a *analysis) onlyHere(m match, step int) bool {
	missing := map[int32]bool{}
	for i, j := range m.toB {
		if j < 0 {
			missing[a.same.find(int32(m.a.offset+i))] = true
		}
	}
	for _, l := range a.lists {
		if l.step == m.a.step || l.step == step || a.pos[l.step] < a.pos[m.a.step] {
			continue
		}
		for i := range l.elems {
			if missing[a.same.find(int32(l.offset+i))] {
				return false
			}
		}
	}
	return true
}
