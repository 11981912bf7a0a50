package facts

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxMentionText  = 64 << 10
	maxMentionItems = 2000
)

// inferMention finds items that a prose answer names: "I recommend the Armor
// case (P9)". It is a station only if some are named and some are not.
func (a *analysis) inferMention(s *stepInfo, before []*list) *station {
	var prose *passage
	for i := range s.passages {
		if p := &s.passages[i]; p.side == sideOutput && len(p.s) <= maxMentionText && (prose == nil || len(p.s) > len(prose.s)) {
			prose = p
		}
	}
	if prose == nil || len(prose.s) < 12 || !strings.ContainsRune(prose.s, ' ') {
		return nil
	}
	ins := s.side(sideInput, false)
	for _, in := range append(ins, before[:min(4, len(before))]...) {
		if in.scalar || in.single || in.len() < 2 || in.len() > maxMentionItems {
			continue
		}
		if in.step != s.idx && s.in != nil {
			if in = a.toldOf(s, in); in == nil {
				continue // it was told of one item and speaks of it
			}
		}
		named := mentioned(in, prose.s)
		if len(named) == 0 || len(named) == in.len() {
			continue
		}
		out := a.newList(s.idx, sideOutput, prose.ptr, "")
		out.segs = []segment{{base: prose.ptr, fixed: true}}
		m := match{a: in, b: out, ca: in.keyColumns()[0], toB: filled(in.len())}
		for _, i := range named {
			m.toB[i] = int32(out.len())
			m.toA = append(m.toA, int32(i))
			out.elems = append(out.elems, in.elems[i])
			m.n++
		}
		a.enroll(out)
		st := a.newStation(s, m, nil)
		st.mention, st.inferred = true, in.step != s.idx
		return st
	}
	return nil
}

// toldOf narrows earlier candidates to those that the step's own input names,
// nil if that is one alone; all of them if it names none.
func (a *analysis) toldOf(s *stepInfo, in *list) *list {
	given := map[int]bool{}
	for _, p := range s.passages {
		if p.side == sideInput && len(p.s) <= maxMentionText {
			for _, i := range mentioned(in, p.s) {
				given[i] = true
			}
		}
	}
	switch len(given) {
	case 0, in.len():
		return in
	case 1:
		return nil
	}
	return a.sublist(in, slices.Sorted(maps.Keys(given)))
}

// mentioned lists the items whose key or title stands in the text as a word of
// its own. A title must be long enough not to be an everyday word.
func mentioned(l *list, prose string) []int {
	lower := strings.ToLower(prose)
	var out []int
	var cols []*column
	for _, c := range l.keyColumns() {
		if last := len(c.words) - 1; last >= 0 && (idWords[c.words[last]] || titleWords[c.words[last]]) {
			cols = append(cols, c)
		}
	}
	for i := range l.elems {
		for _, c := range cols {
			k := cellKey(c.at(i))
			if len(k) < 2 || len(k) > 200 || isInteger(k) && len(k) < 5 || len(k) < 5 && !strings.ContainsAny(k, "0123456789") {
				continue
			}
			if containsWord(lower, k) {
				out = append(out, i)
				break
			}
		}
	}
	return out
}

func containsWord(s, w string) bool {
	for from := 0; ; {
		at := strings.Index(s[from:], w)
		if at < 0 {
			return false
		}
		at += from
		before, _ := utf8.DecodeLastRuneInString(s[:at])
		after, _ := utf8.DecodeRuneInString(s[at+len(w):])
		if !wordRune(before) && !wordRune(after) {
			return true
		}
		from = at + len(w)
	}
}

func wordRune(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-')
}
