package xray

import (
	"slices"
	"strings"

	"github.com/xraytrace/xray/sdk/internal/payload"
)

// noteCuts remembers that the value of an attribute was shortened; s.mu is
// held.
func (s *OpenStep) noteCuts(key string, cuts []payload.Cut) {
	if len(cuts) == 0 {
		return
	}
	if !slices.Contains(s.truncated, key) {
		s.truncated = append(s.truncated, key)
	}
	s.cuts = append(s.cuts, cuts...)
	s.cuts = s.cuts[:min(len(s.cuts), payload.MaxCuts)]
}

// forgetCuts removes the notes of a value that is being replaced; s.mu is
// held.
func (s *OpenStep) forgetCuts(key, at string) {
	if len(s.truncated) == 0 {
		return
	}
	s.truncated = slices.DeleteFunc(s.truncated, func(k string) bool { return k == key })
	s.cuts = slices.DeleteFunc(s.cuts, func(c payload.Cut) bool {
		return c.At == at || strings.HasPrefix(c.At, at+"/")
	})
}
