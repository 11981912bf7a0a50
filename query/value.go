package query

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

// value reads one value as it stands there: a bare word, or quoted text with
// its quotes taken off and a star behind it if there is one.
func (p *parser) value(in func(rune) bool) (text string, quoted, ok bool) {
	if p.next() != '"' {
		return p.skip(in), false, true
	}
	text, ok = p.quoted()
	return text, true, ok
}

// quoted reads text in quotes. In it a backslash takes the meaning from what
// follows, and \n, \r and \t are white space.
func (p *parser) quoted() (string, bool) {
	var b strings.Builder
	rest := p.text[p.at+1:]
	for i := 0; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '"':
			p.at += 1 + i + 1
			return b.String(), true
		case c == '\\' && i+1 < len(rest):
			i++
			b.WriteByte(unescaped(rest[i]))
		default:
			b.WriteByte(c)
		}
	}
	p.fault(p.at, len(p.text), "the quotes are not closed", p.text[p.at:]+`"`)
	p.at = len(p.text)
	return "", false
}

func unescaped(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// append adds a value that was read at start to those of a condition.
func (p *parser) append(f *Field, c *xray.Condition, start int, text string, quoted bool) bool {
	v := xray.Value{Text: text}
	if quoted {
		v.Prefix = p.take("*")
	} else if begin, star := strings.CutSuffix(text, "*"); star {
		v = xray.Value{Text: begin, Prefix: true}
	}
	switch {
	case v.Text == "":
		p.fault(start, p.at, p.missing(f, c.Key))
		return false
	case !f.can(Is):
		return p.unequal(f, start, text)
	}
	switch f.Kind {
	case KindChoice:
		return p.choose(f, c, start, strings.ToLower(text))
	case KindText:
		v.Prefix = false // it is found anywhere
		if field, _, colon := strings.Cut(text, ":"); colon && !quoted && f.Name == xray.FieldText {
			if _, _, known := LookupKeyed(field); known {
				p.fault(start, p.at, "OR stands between values of one field: status:(error OR running); put text with a colon in quotes", `"`+escape(text)+`"`)
				return false
			}
		}
	case KindString, KindAny:
		if !quoted && strings.Contains(v.Text, "*") {
			p.fault(start, p.at, "a star stands only at the end; put a text that has one in quotes", `"`+escape(text)+`"`)
			return false
		}
		if v.Prefix && !f.can(Prefix) {
			p.fault(start, p.at, fmt.Sprintf("%s is compared whole: leave the star out", f.Name), v.Text)
			return false
		}
	default:
		low, _, ok := p.measure(f, start, p.at, text)
		c.Values = append(c.Values, low)
		return ok
	}
	c.Values = append(c.Values, v)
	return true
}

// missing tells that a value is missing, and how to ask for none.
func (p *parser) missing(f *Field, key string) string {
	if f.can(Has) {
		return fmt.Sprintf("a value must follow; for those without one write -has:%s", fieldName(f.Name, key))
	}
	return "a value must follow: " + f.Examples[0]
}

// unequal tells that a field is compared but never equal.
func (p *parser) unequal(f *Field, start int, text string) bool {
	if _, _, ok := p.measure(f, start, p.at, text); ok {
		p.fault(start, p.at, fmt.Sprintf("say whether it is more or less: %s:>%s or %s:<%s", f.Name, text, f.Name, text), ">"+text, "<"+text)
	}
	return false
}

// choose adds one of a field's values.
func (p *parser) choose(f *Field, c *xray.Condition, start int, text string) bool {
	if slices.Contains(f.Values, text) {
		c.Values = append(c.Values, xray.Value{Text: text})
		return true
	}
	near := nearest(text, f.Values)
	if meant := synonym(text); len(near) == 0 && slices.Contains(f.Values, meant) {
		near = []string{meant}
	}
	message := fmt.Sprintf("%s is one of %s", f.Name, strings.Join(f.Values, ", "))
	if len(near) > 0 {
		message = fmt.Sprintf("%s is never %q: did you mean %s?", f.Name, text, near[0])
	} else {
		near = f.Values
	}
	p.fault(start, p.at, message, near...)
	return false
}

// synonym is our word for what others call so.
func synonym(text string) string {
	switch text {
	case "fail", "failed", "failure", "exception":
		return "error"
	case "success", "succeeded", "passed", "completed", "done", "finished":
		return "ok"
	case "pending", "active", "open", "started":
		return "running"
	case "generation", "model", "completion":
		return "llm"
	case "search", "retrieval":
		return "retriever"
	}
	return ""
}
