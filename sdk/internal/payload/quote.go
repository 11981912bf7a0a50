package payload

import "unicode/utf8"

const hexDigits = "0123456789abcdef"

// quote appends s as a JSON text. Only what JSON demands is escaped, and
// invalid UTF-8 becomes U+FFFD: the same bytes as JSON.stringify and Python's
// json.dumps(ensure_ascii=False) write, which the shared test vectors rely on.
func quote(buf []byte, s string) []byte {
	buf = append(buf, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			buf = appendEscape(append(buf, s[start:i]...), c)
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			buf = append(append(buf, s[start:i]...), "\uFFFD"...)
			start = i + size
		}
		i += size
	}
	return append(append(buf, s[start:]...), '"')
}

func appendEscape(buf []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(buf, '\\', c)
	case '\b':
		return append(buf, '\\', 'b')
	case '\f':
		return append(buf, '\\', 'f')
	case '\n':
		return append(buf, '\\', 'n')
	case '\r':
		return append(buf, '\\', 'r')
	case '\t':
		return append(buf, '\\', 't')
	}
	return append(buf, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

// Quote returns s as a JSON text.
func Quote(s string) string { return string(quote(nil, s)) }

// boundary reports whether a text may be cut before byte i.
func boundary(s string, i int) bool { return i >= len(s) || utf8.RuneStart(s[i]) }

func utf8Valid(b []byte) bool { return utf8.Valid(b) }
