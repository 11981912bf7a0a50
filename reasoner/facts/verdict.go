package facts

import (
	"slices"
	"strings"
)

var (
	passWords = newSet("qualified qualifies passed pass passes keep kept selected select include included relevant eligible accepted accept approved valid matched match matches shortlisted chosen retained survives qualifying allowed")
	missWords = newSet("rejected reject excluded exclude dropped drop removed filtered disqualified ineligible invalid discarded blocked duplicate spam irrelevant")
)

// judged handles steps that put out every candidate with a verdict of its own
// ({"id": …, "qualified": false}) and leave it to the next step to take the
// good ones. kept is nil if no field reads as a verdict.
func (a *analysis) judged(s *stepInfo, in, out *list) (kept []bool, by *column) {
	if out == nil || out.scalar || out.single || out.len() < 2 {
		return nil, nil
	}
	for _, c := range out.columns() {
		if strings.Count(c.path, "/") != 1 || in != nil && in != out && in.column(c.path) != nil {
			continue // what the candidates had before is no verdict of this step
		}
		yes, no, neg := 0, 0, missWords.anyOf(c.words)
		kept = make([]bool, out.len())
		for i := range kept {
			v := c.cells[i]
			if v == nil || v.kind != boolean {
				break
			}
			if kept[i] = (v.str == "true") != neg; kept[i] {
				yes++
			} else {
				no++
			}
		}
		if yes+no < out.len() || no == 0 {
			continue
		}
		if passWords.anyOf(c.words) || neg || in != nil && a.taken(s, out, kept, yes) {
			return kept, c
		}
	}
	return nil, nil
}

// taken tells whether a later step works on exactly the items with a verdict
// of true.
func (a *analysis) taken(s *stepInfo, out *list, kept []bool, yes int) bool {
	at := a.pos[s.idx]
	for _, k := range a.order[at+1 : min(len(a.order), at+7)] {
		for _, l := range a.steps[k].lists {
			if l.single || l.len() != yes {
				continue
			}
			if yes == 0 && l.side == sideInput && !l.dropish() {
				return true
			}
			m := matchLists(out, l)
			if m.n == yes && slices.EqualFunc(kept, m.toB, func(keep bool, j int32) bool { return keep == (j >= 0) }) {
				return true
			}
		}
	}
	return false
}

// applyVerdict makes a station that passed everything on one that keeps what
// it called good.
func (a *analysis) applyVerdict(s *stepInfo, st *station) {
	if st.out == nil || st.m.toA == nil || st.mention || st.explicit != nil || st.dropped() > 0 && st.nKept < st.out.len() {
		return
	}
	good, by := a.judged(s, st.in, st.out)
	if by == nil {
		return
	}
	st.verdict = by
	var passed []int
	for j, i := range st.m.toA {
		if good[j] {
			passed = append(passed, j)
		} else if i >= 0 && st.kept[i] {
			st.kept[i] = false
			st.nKept--
		}
	}
	st.added = slices.DeleteFunc(st.added, func(j int32) bool { return !good[j] })
	st.passed = a.sublist(st.out, passed)
	st.verdictReasons(by)
}

// selfJudged is a station made of one output list alone, whose items carry
// their verdicts.
func (a *analysis) selfJudged(s *stepInfo) *station {
	if s.source() {
		return nil
	}
	for _, out := range s.side(sideOutput, false) {
		_, by := a.judged(s, nil, out)
		if by == nil {
			continue
		}
		m := match{a: out, b: out, ca: by, cb: by, toA: filled(out.len()), toB: filled(out.len())}
		m.pair(func(j int) int32 { return int32(j) })
		m.n = out.len()
		st := a.newStation(s, m, nil)
		a.applyVerdict(s, st)
		return st
	}
	return nil
}

func (a *analysis) sublist(l *list, at []int) *list {
	sub := a.newList(l.step, l.side, l.path, l.name)
	sub.segs, sub.scalar = l.segs, l.scalar
	for _, i := range at {
		sub.elems = append(sub.elems, l.elems[i])
		sub.refs = append(sub.refs, ref{l, i})
	}
	a.enroll(sub)
	for k, i := range at {
		a.same.join(int32(sub.offset+k), int32(l.offset+i))
	}
	return sub
}

// verdictReasons reads why items were called bad: a reason of their own, or
// the checks that say false ({"price_range": {"passed": false, "detail": …}}).
func (st *station) verdictReasons(by *column) {
	reasons := make([]string, st.in.len())
	found := false
	for j, i := range st.m.toA {
		if i < 0 || st.kept[i] {
			continue
		}
		var failed []string
		for _, c := range st.out.columns() {
			v := c.cells[j]
			if c == by || v == nil {
				continue
			}
			if v.kind == boolean && st.in.column(c.path) == nil && (v.str == "true") == missWords.anyOf(c.words) && strings.Count(c.path, "/") > 1 {
				failed = append(failed, checkName(c.path))
			}
		}
		if len(failed) == 0 {
			for _, c := range st.out.columns() {
				if v := c.at(j); v != nil && v.kind == text && reasonWords.anyOf(c.words) && strings.Count(c.path, "/") == 1 {
					failed = append(failed, cut(v.str, 120))
					break
				}
			}
		}
		if len(failed) > 0 {
			reasons[i], found = strings.Join(failed, " and "), true
		}
	}
	if found {
		st.reasons = reasons
	}
}

// checkName is the part of a path that names the check: price_range of
// /filter_results/price_range/passed.
func checkName(path string) string {
	parts := strings.Split(path, "/")
	last := parts[len(parts)-1]
	if passWords.anyOf(words(last)) || missWords.anyOf(words(last)) || len(words(last)) == 1 && (last == "ok" || last == "result") {
		return parts[len(parts)-2]
	}
	return last
}
