package facts

import (
	"github.com/xraytrace/xray"
)

// recentLists is how many earlier lists are asked whether they know an item.
const recentLists = 48

// earlier lists what could have given step y its items: outputs of steps
// before it, latest first, then inputs of the steps around it.
func (a *analysis) earlier(y int) []*list {
	var out []*list
	at := a.pos[y]
	for k := at - 1; k >= 0 && len(out) < recentLists; k-- {
		x := a.order[k]
		if !a.before(x, y) {
			continue
		}
		for _, l := range a.steps[x].lists {
			if st := a.byStep[x]; st != nil && st.passed != nil && st.out == l {
				l = st.passed // what it called bad is not handed on
			}
			if l.side == sideOutput && l.len() > 0 && !l.dropish() {
				out = append(out, l)
			}
		}
	}
	for p, n := a.steps[y].parent, 0; p >= 0 && n < 100; p, n = a.steps[p].parent, n+1 {
		for _, l := range a.steps[p].lists {
			if l.side == sideInput && l.len() > 0 {
				out = append(out, l)
			}
		}
	}
	return out
}

// linkInputs finds which items of earlier steps a step was given; what an
// earlier step was given, too, may be the only record of an item that it
// dropped.
func (a *analysis) linkInputs(s *stepInfo) {
	var before []*list
	for _, l := range s.lists {
		if l.side != sideInput || l.len() == 0 || len(l.keyColumns()) == 0 {
			continue
		}
		if before == nil {
			if before = append(a.earlier(s.idx), a.earlierInputs(s.idx)...); len(before) == 0 {
				return
			}
		}
		a.linkTo(l, before)
	}
}

// earlierInputs lists what the steps shortly before y were given.
func (a *analysis) earlierInputs(y int) []*list {
	const most = 16
	var out []*list
	for k := a.pos[y] - 1; k >= 0 && k > a.pos[y]-most && len(out) < most; k-- {
		if x := a.order[k]; a.before(x, y) {
			for _, l := range a.steps[x].lists {
				if l.side == sideInput && l.len() > 1 && !l.single {
					out = append(out, l)
				}
			}
		}
	}
	return out
}

// linkOutputs does the same for what a step put out, so that an item keeps its
// identity where the step recorded no input.
func (a *analysis) linkOutputs(s *stepInfo) {
	var before []*list
	for _, l := range s.lists {
		if l.side != sideOutput || l.len() == 0 || len(l.keyColumns()) == 0 {
			continue
		}
		if before == nil {
			if before = a.earlier(s.idx); len(before) == 0 {
				return
			}
		}
		a.linkTo(l, before)
	}
}

func (a *analysis) linkTo(l *list, before []*list) {
	var best match
	for _, b := range before {
		if b.single && !l.single {
			continue
		}
		m := matchLists(b, l)
		if m.ca == nil || m.n == 0 {
			continue
		}
		a.uniteFirm(m)
		if m.n == l.len() {
			return
		}
		if m.n > best.n {
			best = m
		}
	}
}

// uniteFirm unites only what surely is the same: by a key with a name that
// says so, or by long or many values.
func (a *analysis) uniteFirm(m match) {
	if m.n*2 < m.b.len() && !m.cb.idish() {
		return
	}
	a.unite(m)
}

var sourceWords = newSet("search retrieve retrieval query fetch lookup find load list scrape crawl suche recherche buscar pull import")
var narrowWords = newSet("filter rank rerank select pick choose dedupe dedup deduplicate merge sort top limit match judge score evaluate trim prune shortlist")

// source tells whether a step brings items in rather than passing them on.
func (s *stepInfo) source() bool {
	if narrowWords.anyOf(s.words) || s.d.Type == xray.TypeReranker {
		return false
	}
	switch s.d.Type {
	case xray.TypeRetriever, xray.TypeDB, xray.TypeHTTP, xray.TypeEmbedding:
		return true
	}
	return sourceWords.anyOf(s.words)
}

