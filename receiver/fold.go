package receiver

import (
	"strconv"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// scratch is the memory of text searches.
type scratch struct {
	folded []byte
	plain  [2][]byte // of unescape, in turn: one is the other's input
	turn   int
}

// fold brings a text into the form in which texts are compared: lower case, and
// one space for any white space. The result is valid until the next call.
func (s *scratch) fold(text []byte) []byte {
	out := s.folded[:0]
	space := false
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == ' ' || '\t' <= c && c <= '\r':
			if !space {
				out = append(out, ' ')
			}
			space = true
			i++
			continue
		case 'A' <= c && c <= 'Z':
			out = append(out, c+'a'-'A')
			i++
		case c < utf8.RuneSelf:
			out = append(out, c)
			i++
		default:
			r, size := utf8.DecodeRune(text[i:])
			i += size
			if unicode.IsSpace(r) {
				if !space {
					out = append(out, ' ')
				}
				space = true
				continue
			}
			if r == utf8.RuneError && size == 1 {
				out = append(out, c) // as it is
			} else {
				out = utf8.AppendRune(out, foldRune(r))
			}
		}
		space = false
	}
	s.folded = out
	return out
}

// foldRune is the same for all cases of a letter. Those few beyond ASCII that
// fold into it, such as the Kelvin sign, stay what they are: what looks through
// the bytes first would not see them.
func foldRune(r rune) rune {
	if l := unicode.ToLower(unicode.ToUpper(r)); l >= utf8.RuneSelf {
		return l
	}
	return r
}

// unescape resolves JSON's escapes in a text, whether or not it is JSON. The
// result is valid until the call after the next.
func (s *scratch) unescape(text []byte) []byte {
	s.turn ^= 1
	out := s.plain[s.turn][:0]
	for i := 0; i < len(text); {
		if text[i] != '\\' || i+1 == len(text) {
			out = append(out, text[i])
			i++
			continue
		}
		switch c := text[i+1]; c {
		case '"', '\\', '/':
			out = append(out, c)
		case 'n', 't', 'r', 'f', 'b':
			out = append(out, ' ')
		case 'u':
			r, size := escapedRune(text[i:])
			if size == 0 {
				out = append(out, '\\')
				i++
				continue
			}
			out = utf8.AppendRune(out, r)
			i += size
			continue
		default:
			out = append(out, '\\', c)
		}
		i += 2
	}
	s.plain[s.turn] = out
	return out
}

// escapedRune reads \uXXXX, or two of them that make one; size 0 if it is none.
func escapedRune(text []byte) (r rune, size int) {
	r, ok := escapedUnit(text)
	if !ok {
		return 0, 0
	}
	if utf16.IsSurrogate(r) {
		if second, ok := escapedUnit(text[6:]); ok {
			if pair := utf16.DecodeRune(r, second); pair != unicode.ReplacementChar {
				return pair, 12
			}
		}
		return unicode.ReplacementChar, 6
	}
	return r, 6
}

func escapedUnit(text []byte) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(n), err == nil
}
