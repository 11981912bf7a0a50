package facts

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

// CompareOptions narrow what counts as a difference.
type CompareOptions struct {
	// Ignore lists JSON pointers into {"input","output"}, * standing for any
	// one part, whose values are not compared in any step.
	Ignore []string
}

const maxNames = 20

// Compare aligns the steps of two executions and finds the first divergence.
// A difference with the same input is non-determinism (or hidden state); one
// whose input already differs is inherited.
func Compare(a, b Execution, opt CompareOptions) Comparison {
	c := &comparer{a: analyse(a), b: analyse(b), ignore: opt.Ignore, noise: map[string]bool{}}
	c.align()
	c.judge()
	out := Comparison{A: a.Info, B: b.Info, Steps: c.out, First: -1, Ignored: sortedSet(c.noise), LeftOut: c.leftOut, Unread: bothLeftOut(c.a.left, c.b.left)}
	out.First, out.Verdict = c.verdict()
	return out
}

func bothLeftOut(a, b LeftOut) LeftOut {
	return LeftOut{Steps: a.Steps + b.Steps, Bytes: a.Bytes + b.Bytes, Items: a.Items + b.Items}
}

type comparer struct {
	a, b    *analysis
	ignore  []string
	noise   map[string]bool
	pairs   [][2]int // steps of a and b, -1 for none, in the order of time
	out     []StepPair
	leftOut int
}

// judge compares the pairs in the order in which their outputs were there.
func (c *comparer) judge() {
	differs := make([]bool, len(c.pairs))
	of := map[int]int{} // step of a → pair
	for k, p := range c.pairs {
		if p[0] >= 0 {
			of[p[0]] = k
		}
	}
	upstream := false // something before this pair differs
	for k, p := range c.pairs {
		var sp StepPair
		switch {
		case p[0] < 0:
			sp = StepPair{B: c.b.steps[p[1]].d.SpanID, Name: c.b.steps[p[1]].d.Name, Relation: xray.RelOnlyB}
		case p[1] < 0:
			sp = StepPair{A: c.a.steps[p[0]].d.SpanID, Name: c.a.steps[p[0]].d.Name, Relation: xray.RelOnlyA}
		default:
			sp = c.pair(p, upstream, c.within(p[0], differs, of))
		}
		differs[k] = sp.Relation != xray.RelSame
		if differs[k] && !c.container(p) {
			upstream = true
		}
		c.out = append(c.out, sp)
	}
}

func (c *comparer) container(p [2]int) bool { return p[0] >= 0 && len(c.a.steps[p[0]].kids) > 0 }

// within tells whether a step below differs.
func (c *comparer) within(step int, differs []bool, of map[int]int) bool {
	for _, k := range c.a.steps[step].kids {
		if pair, ok := of[k]; ok && differs[pair] {
			return true
		}
	}
	return false
}

func (c *comparer) pair(p [2]int, upstream, below bool) StepPair {
	s, t := c.a.steps[p[0]], c.b.steps[p[1]]
	sp := StepPair{A: s.d.SpanID, B: t.d.SpanID, Name: s.d.Name, Relation: xray.RelSame, Duration: t.d.Duration() - s.d.Duration()}
	sp.Input = c.diff(s.in, t.in, "/input")
	sp.Output = c.diff(s.out, t.out, "/output")
	sp.CostUSD, sp.Tokens = deltas(s.d, t.d)
	c.itemSets(&sp, s, t)
	in, out := len(sp.Input.Changes) > 0, len(sp.Output.Changes) > 0
	status := s.d.Status != t.d.Status || ErrorShape(errorText(s)) != ErrorShape(errorText(t))
	model := s.d.Model != t.d.Model && s.d.Model != "" && t.d.Model != ""
	switch {
	case !in && !out && !status && !model:
	case model && !below:
		sp.Relation, sp.Why = xray.RelOrigin, fmt.Sprintf("model %s instead of %s", quote(t.d.Model, 60), quote(s.d.Model, 60))
	case below:
		sp.Relation, sp.Why = xray.RelInherited, "a step within it differs"
	case in && (upstream || s.parent < 0):
		sp.Relation, sp.Why = xray.RelInherited, "different input"
	case in:
		sp.Relation, sp.Why = xray.RelOrigin, "different input, although nothing before it differs"
	case status && t.d.Status == xray.StatusError:
		sp.Relation, sp.Why = xray.RelOrigin, "same input, and only the second failed: "+quote(errorText(t), 120)
	case status && s.d.Status == xray.StatusError:
		sp.Relation, sp.Why = xray.RelOrigin, "same input, and only the first failed: "+quote(errorText(s), 120)
	case upstream && s.in == nil:
		sp.Relation, sp.Why = xray.RelInherited, "its input is not recorded, and a step before it differs"
	default:
		sp.Relation, sp.Why = xray.RelOrigin, "same input, different output"
	}
	return sp
}