// inferredStation finds the candidates of a step that recorded only what it
// put out, among the outputs of earlier steps.
func (a *analysis) inferredStation(s *stepInfo) *station {
	if s.source() && s.in != nil && len(s.kids) == 0 {
		return nil
	}
	outs := s.side(sideOutput, false)
	before := a.earlier(s.idx)
	if len(before) == 0 {
		return nil
	}
	for _, out := range outs {
		if out.len() == 0 || out.dropish() {
			continue
		}
		if m := a.bestSource(out, before, 0.5); m.n > 0 {
			st := a.newStation(s, m, outs)
			st.inferred = true
			return st
		}
	}
	if st := a.inferPick(s, before); st != nil {
		return st
	}
	if st := a.inferEmptied(s, outs, before); st != nil {
		return st
	}
	return a.inferMention(s, before)
}

// bestSource picks the latest earlier list that knows enough of the items; a
// join of several parallel lists if one alone does not know them all.
func (a *analysis) bestSource(out *list, before []*list, share float64) match {
	var best match
	var parts []*list
	for _, b := range before {
		if b.single || b.len() < 2 {
			if a.lastOne(b, out) {
				return match{}
			}
			continue
		}
		m := matchLists(b, out)
		if m.n == 0 || m.ca == nil {
			continue
		}
		if m.n == out.len() {
			return m
		}
		if m.n > best.n {
			best = m
		}
		if len(parts) < 8 && (len(parts) == 0 || parts[0].scalar == b.scalar && parts[0].name == b.name) {
			parts = append(parts, b)
		}
	}
	if len(parts) > 1 {
		if m := matchLists(a.joinLists(parts), out); m.n > best.n {
			best = m
		}
	}
	if float64(best.n) < share*float64(out.len()) {
		return match{}
	}
	return best
}

// lastOne tells whether a step narrowed the items down to the one that out is
// about. Who names it later chose nothing, and dropped nothing that was already
// gone.
func (a *analysis) lastOne(b, out *list) bool {
	st := a.byStep[b.step]
	return !b.single && b.len() == 1 && out.len() == 1 && st != nil && st.out == b && st.dropped() > 0 && matchLists(b, out).n == 1
}

// inferPick handles a step that names one of the earlier items: {"best": "P9"}.
func (a *analysis) inferPick(s *stepInfo, before []*list) *station {
	singles := s.side(sideOutput, true)
	if s.out != nil && s.out.kind == text && len(s.out.str) <= 200 {
		l := a.newList(s.idx, sideOutput, "/output", "")
		l.single, l.scalar = true, true
		l.segs = []segment{{base: "/output"}}
		l.elems = []*value{s.out}
		a.enroll(l)
		singles = append(singles, l)
	}
	for _, out := range singles {
		m := a.bestSource(out, before, 1)
		if m.n == 0 || a.given(s, m) {
			continue
		}
		st := a.newStation(s, m, nil)
		st.inferred = true
		return st
	}
	return nil
}

// given tells whether the step's own input already names the one item that its
// output is about: then it chose nothing.
func (a *analysis) given(s *stepInfo, m match) bool {
	k := cellKey(m.cb.cells[0])
	for _, p := range s.params {
		if p.side == sideInput && cellKey(p.v) == k {
			return true
		}
	}
	return false
}

// inferEmptied handles a step with an empty list as output and nothing known
// about its input, right behind one that put out items.
func (a *analysis) inferEmptied(s *stepInfo, outs []*list, before []*list) *station {
	out := emptyList(outs)
	if out == nil || len(before) == 0 || len(s.kids) > 0 {
		return nil
	}
	in := before[0]
	if in.side != sideOutput || in.single || in.scalar || in.len() < 2 || a.steps[in.step].parent != s.parent {
		return nil
	}
	if in.name != out.name && !narrowWords.anyOf(s.words) {
		return nil
	}
	st := a.newStation(s, match{a: in, b: out, toB: filled(in.len())}, nil)
	st.inferred = true
	return st
}
