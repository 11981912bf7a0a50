package facts

import "strings"

// embedded is JSON found inside a text: a tool result, a code fence, a prompt
// that lists candidates.
type embedded struct {
	value value
	whole bool // the text is this JSON and nothing else
	cut   bool // the JSON breaks off at the end of the text
}

const (
	maxEmbeddedText  = 2 << 20 // longer texts are not searched, only parsed whole
	maxEmbeddedTries = 256     // starts tried in one text
)

// findJSON looks for JSON arrays and objects in a text. Work is linear in the
// length of the text: every start that fails costs from a common budget.
func findJSON(s string) []embedded {
	start := strings.IndexAny(s, "{[")
	if start < 0 {
		return nil
	}
	trimmed := strings.TrimSpace(s)
	if c := trimmed[0]; c == '{' || c == '[' {
		v, res := parseJSON(trimmed)
		if res == parseOK {
			return []embedded{{value: v, whole: true}}
		}
		if res == parseCut && looksLikeJSON(trimmed) {
			return []embedded{{whole: true, cut: true}}
		}
	}
	if len(s) > maxEmbeddedText {
		return nil
	}
	return scanJSON(s, start)
}

func scanJSON(s string, start int) []embedded {
	var found []embedded
	budget := 4*len(s) + 1024
	for range maxEmbeddedTries {
		v, n, res := parsePrefix(s[start:])
		budget -= n + 1
		switch {
		case res == parseOK && worthReading(&v):
			found = append(found, embedded{value: v})
			start += n
		case res == parseCut && looksLikeJSON(s[start:]):
			return append(found, embedded{cut: true})
		default:
			start++
		}
		next := strings.IndexAny(s[start:], "{[")
		if next < 0 || budget < 0 {
			break
		}
		start += next
	}
	return found
}

// worthReading keeps footnotes ([1]), placeholders ({}) and the like out.
func worthReading(v *value) bool {
	if len(v.elems) == 0 {
		return false
	}
	return v.kind == object || v.elems[0].kind == object || (v.elems[0].kind == text && len(v.elems) > 1)
}

// looksLikeJSON tells a broken-off JSON text from prose that has a bracket.
func looksLikeJSON(s string) bool {
	rest := strings.TrimLeft(s, "[{ \t\r\n")
	if len(rest) == len(s) || rest == "" || rest[0] != '"' {
		return false
	}
	if strings.ContainsRune(s[:len(s)-len(rest)], '{') {
		_, after, ok := strings.Cut(rest[1:], `"`)
		return ok && strings.HasPrefix(strings.TrimLeft(after, " \t\r\n"), ":")
	}
	return strings.Contains(rest, `",`)
}
