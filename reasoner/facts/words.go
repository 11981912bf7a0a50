package facts

import (
	"slices"
	"strings"
	"unicode"
)

// words splits an identifier or a path into lower-case singular words:
// "/filters/maxPriceUSD" → filter max price usd.
func words(name string) []string {
	var out []string
	var cur []rune
	flush := func() {
		if len(cur) > 0 {
			out = append(out, singular(strings.ToLower(string(cur))))
			cur = cur[:0]
		}
	}
	rs := []rune(name)
	for i, r := range rs {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			continue
		case unicode.IsUpper(r) && i > 0 && (unicode.IsLower(rs[i-1]) || unicode.IsDigit(rs[i-1])):
			flush()
		case unicode.IsUpper(r) && i > 0 && unicode.IsUpper(rs[i-1]) && i+1 < len(rs) && unicode.IsLower(rs[i+1]):
			flush()
		}
		cur = append(cur, r)
	}
	flush()
	return out
}

func lowerName(name string) string { return strings.ReplaceAll(strings.ToLower(name), "-", "_") }

func singular(w string) string {
	switch {
	case w == "ids":
		return "id"
	case len(w) > 4 && strings.HasSuffix(w, "ies"):
		return w[:len(w)-3] + "y"
	case len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") && !strings.HasSuffix(w, "us") && !strings.HasSuffix(w, "is"):
		return w[:len(w)-1]
	}
	return w
}

// set is a small constant vocabulary.
type set map[string]bool

func newSet(words string) set {
	s := set{}
	for w := range strings.FieldsSeq(words) {
		s[w] = true
	}
	return s
}

func (s set) anyOf(ws []string) bool {
	return slices.ContainsFunc(ws, func(w string) bool { return s[w] })
}

var (
	idWords     = newSet("id key sku asin isbn ean gtin upc url uri link href slug code handle doi uuid guid uid number no ref reference identifier path file filename hash pk email")
	labelWords  = newSet("title name label headline subject product company document question text summary heading caption display")
	ordinal     = newSet("index idx rank position pos ordinal row line order page chunk offset seq sequence")
	countWords  = newSet("count total size length len num limit offset page pages k n max min top number results per")
	lowerBound  = newSet("min minimum floor least lower above over after since start gte gt from earliest required atleast")
	upperBound  = newSet("max maximum ceiling most upper below under before until end lte lt to cap budget limit latest within up")
	modifiers   = newSet("filter by target wanted only allowed required desired requested preferred expected value eq equal in not exclude excluded threshold cutoff query param option criterion criteria where must should term range match request user want input arg argument setting config parameter the is of for and")
	cutoffWords = newSet("threshold cutoff cut min minimum floor ceiling bound limit tolerance confidence")
	negative    = newSet("not exclude excluded excluding blocked block banned ban deny denied blacklist blocklist without except ignore ignored hidden skip forbidden remove removed ne nin")
	limitWords  = newSet("limit k top n topk topn count size take max first num number page per results")
)

// foldKey is the form under which two spellings are the same item: without
// outer blanks and letter case.
func foldKey(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// linked tells whether a parameter name speaks of a field: they share a word
// that is not a mere modifier (max_price ↔ price, categories ↔ category).
func linked(param, field []string) bool {
	for _, w := range param {
		if modifiers[w] || lowerBound[w] || upperBound[w] || countWords[w] {
			continue
		}
		for _, f := range field {
			if w == f {
				return true
			}
		}
	}
	return false
}
