package facts

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// minNamed is how many characters a key or title must have to be found in the
// middle of a sentence: shorter ones stand in every other.
const minNamed = 3

// Named returns the items whose key or title stands in a text, the longest
// names first, at most the given number. A name within a longer one that was
// found is not meant.
func (l *Lineage) Named(text string, most int) []Passport {
	type found struct {
		t    *tracked
		name string
	}
	text = foldKey(text)
	var all []found
	for name, t := range l.byKey {
		if utf8.RuneCountInString(name) >= minNamed && len(name) <= len(text) && standsIn(text, name) {
			all = append(all, found{t, name})
		}
	}
	slices.SortFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(len(b.name), len(a.name)), cmp.Compare(a.name, b.name))
	})
	var taken []found
	var out []Passport
	for _, f := range all {
		within := slices.ContainsFunc(taken, func(t found) bool { return t.t == f.t || strings.Contains(t.name, f.name) })
		if within || len(out) == most {
			continue
		}
		taken, out = append(taken, f), append(out, l.passport(f.t))
	}
	return out
}

// standsIn reports whether a name stands in a text as a word of its own. In
// scripts that put no spaces between words, it only has to stand there.
func standsIn(text, name string) bool {
	first, _ := utf8.DecodeRuneInString(name)
	last, _ := utf8.DecodeLastRuneInString(name)
	if spaceless(first) && spaceless(last) {
		return strings.Contains(text, name)
	}
	for from := 0; ; {
		at := strings.Index(text[from:], name)
		if at < 0 {
			return false
		}
		at += from
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(name):])
		if (!wordRune(before) || spaceless(before)) && (!wordRune(after) || spaceless(after)) {
			return true
		}
		from = at + len(name)
	}
}

func spaceless(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Hangul)
}
