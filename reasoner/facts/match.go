package facts

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// key is the form under which the cell identifies an item; "" if it cannot.
func cellKey(v *value) string {
	if v == nil {
		return ""
	}
	switch v.kind {
	case text:
		if len(v.str) > 4096 {
			return v.str[:4096]
		}
		return foldKey(v.str)
	case number:
		return strings.TrimSuffix(v.str, ".0")
	}
	return ""
}

// index maps key → first element with it; next chains the others.
func (c *column) index() map[string]int32 {
	if c.indexed != nil {
		return c.indexed
	}
	c.indexed = make(map[string]int32, len(c.cells))
	c.next = make([]int32, len(c.cells))
	distinct := 0
	for i := len(c.cells) - 1; i >= 0; i-- {
		c.next[i] = -1
		k := cellKey(c.cells[i])
		if k == "" {
			continue
		}
		c.present++
		if first, ok := c.indexed[k]; ok {
			c.next[i] = first
		} else {
			distinct++
		}
		c.indexed[k] = int32(i)
	}
	if c.present > 0 {
		c.uniq = float64(distinct) / float64(c.present)
	}
	return c.indexed
}

// keyRank says how well a column could identify items, by its values on a
// sample and by its name; 0 is not at all.
func (c *column) keyRank() float64 {
	const sample = 128
	n := len(c.cells)
	step := max(1, n/sample)
	seen := make(map[string]bool, sample)
	tried, filled, fractions, ints, length := 0, 0, 0, 0, 0
	for i := 0; i < n; i += step {
		tried++
		v := c.cells[i]
		k := cellKey(v)
		if k == "" {
			continue
		}
		filled++
		length += len(k)
		seen[k] = true
		if v.kind == number {
			ints++
			if strings.ContainsAny(v.str, ".eE") {
				fractions++
			}
		}
	}
	if filled*2 < tried || fractions > 0 {
		return 0
	}
	rank := float64(len(seen)) / float64(filled)
	if rank < 0.5 && n > 1 {
		return 0
	}
	last := ""
	if len(c.words) > 0 {
		last = c.words[len(c.words)-1]
	}
	switch {
	case c.path == keyColumn, idWords[last]:
		rank += 1
	case ordinal[last]:
		return 0
	case labelWords[last]:
		rank += 0.5
	case ints*2 > filled:
		rank -= 0.4
	}
	rank -= 0.02 * float64(strings.Count(c.path, "/"))
	if avg := length / filled; avg > 200 {
		rank -= 0.4
	}
	return rank
}

// idish tells whether the name of a column says that it identifies.
func (c *column) idish() bool {
	return c.path == keyColumn || c.list.scalar || idWords.anyOf(c.words)
}

// keyColumns are the columns that could identify the items, best first.
func (l *list) keyColumns() []*column {
	if l.keyedSet {
		return l.keyed
	}
	l.keyedSet = true
	type ranked struct {
		c *column
		r float64
	}
	var rs []ranked
	for _, c := range l.columns() {
		if r := c.keyRank(); r > 0 {
			rs = append(rs, ranked{c, r})
		}
	}
	slices.SortStableFunc(rs, func(a, b ranked) int { return cmp.Compare(b.r, a.r) })
	limit := 6
	if l.single {
		limit = 16
	}
	for _, r := range rs[:min(limit, len(rs))] {
		l.keyed = append(l.keyed, r.c)
	}
	return l.keyed
}

// match pairs the elements of two lists.
type match struct {
	a, b   *list
	ca, cb *column // the key columns; nil when matched by content or position
	toB    []int32 // for each element of a, the one of b, or -1
	toA    []int32
	n      int     // pairs
	extra  int     // elements of b that repeat an element of a already paired
	score  float64 // 0 = no match
}

// matchLists finds the key under which b's elements are most surely elements
// of a, and pairs them. b is the smaller or later list.
func matchLists(a, b *list) match {
	best := match{a: a, b: b}
	if a.len() == 0 || b.len() == 0 {
		return best
	}
	for _, cb := range b.keyColumns() {
		for _, ca := range a.keyColumns() {
			if s := overlap(ca, cb); s > best.score {
				best.score, best.ca, best.cb = s, ca, cb
			}
		}
	}
	if best.score > 0 {
		best.pair(func(j int) int32 {
			if first, ok := best.ca.index()[cellKey(best.cb.cells[j])]; ok {
				return first
			}
			return -1
		})
	}
	if best.n == 0 {
		best.score, best.ca, best.cb = 0, nil, nil
		best.byPosition()
	}
	if best.n == 0 && !a.scalar && !b.scalar && !b.single {
		best.byContent()
	}
	return best
}

