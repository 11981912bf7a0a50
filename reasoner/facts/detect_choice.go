package facts

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/xraytrace/xray"
)

var numberedLine = regexp.MustCompile(`(?m)^\s*[\[(]?(\d{1,3})[\])]?[.):\-]\s+(\S.{0,200})$`)

// detectChoice finds a pick by number that took the neighbour of what the
// model had chosen: it was shown a list from 1 and its answer was read from 0,
// or the reverse.
func (f *finder) detectChoice(s *stepInfo) {
	st := f.byStep[s.idx]
	if st == nil || !st.pick() || st.in.scalar {
		return
	}
	picked := 0
	for i, kept := range st.kept {
		if kept {
			picked = i
		}
	}
	for k, n := f.pos[s.idx], 0; k >= 0 && n < 10; k, n = k-1, n+1 {
		m := f.steps[f.order[k]]
		if m.d.Type != xray.TypeLLM || m.idx != s.idx && !f.before(m.idx, s.idx) {
			continue
		}
		for _, p := range m.params {
			choice, err := strconv.Atoi(p.v.str)
			if p.side != sideOutput || err != nil || choice < 0 || choice > st.in.len() || !f.handedOn(m, s, p) {
				continue
			}
			if line := numbered(m, choice); line != "" {
				f.choiceFact(st, m, p, picked, line)
				return
			}
		}
	}
}

// handedOn tells whether the pick was given the number that the model said.
func (f *finder) handedOn(m, s *stepInfo, p *param) bool {
	if m.idx == s.idx {
		return true
	}
	for _, q := range s.params {
		if q.side == sideInput && q.list == nil && q.v.str == p.v.str {
			return true
		}
	}
	return false
}

// numbered is the line that a model's input lists under a number.
func numbered(m *stepInfo, n int) string {
	for _, p := range m.passages {
		if p.side != sideInput || len(p.s) > 64<<10 {
			continue
		}
		for _, l := range numberedLine.FindAllStringSubmatch(p.s, 200) {
			if l[1] == strconv.Itoa(n) {
				return l[2]
			}
		}
	}
	return ""
}

func (f *finder) choiceFact(st *station, m *stepInfo, p *param, picked int, line string) {
	names := func(i int) bool {
		label := firstOf(st.in.itemLabel(i), st.in.itemKey(i))
		return label != "" && strings.Contains(foldKey(line), foldKey(label))
	}
	if names(picked) {
		return
	}
	for _, i := range []int{picked - 1, picked + 1} {
		if i < 0 || i >= st.in.len() || !names(i) {
			continue
		}
		f.add(draft{kind: KindEcho, sev: xray.SeverityAlarm, step: st.step, weight: 82, ptrs: []string{here(st.step, st.in, picked), home(st.step, st.out)},
			vals:  vals{"choice": p.v.str, "meant": st.in.itemKey(i), "picked": st.in.itemKey(picked), "choiceStep": m.d.SpanID.String(), "choicePointer": p.ptr},
			text:  fmt.Sprintf("%s took %s, but the %s that %s chose stands for %s in its list: the numbering is off by one.", f.name(st.step), st.in.itemName(picked), p.v.str, f.name(m.idx), st.in.itemName(i)),
			short: fmt.Sprintf("%s took the neighbour of what was chosen", f.name(st.step))})
		return
	}
}
