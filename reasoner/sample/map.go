package sample

import (
	"strconv"
	"strings"
)

// Map leads from pointers into a sample to pointers into the original. Only
// arrays that lost elements differ. The zero Map changes nothing.
type Map struct {
	arrays map[string][]int // pointer into the sample → original index of each element, -1 for a note
}

// Original translates a pointer into the sample. ok is false for one that
// points at a note on what was left out, or beyond an array's end.
func (m Map) Original(pointer string) (original string, ok bool) {
	if pointer == "" || m.arrays == nil {
		return pointer, true
	}
	here, out := "", strings.Builder{}
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		at, sampled := m.arrays[here]
		here += "/" + token
		if sampled {
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(at) || at[i] < 0 {
				return "", false
			}
			token = strconv.Itoa(at[i])
		}
		out.WriteByte('/')
		out.WriteString(token)
	}
	return out.String(), true
}
