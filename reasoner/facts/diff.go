package facts

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/xraytrace/xray"
)

const (
	maxChanges   = 200
	maxWordsDiff = 1500
)

func diffText(d Diff) string {
	if len(d.Changes) == 0 {
		return ""
	}
	ch := d.Changes[0]
	out := fmt.Sprintf("%s is %s instead of %s", placeText(ch.Pointer), showJSON(ch.B, 60), showJSON(ch.A, 60))
	if n := len(d.Changes) - 1; n > 0 {
		out += " and " + plural(n, "more change")
	}
	return out
}

// plainPlace is a pointer of names that say nothing by themselves.
var plainPlace = regexp.MustCompile(`^(/[A-Za-z0-9_.-]{1,40})*$`)

// placeText writes a pointer. Names of fields come from payloads, too: one that
// could be read as words is a quotation.
func placeText(pointer string) string {
	if plainPlace.MatchString(pointer) {
		return pointer
	}
	return quote(pointer, 120)
}

func (c *comparer) diff(a, b *value, ptr string) Diff {
	var d Diff
	c.values(&d, a, b, ptr)
	return d
}

func (c *comparer) add(d *Diff, ptr string, a, b *value) {
	for _, pattern := range c.ignore {
		if matchPointer(pattern, ptr) {
			return
		}
	}
	if a != nil && b != nil && volatile(ptr, a, b) {
		if len(c.noise) < 200 {
			c.noise[ptr] = true
		}
		return
	}
	if len(d.Changes) >= maxChanges {
		c.leftOut++
		return
	}
	ch := xray.Difference{Pointer: ptr}
	if a != nil {
		ch.A = a.raw()
	}
	if b != nil {
		ch.B = b.raw()
	}
	if a != nil && b != nil && a.kind == text && b.kind == text && len(a.str)+len(b.str) > 60 {
		ch.Words = wordDiff(a.str, b.str)
	}
	d.Changes = append(d.Changes, ch)
}

func (c *comparer) values(d *Diff, a, b *value, ptr string) {
	switch {
	case a == nil && b == nil:
	case a == nil || b == nil || a.kind != b.kind:
		c.add(d, ptr, a, b)
	case a.kind == object:
		for i := range a.elems {
			m := &a.elems[i]
			c.values(d, m, b.get(m.key), ptr+"/"+escape(m.key))
		}
		for i := range b.elems {
			if m := &b.elems[i]; a.get(m.key) == nil {
				c.values(d, nil, m, ptr+"/"+escape(m.key))
			}
		}
	case a.kind == array:
		c.arrays(d, a, b, ptr)
	case !same(a, b):
		if ea, eb := findJSON(a.str), findJSON(b.str); a.kind == text && len(ea) == 1 && len(eb) == 1 && ea[0].whole && eb[0].whole && !ea[0].cut && !eb[0].cut {
			var inner Diff
			c.values(&inner, &ea[0].value, &eb[0].value, ptr)
			if len(inner.Changes) == 0 {
				return // only noise within, or written differently
			}
		}
		c.add(d, ptr, a, b)
	}
}

// arrays pairs the elements by their key where they have one, so that one
// missing item is one change rather than a change of all that follow.
func (c *comparer) arrays(d *Diff, a, b *value, ptr string) {
	m := c.pairElements(a, b)
	if m.n == 0 {
		for i := range max(len(a.elems), len(b.elems)) {
			var x, y *value
			if i < len(a.elems) {
				x = &a.elems[i]
			}
			if i < len(b.elems) {
				y = &b.elems[i]
			}
			c.values(d, x, y, fmt.Sprintf("%s/%d", ptr, i))
		}
		return
	}
	last, moved := int32(-1), -1
	for i, j := range m.toB {
		if j < 0 {
			c.add(d, fmt.Sprintf("%s/%d", ptr, i), &a.elems[i], nil)
			continue
		}
		if j < last && moved < 0 {
			moved = i
		}
		last = max(last, j)
		c.values(d, &a.elems[i], &b.elems[j], fmt.Sprintf("%s/%d", ptr, i))
	}
	for j, i := range m.toA {
		if i < 0 {
			c.add(d, fmt.Sprintf("%s/%d", ptr, j), nil, &b.elems[j])
		}
	}
	if moved >= 0 {
		// The order alone differs here.
		c.add(d, ptr, &value{kind: text, str: "order of A"}, &value{kind: text, str: "another order"})
	}
}

