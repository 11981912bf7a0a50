package facts

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/xraytrace/xray"
)

// analysis is the reading of one execution that all facts share.
type analysis struct {
	e        Execution
	steps    []*stepInfo
	order    []int // steps by the time their output was there: children before parents
	pos      []int // place of each step in order
	lists    []*list
	elements int
	stations []*station
	byStep   map[int]*station
	same     union // which elements are the same item
	left     LeftOut
}

// stepInfo is one step with its payload read.
type stepInfo struct {
	idx       int
	d         *xray.StepDetail
	parent    int // -1 for a root
	kids      []int
	depth     int
	words     []string // of its name
	in, out   *value
	attr      *value
	lists     []*list
	params    []*param
	passages  []passage
	cuts      []string // pointers of texts with broken-off JSON
	read      bool
	decisions *list // what the SDK recorded of its items
}

// maxBytes of payload are read in one execution; then steps are skipped.
const maxBytes = 32 << 20

func analyse(e Execution) *analysis {
	a := &analysis{e: e, byStep: map[int]*station{}}
	a.readTree()
	a.readPayloads()
	a.orderSteps()
	a.findStations()
	return a
}

func (a *analysis) readTree() {
	at := make(map[xray.SpanID]int, len(a.e.Steps))
	for i := range a.e.Steps {
		d := &a.e.Steps[i]
		if _, twice := at[d.SpanID]; d.Pending || twice && !d.SpanID.IsZero() {
			continue
		}
		s := &stepInfo{idx: len(a.steps), d: d, parent: -1, words: words(d.Name)}
		at[d.SpanID] = s.idx
		a.steps = append(a.steps, s)
	}
	for _, s := range a.steps {
		if p, ok := at[s.d.ParentID]; ok && !s.d.ParentID.IsZero() && p != s.idx {
			s.parent = p
			a.steps[p].kids = append(a.steps[p].kids, s.idx)
		}
	}
	for _, s := range a.steps {
		for p := s.parent; p >= 0 && s.depth < 1000; p = a.steps[p].parent {
			s.depth++
			if p == s.idx {
				s.parent = -1 // a cycle of parents; cut it here
			}
		}
	}
}

func (a *analysis) readPayloads() {
	var read int64
	for _, s := range a.steps {
		size := int64(len(s.d.Input) + len(s.d.Output) + len(s.d.Attributes))
		if read+size > maxBytes || a.elements > maxElements {
			a.left.Steps++
			a.left.Bytes += size
			continue
		}
		read += size
		s.read = true
		s.in = a.readSide(s, sideInput, s.d.Input)
		s.out = a.readSide(s, sideOutput, s.d.Output)
		s.attr = a.readAttributes(s)
		a.readDecisions(s)
	}
}

func (a *analysis) parse(raw json.RawMessage) *value {
	if len(raw) == 0 {
		return nil
	}
	v, res := parseJSON(string(raw))
	if res != parseOK {
		return &value{kind: text, str: string(raw)}
	}
	return &v
}

func (a *analysis) readSide(s *stepInfo, sd side, raw json.RawMessage) *value {
	v := a.parse(raw)
	if v == nil {
		return nil
	}
	w := walker{a: a, step: s, side: sd, lists: map[string]*list{}}
	w.walk(v, place{ptr: "/" + sd.String(), path: "/" + sd.String()})
	return v
}

func (a *analysis) newList(step int, sd side, path, name string) *list {
	l := &list{id: len(a.lists), step: step, side: sd, path: path, name: name}
	a.lists = append(a.lists, l)
	return l
}

// orderSteps sorts by end, so that what a step can have used lies before it.
// A parent counts as ended when its last descendant has; with equal times the
// deeper goes first.
func (a *analysis) orderSteps() {
	a.order = make([]int, len(a.steps))
	end := make([]xray.Nano, len(a.steps))
	for i, s := range a.steps {
		a.order[i], end[i] = i, s.d.End
	}
	slices.SortStableFunc(a.order, func(x, y int) int { return cmp.Compare(a.steps[y].depth, a.steps[x].depth) })
	for _, i := range a.order {
		if p := a.steps[i].parent; p >= 0 {
			end[p] = max(end[p], end[i])
		}
	}
	slices.SortFunc(a.order, func(x, y int) int {
		s, t := a.steps[x], a.steps[y]
		return cmp.Or(cmp.Compare(end[x], end[y]), cmp.Compare(t.depth, s.depth), cmp.Compare(s.d.Start, t.d.Start), cmp.Compare(x, y))
	})
	a.pos = make([]int, len(a.steps))
	for p, i := range a.order {
		a.pos[i] = p
	}
}

// within tells whether x is a descendant of y.
func (a *analysis) within(x, y int) bool {
	if len(a.steps[y].kids) == 0 || a.steps[x].depth <= a.steps[y].depth {
		return false
	}
	for p, n := a.steps[x].parent, 0; p >= 0 && n < 1000; p, n = a.steps[p].parent, n+1 {
		if p == y {
			return true
		}
	}
	return false
}

// before tells whether what x put out can have reached y.
func (a *analysis) before(x, y int) bool {
	if x == y {
		return false
	}
	if a.within(x, y) {
		return true
	}
	if a.within(y, x) {
		return false
	}
	const slack = xray.Nano(2_000_000) // clocks of two services
	s, t := a.steps[x].d, a.steps[y].d
	if s.End == t.End && s.Start == t.Start {
		return x < y
	}
	return s.End <= t.Start+slack
}

// union is a disjoint-set forest over all elements of the execution.
type union []int32

func (u union) find(x int32) int32 {
	for u[x] != x {
		u[x] = u[u[x]]
		x = u[x]
	}
	return x
}

func (u union) join(x, y int32) {
	x, y = u.find(x), u.find(y)
	if x > y {
		x, y = y, x
	}
	u[y] = x // the earlier element stands for the class
}
