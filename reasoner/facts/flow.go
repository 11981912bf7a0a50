package facts

import (
	"math"
	"slices"
)

// station is a step seen as something items pass through.
type station struct {
	step     int
	in       *list
	out      *list // nil when the step only says what it removed
	m        match // of in and out
	kept     []bool
	nKept    int
	added    []int32 // elements of out that are in no input
	repeated int     // elements of out that repeat a kept item
	inferred bool    // in stands in an earlier step
	mention  bool    // out is prose that names items
	handover bool    // out is what the step was given of in; what dropped the others is not on record
	explicit *explicit
	reasons  []string // recorded for dropped items, by element of in; nil if none
	why      explanation
	verdict  *column       // of out: the field that says which items are good
	passed   *list         // the elements of out that a verdict calls good
	byClass  map[int32]int // class of the union → element of in; see indexIn
}

// explicit is what the program itself recorded.
type explicit struct {
	rules []rule
}

func (s *station) dropped() int { return s.in.len() - s.nKept }
func (s *station) outN() int    { return s.nKept + len(s.added) + s.repeated }

var dropWords = newSet("dropped drop rejected reject removed remove excluded exclude discarded discard failed fail filtered ineligible invalid skipped blocked pruned eliminated disqualified unmatched duplicates duplicate irrelevant")

func (l *list) dropish() bool {
	ws := words(l.name)
	return dropWords.anyOf(ws) && !slices.Contains(ws, "candidate")
}

func (a *analysis) findStations() {
	a.same = make(union, 0, a.elements)
	for _, l := range a.lists {
		a.enroll(l)
	}
	for _, i := range a.order {
		s := a.steps[i]
		a.linkInputs(s)
		st := a.explicitStation(s)
		if st == nil {
			st = a.ownStation(s)
		}
		if st == nil {
			st = a.inferredStation(s)
		}
		if st == nil {
			st = a.selfJudged(s)
		}
		a.linkOutputs(s)
		if st == nil {
			continue
		}
		a.applyVerdict(s, st)
		a.enrich(st)
		a.byStep[i] = st
	}
	a.findHandovers()
	for _, i := range a.order {
		if st := a.byStep[i]; st != nil && !a.repeatsChildren(st) {
			a.stations = append(a.stations, st)
		} else if st != nil {
			delete(a.byStep, i)
		}
	}
}

// enroll gives the elements of a list their places in the union.
func (a *analysis) enroll(l *list) {
	l.offset = len(a.same)
	for i := range l.elems {
		a.same = append(a.same, int32(l.offset+i))
	}
}

func (a *analysis) unite(m match) {
	for j, i := range m.toA {
		if i >= 0 {
			a.same.join(int32(m.a.offset+int(i)), int32(m.b.offset+j))
		}
	}
}

// ownStation matches what a step put out with what it says it was given.
func (a *analysis) ownStation(s *stepInfo) *station {
	ins, outs := s.side(sideInput, false), s.side(sideOutput, false)
	var best, rest match
	bestScore := 0.0
	for _, out := range append(outs, s.side(sideOutput, true)...) {
		for _, in := range ins {
			if out.single && (in.len() < 2 || bestScore > 0) {
				continue
			}
			m := matchLists(in, out)
			if m.score == 0 || float64(m.n) < 0.2*float64(out.len()) {
				continue
			}
			score := pairScore(m)
			if out.dropish() {
				score -= 1.5
			}
			if score > bestScore {
				if best.n > 0 {
					rest = best
				}
				best, bestScore = m, score
			} else if rest.n == 0 || out != best.b && out.dropish() {
				rest = m
			}
		}
	}
	if best.n == 0 {
		return a.emptied(s, ins, outs)
	}
	if merged := a.mergeInputs(best, ins); merged.n > best.n {
		best = merged
	}
	return a.newStation(s, best, outs)
}

func pairScore(m match) float64 {
	s := 3*float64(m.n)/float64(m.b.len()) + 0.3*math.Log10(float64(1+m.a.len())) + 0.4*math.Log10(float64(1+m.b.len())) + 0.3*m.score
	if !m.a.scalar {
		s += 0.5
	}
	if !m.b.scalar {
		s += 0.2
	}
	if m.b.single {
		s -= 0.5
	}
	return s
}

// side lists the step's lists of items on one side.
func (s *stepInfo) side(sd side, single bool) []*list {
	var out []*list
	for _, l := range s.lists {
		if l.side == sd && l.single == single {
			out = append(out, l)
		}
	}
	if len(out) > maxListsPerSide {
		slices.SortStableFunc(out, func(x, y *list) int { return y.len() - x.len() })
		out = out[:maxListsPerSide]
	}
	return out
}

const maxListsPerSide = 12