func (c *comparer) pairElements(a, b *value) match {
	if s := arrayShape(a); s != objects && s != scalars || len(a.elems) == 0 || len(b.elems) == 0 || arrayShape(b) != s {
		return match{}
	}
	asList := func(v *value) *list {
		l := &list{scalar: v.elems[0].scalar(), segs: []segment{{}}}
		for i := range v.elems {
			l.elems = append(l.elems, &v.elems[i])
		}
		return l
	}
	m := matchLists(asList(a), asList(b))
	if m.ca == nil && m.n < len(a.elems) {
		return match{}
	}
	return m
}

// matchPointer matches a pointer against a pattern in which * is any one part;
// a pattern also covers everything below it.
func matchPointer(pattern, ptr string) bool {
	ps, qs := strings.Split(pattern, "/"), strings.Split(ptr, "/")
	if len(ps) > len(qs) {
		return false
	}
	for i, p := range ps {
		if p != "*" && p != qs[i] {
			return false
		}
	}
	return true
}

var (
	uuidShape   = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)
	randomShape = regexp.MustCompile(`^([a-z]{2,10}[-_])?[0-9a-zA-Z]{16,64}$`)
	noisyNames  = newSet("timestamp ts time date created updated now elapsed duration latency took ms millisecond seconds nonce uptime fingerprint etag expires")
	noisyExact  = newSet("created_at updated_at createdat updatedat request_id requestid trace_id traceid span_id spanid run_id runid session_id response_id system_fingerprint elapsed_ms duration_ms latency_ms took_ms")
)

// volatile tells whether a difference is of the kind that any two runs have:
// fresh ids, times of day, durations. Both sides must look so.
func volatile(ptr string, a, b *value) bool {
	if a.kind != b.kind || !a.scalar() {
		return false
	}
	name := ptr[lastSlash(ptr)+1:]
	if noisyExact[strings.ToLower(name)] {
		return true
	}
	ws := words(name)
	if a.kind == number {
		return noisyNames.anyOf(ws)
	}
	if a.kind != text {
		return false
	}
	if uuidShape.MatchString(a.str) && uuidShape.MatchString(b.str) {
		return true
	}
	_, da := dateOf(a)
	_, db := dateOf(b)
	if da && db && (strings.ContainsAny(a.str, ":T") || noisyNames.anyOf(ws)) {
		return true
	}
	return randomShape.MatchString(a.str) && randomShape.MatchString(b.str) && strings.ContainsAny(a.str, "0123456789") && strings.ContainsAny(b.str, "0123456789")
}

// wordDiff compares two texts word by word; nil if they are too long.
func wordDiff(a, b string) []xray.WordEdit {
	x, y := strings.Fields(a), strings.Fields(b)
	if len(x) > maxWordsDiff || len(y) > maxWordsDiff {
		return nil
	}
	n, m := len(x), len(y)
	lcs := make([]int16, (n+1)*(m+1))
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if x[i] == y[j] {
				lcs[i*(m+1)+j] = lcs[(i+1)*(m+1)+j+1] + 1
			} else {
				lcs[i*(m+1)+j] = max(lcs[(i+1)*(m+1)+j], lcs[i*(m+1)+j+1])
			}
		}
	}
	var out []xray.WordEdit
	emit := func(op, w string) {
		if k := len(out) - 1; k >= 0 && out[k].Op == op {
			out[k].Text += " " + w
			return
		}
		out = append(out, xray.WordEdit{Op: op, Text: w})
	}
	i, j := 0, 0
	for i < n || j < m {
		switch {
		case i < n && j < m && x[i] == y[j]:
			emit("=", x[i])
			i, j = i+1, j+1
		case i < n && (j == m || lcs[(i+1)*(m+1)+j] >= lcs[i*(m+1)+j+1]):
			emit("-", x[i])
			i++
		default:
			emit("+", y[j])
			j++
		}
	}
	return out
}
