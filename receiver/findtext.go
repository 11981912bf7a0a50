package receiver

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xraytrace/xray"
)

// textProbe is a condition on text: any of the needles is somewhere in it.
type textProbe struct {
	bit     uint64
	needles []needle
}

// needle is a text to be found in any letter case, with any white space for
// white space, and also where it stands escaped in JSON.
type needle struct {
	folded []byte // in the form that scratch.fold makes
	whole  bool   // not as a part of a longer word
	// What looks through all bytes first, before anything is unescaped: letters
	// and digits of ASCII are never escaped, others in few ways.
	ascii    asciiAnchor
	variants [][]byte // without a piece of ASCII: ways to write its beginning
}

func needles(c xray.Condition) []needle {
	var out []needle
	for _, v := range c.Values {
		var s scratch
		folded := bytes.TrimSpace(bytes.Clone(s.fold([]byte(v.Text))))
		if len(folded) == 0 {
			continue // it would be in everything
		}
		n := needle{folded: folded, whole: c.Field == xray.FieldItem}
		if piece := longestASCII(folded); len(piece) > 0 {
			n.ascii = newASCIIAnchor(piece)
		} else {
			n.variants = writings(folded)
		}
		out = append(out, n)
	}
	return out
}

// longestASCII is the longest run of ASCII letters and digits.
func longestASCII(text []byte) (best []byte) {
	isWord := func(r rune) bool { return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
	for _, piece := range bytes.FieldsFunc(text, func(r rune) bool { return !isWord(r) }) {
		if len(piece) > len(best) {
			best = piece
		}
	}
	return best
}

// writings are the ways to write the first letter of a folded text, in UTF-8 and
// in JSON's escapes.
func writings(folded []byte) [][]byte {
	r, _ := utf8.DecodeRune(folded)
	seen := map[string]bool{}
	var out [][]byte
	add := func(s string) {
		if !seen[s] {
			seen[s] = true
			out = append(out, []byte(s))
		}
	}
	for v := r; ; {
		add(string(v))
		unit := v
		if v > 0xffff { // the first of a pair
			unit = 0xd800 + (v-0x10000)>>10
		}
		hex := fmt.Sprintf("%04x", unit)
		add(`\u` + hex)
		add(`\u` + strings.ToUpper(hex))
		if v = unicode.SimpleFold(v); v == r {
			return out
		}
	}
}

// mayHold says whether some bytes, with all that stands around texts, could
// hold one of the needles.
func (t *textProbe) mayHold(data []byte) bool {
	for i := range t.needles {
		if t.needles[i].mayBeIn(data) {
			return true
		}
	}
	return false
}

func (n *needle) mayBeIn(data []byte) bool {
	if n.variants == nil {
		return n.ascii.in(data)
	}
	for _, v := range n.variants {
		if bytes.Contains(data, v) {
			return true
		}
	}
	return false
}

// spanHolds looks through the texts of a span.
func (s *search) spanHolds(t *textProbe, body []byte) bool {
	for len(body) > 0 {
		f, rest, ok := cut(body)
		if !ok {
			return false
		}
		body = rest
		switch f.num {
		case 9:
			if s.valueHolds(t, f.content) {
				return true
			}
		case 11:
			for event := f.content; len(event) > 0; {
				e, rest, ok := cut(event)
				if !ok {
					break
				}
				event = rest
				if e.num == 3 && s.valueHolds(t, e.content) {
					return true
				}
			}
		}
	}
	return false
}

// logHolds looks through the texts of a log record: its body and attributes.
func (s *search) logHolds(t *textProbe, body []byte) bool {
	for len(body) > 0 {
		f, rest, ok := cut(body)
		if !ok {
			return false
		}
		body = rest
		if f.num == 5 && s.textsHold(t, f.content) || f.num == 6 && s.valueHolds(t, f.content) {
			return true
		}
	}
	return false
}

// valueHolds looks through the value of a KeyValue.
func (s *search) valueHolds(t *textProbe, keyValue []byte) bool {
	return s.textsHold(t, textField(keyValue, 2))
}

// textsHold looks through an AnyValue, however deep: the receiver has bounded
// that.
func (s *search) textsHold(t *textProbe, data []byte) bool {
	num, content, _ := oneOf(data)
	switch num {
	case kindText:
		return t.in(content, &s.scratch)
	case kindArray, kindMap:
		for len(content) > 0 {
			f, rest, ok := cut(content)
			if !ok {
				return false
			}
			content = rest
			if f.num == 1 && (num == kindArray && s.textsHold(t, f.content) || num == kindMap && s.valueHolds(t, f.content)) {
				return true
			}
		}
	}
	return false
}

func (t *textProbe) in(text []byte, s *scratch) bool {
	for i := range t.needles {
		if n := &t.needles[i]; n.mayBeIn(text) && n.in(text, s) {
			return true
		}
	}
	return false
}

// maxEscapes is how often JSON may stand as a text inside of JSON.
const maxEscapes = 4

// in looks for the needle in a text, and in what it is without JSON's escapes.
func (n *needle) in(text []byte, s *scratch) bool {
	for range maxEscapes {
		if n.within(s.fold(text)) {
			return true
		}
		if bytes.IndexByte(text, '\\') < 0 {
			return false
		}
		text = s.unescape(text)
	}
	return n.within(s.fold(text))
}

// within looks for the needle in folded text.
func (n *needle) within(text []byte) bool {
	if !n.whole {
		return bytes.Contains(text, n.folded)
	}
	for from := 0; ; from++ {
		i := bytes.Index(text[from:], n.folded)
		if i < 0 {
			return false
		}
		from += i
		before, _ := utf8.DecodeLastRune(text[:from])
		after, _ := utf8.DecodeRune(text[from+len(n.folded):])
		if !inKey(before) && !inKey(after) {
			return true
		}
	}
}

// inKey reports whether a letter may belong to the key of an item.
func inKey(r rune) bool {
	return r != utf8.RuneError && (r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r))
}
