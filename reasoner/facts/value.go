package facts

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	array
	object
)

func (k kind) String() string {
	return [...]string{"null", "a boolean", "a number", "text", "an array", "an object"}[k]
}

// value is one JSON value. Its strings share memory with the payload that it
// was read from; members keep the order in which they were written.
type value struct {
	key   string // its name, if it is the member of an object
	str   string // the decoded text, or the literal of a number or boolean
	elems []value
	kind  kind
}

// maxDepth bounds recursion over payloads; what is nested deeper is refused.
const maxDepth = 200

type parseResult uint8

const (
	parseOK  parseResult = iota
	parseBad             // not JSON
	parseCut             // JSON as far as it goes, but the text ends too early
)

// parseJSON reads a whole text as one JSON value.
func parseJSON(s string) (value, parseResult) {
	v, n, res := parsePrefix(s)
	if res != parseOK {
		return value{}, res
	}
	if strings.TrimLeft(s[n:], " \t\r\n") != "" {
		return value{}, parseBad
	}
	return v, parseOK
}

// parsePrefix reads one JSON value at the start of s and says where it ends.
func parsePrefix(s string) (value, int, parseResult) {
	p := parser{s: s}
	var v value
	res := p.value(&v, 0)
	return v, p.at, res
}

type parser struct {
	s     string
	at    int
	stack []value // children of the containers being read
}

