package facts

import (
	"strings"
	"unicode"
)

// vocabulary knows for each word of the payloads which step, in the order of
// time, had it first and which had it last, and on which side first. It
// answers "did this stand anywhere before?" without searching texts again.
type vocabulary struct {
	words map[uint64]seenAt // by hash; a collision makes a word known, which only silences
	full  bool              // too many words; absence proves nothing
}

// seenAt is the first and the last moment of a word; see putOut.
type seenAt struct{ first, last int32 }

const maxVocabulary = 600_000

func (f *finder) readVocabulary() *vocabulary {
	v := &vocabulary{words: map[uint64]seenAt{}}
	for _, s := range f.steps {
		in := f.putOut(s.idx) - 1
		if len(s.kids) > 0 {
			// What a parent was given was there before its first child ran.
			in = 2*f.firstWithin(s) - 1
		}
		v.value(s.in, in)
		if s.attr != nil {
			for i := range s.attr.elems {
				// Conventions repeat input and output among the attributes.
				if m := &s.attr.elems[i]; !conventional(m.key) {
					v.value(m, in)
				}
			}
		}
		v.value(s.out, f.putOut(s.idx))
	}
	return v
}

// putOut is the moment, in the vocabulary's count, at which a step's output
// was there; its input was there one before.
func (f *finder) putOut(step int) int32 { return 2*int32(f.pos[step]) + 1 }

// firstWithin is the place of the earliest descendant.
func (f *finder) firstWithin(s *stepInfo) int32 {
	first, n := int32(f.pos[s.idx]), 0
	stack := append([]int(nil), s.kids...)
	for len(stack) > 0 && n < 20_000 {
		k := stack[len(stack)-1]
		stack = append(stack[:len(stack)-1], f.steps[k].kids...)
		first = min(first, int32(f.pos[k]))
		n++
	}
	return first
}

func (v *vocabulary) value(x *value, at int32) {
	if x == nil {
		return
	}
	if x.scalar() {
		if x.kind == text || x.kind == number {
			eachWord(x.str, func(w string) { v.word(w, at) })
		}
		return
	}
	for i := range x.elems {
		v.value(&x.elems[i], at)
	}
}

func (v *vocabulary) word(w string, at int32) {
	h := hashWord(w)
	if m, ok := v.words[h]; ok {
		if at < m.first || at > m.last {
			v.words[h] = seenAt{min(m.first, at), max(m.last, at)}
		}
		return
	}
	if len(v.words) >= maxVocabulary {
		v.full = true
		return
	}
	v.words[h] = seenAt{at, at}
}

// hashWord is FNV-1a.
func hashWord(w string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(w) {
		h = (h ^ uint64(w[i])) * 1099511628211
	}
	return h
}

// at is when a word was first and last said; ok is false if never.
func (v *vocabulary) at(w string) (seenAt, bool) {
	m, ok := v.words[hashWord(w)]
	return m, ok
}

// eachWord calls f with the lower-case runs of letters and digits, joined
// over single hyphens, underscores, dots and slashes within ids and URLs being
// separators, so that "P-9" is p and 9.
func eachWord(s string, f func(string)) {
	start := -1
	upper := false
	for i, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			if start < 0 {
				start, upper = i, false
			}
			upper = upper || unicode.IsUpper(r)
			continue
		}
		if start >= 0 {
			emitWord(s[start:i], upper, f)
			start = -1
		}
	}
	if start >= 0 {
		emitWord(s[start:], upper, f)
	}
}

func emitWord(w string, upper bool, f func(string)) {
	if len(w) > 64 {
		w = w[:64]
	}
	if upper {
		w = strings.ToLower(w)
	}
	f(w)
}

// known tells whether all words of a text stood somewhere before a place in
// time. What cannot be judged counts as known.
func (v *vocabulary) known(s string, before int32) bool {
	if v.full {
		return true
	}
	all := true
	eachWord(s, func(w string) {
		if m, ok := v.at(w); all && ok && m.first >= before {
			all = false
		}
	})
	return all
}

// usedAfter tells whether any word that a step was the first to say was said
// again later.
func (v *vocabulary) usedAfter(own []string, at int32) bool {
	for _, w := range own {
		if m, _ := v.at(w); m.last > at {
			return true
		}
	}
	return false
}
