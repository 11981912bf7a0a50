package facts

import (
	"cmp"
	"maps"
	"slices"
)

// maxAlign bounds the quadratic alignment; longer runs are paired by name and
// occurrence.
const maxAlign = 1500

// align pairs the steps of both executions: first those that alone have their
// input, in whatever order they ran, as parallel calls do; then in order, so
// that inserted and missing steps fall out; then what is left by name.
func (c *comparer) align() {
	pa, pb := c.a.paths(), c.b.paths()
	toB := filled(len(c.a.steps))
	c.byInput(pa, pb, toB)
	if len(pa) <= maxAlign && len(pb) <= maxAlign {
		c.inOrder(pa, pb, toB)
	}
	taken := map[int]bool{}
	for _, j := range toB {
		if j >= 0 {
			taken[int(j)] = true
		}
	}
	free := map[string][]int{}
	for _, j := range c.b.order {
		if !taken[j] {
			free[pb[j]] = append(free[pb[j]], j)
		}
	}
	for _, i := range c.a.order {
		if toB[i] < 0 && len(free[pa[i]]) > 0 {
			k := c.likest(i, free[pa[i]])
			toB[i] = int32(free[pa[i]][k])
			free[pa[i]] = slices.Delete(free[pa[i]], k, k+1)
		}
	}
	c.merge(toB)
}

// byInput pairs steps of one path and one recorded input, where each run has
// just one of them.
func (c *comparer) byInput(pa, pb []string, toB []int32) {
	type call struct{ path, input string }
	alone := func(a *analysis, paths []string) map[call]int {
		at := map[call]int{}
		for i, s := range a.steps {
			if len(s.d.Input) == 0 {
				continue
			}
			k := call{paths[i], string(s.d.Input)}
			if _, again := at[k]; again {
				at[k] = -1
			} else {
				at[k] = i
			}
		}
		return at
	}
	inB := alone(c.b, pb)
	for k, i := range alone(c.a, pa) {
		if j, ok := inB[k]; ok && i >= 0 && j >= 0 {
			toB[i] = int32(j)
		}
	}
}

// likest is the candidate with the same input, else the first.
func (c *comparer) likest(i int, among []int) int {
	for k, j := range among[:min(len(among), 50)] {
		if string(c.a.steps[i].d.Input) == string(c.b.steps[j].d.Input) {
			return k
		}
	}
	return 0
}

// paths names each step by the names of the steps around it.
func (a *analysis) paths() []string {
	out := make([]string, len(a.steps))
	for i, s := range a.steps {
		name := s.d.Name
		for p, n := s.parent, 0; p >= 0 && n < 8; p, n = a.steps[p].parent, n+1 {
			name = a.steps[p].d.Name + "\x00" + name
		}
		out[i] = name
	}
	return out
}

// inOrder is the classic alignment of two sequences: a pair of one path scores
// 2, of one path and one input 3.
func (c *comparer) inOrder(pa, pb []string, toB []int32) {
	taken := map[int]bool{}
	for _, j := range toB {
		taken[int(j)] = true
	}
	oa := slices.DeleteFunc(slices.Clone(c.a.order), func(i int) bool { return toB[i] >= 0 })
	ob := slices.DeleteFunc(slices.Clone(c.b.order), func(j int) bool { return taken[j] })
	n, m := len(oa), len(ob)
	score := make([]int32, (n+1)*(m+1))
	at := func(i, j int) *int32 { return &score[i*(m+1)+j] }
	gain := func(i, j int) int32 {
		if pa[oa[i]] != pb[ob[j]] {
			return 0
		}
		if string(c.a.steps[oa[i]].d.Input) == string(c.b.steps[ob[j]].d.Input) {
			return 3
		}
		return 2
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			best := max(*at(i+1, j), *at(i, j+1))
			if g := gain(i, j); g > 0 {
				best = max(best, g+*at(i+1, j+1))
			}
			*at(i, j) = best
		}
	}
	for i, j := 0, 0; i < n && j < m; {
		g := gain(i, j)
		switch {
		case g > 0 && *at(i, j) == g+*at(i+1, j+1):
			toB[oa[i]] = int32(ob[j])
			i, j = i+1, j+1
		case *at(i, j) == *at(i+1, j):
			i++
		default:
			j++
		}
	}
}

// merge lists all pairs in the order of A, B's own steps where they ran.
func (c *comparer) merge(toB []int32) {
	partner := map[int]int{}
	for i, j := range toB {
		if j >= 0 {
			partner[int(j)] = i
		}
	}
	type line struct {
		at   float64
		pair [2]int
	}
	var lines []line
	for i := range c.a.steps {
		lines = append(lines, line{float64(c.a.pos[i]), [2]int{i, int(toB[i])}})
	}
	after := -0.5
	for _, j := range c.b.order {
		if i, ok := partner[j]; ok {
			after = float64(c.a.pos[i])
			continue
		}
		after += 1e-6
		lines = append(lines, line{after, [2]int{-1, j}})
	}
	slices.SortStableFunc(lines, func(x, y line) int { return cmp.Compare(x.at, y.at) })
	for _, l := range lines {
		c.pairs = append(c.pairs, l.pair)
	}
}

func sortedSet(m map[string]bool) []string { return slices.Sorted(maps.Keys(m)) }
