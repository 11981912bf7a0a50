package facts

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

// Lineage follows every item of an execution through its steps.
type Lineage struct {
	f     *finder
	items []*tracked
	byKey map[string]*tracked
}

// tracked is one class of elements that are the same item.
type tracked struct {
	key, label string
	at         []ref
}

// maxTracked items are followed; beyond it a run has more than anybody reads.
const maxTracked = 50_000

// Follow computes the lineage of an execution.
func Follow(e Execution) *Lineage {
	f := &finder{analysis: analyse(e)}
	for _, st := range f.stations {
		st.why = f.explain(st)
	}
	l := &Lineage{f: f, byKey: map[string]*tracked{}}
	classes := map[int32]*tracked{}
	relevant := f.itemLists()
	for _, i := range f.order {
		for _, li := range f.steps[i].lists {
			if relevant[li] {
				l.track(li, classes)
			}
		}
	}
	for _, t := range l.items {
		t.name()
		for _, k := range []string{t.label, t.key} {
			if k != "" {
				l.byKey[foldKey(k)] = t
			}
		}
	}
	return l
}

func (l *Lineage) track(li *list, classes map[int32]*tracked) {
	for i := range li.elems {
		class := l.f.same.find(int32(li.offset + i))
		t := classes[class]
		if t == nil {
			if len(l.items) >= maxTracked || li.single {
				continue
			}
			t = &tracked{}
			classes[class] = t
			l.items = append(l.items, t)
		}
		t.at = append(t.at, ref{li, i})
	}
}

// itemLists are the lists that hold items rather than settings: those of the
// stations, those that steps brought in, and single objects, which join a
// class only if a list knows it.
func (f *finder) itemLists() map[*list]bool {
	out := map[*list]bool{}
	for _, st := range f.stations {
		for _, l := range st.lists() {
			out[l] = true
		}
	}
	var singles []*list
	for _, s := range f.steps {
		if l := s.found(); l != nil {
			out[l] = true
		}
		for _, l := range s.lists {
			if l.single {
				singles = append(singles, l)
			} else if !l.scalar && l.side != sideAttributes && l.len() > 1 {
				out[l] = true
			}
		}
	}
	for _, l := range singles {
		out[l] = true
	}
	for l := range out {
		if l.refs != nil {
			delete(out, l)
		}
	}
	return out
}

// name takes key and label from the fullest record of the item.
func (t *tracked) name() {
	for _, r := range t.at {
		if t.key == "" || r.l.bestKey() != nil && r.l.bestKey().idish() && !r.l.scalar && t.at[0].l.scalar {
			t.key = firstOf(r.l.itemKey(r.i), t.key)
		}
		if t.label == "" {
			t.label = r.l.itemLabel(r.i)
		}
	}
	if foldKey(t.label) == foldKey(t.key) {
		t.label = ""
	}
}

// LeftOut says what of the execution was not followed.
func (l *Lineage) LeftOut() LeftOut { return l.f.left }

// Funnel lists the stations in order of time.
func (l *Lineage) Funnel() []Station {
	stations, _ := l.f.funnel()
	return stations
}

// Search returns the items whose key or name contains a text, in any letter
// case, those that came furthest first; all for "".
func (l *Lineage) Search(text string) []Item {
	all := l.Items()
	key := foldKey(text)
	if key == "" {
		return all
	}
	return slices.DeleteFunc(all, func(it Item) bool {
		return !strings.Contains(foldKey(it.Key), key) && !strings.Contains(foldKey(it.Label), key)
	})
}

// Items lists all items, those that came furthest first.
func (l *Lineage) Items() []Item {
	type far struct {
		Item
		last int
	}
	var all []far
	for _, t := range l.items {
		f := far{Item: Item{Key: t.key, Label: t.label}}
		first := math.MaxInt
		for _, r := range t.at {
			f.last = max(f.last, l.f.pos[r.l.step])
			if m := l.f.moment(r.l.step, []ref{r}); m < first {
				first, f.EnteredAt = m, l.f.steps[r.l.step].d.SpanID
			}
		}
		for _, st := range l.f.stations {
			if i := l.f.indexIn(st, t); i >= 0 {
				f.LeftAt = xray.SpanID{}
				if !st.kept[i] {
					f.LeftAt = l.f.steps[st.step].d.SpanID
				}
			}
		}
		all = append(all, f)
	}
	slices.SortStableFunc(all, func(a, b far) int {
		return cmp.Or(cmp.Compare(b2i(b.LeftAt.IsZero()), b2i(a.LeftAt.IsZero())), cmp.Compare(b.last, a.last))
	})
	out := make([]Item, len(all))
	for i := range all {
		out[i] = all[i].Item
	}
	return out
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Passport returns the way of the item with this key or title, in any letter
// case.
func (l *Lineage) Passport(key string) (Passport, bool) {
	t := l.byKey[foldKey(key)]
	if t == nil {
		return Passport{}, false
	}
	return l.passport(t), true
}

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
	s.RankIn, s.In, s.Kind = i+1, st.in.len(), xray.StopKept
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
			text += fmt.Sprintf(" at place %d of %d: %s", s.RankIn, s.In, s.Criterion)
		}
		break
	}
	return strings.TrimSuffix(text, ".") + "."
}
