package payload

import (
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Fit shortens compact JSON to at most limit bytes and keeps it valid JSON.
//
// Space is shared among siblings by a water level: whatever is below the level
// stays whole, so a small field beside a huge list survives. Arrays keep their
// first elements (an index into the cut array is an index into the original),
// objects their fields, texts their beginning and end. docs/sdk-truncation.md
// is the exact rule; testdata/vectors.json holds what every language's SDK
// must produce.
//
// Cuts get pointers that start with at; where prior (from [Encode]) has cut
// the same place before, its count of the original is kept.
func Fit(text []byte, limit int, at string, prior []Cut) ([]byte, []Cut) {
	if len(text) <= limit {
		return text, prior
	}
	root := parse(text)
	f := fitter{text: text, prior: prior, out: make([]byte, 0, limit)}
	if !f.fit(&root, limit, at) {
		f.out = append(f.out[:0], "null"...)
		f.add(at, 0, len(text))
	}
	for _, c := range prior {
		if !slices.ContainsFunc(f.cuts, func(d Cut) bool { return d.At == c.At }) {
			f.cuts = addCut(f.cuts, c)
		}
	}
	return f.out, f.cuts
}

type fitter struct {
	text  []byte
	out   []byte
	prior []Cut
	cuts  []Cut
}

func (f *fitter) add(at string, kept, of int) {
	if i := slices.IndexFunc(f.prior, func(c Cut) bool { return c.At == at }); i >= 0 {
		of = f.prior[i].Of
	}
	f.cuts = addCut(f.cuts, Cut{At: at, Kept: kept, Of: of})
}

// fit writes n within budget bytes; false, with nothing written, if not even
// a stub of it has room.
func (f *fitter) fit(n *node, budget int, at string) bool {
	if n.size() <= budget {
		f.out = append(f.out, f.text[n.start:n.end]...)
		return true
	}
	switch {
	case n.kind == '"':
		return f.fitText(n, budget, at)
	case n.kind == 0 || budget < 2:
		return false
	}
	f.fitMembers(n, budget, at)
	return true
}

func (f *fitter) fitMembers(n *node, budget int, at string) {
	inner := budget - 2
	floor := min(max(budget/8, 16), 1024)
	share := max(level(n.children, inner), floor)
	f.out = append(f.out, n.kind)
	kept, left := 0, inner
	for i := range n.children {
		c := &n.children[i]
		over := c.overhead(kept > 0)
		room := min(share, left-over)
		if n.kind == '[' && room < min(share, c.size()) {
			break // no room for a fair part of it: end the array here
		}
		before, name := len(f.out), ""
		if kept > 0 {
			f.out = append(f.out, ',')
		}
		if n.kind == '{' {
			f.out = append(append(f.out, f.text[c.keyStart:c.keyEnd]...), ':')
			if c.size() > room { // the name is only needed where something is cut
				name = pointerEscaper.Replace(c.key(f.text))
			}
		} else {
			name = strconv.Itoa(i)
		}
		if room < 0 || !f.fit(c, room, at+"/"+name) {
			f.out = f.out[:before]
			if n.kind == '[' {
				break
			}
			continue
		}
		kept++
		left -= len(f.out) - before
	}
	f.out = append(f.out, n.kind+2)
	if kept < len(n.children) {
		f.add(at, kept, len(n.children))
	}
}

// overhead is what a member takes beside its value: comma, key and colon.
func (n *node) overhead(comma bool) int {
	o := 0
	if comma {
		o = 1
	}
	if n.keyEnd > n.keyStart {
		o += n.keyEnd - n.keyStart + 1
	}
	return o
}

// level is the largest L for which the members fit into budget when each takes
// at most L bytes for its value.
func level(members []node, budget int) int {
	sizes := make([]int, len(members))
	for i := range members {
		sizes[i] = members[i].size()
		budget -= members[i].overhead(i > 0)
	}
	slices.Sort(sizes)
	for i, s := range sizes {
		share := max(budget, 0) / (len(sizes) - i)
		if s > share {
			return share
		}
		budget -= s
	}
	return budget // everything fits
}

// fitText keeps the first two thirds and the last third of what has room,
// counted in bytes of the escaped text, and never splits a character or an
// escape.
func (f *fitter) fitText(n *node, budget int, at string) bool {
	body := f.text[n.start+1 : n.end-1]
	avail := budget - 2 - len(mark(len(body)))
	if avail < 0 {
		return false
	}
	ends := []int{0, len(body)}
	wantHead, wantTail := avail*2/3, len(body)-(avail-avail*2/3)
	for i := 0; i < len(body); {
		i += unit(body[i:])
		if i <= wantHead {
			ends[0] = i
		}
		if i >= wantTail {
			ends[1] = i
			break
		}
	}
	head, tail := ends[0], ends[1]
	f.out = append(append(f.out, '"'), body[:head]...)
	f.out = append(f.out, mark(tail-head)...)
	f.out = append(append(f.out, body[tail:]...), '"')
	f.add(at, head+len(body)-tail, len(body))
	return true
}

func mark(bytes int) string { return fmt.Sprintf("…[%d bytes]…", bytes) }

// unit is the length of the first character or escape of an escaped text.
func unit(b []byte) int {
	switch {
	case b[0] == '\\' && len(b) > 1 && b[1] == 'u':
		return min(6, len(b))
	case b[0] == '\\':
		return min(2, len(b))
	}
	_, size := utf8.DecodeRune(b)
	return size
}
