package facts

import (
	"strings"
	"unicode"
)

// vocabulary knows for each word of the payloads which step, in the order of
// time, had it first and which had it last, and on which side first. It
// answers "did this stand anywhere before?" without searching texts again.
type vocabulary struct {
	first map[string]int32 // moment: see putOut
	last  map[string]int32
	full  bool // too many words; absence proves nothing
}

const maxVocabulary = 600_000

func (f *finder) readVocabulary() *vocabulary {
	v := &vocabulary{first: map[string]int32{}, last: map[string]int32{}}
	for _, s := range f.steps {
		in := f.putOut(s.idx) - 1
		if len(s.kids) > 0 {
			// What a parent was given was there before its first child ran.
			in = 2*f.firstWithin(s) - 1
		}
		v.value(s.in, in)
		v.value(s.attr, in)
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
	if f, ok := v.first[w]; ok {
		v.first[w] = min(f, at)
		v.last[w] = max(v.last[w], at)
		return
	}
	if len(v.first) >= maxVocabulary {
		v.full = true
		return
	}
	v.first[w], v.last[w] = at, at
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
		if first, ok := v.first[w]; all && ok && first >= before {
			all = false
		}
	})
	return all
}

// usedAfter tells whether any word that a step was the first to say was said
// again later.
func (v *vocabulary) usedAfter(own []string, at int32) bool {
	for _, w := range own {
		if v.last[w] > at {
			return true
		}
	}
	return false
}
