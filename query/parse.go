package query

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xraytrace/xray"
)

// Parse reads a query. An error is an [*Error]. Bytes that are not UTF-8 are read
// as U+FFFD.
func Parse(text string) (Query, error) {
	p := parser{text: strings.ToValidUTF8(text, "\uFFFD")}
	if len(p.text) > MaxLength {
		p.fault(0, len(p.text), fmt.Sprintf("the query is longer than %d bytes: ask for less at once", MaxLength))
		return Query{}, &Error{p.faults}
	}
	for p.space(); p.at < len(p.text) && p.terms < maxTerms; p.space() {
		p.terms++
		p.term()
	}
	if p.at < len(p.text) {
		p.fault(p.at, len(p.text), fmt.Sprintf("there are more than %d conditions: leave out what is from here on", maxTerms))
	}
	if len(p.faults) > 0 {
		return Query{}, &Error{p.faults}
	}
	p.query.settle()
	return p.query, nil
}

// parser reads the text from at on. It goes on after a fault, with what follows
// the next white space, so that all faults are told at once.
type parser struct {
	text   string
	at     int
	terms  int
	query  Query
	faults []Fault
}

func (p *parser) space() {
	p.skip(unicode.IsSpace)
}

// skip goes on while runes are of a kind and returns what they are.
func (p *parser) skip(is func(rune) bool) string {
	rest := p.text[p.at:]
	end := strings.IndexFunc(rest, func(r rune) bool { return !is(r) })
	if end < 0 {
		end = len(rest)
	}
	p.at += end
	return rest[:end]
}

// next is the rune ahead, or utf8.RuneError at the end.
func (p *parser) next() rune {
	r, _ := utf8.DecodeRuneInString(p.text[p.at:])
	if p.at == len(p.text) {
		return -1
	}
	return r
}

// take goes over s if it is ahead.
func (p *parser) take(s string) bool {
	if !strings.HasPrefix(p.text[p.at:], s) {
		return false
	}
	p.at += len(s)
	return true
}

// inWord reports whether a rune belongs to a bare word.
func inWord(r rune) bool { return r != '"' && r != '(' && r != ')' && !unicode.IsSpace(r) }

// inName reports whether a rune belongs to a name before a colon or comparison.
func inName(r rune) bool { return inWord(r) && !strings.ContainsRune(":<>=!", r) }

// term reads one condition.
func (p *parser) term() {
	start, faults := p.at, len(p.faults)
	if p.keyword("AND") {
		if p.space(); p.at == len(p.text) {
			p.fault(start, p.at, "a condition must follow AND")
		}
		return
	}
	not := p.take("-")
	if !not && p.keyword("NOT") {
		not = true
		p.space()
	}
	if p.at == len(p.text) || not && unicode.IsSpace(p.next()) {
		p.fault(start, p.at, "a condition must follow: write -status:ok, or \"-\" in quotes for the sign itself")
		return
	}
	if c, ok := p.condition(); ok {
		c.Not = c.Not != not
		p.query.add(c)
	}
	if r := p.next(); len(p.faults) == faults && r != -1 && !unicode.IsSpace(r) {
		from := p.at
		p.restOfTerm()
		if r == ')' {
			p.fault(from, from+1, "no parenthesis is open here: leave this out")
		} else {
			p.fault(from, p.at, "put a space before this, or quotes around the whole value")
		}
	} else if len(p.faults) > faults {
		p.restOfTerm()
	}
}

// keyword goes over a word if it stands alone.
func (p *parser) keyword(word string) bool {
	rest, ok := strings.CutPrefix(p.text[p.at:], word)
	if r, _ := utf8.DecodeRuneInString(rest); !ok || rest != "" && !unicode.IsSpace(r) {
		return false
	}
	p.at += len(word)
	return true
}

