package facts

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// raw writes the value as JSON again.
func (v *value) raw() []byte {
	var b []byte
	return v.append(b)
}

func (v *value) append(b []byte) []byte {
	switch v.kind {
	case null:
		return append(b, "null"...)
	case boolean:
		return append(b, v.str...)
	case number:
		if !json.Valid([]byte(v.str)) {
			return append(b, strconv.Quote(v.str)...)
		}
		return append(b, v.str...)
	case text:
		q, err := json.Marshal(v.str)
		if err != nil {
			return append(b, `""`...)
		}
		return append(b, q...)
	}
	open, end := byte('['), byte(']')
	if v.kind == object {
		open, end = '{', '}'
	}
	b = append(b, open)
	for i := range v.elems {
		if i > 0 {
			b = append(b, ',')
		}
		if v.kind == object {
			k := value{kind: text, str: v.elems[i].key}
			b = append(k.append(b), ':')
		}
		b = v.elems[i].append(b)
	}
	return append(b, end)
}

// plainJSON is of values that cannot be read as words of a sentence: no text in
// them has a space, or ends the quotation marks that JSON gives it.
var plainJSON = regexp.MustCompile(`^["\w.,:+{}\[\]-]*$`)

// showJSON writes a value for a sentence, cut to about limit bytes: a text as a
// quotation, and so whatever could be read as words.
func showJSON(raw json.RawMessage, limit int) string {
	var said string
	switch {
	case raw == nil:
		return "nothing"
	case raw[0] == '"' && json.Unmarshal(raw, &said) == nil:
		return quote(said, limit)
	case plainJSON.Match(raw):
		return cut(string(raw), limit)
	}
	return quote(string(raw), limit)
}

// showValue writes a value for a sentence, cut to about limit bytes.
func showValue(v *value, limit int) string {
	if v == nil {
		return "nothing"
	}
	return showJSON(v.raw(), limit)
}

// quote writes a text from a payload. Its own typographic marks become plain
// ones: the text must not be able to end its quotation and speak as the fact.
func quote(s string, limit int) string { return "“" + innerQuotes.Replace(cut(s, limit)) + "”" }

var innerQuotes = strings.NewReplacer("“", `"`, "”", `"`)

// cut shortens a text to limit bytes, on one line and valid UTF-8.
func cut(s string, limit int) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "�")), " ")
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + "…"
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if strings.HasSuffix(noun, "y") && !strings.HasSuffix(noun, "ay") {
		return fmt.Sprintf("%d %sies", n, noun[:len(noun)-1])
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// and joins a few things for a sentence: a, b and c; 12 more.
func and(things []string, most int) string {
	if len(things) > most {
		return strings.Join(things[:most], ", ") + fmt.Sprintf(" and %d more", len(things)-most)
	}
	if len(things) < 2 {
		return strings.Join(things, "")
	}
	return strings.Join(things[:len(things)-1], ", ") + " and " + things[len(things)-1]
}

// name is how a sentence calls element i: its key, with its title if it has
// one.
func (l *list) itemName(i int) string {
	if l.refs != nil && !l.rich {
		return l.refs[i].l.itemName(l.refs[i].i)
	}
	key, label := l.itemKey(i), l.itemLabel(i)
	switch {
	case label == "" && key == "":
		return fmt.Sprintf("item %d", i+1)
	case label == "" || foldKey(label) == foldKey(key):
		return cut(firstOf(key, label), 60)
	case key == "":
		return cut(label, 60)
	case strings.Contains(label, key):
		return cut(label, 60)
	}
	return cut(label, 50) + " (" + cut(key, 40) + ")"
}

func firstOf(ss ...string) string {
	for _, s := range ss {
		if s != "" {
			return s
		}
	}
	return ""
}

// itemKey is what identifies element i best within its list.
func (l *list) itemKey(i int) string {
	for _, c := range l.keyColumns() {
		if c.idish() {
			if v := c.at(i); v != nil && v.str != "" {
				return v.str
			}
		}
	}
	for _, c := range l.keyColumns() {
		if v := c.at(i); v != nil && v.str != "" && len(v.str) <= 120 {
			return v.str
		}
	}
	return ""
}

var titleWords = newSet("title name label headline product subject company")

func (l *list) itemLabel(i int) string {
	for _, c := range l.columns() {
		if len(c.words) > 0 && titleWords[c.words[len(c.words)-1]] {
			if v := c.at(i); v != nil && v.kind == text {
				return v.str
			}
		}
	}
	return ""
}

func (l *list) names(at []int, most int) string {
	var ns []string
	for _, i := range at[:min(len(at), most)] {
		ns = append(ns, l.itemName(i))
	}
	for len(ns) < len(at) {
		ns = append(ns, "")
	}
	return and(ns, most)
}
