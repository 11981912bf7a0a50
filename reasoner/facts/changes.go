package facts

import (
	"cmp"
	"slices"

	"github.com/xraytrace/xray"
)

const (
	maxReasons = 20  // that are told apart; what is beyond counts as one more
	maxEdits   = 12  // fields of one item
	maxShown   = 300 // bytes of an edited value
)

// Changes tells what a step did to its items, one page of them. It is false
// for a step that touched none.
func (l *Lineage) Changes(step xray.SpanID, q xray.ChangeQuery) (xray.StepChanges, bool) {
	k := slices.IndexFunc(l.f.stations, func(st *station) bool { return l.f.steps[st.step].d.SpanID == step })
	if k < 0 {
		return xray.StepChanges{}, false
	}
	c := &changes{l: l, st: l.f.stations[k]}
	c.place()
	c.explainDrops()
	return c.page(q), true
}

// changes is a station laid out item by item: its candidates, then what it
// added.
type changes struct {
	l  *Lineage
	st *station
	m  match // of the candidates and what came out; toA is nil when that is unknown

	shift []int    // by candidate: places up among the kept
	edits [][]edit // by candidate
	why   []int    // by candidate: its reason as a place in reasons, -1 if it was kept
	stops []Stop   // by candidate: the rule that it failed
	told  []xray.DropReason
}

type edit struct {
	column   *column
	from, to *value
}

// place pairs candidates with what came out. What a program recorded has no
// output of its own, but the step mostly has one.
func (c *changes) place() {
	c.m = c.st.m
	n := c.st.in.len()
	c.shift, c.edits = make([]int, n), make([][]edit, n)
	if c.st.out == nil {
		c.m = match{}
		for _, out := range c.l.f.steps[c.st.step].side(sideOutput, false) {
			if m := matchLists(c.st.in, out); !out.dropish() && m.n > c.m.n && 2*m.n > out.len() {
				c.m = m
			}
		}
	}
	if c.m.toA == nil || c.st.mention {
		return
	}
	c.shifts()
	if !c.m.a.scalar && !c.m.b.scalar {
		c.fieldEdits()
	}
}

// shifts ranks the kept items before and after.
func (c *changes) shifts() {
	rankIn, n := make([]int, c.st.in.len()), 0
	for i, kept := range c.st.kept {
		if rankIn[i] = n; kept && c.m.toB[i] >= 0 {
			n++
		}
	}
	rank := 0
	for _, i := range c.m.toA {
		if i < 0 || !c.st.kept[i] {
			continue
		}
		c.shift[i] = rankIn[i] - rank
		rank++
	}
}

func (c *changes) fieldEdits() {
	for _, cin := range c.m.a.columns() {
		cout := c.m.b.column(cin.path)
		if cout == nil || cin == c.m.ca || ordinal.anyOf(cin.words) {
			continue
		}
		for i, j := range c.m.toB {
			if j < 0 || !c.st.kept[i] || cin.cells[i] == nil || cout.cells[j] == nil || same(cin.cells[i], cout.cells[j]) {
				continue
			}
			c.edits[i] = append(c.edits[i], edit{cin, cin.cells[i], cout.cells[j]})
		}
	}
}

// explainDrops sorts the dropped items by why they were dropped.
func (c *changes) explainDrops() {
	n := c.st.in.len()
	c.why, c.stops = filledInts(n), make([]Stop, n)
	index := map[string]int{}
	for i, kept := range c.st.kept {
		if kept {
			continue
		}
		s := &c.stops[i]
		r := c.failed(s, i)
		if c.st.reasons != nil {
			s.Reason = c.st.reasons[i]
		}
		text := cmp.Or(cut(s.Reason, maxShown), s.Criterion)
		if s.Reason != "" {
			r = nil
		}
		k, known := index[text]
		if !known {
			k = len(c.told)
			index[text] = k
			c.told = append(c.told, c.reason(text, r))
		}
		c.told[k].Items++
		c.why[i] = k
	}
	c.sortReasons()
}

// failed notes the rule that a dropped candidate fails, if one is known.
func (c *changes) failed(s *Stop, i int) *rule {
	c.l.f.failed(s, c.st, i)
	for k := range c.st.why.rules {
		if r := &c.st.why.rules[k]; !r.passes(i) {
			return r
		}
	}
	if s.Criterion == "" && c.st.why.kind != whyUnknown && c.st.why.kind != whyRecorded {
		s.Criterion = c.l.f.whyText(c.st)
	}
	return nil
}

func (c *changes) reason(text string, r *rule) xray.DropReason {
	out := xray.DropReason{Text: text}
	if r == nil {
		return out
	}
	out.Field, out.Op = r.col.label(), r.op
	if r.op != "missing" && r.op != "present" {
		out.Value = r.show()
	}
	if p := r.param; p != nil && c.l.f.resolves(p.step, p.ptr) {
		out.Step, out.Pointer = c.l.f.steps[p.step].d.SpanID, p.ptr
	}
	return out
}

// sortReasons puts the most frequent first, and makes one of the rarest where
// there are too many: texts with a value in them are as many as the items.
func (c *changes) sortReasons() {
	order := make([]int, len(c.told))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(c.told[y].Items, c.told[x].Items) })
	to, sorted := make([]int, len(order)), make([]xray.DropReason, 0, min(len(order), maxReasons+1))
	for place, k := range order {
		switch {
		case place < maxReasons:
			sorted = append(sorted, c.told[k])
		case place == maxReasons:
			sorted = append(sorted, xray.DropReason{Text: "other reasons", Items: c.told[k].Items})
		default:
			sorted[maxReasons].Items += c.told[k].Items
		}
		to[k] = min(place, maxReasons)
	}
	for i, k := range c.why {
		if k >= 0 {
			c.why[i] = to[k]
		}
	}
	c.told = sorted
}

func filledInts(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = -1
	}
	return s
}