// restOfTerm goes to the next white space that is not in quotes or parentheses.
func (p *parser) restOfTerm() {
	quoted, open, escaped := false, 0, false
	p.skip(func(r rune) bool {
		switch {
		case escaped:
			escaped = false
		case quoted:
			quoted, escaped = r != '"', r == '\\'
		case r == '"':
			quoted = true
		case r == '(':
			open++
		case r == ')' && open > 0:
			open--
		}
		return quoted || open > 0 || !unicode.IsSpace(r)
	})
}

// condition reads what stands behind a sign.
func (p *parser) condition() (xray.Condition, bool) {
	start := p.at
	switch p.next() {
	case '"', '(':
		return p.words()
	case ')':
		p.fault(start, start+1, "no parenthesis is open here: leave this out")
		return xray.Condition{}, false
	}
	name := p.skip(inName)
	known, key, ok := LookupKeyed(name)
	if ok && known.Keyed && strings.HasSuffix(name, ".") && p.next() == '"' {
		key, ok = p.quoted()
		if !ok {
			return xray.Condition{}, false
		}
	}
	switch r := p.next(); {
	case r == ':' && strings.EqualFold(name, "has"):
		p.at++
		return p.has()
	case ok && (r == ':' || r == '<' || r == '>' || r == '=' || strings.HasPrefix(p.text[p.at:], "!=")):
		p.take(":")
		if known.Keyed && key == "" {
			p.fault(start, p.at, fmt.Sprintf("write a key behind %s: %s", known.Name, known.Examples[0]), string(known.Name)+".")
			return xray.Condition{}, false
		}
		return p.match(&known, key)
	case r == ':':
		p.unknown(start, name)
		return xray.Condition{}, false
	}
	p.at = start
	return p.words()
}

// unknown tells that there is no field of a name.
func (p *parser) unknown(start int, name string) {
	if name == "" {
		p.fault(start, start+1, "the name of a field must stand before the colon; put text with a colon in quotes")
		return
	}
	if near := nearestFields(name); len(near) > 0 {
		p.fault(start, start+len(name), fmt.Sprintf("there is no field %q: did you mean %s?", name, near[0]), near...)
		return
	}
	p.at = start
	word := p.skip(inWord)
	message := fmt.Sprintf("there is no field %q: put text with a colon in quotes, and write meta.%s for metadata", name, name)
	if r := p.next(); r == -1 || unicode.IsSpace(r) {
		p.fault(start, p.at, message, `"`+escape(word)+`"`)
	} else {
		p.fault(start, p.at, message)
	}
}

// words reads a text to search for, or several in parentheses.
func (p *parser) words() (xray.Condition, bool) {
	start := p.at
	f, _ := Lookup(string(xray.FieldText))
	list := p.next() == '('
	c, ok := p.values(&f, "")
	switch word := p.text[start:p.at]; {
	case !ok || list:
	case word == "OR":
		p.fault(start, p.at, "OR stands between values of one field: status:(error OR running), or (this OR that)")
		return c, false
	}
	return c, ok
}

// has reads the field that must have a value.
func (p *parser) has() (xray.Condition, bool) {
	start := p.at
	name := p.skip(inWord)
	f, key, ok := LookupKeyed(name)
	if ok && f.Keyed && strings.HasSuffix(name, ".") && p.next() == '"' {
		if key, ok = p.quoted(); !ok {
			return xray.Condition{}, false
		}
	}
	switch {
	case name == "":
		p.fault(start, start, "the name of a field must follow has:")
	case !ok:
		p.fault(start, p.at, fmt.Sprintf("there is no field %q", name), nearestFields(name)...)
	case f.Keyed && key == "":
		p.fault(start, p.at, fmt.Sprintf("write a key behind %s", f.Name), string(f.Name)+".")
	case !f.can(Has):
		p.fault(start, p.at, fmt.Sprintf("every execution has %s: leave this out", f.Name))
	default:
		return xray.Condition{Field: f.Name, Key: key, Op: xray.OpHas}, true
	}
	return xray.Condition{}, false
}
