package payload

import "encoding/json"

// node is a value in a JSON text, by its place there.
type node struct {
	start, end int
	kind       byte // '{', '[', '"' or 0 for number, true, false, null
	keyEnd     int  // for a member of an object: its key with quotes is text[keyStart:keyEnd]
	keyStart   int
	children   []node
}

func (n *node) size() int { return n.end - n.start }

// parse reads compact, valid JSON (what Encode writes, or json.Compact).
func parse(text []byte) node {
	p := parser{text: text}
	return p.value()
}

type parser struct {
	text []byte
	at   int
}

func (p *parser) value() node {
	n := node{start: p.at, kind: p.text[p.at]}
	switch n.kind {
	case '{', '[':
		p.at++
		for p.text[p.at] != n.kind+2 { // '}' is '{'+2, ']' is '['+2
			if p.text[p.at] == ',' {
				p.at++
			}
			n.children = append(n.children, p.member(n.kind == '{'))
		}
		p.at++
	case '"':
		p.str()
	default:
		n.kind = 0
		for p.at < len(p.text) && p.text[p.at] != ',' && p.text[p.at] != '}' && p.text[p.at] != ']' {
			p.at++
		}
	}
	n.end = p.at
	return n
}

func (p *parser) member(keyed bool) node {
	if !keyed {
		return p.value()
	}
	keyStart := p.at
	p.str()
	keyEnd := p.at
	p.at++ // the colon
	n := p.value()
	n.keyStart, n.keyEnd = keyStart, keyEnd
	return n
}

func (p *parser) str() {
	for p.at++; p.text[p.at] != '"'; p.at++ {
		if p.text[p.at] == '\\' {
			p.at++
		}
	}
	p.at++
}

// key returns a member's name.
func (n *node) key(text []byte) string {
	var s string
	_ = json.Unmarshal(text[n.keyStart:n.keyEnd], &s) // cannot fail: it was parsed
	return s
}
