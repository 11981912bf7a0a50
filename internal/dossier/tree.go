package dossier

import "github.com/xraytrace/xray"

// What a group of siblings of one name shows when it is folded.
const (
	foldFrom   = 8 // children of one name from which on they fold
	showFirst  = 3
	showOthers = 5 // that failed, or that somebody looks for
)

// tree walks over the steps of an execution, each once, whatever their parents
// say: clients send orphans, and parents that are their own grandchildren.
type tree struct {
	*Dossier
	whole    bool
	below    map[xray.SpanID][]int // children by their parent, as indices of Steps
	said     map[xray.SpanID]string
	wanted   map[string]bool
	seen     []bool
	telling  []bool // the step, or one below it, failed or is wanted
	size     []int  // steps below
	failed   []int  // the step or those below it
	lines    []Line
	measured []bool
}

func newTree(d *Dossier, whole bool) *tree {
	n := len(d.Steps)
	t := &tree{
		Dossier: d, whole: whole, below: make(map[xray.SpanID][]int), said: d.headlines(), wanted: d.telling(),
		seen: make([]bool, n), telling: make([]bool, n), size: make([]int, n), failed: make([]int, n), measured: make([]bool, n),
	}
	for i, s := range d.Steps {
		if !s.ParentID.IsZero() && d.Number(s.ParentID) > 0 {
			t.below[s.ParentID] = append(t.below[s.ParentID], i)
		}
	}
	if !whole {
		for i := range d.Steps {
			t.measure(i)
		}
	}
	return t
}

// measure sums up what is below a step.
func (t *tree) measure(i int) {
	if t.measured[i] {
		return
	}
	t.measured[i] = true
	s := &t.Steps[i]
	t.telling[i] = s.Status != xray.StatusOK || t.wanted[s.SpanID.String()]
	if s.Status == xray.StatusError {
		t.failed[i] = 1
	}
	for _, c := range t.below[s.SpanID] {
		t.measure(c)
		t.size[i] += 1 + t.size[c]
		t.failed[i] += t.failed[c]
		t.telling[i] = t.telling[i] || t.telling[c]
	}
}

// roots walks from the steps without a parent, then from whatever they did not
// lead to.
func (t *tree) roots() {
	var roots, all []int
	for i, s := range t.Steps {
		if s.ParentID.IsZero() || t.Number(s.ParentID) == 0 {
			roots = append(roots, i)
		}
		all = append(all, i)
	}
	t.siblings(roots, 0)
	for _, i := range all {
		if !t.seen[i] {
			t.siblings([]int{i}, 0)
		}
	}
}

func (t *tree) children(i, depth int) { t.siblings(t.below[t.Steps[i].SpanID], depth) }

// siblings adds lines for steps of one parent.
func (t *tree) siblings(list []int, depth int) {
	groups := t.groups(list)
	for _, i := range list {
		if t.seen[i] {
			continue
		}
		g := groups[likeness{t.Steps[i].Name, t.Steps[i].Type}]
		if g.shows(t, i) {
			t.seen[i] = true
			t.lines = append(t.lines, Line{Depth: depth, Number: i + 1, Step: &t.Steps[i], Headline: t.said[t.Steps[i].SpanID]})
			t.children(i, depth+1)
			continue
		}
		t.fold(g, i, depth)
	}
}

// likeness is what siblings that fold have in common.
type likeness struct {
	name string
	kind xray.StepType
}

// group is the siblings that are alike.
type group struct {
	members       []int
	first, others int // how many have been shown
	line          int // the folded line's place in the lines, from 1; 0 before there is one
}

func (t *tree) groups(list []int) map[likeness]*group {
	groups := make(map[likeness]*group)
	for _, i := range list {
		key := likeness{t.Steps[i].Name, t.Steps[i].Type}
		if groups[key] == nil {
			groups[key] = &group{}
		}
		groups[key].members = append(groups[key].members, i)
	}
	return groups
}

// shows reports whether a member has a line of its own.
func (g *group) shows(t *tree, i int) bool {
	switch {
	case t.whole, len(g.members) < foldFrom:
		return true
	case g.first < showFirst:
		g.first++
		return true
	case t.telling[i] && g.others < showOthers:
		g.others++
		return true
	}
	return false
}

// fold adds a step, and all below it, to the line that stands for the rest of
// its group.
func (t *tree) fold(g *group, i, depth int) {
	s := &t.Steps[i]
	if g.line == 0 {
		t.lines = append(t.lines, Line{Depth: depth, Number: i + 1, Step: s, Shortest: s.Duration(), Longest: s.Duration()})
		g.line = len(t.lines)
	}
	l := &t.lines[g.line-1]
	l.Folded++
	l.Last = i + 1
	l.Within += t.size[i]
	l.Failed += t.failed[i]
	l.Shortest, l.Longest = min(l.Shortest, s.Duration()), max(l.Longest, s.Duration())
	t.hide(i)
}

// hide marks a step and all below it as told.
func (t *tree) hide(i int) {
	if t.seen[i] {
		return
	}
	t.seen[i] = true
	for _, c := range t.below[t.Steps[i].SpanID] {
		t.hide(c)
	}
}
