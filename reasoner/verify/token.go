package verify

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

type kind uint8

const (
	word   kind = iota // letters, or letters and digits mixed: gpt-4.1-mini, P9, 152ms
	number             // 152, 1,520, -0.5, 1e3
	mark               // anything else that is not white space, one rune each
)

// A token is a word, a number or a mark. text is its comparable form: NFC, and
// numbers in one canonical notation. raw is what stood there.
type token struct {
	kind kind
	text string
	raw  string
}

// tokenize splits normalised text. Words keep inner hyphens, dots, underscores,
// at signs and apostrophes, so that "non-refundable" never contains
// "refundable" and "gpt-4.1" never contains "4.1".
func tokenize(s string) []token {
	s = spaces(norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD")))
	s = dashes.Replace(s)
	var tokens []token
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if r == ' ' {
			s = s[size:]
			continue
		}
		n := wordLength(s, startsNumber(s))
		if n == 0 {
			// Marks keep their raw form: “ is closed by ” alone.
			tokens = append(tokens, token{kind: mark, text: marks.Replace(s[:size]), raw: s[:size]})
			s = s[size:]
			continue
		}
		tokens = append(tokens, newWord(s[:n]))
		s = s[n:]
	}
	return tokens
}

func newWord(raw string) token {
	if n, ok := canonicalNumber(raw); ok {
		return token{kind: number, text: n, raw: raw}
	}
	return token{kind: word, text: raw, raw: raw}
}

// startsNumber reports whether s begins with a sign and a digit. A hyphen
// inside a word never gets here: wordLength has taken it.
func startsNumber(s string) bool {
	return len(s) > 1 && (s[0] == '-' || s[0] == '+') && digit(rune(s[1]))
}

// wordLength is the length of the word or number at the start of s, 0 if a
// mark stands there.
func wordLength(s string, signed bool) int {
	n := 0
	if signed {
		n = 1
	}
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if wordRune(r) {
			n += size
			continue
		}
		next, _ := utf8.DecodeRuneInString(s[n+size:])
		if !joins(r) || n == 0 || !wordRune(next) {
			break
		}
		// A comma joins digits only: "1,520" but "red,blue".
		if r == ',' && !(digit(rune(s[n-1])) && digit(next)) {
			break
		}
		n += size
	}
	if signed && n == 1 {
		return 0
	}
	return n
}

func wordRune(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

func joins(r rune) bool { return strings.ContainsRune("-.,'@+", r) }

func digit(r rune) bool { return r >= '0' && r <= '9' }

// normalize makes texts comparable: NFC, one kind of space, quotation mark,
// apostrophe and minus.
func normalize(s string) string {
	s = norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD"))
	return spaces(marks.Replace(dashes.Replace(s)))
}

func spaces(s string) string { return strings.Join(strings.FieldsFunc(s, unicode.IsSpace), " ") }

var (
	dashes = strings.NewReplacer("‘", "'", "’", "'", "−", "-", "‑", "-")
	marks  = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`)
)

// canonicalNumber brings a number to digits, an optional minus and an optional
// fraction without trailing zeros, so that 1,520 = 1520.0 = 1.52e3.
func canonicalNumber(s string) (string, bool) {
	if len(s) > maxNumber {
		return "", false
	}
	digits, negative := strings.CutPrefix(s, "-")
	digits = strings.TrimPrefix(digits, "+")
	mantissa, exponent, hasExp := cutExponent(digits)
	whole, fraction, hasPoint := strings.Cut(mantissa, ".")
	whole, ok := ungroup(whole)
	if !ok || (hasPoint && !allDigits(fraction)) {
		return "", false
	}
	if hasExp {
		whole, fraction = shift(whole, fraction, exponent)
	}
	whole = strings.TrimLeft(whole, "0")
	fraction = strings.TrimRight(fraction, "0")
	if whole == "" {
		whole = "0"
	}
	out := whole
	if fraction != "" {
		out += "." + fraction
	}
	if negative && out != "0" {
		out = "-" + out
	}
	return out, true
}

const (
	maxNumber   = 64  // bytes; longer ones are compared as text
	maxExponent = 400 // bounds what scientific notation may unfold to
)

func cutExponent(s string) (mantissa string, exponent int, ok bool) {
	i := strings.IndexAny(s, "eE")
	if i < 1 {
		return s, 0, false
	}
	rest := s[i+1:]
	negative := strings.HasPrefix(rest, "-")
	rest = strings.TrimLeft(rest, "+-")
	if !allDigits(rest) || len(rest) > 4 {
		return s, 0, false // the letter stays in the mantissa, which then is no number
	}
	for _, c := range rest {
		exponent = exponent*10 + int(c-'0')
	}
	if exponent > maxExponent {
		return s, 0, false
	}
	if negative {
		exponent = -exponent
	}
	return s[:i], exponent, true
}

func shift(whole, fraction string, by int) (string, string) {
	for ; by > 0; by-- {
		if fraction == "" {
			fraction = "0"
		}
		whole, fraction = whole+fraction[:1], fraction[1:]
	}
	for ; by < 0; by++ {
		if whole == "" {
			whole = "0"
		}
		whole, fraction = whole[:len(whole)-1], whole[len(whole)-1:]+fraction
	}
	return whole, fraction
}

// ungroup removes thousands separators when every group has three digits.
func ungroup(s string) (string, bool) {
	if !strings.Contains(s, ",") {
		return s, allDigits(s)
	}
	groups := strings.Split(s, ",")
	for i, g := range groups {
		if !allDigits(g) || (i == 0 && len(g) > 3) || (i > 0 && len(g) != 3) {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

func allDigits(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return !digit(r) }) < 0
}
