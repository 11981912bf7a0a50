package store

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// Bounds of texts in the index, in bytes. A B-tree entry may not pass 2,704
// bytes, and a list shows less. The segment keeps the whole.
const (
	maxName  = 1024
	maxError = 1024
	maxHint  = 1024
	// maxOutcome bounds what an execution row holds of its outcome. A longer
	// one is read from its step.
	maxOutcome = 1 << 20
	maxDepth   = 512 // PostgreSQL's JSON parser recurses; it must not run out of stack
)

// cleanText makes s storable as text: at most limit bytes, valid UTF-8, no NUL.
func cleanText(s string, limit int) string {
	if len(s) > limit {
		for limit > 0 && !utf8.RuneStart(s[limit]) {
			limit--
		}
		s = s[:limit]
	}
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// cleanJSON makes raw storable as json: as it is if it is valid and not too
// deep, else its text as a JSON string. Longer than limit becomes nil.
func cleanJSON(raw json.RawMessage, limit int) json.RawMessage {
	if len(raw) == 0 || len(raw) > limit {
		return nil
	}
	if json.Valid(raw) && utf8.Valid(raw) && depth(raw) <= maxDepth {
		return raw
	}
	text, err := json.Marshal(cleanText(string(raw), len(raw)))
	if err != nil { // a string always marshals
		return nil
	}
	return text
}

// depth is how deep arrays and objects nest in valid JSON.
func depth(raw []byte) int {
	deepest, now, inString, escaped := 0, 0, false, false
	for _, c := range raw {
		switch {
		case escaped:
			escaped = false
		case inString:
			escaped, inString = c == '\\', c != '"'
		case c == '"':
			inString = true
		case c == '[' || c == '{':
			now++
			deepest = max(deepest, now)
		case c == ']' || c == '}':
			now--
		}
	}
	return deepest
}