// overlap scores two columns as the key of a match: which share of b is in a,
// how unique a is, and what the names say.
func overlap(ca, cb *column) float64 {
	const sample = 64
	idx := ca.index()
	n := len(cb.cells)
	step := max(1, n/sample)
	tried, hits, ints := 0, 0, 0
	for j := 0; j < n; j += step {
		k := cellKey(cb.cells[j])
		if k == "" {
			continue
		}
		tried++
		if _, ok := idx[k]; ok {
			hits++
			if isInteger(k) {
				ints++
			}
		}
	}
	if hits == 0 {
		return 0
	}
	sameName := ca.name == cb.name && ca.name != ""
	if ints == hits && !sameName && !(ca.idish() && cb.idish()) && (hits < 4 || hits < tried) {
		return 0 // small numbers meet by accident
	}
	if ca.list.len() > 2 && ca.uniq < 0.5 {
		return 0
	}
	score := float64(hits)/float64(tried) + 0.2*ca.uniq
	if sameName {
		score += 0.1
	}
	if ca.idish() && cb.idish() {
		score += 0.1
	}
	return score
}

func isInteger(k string) bool {
	for i := range len(k) {
		if k[i] < '0' || k[i] > '9' {
			return false
		}
	}
	return k != ""
}

// pair gives each element of b its element of a; find returns the first of a
// chain of equal keys.
func (m *match) pair(find func(j int) int32) {
	m.toA = filled(m.b.len())
	m.toB = filled(m.a.len())
	m.n, m.extra = 0, 0
	for j := range m.toA {
		i := find(j)
		known := i >= 0
		for i >= 0 && m.toB[i] >= 0 {
			if m.ca == nil {
				i = -1
				break
			}
			i = m.ca.next[i]
		}
		if i >= 0 {
			m.toA[j], m.toB[i] = i, int32(j)
			m.n++
		} else if known {
			m.extra++
		}
	}
}

func filled(n int) []int32 {
	s := make([]int32, n)
	for i := range s {
		s[i] = -1
	}
	return s
}

// byPosition reads rerankers' answers, which name candidates by index.
func (m *match) byPosition() {
	if m.a.single || m.a.len() < 2 {
		return
	}
	for _, c := range m.b.columns() {
		if len(c.words) == 0 || !(c.words[len(c.words)-1] == "index" || c.words[len(c.words)-1] == "idx") {
			continue
		}
		at := make([]int32, m.b.len())
		seen := map[int32]bool{}
		for j := range at {
			f, ok := c.cells[j].float()
			if !ok || f < 0 || f >= float64(m.a.len()) || f != math.Trunc(f) || seen[int32(f)] {
				return
			}
			at[j] = int32(f)
			seen[at[j]] = true
		}
		m.pair(func(j int) int32 { return at[j] })
		m.score = 0.8
		return
	}
}

// byContent pairs elements that are equal altogether, for lists without a key.
func (m *match) byContent() {
	if m.a.len() > 5000 {
		return
	}
	byHash := make(map[uint64][]int32, m.a.len())
	for i, e := range m.a.elems {
		h := e.hash()
		byHash[h] = append(byHash[h], int32(i))
	}
	m.pair(func(j int) int32 {
		h := m.b.elems[j].hash()
		c := byHash[h]
		if len(c) == 0 {
			return -1
		}
		byHash[h] = c[1:]
		return c[0]
	})
	if m.n > 0 {
		m.score = float64(m.n) / float64(m.b.len())
	}
}

// hash is the same for equal values whatever the order of their members.
func (v *value) hash() uint64 {
	h := uint64(14695981039346656037) ^ uint64(v.kind)
	for i := range len(v.str) {
		h = (h ^ uint64(v.str[i])) * 1099511628211
	}
	for i := range v.elems {
		e := &v.elems[i]
		eh := e.hash()
		if v.kind == object {
			for i := range len(e.key) {
				eh = (eh ^ uint64(e.key[i])) * 1099511628211
			}
			h += eh * 31
		} else {
			h = (h ^ eh) * 1099511628211
		}
	}
	return h
}
