package facts

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

func (l *Lineage) passport(t *tracked) Passport {
	p := Passport{Item: Item{Key: t.key, Label: t.label}}
	bySteps := map[int][]ref{}
	var order []int
	for _, r := range t.at {
		if len(bySteps[r.l.step]) == 0 {
			order = append(order, r.l.step)
		}
		bySteps[r.l.step] = append(bySteps[r.l.step], r)
	}
	// A step whose candidates stand in an earlier step drops items that its own
	// payload does not have.
	for _, st := range l.f.stations {
		if len(bySteps[st.step]) == 0 && l.f.indexIn(st, t) >= 0 {
			order = append(order, st.step)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(l.f.moment(a, bySteps[a]), l.f.moment(b, bySteps[b])) })
	for _, step := range order {
		stop := l.f.stop(step, t, bySteps[step], len(p.Stops) == 0)
		if n := len(p.Stops); n > 0 && stop.RankIn == 0 && stop.In > 0 && p.Stops[n-1].Out == stop.In {
			stop.RankIn = p.Stops[n-1].RankOut // it came in as it had left
		}
		p.Stops = append(p.Stops, stop)
		if stop.Kind == xray.StopDropped {
			p.LeftAt = stop.Step
		} else if stop.Kind == xray.StopKept || stop.Kind == xray.StopEntered {
			p.LeftAt = xray.SpanID{}
		}
	}
	if len(p.Stops) > 0 {
		p.EnteredAt = p.Stops[0].Step
	}
	p.Text = l.f.passportText(&p)
	return p
}

// moment orders a container that only received the item before its children.
func (f *finder) moment(step int, refs []ref) int {
	given := len(refs) > 0
	for _, r := range refs {
		given = given && r.l.side == sideInput
	}
	if s := f.steps[step]; given && len(s.kids) > 0 {
		return 2*int(f.firstWithin(s)) - 1
	}
	return 2 * f.pos[step]
}

// indexIn is the item's place among a station's candidates, -1 if it is none.
func (f *finder) indexIn(st *station, t *tracked) int {
	if st.byClass == nil {
		st.byClass = make(map[int32]int, st.in.len())
		for i := range st.in.elems {
			class := f.same.find(int32(st.in.offset + i))
			if _, ok := st.byClass[class]; !ok || st.kept[i] {
				st.byClass[class] = i // of several copies, the one that was kept
			}
		}
	}
	if i, ok := st.byClass[f.same.find(int32(t.at[0].l.offset+t.at[0].i))]; ok {
		return i
	}
	return -1
}

func (f *finder) stop(step int, t *tracked, refs []ref, first bool) Stop {
	d := f.steps[step].d
	s := Stop{Step: d.SpanID, Name: d.Name, Kind: xray.StopSeen}
	for _, r := range refs {
		s.Pointers = append(s.Pointers, r.l.ptr(r.i))
		if r.l.side == sideOutput && !r.l.single {
			s.RankOut, s.Out = r.i+1, r.l.len()
			if first {
				s.Kind = xray.StopEntered
			}
		}
		if c, v := r.l.scoreOf(r.i); c != nil {
			s.ScoreField, s.Score = c.label(), &v
		}
	}
	s.Pointers = slices.DeleteFunc(s.Pointers, func(p string) bool { return !f.resolves(step, p) })
	st := f.byStep[step]
	if st == nil {
		return s
	}
	i := f.indexIn(st, t)
	if i < 0 {
		return s
	}
	s.RankIn, s.In, s.Kind = rankIn(st, i, refs), st.in.len(), xray.StopKept
	s.Criterion = f.whyText(st)
	if st.reasons != nil {
		s.Reason = st.reasons[i]
	}
	if !st.kept[i] {
		s.Kind = xray.StopDropped
		s.RankOut, s.Out = 0, 0
		f.failed(&s, st, i)
	}
	return s
}

// rankIn is the place at which an item came into a station, 0 if unknown: a
// program records its decisions in an order of its own, the kept ones first.
func rankIn(st *station, i int, refs []ref) int {
	if st.explicit == nil {
		return i + 1
	}
	for _, r := range refs {
		if r.l != st.in && r.l.side == sideInput && !r.l.single {
			return r.i + 1
		}
	}
	return 0
}

// scoreOf is the item's score, if its list has a field that reads as one.
func (l *list) scoreOf(i int) (*column, float64) {
	for _, c := range l.columns() {
		if scoreWords.anyOf(c.words) {
			if nums, ok := c.numbers(); ok && !math.IsNaN(nums[i]) {
				return c, nums[i]
			}
		}
	}
	return nil, 0
}

// failed names the rule that a dropped item failed, its value and its margin.
func (f *finder) failed(s *Stop, st *station, i int) {
	for k := range st.why.rules {
		r := &st.why.rules[k]
		if r.passes(i) {
			continue
		}
		s.Criterion = f.clauses(st, st.why.rules[k:k+1])
		if v := r.col.at(i); v != nil {
			s.Value = showValue(v, 80)
		} else {
			s.Value = "nothing"
		}
		if r.numericOp() && !r.col.dates {
			if nums, _ := r.col.numbers(); !math.IsNaN(nums[i]) {
				m := round(math.Abs(nums[i] - r.num))
				s.Margin = &m
			}
		}
		if p := cellHere(st.step, st.in, i, r.col); p != "" && f.resolves(st.step, p) {
			s.Pointers = append(s.Pointers, p)
		}
		return
	}
	if st.why.kind == whyPartly {
		s.Criterion = "it passes " + f.clauses(st, st.why.rules) + " and was dropped all the same"
	}
}

func (f *finder) passportText(p *Passport) string {
	name := p.Key
	if p.Label != "" {
		name = p.Label + " (" + p.Key + ")"
	}
	if len(p.Stops) == 0 {
		return name + " was never seen."
	}
	text := fmt.Sprintf("%s entered at %s", cut(name, 100), quote(p.Stops[0].Name, 60))
	if r := p.Stops[0].RankOut; r > 0 {
		text += fmt.Sprintf(" (place %d of %d)", r, p.Stops[0].Out)
	}
	if p.LeftAt.IsZero() {
		return text + " and came through."
	}
	for k := len(p.Stops) - 1; k >= 0; k-- {
		s := &p.Stops[k]
		if s.Kind != xray.StopDropped {
			continue
		}
		text += fmt.Sprintf(" and was dropped at %s", quote(s.Name, 60))
		switch {
		case s.Reason != "":
			text += ": " + quote(s.Reason, 120)
		case s.Value != "":
			text += fmt.Sprintf(": the criterion is %s, it has %s", s.Criterion, s.Value)
			if s.Margin != nil {
				text += ", off by " + showNumber(*s.Margin)
			}
		case s.Criterion != "":
			if s.RankIn > 0 {
				text += fmt.Sprintf(" at place %d of %d", s.RankIn, s.In)
			}
			text += ": " + s.Criterion
		}
		break
	}
	return strings.TrimSuffix(text, ".") + "."
}