func (p *parser) space() {
	for p.at < len(p.s) {
		switch p.s[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

func (p *parser) value(v *value, depth int) parseResult {
	p.space()
	if p.at >= len(p.s) {
		return parseCut
	}
	switch c := p.s[p.at]; {
	case c == '"':
		v.kind = text
		return p.str(&v.str)
	case c == '{' || c == '[':
		if depth >= maxDepth {
			return parseBad
		}
		return p.container(v, depth)
	case c == '-' || (c >= '0' && c <= '9'):
		v.kind = number
		return p.number(&v.str)
	case c == 't':
		v.kind = boolean
		return p.word(v, "true")
	case c == 'f':
		v.kind = boolean
		return p.word(v, "false")
	case c == 'n':
		v.kind = null
		return p.word(v, "null")
	}
	return parseBad
}

func (p *parser) word(v *value, w string) parseResult {
	rest := p.s[p.at:]
	if strings.HasPrefix(rest, w) {
		v.str = w
		p.at += len(w)
		return parseOK
	}
	if strings.HasPrefix(w, rest) {
		p.at = len(p.s)
		return parseCut
	}
	return parseBad
}

func (p *parser) number(out *string) parseResult {
	start := p.at
	for p.at < len(p.s) {
		c := p.s[p.at]
		if (c < '0' || c > '9') && c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E' {
			break
		}
		p.at++
	}
	*out = p.s[start:p.at]
	if last := (*out)[len(*out)-1]; last < '0' || last > '9' {
		if p.at == len(p.s) {
			return parseCut
		}
		return parseBad
	}
	return parseOK
}

// container reads an object or an array. Children are gathered on one stack
// and copied out once their number is known, so that a large array costs two
// allocations rather than a doubling series.
func (p *parser) container(v *value, depth int) parseResult {
	v.kind = array
	end := byte(']')
	if p.s[p.at] == '{' {
		v.kind, end = object, '}'
	}
	p.at++
	base := len(p.stack)
	for first := true; ; first = false {
		p.space()
		if p.at >= len(p.s) {
			return parseCut
		}
		c := p.s[p.at]
		if c == end && (first || p.s[p.at-1] != ',') {
			p.at++
			break
		}
		if !first {
			if c != ',' {
				return parseBad
			}
			p.at++
		}
		var child value
		if v.kind == object {
			if res := p.memberName(&child.key); res != parseOK {
				return res
			}
		}
		if res := p.value(&child, depth+1); res != parseOK {
			return res
		}
		p.stack = append(p.stack, child)
	}
	if n := len(p.stack) - base; n > 0 {
		v.elems = make([]value, n)
		copy(v.elems, p.stack[base:])
	}
	p.stack = p.stack[:base]
	return parseOK
}

func (p *parser) memberName(key *string) parseResult {
	p.space()
	if p.at >= len(p.s) {
		return parseCut
	}
	if p.s[p.at] != '"' {
		return parseBad
	}
	if res := p.str(key); res != parseOK {
		return res
	}
	p.space()
	if p.at >= len(p.s) {
		return parseCut
	}
	if p.s[p.at] != ':' {
		return parseBad
	}
	p.at++
	return parseOK
}

func (p *parser) str(out *string) parseResult {
	p.at++
	start := p.at
	for i := start; i < len(p.s); i++ {
		switch p.s[i] {
		case '"':
			*out = p.s[start:i]
			p.at = i + 1
			return parseOK
		case '\\':
			return p.escaped(out, start, i)
		}
	}
	p.at = len(p.s)
	return parseCut
}

func (p *parser) escaped(out *string, start, i int) parseResult {
	var b strings.Builder
	b.WriteString(p.s[start:i])
	for i < len(p.s) {
		c := p.s[i]
		if c == '"' {
			*out = b.String()
			p.at = i + 1
			return parseOK
		}
		if c != '\\' {
			b.WriteByte(c)
			i++
			continue
		}
		if i+1 >= len(p.s) {
			break
		}
		if p.s[i+1] != 'u' {
			at := strings.IndexByte(`"\/bfnrt`, p.s[i+1])
			if at < 0 {
				return parseBad
			}
			b.WriteByte("\"\\/\b\f\n\r\t"[at])
			i += 2
			continue
		}
		r, n, res := unicodeEscape(p.s[i:])
		if res != parseOK {
			p.at = len(p.s)
			return res
		}
		b.WriteRune(r)
		i += n
	}
	p.at = len(p.s)
	return parseCut
}

// unicodeEscape decodes \uXXXX, or two of them if they are a surrogate pair.
func unicodeEscape(s string) (rune, int, parseResult) {
	if len(s) < 6 {
		return 0, 0, parseCut
	}
	n, err := strconv.ParseUint(s[2:6], 16, 32)
	if err != nil {
		return 0, 0, parseBad
	}
	r := rune(n)
	if utf16.IsSurrogate(r) && len(s) >= 12 && s[6] == '\\' && s[7] == 'u' {
		if low, err := strconv.ParseUint(s[8:12], 16, 32); err == nil {
			if both := utf16.DecodeRune(r, rune(low)); both != utf8.RuneError {
				return both, 12, parseOK
			}
		}
	}
	if utf16.IsSurrogate(r) {
		r = utf8.RuneError
	}
	return r, 6, parseOK
}

// get returns the member of an object, nil if there is none.
func (v *value) get(key string) *value {
	if v == nil || v.kind != object {
		return nil
	}
	for i := range v.elems {
		if v.elems[i].key == key {
			return &v.elems[i]
		}
	}
	return nil
}

func (v *value) scalar() bool { return v != nil && v.kind != array && v.kind != object }

// empty tells whether a parameter with this value says nothing.
func (v *value) empty() bool {
	switch v.kind {
	case null:
		return true
	case text:
		return strings.TrimSpace(v.str) == ""
	case array, object:
		return len(v.elems) == 0
	}
	return false
}

// float reads a number, or a text that is one. NaN and infinities are none.
func (v *value) float() (float64, bool) {
	if v == nil || (v.kind != number && v.kind != text) {
		return 0, false
	}
	s := v.str
	if v.kind == text {
		s = strings.TrimSpace(s)
		if s == "" || len(s) > 32 || (s[0] != '-' && s[0] != '+' && s[0] != '.' && (s[0] < '0' || s[0] > '9')) {
			return 0, false
		}
		if last := s[len(s)-1]; last < '0' || last > '9' || strings.ContainsAny(s, "_xXpP") {
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}

// same compares two values deeply; 7 and 7.0 are the same number, "7" is not.
func same(a, b *value) bool {
	if a.kind != b.kind || len(a.elems) != len(b.elems) {
		return false
	}
	switch a.kind {
	case array:
		for i := range a.elems {
			if !same(&a.elems[i], &b.elems[i]) {
				return false
			}
		}
		return true
	case object:
		for i := range a.elems {
			other := &b.elems[i]
			if other.key != a.elems[i].key {
				if other = b.get(a.elems[i].key); other == nil {
					return false
				}
			}
			if !same(&a.elems[i], other) {
				return false
			}
		}
		return true
	}
	if a.str == b.str {
		return true
	}
	if a.kind == number {
		x, okX := a.float()
		y, okY := b.float()
		return okX && okY && x == y
	}
	return false
}
