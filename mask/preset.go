package mask

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xraytrace/xray"
)

// The finders of presets first look for what makes them worth a closer look:
// most texts hold none of it, and every stored span pays for the look.
var presets = map[xray.MaskPreset]finder{
	xray.MaskEmail:       findEmails,
	xray.MaskCard:        findCards,
	xray.MaskCredentials: findCredentials,
	xray.MaskPhone:       findPhones,
	xray.MaskIBAN:        findIBANs,
}

const maxLocalPart = 320 // bytes looked at before an @; the standard allows 64

// findEmails finds addresses, also in URLs (%40), in any script, and those
// whose end was cut off with an ellipsis.
func findEmails(text string) (out []span) {
	for from := 0; from < len(text); {
		at, size := nextAt(text, from)
		if at < 0 {
			return out
		}
		from = at + size
		start, end := localPart(text, at), domain(text, from)
		if start < at && end > from {
			out = append(out, span{start, end})
			from = end
		}
	}
	return out
}

// nextAt finds the next @ or %40.
func nextAt(text string, from int) (at, size int) {
	at, size = strings.IndexByte(text[from:], '@'), 1
	if escaped := strings.Index(text[from:], "%40"); escaped >= 0 && (at < 0 || escaped < at) {
		at, size = escaped, 3
	}
	if at < 0 {
		return -1, 0
	}
	return from + at, size
}

func localPart(text string, at int) int {
	start := at
	for start > 0 && at-start < maxLocalPart {
		r, size := utf8.DecodeLastRuneInString(text[:start])
		if !isAlnum(r) && !strings.ContainsRune("._%+'-", r) {
			break
		}
		start -= size
	}
	for start < at && strings.IndexByte(".'", text[start]) >= 0 { // quotation marks and dots before it
		start++
	}
	return start
}

// domain returns the end of the domain that begins at from, or from.
func domain(text string, from int) int {
	end, dot := from, -1
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if r == '…' && end > from {
			return end + size
		}
		if !isAlnum(r) && r != '-' && r != '.' || r == '.' && (end == from || text[end-1] == '.') {
			break
		}
		if r == '.' {
			dot = end
		}
		end += size
	}
	if dot == end-1 && dot >= 0 { // the end of a sentence
		end = dot
		dot = strings.LastIndexByte(text[from:end], '.')
		if dot >= 0 {
			dot += from
		}
	}
	if dot < 0 || letters(text[dot+1:end]) < 2 {
		return from
	}
	return end
}

func isAlnum(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

func letters(s string) (n int) {
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// phone numbers: international ones, and national ones as they are written in
// North America. A number without any separator could be anything.
var (
	phoneAbroad   = regexp.MustCompile(`\+\d[\d ().\x{a0}-]{6,22}\d`)
	phoneNational = regexp.MustCompile(`\(\d{3}\) ?\d{3}[ .-]\d{4}\b|\b\d{3}[-.]\d{3}[-.]\d{4}\b`)
)

func findPhones(text string) (out []span) {
	if strings.IndexByte(text, '+') >= 0 {
		for _, s := range spansOf(phoneAbroad.FindAllStringIndex(text, -1)) {
			if n := countDigits(text[s.start:s.end]); n >= 8 && n <= 15 && !wordBefore(text, s.start) && !digitAfter(text, s.end) {
				out = append(out, s)
			}
		}
	}
	if separatedDigits(text) {
		out = append(out, spansOf(phoneNational.FindAllStringIndex(text, -1))...)
	}
	return out
}

// separatedDigits reports whether three digits, a separator and a digit stand
// somewhere.
func separatedDigits(text string) bool {
	digits := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			digits++
		case digits == 3 && (c == '-' || c == '.') && digitAfter(text, i+1), digits == 3 && c == ')':
			return true
		default:
			digits = 0
		}
	}
	return false
}

func countDigits(s string) (n int) {
	for i := range len(s) {
		if isDigit(s[i]) {
			n++
		}
	}
	return n
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func wordBefore(text string, at int) bool {
	r, _ := utf8.DecodeLastRuneInString(text[:at])
	return isAlnum(r) || r == '_'
}

func wordAfter(text string, at int) bool {
	r, _ := utf8.DecodeRuneInString(text[at:])
	return isAlnum(r) || r == '_'
}

func digitAfter(text string, at int) bool { return at < len(text) && isDigit(text[at]) }