func deltas(s, t *xray.StepDetail) (cost *float64, tokens *int64) {
	if s.CostUSD != nil && t.CostUSD != nil {
		d := *t.CostUSD - *s.CostUSD
		cost = &d
	}
	total := func(d *xray.StepDetail) *int64 {
		in, out := d.Tokens.InputTotal(), d.Tokens.OutputTotal()
		if in == nil || out == nil {
			return nil
		}
		n := *in + *out
		return &n
	}
	if x, y := total(s), total(t); x != nil && y != nil {
		d := *y - *x
		tokens = &d
	}
	return cost, tokens
}

// itemSets compares what the two put out as sets of items.
func (c *comparer) itemSets(sp *StepPair, s, t *stepInfo) {
	la, lb := mainList(s), mainList(t)
	if la == nil || lb == nil || len(sp.Output.Changes) == 0 {
		return
	}
	m := matchLists(la, lb)
	if m.toA == nil {
		m.toA, m.toB = filled(lb.len()), filled(la.len())
	}
	for i, j := range m.toB {
		if j >= 0 {
			continue
		}
		if sp.NOnlyA++; len(sp.OnlyA) < maxNames {
			sp.OnlyA = append(sp.OnlyA, la.itemName(i))
		}
	}
	var moved []int // places in B
	for j, i := range m.toA {
		switch {
		case i >= 0 && int(i) != j:
			moved = append(moved, j)
		case i >= 0:
		default:
			if sp.NOnlyB++; len(sp.OnlyB) < maxNames {
				sp.OnlyB = append(sp.OnlyB, lb.itemName(j))
			}
		}
	}
	sp.Moved = len(moved)
	by := func(j int) int { return abs(int(m.toA[j]) - j) }
	slices.SortStableFunc(moved, func(x, y int) int { return cmp.Compare(by(y), by(x)) })
	for _, j := range moved[:min(maxNames, len(moved))] {
		sp.Shifts = append(sp.Shifts, xray.RankShift{Item: lb.itemName(j), A: int(m.toA[j]) + 1, B: j + 1})
	}
}

// mainList is the largest list that a step put out, of whatever kind.
func mainList(s *stepInfo) *list {
	if l := s.found(); l != nil {
		return l
	}
	var best *list
	for _, l := range s.side(sideOutput, false) {
		if best == nil || l.len() > best.len() {
			best = l
		}
	}
	return best
}

func (c *comparer) verdict() (int, string) {
	first, second := -1, -1
	for k := range c.out {
		switch r := c.out[k].Relation; {
		case r == xray.RelSame:
		case (r == xray.RelOrigin || r == xray.RelOnlyA || r == xray.RelOnlyB) && first < 0:
			first = k
		case second < 0:
			second = k
		}
	}
	if first < 0 && second < 0 {
		return -1, "The two runs do not differ in anything recorded."
	}
	if root := c.rootInput(); root >= 0 && (first < 0 || c.out[first].Relation == xray.RelOrigin && strings.HasPrefix(c.out[first].Why, "different input")) {
		return root, "The runs were given different input: " + diffText(c.out[root].Input) + "."
	}
	if first < 0 {
		first = second
	}
	sp := &c.out[first]
	text := fmt.Sprintf("First divergence: %s", quote(firstOf(sp.Name, "a step"), 60))
	switch sp.Relation {
	case xray.RelOnlyA:
		text += " ran only in the first run"
	case xray.RelOnlyB:
		text += " ran only in the second run"
	default:
		text += " — " + sp.Why
		if d := itemText(sp); d != "" {
			text += ": " + d
		} else if d := diffText(sp.Output); d != "" {
			text += ": " + d
		}
	}
	return first, text + "."
}

// rootInput is the pair of roots if their inputs differ.
func (c *comparer) rootInput() int {
	for k, p := range c.pairs {
		if p[0] >= 0 && p[1] >= 0 && c.a.steps[p[0]].parent < 0 && len(c.out[k].Input.Changes) > 0 {
			return k
		}
	}
	return -1
}

func itemText(sp *StepPair) string {
	var parts []string
	if sp.NOnlyA > 0 {
		parts = append(parts, fmt.Sprintf("%s missing (%s)", plural(sp.NOnlyA, "item"), few(sp.OnlyA, sp.NOnlyA)))
	}
	if sp.NOnlyB > 0 {
		parts = append(parts, fmt.Sprintf("%s new (%s)", plural(sp.NOnlyB, "item"), few(sp.OnlyB, sp.NOnlyB)))
	}
	if len(parts) == 0 && sp.Moved > 0 {
		parts = append(parts, fmt.Sprintf("%s in another place", plural(sp.Moved, "item")))
	}
	return strings.Join(parts, ", ")
}

// few names up to two of n things, or the first of more: a verdict is to be
// read at a glance.
func few(names []string, n int) string {
	var short []string
	for _, name := range names[:min(2, len(names))] {
		short = append(short, cut(name, 40))
	}
	if n <= 2 {
		return and(short, 2)
	}
	return fmt.Sprintf("%s and %d more", short[0], n-1)
}