// mergeInputs handles joins: the output holds items of several input lists of
// like elements, so these are the candidates together.
func (a *analysis) mergeInputs(m match, ins []*list) match {
	if m.n == m.b.len() || m.cb == nil || m.b.single {
		return m
	}
	parts := []*list{m.a}
	for _, in := range ins {
		if in == m.a || in.scalar != m.a.scalar || in.len() == 0 {
			continue
		}
		other := matchLists(in, m.b)
		fresh := 0
		for j, i := range other.toA {
			if i >= 0 && m.toA[j] < 0 {
				fresh++
			}
		}
		if fresh > 0 {
			parts = append(parts, in)
		}
	}
	if len(parts) == 1 {
		return m
	}
	return matchLists(a.joinLists(parts), m.b)
}

// joinLists makes one list of several.
func (a *analysis) joinLists(parts []*list) *list {
	l := a.newList(parts[0].step, parts[0].side, parts[0].path, parts[0].name)
	l.scalar = parts[0].scalar
	for _, p := range parts {
		for i, e := range p.elems {
			l.elems = append(l.elems, e)
			l.refs = append(l.refs, ref{p, i})
		}
	}
	l.segs = parts[0].segs[:min(1, len(parts[0].segs))]
	a.enroll(l)
	for i, r := range l.refs {
		a.same.join(int32(l.offset+i), int32(r.l.offset+r.i))
	}
	return l
}

func (a *analysis) newStation(s *stepInfo, m match, outs []*list) *station {
	st := &station{step: s.idx, in: m.a, out: m.b, m: m, kept: make([]bool, m.a.len())}
	a.unite(m)
	for i, j := range m.toB {
		if j >= 0 {
			st.kept[i] = true
			st.nKept++
		}
	}
	for j, i := range m.toA {
		if i < 0 {
			st.added = append(st.added, int32(j))
		}
	}
	st.repeated = m.extra
	if m.extra > 0 {
		st.splitAdded()
	}
	if m.b.dropish() {
		st.invert()
	}
	st.readReasons(outs)
	return st
}

// splitAdded takes repeats of kept items out of the added ones.
func (st *station) splitAdded() {
	idx := st.m.ca.index()
	st.added = slices.DeleteFunc(st.added, func(j int32) bool {
		_, known := idx[cellKey(st.m.cb.cells[j])]
		return known
	})
}

// invert is for steps that put out only what they removed.
func (st *station) invert() {
	for i := range st.kept {
		st.kept[i] = !st.kept[i]
	}
	st.nKept = st.in.len() - st.nKept
	st.readDropped(st.out, st.m)
	st.out, st.added, st.repeated = nil, nil, 0
}

// readReasons looks for a second output list that names the dropped items.
func (st *station) readReasons(outs []*list) {
	if st.out == nil {
		return
	}
	for _, o := range outs {
		if o == st.out || o.len() == 0 || !o.dropish() {
			continue
		}
		if m := matchLists(st.in, o); m.n*2 >= o.len() {
			st.readDropped(o, m)
		}
	}
}

var reasonWords = newSet("reason why cause because error message explanation note detail comment grund motivo raison")

func (st *station) readDropped(o *list, m match) {
	for _, c := range o.columns() {
		if !reasonWords.anyOf(c.words) {
			continue
		}
		if st.reasons == nil {
			st.reasons = make([]string, st.in.len())
		}
		for j, i := range m.toA {
			if v := c.at(j); i >= 0 && v != nil && !st.kept[i] {
				st.reasons[i] = v.str
			}
		}
		return
	}
}

// emptied handles a step that was given items and put out an empty array.
func (a *analysis) emptied(s *stepInfo, ins, outs []*list) *station {
	out := emptyList(outs)
	if out == nil {
		return nil
	}
	var in *list
	for _, l := range ins {
		if l.len() > 0 && !l.scalar && (in == nil || l.len() > in.len()) {
			in = l
		}
	}
	if in == nil {
		return nil
	}
	m := match{a: in, b: out, toB: filled(in.len())}
	return a.newStation(s, m, nil)
}

func emptyList(outs []*list) *list {
	var empty *list
	for _, o := range outs {
		if o.len() > 0 && !o.scalar && !o.dropish() {
			return nil
		}
		if o.len() == 0 && !o.dropish() && empty == nil {
			empty = o
		}
	}
	return empty
}

// repeatsChildren tells whether a container's station only says again what its
// children's stations say.
func (a *analysis) repeatsChildren(st *station) bool {
	s := a.steps[st.step]
	if len(s.kids) == 0 || st.explicit != nil {
		return false
	}
	last := a.lastWithin(st.step)
	if last == nil {
		return false
	}
	if st.inferred && a.within(st.in.step, st.step) {
		return st.dropped() == 0 || st.outN() == last.outN()
	}
	return true
}

func (a *analysis) lastWithin(step int) *station {
	for k := len(a.stations) - 1; k >= 0; k-- {
		if a.within(a.stations[k].step, step) {
			return a.stations[k]
		}
	}
	return nil
}
