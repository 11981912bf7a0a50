package mask

import (
	"strings"
	"unicode/utf8"
)

// In a text that is not JSON a field is still a field where it looks like one:
// password=…, "password": "…", also in JSON that was cut off, or quoted inside
// of prose.

// looseField says whether a name in a text, in lower case, is one of a rule's
// fields.
type looseField func(name string) bool

// looseFields knows the plain names among fields, nil if there are none.
func looseFields(fields []string) looseField {
	var names []string
	for _, f := range fields {
		if !strings.Contains(f, "/") {
			names = append(names, unescape.Replace(strings.ToLower(f)))
		}
	}
	if len(names) == 0 {
		return nil
	}
	return func(name string) bool {
		for _, n := range names {
			if like(n, name) || like(n, lastPart(name)) {
				return true
			}
		}
		return false
	}
}

const maxLooseName = 200 // bytes

// looseSpans finds values of fields: what follows on a name and a colon or
// equals sign. Values that say nothing are left alone.
func looseSpans(is looseField, text string) (out []span) {
	for from := 0; from < len(text); {
		at := strings.IndexAny(text[from:], ":=")
		if at < 0 {
			return out
		}
		at += from
		from = at + 1
		if name := nameBefore(text, at); name == "" || !is(strings.ToLower(name)) {
			continue
		}
		value := valueAfter(text, at+1)
		switch text[value.start:value.end] {
		case "", "null", "None", "{", "[":
			continue
		}
		out = append(out, value)
		from = max(from, value.end)
	}
	return out
}

// nameBefore is the name that ends before at, or before quotation marks there.
func nameBefore(text string, at int) string {
	end := at
	for end > 0 && strings.IndexByte(" \t\"'\\", text[end-1]) >= 0 {
		end--
	}
	start := end
	for start > 0 && end-start < maxLooseName {
		r, size := utf8.DecodeLastRuneInString(text[:start])
		if !isAlnum(r) && r != '_' && r != '-' && r != '.' {
			break
		}
		start -= size
	}
	return text[start:end]
}

// valueAfter is the value that begins at from, without its quotation marks.
func valueAfter(text string, from int) span {
	from = skipAny(text, from, " \t=:>")
	for _, scheme := range []string{"bearer ", "basic ", "token ", "digest "} {
		if len(text)-from > len(scheme) && strings.EqualFold(text[from:from+len(scheme)], scheme) {
			return span{from, valueAfter(text, from+len(scheme)).end}
		}
	}
	start := skipAny(text, from, `\`)
	if start == len(text) || text[start] != '"' && text[start] != '\'' {
		return span{from, endAt(text, from, " \t\r\n,;&\"'}")}
	}
	quote := text[start]
	if start > from { // quoted once more: it ends with the next \"
		return span{start + 1, endAt(text, start+1, `\"'`)}
	}
	for i := start + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case quote:
			return span{start + 1, i}
		}
	}
	return span{start + 1, len(text)}
}

func skipAny(text string, from int, these string) int {
	for from < len(text) && strings.IndexByte(these, text[from]) >= 0 {
		from++
	}
	return from
}

func endAt(text string, from int, any string) int {
	if i := strings.IndexAny(text[from:], any); i >= 0 {
		return from + i
	}
	return len(text)
}
