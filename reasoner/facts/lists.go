package facts

import (
	"strconv"
	"strings"
)

type side uint8

const (
	sideInput side = iota
	sideOutput
	sideAttributes
)

func (s side) String() string { return [...]string{"input", "output", "attributes"}[s] }

// list is an array of candidates found somewhere in a payload. Arrays that
// stand at the same place of several parents (the results of each page) are
// one list of several segments.
type list struct {
	id     int // place in analysis.lists
	offset int // of its first element among all elements of the execution
	step   int
	side   side
	path   string // pointer with * for "each": /output/pages/*/items
	name   string // the last named part of the path
	segs   []segment
	elems  []*value
	single bool // not an array: one object or scalar that may name an item
	scalar bool
	refs   []ref // where each element stands, for lists put together from others
	rich   bool  // elements are filled up with what earlier steps said of the same items

	cols     []*column
	flat     bool
	keyed    []*column
	keyedSet bool
}

// ref is element i of a list.
type ref struct {
	l *list
	i int
}

type segment struct {
	from  int
	base  string
	fixed bool // elements have no pointer of their own (JSON inside a text)
	keys  bool // members of an object rather than elements of an array
}

const (
	maxColumns   = 48
	maxItemDepth = 3
	maxElements  = 200_000 // items read in one execution
)

func (l *list) len() int { return len(l.elems) }

// ptr is the JSON pointer of element i, or of the text that holds it.
func (l *list) ptr(i int) string {
	if l.refs != nil {
		return l.refs[i].l.ptr(l.refs[i].i)
	}
	for s := len(l.segs) - 1; s >= 0; s-- {
		seg := &l.segs[s]
		if i < seg.from {
			continue
		}
		switch {
		case seg.fixed || l.single:
			return seg.base
		case seg.keys:
			return seg.base + "/" + escape(l.elems[i].key)
		}
		return seg.base + "/" + strconv.Itoa(i-seg.from)
	}
	return l.home()
}

// home is the pointer of the list itself.
func (l *list) home() string {
	if len(l.segs) == 0 {
		return "/" + l.side.String()
	}
	return l.segs[0].base
}

// cellPtr is the pointer of a field of element i.
func (l *list) cellPtr(i int, c *column) string {
	if l.refs != nil && l.refs[i].l.scalar {
		return l.ptr(i)
	}
	p := l.ptr(i)
	if c == nil || c.path == keyColumn || l.inText(i) {
		return p
	}
	return p + c.path
}

func (l *list) inText(i int) bool {
	if l.refs != nil {
		return l.refs[i].l.inText(l.refs[i].i)
	}
	for s := len(l.segs) - 1; s >= 0; s-- {
		if i >= l.segs[s].from {
			return l.segs[s].fixed
		}
	}
	return false
}

func escape(member string) string {
	if !strings.ContainsAny(member, "~/") {
		return member
	}
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(member)
}

// keyColumn is the path of the column of member names, for lists that are
// objects by key.
const keyColumn = "@key"

// column is one field over all elements of a list; a cell is nil where an
// element lacks the field.
type column struct {
	list  *list
	path  string // pointer within the element; "" for scalars
	name  string // last part of path
	words []string
	cells []*value

	nums    []float64 // lazily; NaN where not a number
	numeric int8      // 0 unknown, 1 yes, -1 no
	dates   bool

	indexed map[string]int32
	next    []int32 // next element with the same key, -1 at the end
	uniq    float64
	present int
}

// columns flattens the elements into columns, nested objects up to three deep.
func (l *list) columns() []*column {
	if l.flat {
		return l.cols
	}
	l.flat = true
	if l.len() == 0 {
		return nil
	}
	if l.scalar {
		c := &column{list: l, cells: l.elems, name: l.name, words: words(l.name)}
		l.cols = []*column{c}
		return l.cols
	}
	root := &colNode{}
	if len(l.segs) > 0 && l.segs[0].keys {
		c := l.addColumn(keyColumn, "key")
		for i, e := range l.elems {
			c.cells[i] = &value{kind: text, str: e.key}
		}
	}
	for i, e := range l.elems {
		if e.kind == object {
			l.flatten(root, "", i, e, 1)
		} else if e.scalar() {
			l.child(root, "", 0).put(l, "", "", i, e)
		}
	}
	return l.cols
}

type colNode struct {
	key  string
	kids []*colNode
	col  *column
	full bool // no room for another column
}

func (n *colNode) put(l *list, path, name string, i int, v *value) {
	if n.col == nil {
		if n.full || len(l.cols) >= maxColumns {
			n.full = true
			return
		}
		n.col = l.addColumn(path, name)
	}
	n.col.cells[i] = v
}

func (l *list) addColumn(path, name string) *column {
	c := &column{list: l, path: path, name: name, words: words(name), cells: make([]*value, l.len())}
	l.cols = append(l.cols, c)
	return c
}

// child finds the node of a member. Elements mostly write their members in the
// same order, so the same place is looked at first.
func (l *list) child(n *colNode, key string, at int) *colNode {
	if at < len(n.kids) && n.kids[at].key == key {
		return n.kids[at]
	}
	for _, k := range n.kids {
		if k.key == key {
			return k
		}
	}
	if len(n.kids) >= 2*maxColumns {
		return &colNode{full: true}
	}
	k := &colNode{key: key}
	n.kids = append(n.kids, k)
	return k
}

func (l *list) flatten(n *colNode, path string, i int, e *value, depth int) {
	for at := range e.elems {
		m := &e.elems[at]
		k := l.child(n, m.key, at)
		switch {
		case m.kind == object && len(m.elems) > 0:
			if depth < maxItemDepth {
				l.flatten(k, path+"/"+escape(m.key), i, m, depth+1)
			}
		case m.kind == array && len(m.elems) > 0 && !m.elems[0].scalar():
		default:
			if k.col != nil {
				k.col.cells[i] = m
			} else {
				k.put(l, path+"/"+escape(m.key), m.key, i, m)
			}
		}
	}
}

// at returns the cell of element i, nil if it is missing or null.
func (c *column) at(i int) *value {
	if v := c.cells[i]; v != nil && v.kind != null {
		return v
	}
	return nil
}

// column returns the column with this path, nil if there is none.
func (l *list) column(path string) *column {
	for _, c := range l.columns() {
		if c.path == path {
			return c
		}
	}
	return nil
}
