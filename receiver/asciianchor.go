package receiver

import (
	"bytes"
	"strings"
)

// asciiAnchor is a piece of ASCII to be found in either case. If it has a rare
// letter, that is looked for, for which the processor compares a few dozen bytes
// at a time; else its end is, skipping what cannot be in it (R. N. Horspool,
// "Practical fast searching in strings", 1980). Of a text with prompts the first
// takes 0.1 to 0.3 ns a byte, the second 0.4 to 0.8.
type asciiAnchor struct {
	lower []byte
	at    int // of the rarest
	skip  *[256]uint8
	again int // how far to go on behind a last letter that did not end the piece
}

const (
	// byFrequency is how often ASCII letters are in English texts and in JSON of
	// machines, the most frequent first.
	byFrequency = "etaoinsrhldcumfpgwyb0v1k2x5jq3z48967"
	// rareFrom is the place of the first letter worth looking for alone: from here
	// on it is less than one byte in thirty.
	rareFrom = 11
	// maxSkip is how much of a long piece skipping looks at.
	maxSkip = 200
)

func newASCIIAnchor(lower []byte) asciiAnchor {
	a, rank := asciiAnchor{lower: lower}, -1
	for i, c := range lower {
		if r := strings.IndexByte(byFrequency, c); r > rank {
			a.at, rank = i, r
		}
	}
	if rank < rareFrom && len(lower) > 1 {
		a.makeSkip()
	}
	return a
}

func (a *asciiAnchor) makeSkip() {
	a.lower = a.lower[:min(len(a.lower), maxSkip)]
	last := len(a.lower) - 1
	a.skip, a.again = new([256]uint8), last+1
	for i := range a.skip {
		a.skip[i] = uint8(last + 1)
	}
	for i, c := range a.lower {
		distance := last - i
		if c == a.lower[last] && distance > 0 {
			a.again = distance
		}
		a.skip[c] = uint8(distance)
		if 'a' <= c && c <= 'z' {
			a.skip[c-'a'+'A'] = uint8(distance)
		}
	}
}

// in reports whether the piece may be in data; of one longer than maxSkip bytes
// only its beginning counts.
func (a *asciiAnchor) in(data []byte) bool {
	if a.skip != nil {
		return a.inSkipping(data)
	}
	rare := a.lower[a.at]
	if a.inWith(data, rare) {
		return true
	}
	return 'a' <= rare && rare <= 'z' && a.inWith(data, rare-'a'+'A')
}

func (a *asciiAnchor) inSkipping(data []byte) bool {
	last := len(a.lower) - 1
	for at := last; at < len(data); {
		step := int(a.skip[data[at]])
		if step == 0 {
			if equalASCII(data[at-last:], a.lower) {
				return true
			}
			step = a.again
		}
		at += step
	}
	return false
}

func (a *asciiAnchor) inWith(data []byte, rare byte) bool {
	for from := a.at; from < len(data); {
		i := bytes.IndexByte(data[from:], rare)
		if i < 0 {
			return false
		}
		if begin := from + i - a.at; begin+len(a.lower) <= len(data) && equalASCII(data[begin:], a.lower) {
			return true
		}
		from += i + 1
	}
	return false
}

// equalASCII compares the beginning of data with lower in either case.
func equalASCII(data, lower []byte) bool {
	for i, c := range lower {
		d := data[i]
		if 'A' <= d && d <= 'Z' {
			d += 'a' - 'A'
		}
		if d != c {
			return false
		}
	}
	return true
}
