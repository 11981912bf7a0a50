package mask

import (
	"regexp"
	"strings"
)

// In a text that is not JSON a field is still a field where it looks like one:
// password=…, "password": "…", also in JSON that was cut off, or quoted inside
// of prose. The value is the first group.
const (
	looseValue = `["'\\]*\s*[:=]\s*((?:(?i:bearer|basic|token|digest)\s+)?(?:` +
		`\\+"[^"\\]*` + // quoted once more
		`|"(?:[^"\\]|\\.)*"?` +
		`|'(?:[^'\\]|\\.)*'?` +
		`|[^\s,;&"'}]+))`
	looseStart = `(?i:(?:^|[^\pL\pN])(?:[\pL\pN]+[._-])*(`
)

var looseCredentials = regexp.MustCompile(looseStart +
	`\w*passw(?:or)?d|pwd|passphrase|\w*secret|(?:\w+[_-])?api[_-]?key|(?:access|secret|private|account)[_-]?key|` +
	`(?:access|refresh|id|auth|bearer|session|security)[_-]?token|(?:proxy-)?authorization|(?:set-)?cookie))` + looseValue)

// looseFields makes an expression of the plain names among fields, nil if there
// are none.
func looseFields(fields []string) *regexp.Regexp {
	var names []string
	for _, f := range fields {
		if strings.Contains(f, "/") {
			continue
		}
		name := regexp.QuoteMeta(unescape.Replace(f))
		names = append(names, strings.ReplaceAll(name, `\*`, `[\pL\pN._-]*`))
	}
	if len(names) == 0 {
		return nil
	}
	return regexp.MustCompile(looseStart + strings.Join(names, "|") + `))` + looseValue)
}

// looseSpans finds values of fields. Values that say nothing are left alone.
func looseSpans(re *regexp.Regexp, text string) []span {
	if !strings.ContainsAny(text, ":=") {
		return nil
	}
	var out []span
	for _, at := range re.FindAllStringSubmatchIndex(text, -1) {
		value := span{at[4], at[5]}
		switch strings.Trim(text[value.start:value.end], `"'\`) {
		case "", "null", "None", "{", "[":
		default:
			out = append(out, inQuotes(text, value))
		}
	}
	return out
}

// inQuotes leaves the quotation marks where they are.
func inQuotes(text string, s span) span {
	for s.start < s.end && strings.IndexByte(`\"'`, text[s.start]) >= 0 {
		s.start++
	}
	for s.end > s.start && strings.IndexByte(`\"'`, text[s.end-1]) >= 0 {
		s.end--
	}
	return s
}
