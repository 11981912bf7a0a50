package facts

import (
	"strconv"
	"strings"
)

// passage is a text of a payload, with where it stands.
type passage struct {
	ptr  string
	side side
	key  string
	role string // of the chat message it belongs to
	s    string
}

// walker reads one payload of one step.
type walker struct {
	a     *analysis
	step  *stepInfo
	side  side
	lists map[string]*list
}

const (
	maxPassage   = 256 << 10 // longer texts are searched for JSON but not read as prose
	shortClauses = 8         // lists up to this length may be filter clauses
)

// place says where the walk is.
type place struct {
	ptr   string // pointer, up to the text that holds it
	path  string // with * for elements
	name  string // last member name
	up    string // the member name above it
	role  string
	depth int
	fixed bool // inside a text
	inner bool // inside an element of a list of items
	list  *list
	text  int // how many texts deep
}

func (p place) member(key string) place {
	q := p
	if !p.fixed {
		q.ptr += "/" + escape(key)
	}
	q.path += "/" + key
	q.name, q.up = key, p.name
	q.depth++
	return q
}

func (p place) element(i int) place {
	q := p
	if !p.fixed {
		q.ptr += "/" + strconv.Itoa(i)
	}
	q.path += "/*"
	q.depth++
	return q
}

func (w *walker) walk(v *value, p place) {
	if p.depth > maxDepth || w.a.elements > maxElements {
		if v.kind == array {
			w.a.left.Items += len(v.elems)
		}
		return
	}
	switch v.kind {
	case object:
		w.object(v, p)
	case array:
		w.array(v, p)
	case text:
		w.text(v, p)
	default:
		w.param(v, p)
	}
}

func (w *walker) object(v *value, p place) {
	if isMessage(v) {
		p.role = v.get("role").str
	} else if p.inner {
		if p.list != nil && p.list.len() <= shortClauses {
			w.clause(v, p)
		}
	} else if !w.clause(v, p) && !w.dictionary(v, p) && w.side != sideAttributes {
		w.singleton(v, p)
	}
	long := p.inner && p.role == "" && p.list != nil && p.list.len() > shortClauses
	for i := range v.elems {
		m := &v.elems[i]
		if long && (m.kind < text || m.kind == text && len(m.str) < shortText && strings.IndexByte(m.str, '{') < 0 && strings.IndexByte(m.str, '[') < 0) {
			continue // the columns of the list hold it; nothing else would read it
		}
		w.walk(m, p.member(m.key))
	}
}

// shortText is too short to be prose.
const shortText = 24

func isMessage(v *value) bool {
	role := v.get("role")
	return role != nil && role.kind == text && (v.get("parts") != nil || v.get("content") != nil || v.get("tool_calls") != nil)
}

// dictionary reads an object of like objects ({"p1": {…}, "p2": {…}}) as a
// list whose key is the member name.
func (w *walker) dictionary(v *value, p place) bool {
	if len(v.elems) < 2 {
		return false
	}
	first := &v.elems[0]
	for i := range v.elems {
		m := &v.elems[i]
		if m.kind != object || len(m.elems) == 0 || !alike(first, m) {
			return false
		}
	}
	if len(v.elems) < 3 && !strings.ContainsAny(first.key, "0123456789") {
		return false
	}
	l := w.listAt(p)
	l.segs = append(l.segs, segment{from: len(l.elems), base: p.ptr, fixed: p.fixed, keys: true})
	w.addElements(l, v)
	return true
}

func alike(a, b *value) bool {
	common := 0
	for i := range a.elems {
		if b.get(a.elems[i].key) != nil {
			common++
		}
	}
	return 2*common > max(len(a.elems), len(b.elems))
}

func (w *walker) singleton(v *value, p place) {
	for i := range v.elems {
		if m := &v.elems[i]; m.kind == text || m.kind == number {
			l := w.a.newList(w.step.idx, w.side, p.path, p.name)
			l.single = true
			l.segs = []segment{{base: p.ptr, fixed: p.fixed}}
			l.elems = []*value{v}
			w.a.elements++
			w.step.lists = append(w.step.lists, l)
			return
		}
	}
}

func (w *walker) listAt(p place) *list {
	if l := w.lists[p.path]; l != nil {
		return l
	}
	name := p.name
	l := w.a.newList(w.step.idx, w.side, p.path, name)
	w.lists[p.path] = l
	w.step.lists = append(w.step.lists, l)
	return l
}

func (w *walker) addElements(l *list, v *value) {
	for i := range v.elems {
		l.elems = append(l.elems, &v.elems[i])
	}
	w.a.elements += len(v.elems)
	if len(v.elems) > 0 && len(l.elems) == len(v.elems) {
		l.scalar = v.elems[0].scalar()
	}
}

func (w *walker) array(v *value, p place) {
	shape, outer := arrayShape(v), p.list
	p.list = nil
	switch {
	case shape == notItems || p.name == "parts" && p.role != "":
		for i := range v.elems {
			w.walk(&v.elems[i], p.element(i))
		}
		return
	case shape == vector:
		return
	}
	l := w.listAt(p)
	l.segs = append(l.segs, segment{from: len(l.elems), base: p.ptr, fixed: p.fixed})
	w.addElements(l, v)
	if shape == scalars {
		if !p.inner || len(v.elems) <= 64 {
			w.addParam(&param{ptr: p.ptr, name: p.name, words: pathWords(p), v: v, list: outer})
		}
		w.passages(v, p)
		return
	}
	q := p
	q.inner = true
	q.list = l
	for i := range v.elems {
		w.walk(&v.elems[i], q.element(i))
	}
}

type shape uint8

const (
	notItems shape = iota // arrays of arrays, chat messages, mixed content
	scalars
	objects
	vector // an embedding, a series of measurements
)

func arrayShape(v *value) shape {
	if len(v.elems) == 0 {
		return objects
	}
	counts := [6]int{}
	fractions := 0
	for i := range v.elems {
		e := &v.elems[i]
		counts[e.kind]++
		if e.kind == number && strings.ContainsAny(e.str, ".eE") {
			fractions++
		}
	}
	n := len(v.elems)
	switch {
	case isMessage(&v.elems[0]):
		return notItems
	case counts[object] == n, counts[object] > 0 && counts[object]+counts[null] == n:
		return objects
	case counts[number] == n && (fractions > n/2 || n > 5000):
		return vector
	case counts[array] == 0 && counts[object] == 0:
		return scalars
	}
	return notItems
}

func (w *walker) passages(v *value, p place) {
	for i := range v.elems {
		if e := &v.elems[i]; e.kind == text {
			w.addPassage(e.str, p.element(i))
		}
	}
}

func (w *walker) addPassage(s string, p place) {
	if len(s) <= maxPassage && w.side != sideAttributes && len(w.step.passages) < 5000 {
		w.step.passages = append(w.step.passages, passage{ptr: p.ptr, side: w.side, key: p.name, role: p.role, s: s})
	}
}

func (w *walker) text(v *value, p place) {
	if p.text < 3 && len(v.str) > 1 {
		for _, e := range findJSON(v.str) {
			if e.cut {
				w.step.cuts = append(w.step.cuts, p.ptr)
				continue
			}
			inner := e.value
			q := p
			q.fixed, q.text = true, p.text+1
			w.walk(&inner, q)
			if e.whole {
				return
			}
		}
	}
	w.addPassage(v.str, p)
	w.param(v, p)
}
