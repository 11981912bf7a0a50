package query

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/xraytrace/xray"
)

// match reads what stands behind the name of a field and its colon.
func (p *parser) match(f *Field, key string) (xray.Condition, bool) {
	if op, denied, there := p.comparison(); there {
		c, ok := p.compared(f, key, op)
		c.Not = denied
		return c, ok
	}
	if p.next() != '(' && p.next() != '"' && f.can(Range) {
		if c, ok, there := p.ranged(f, key); there {
			return c, ok
		}
	}
	return p.values(f, key)
}

// comparison reads a sign; "=" and "!=" are OpIs.
func (p *parser) comparison() (op xray.Op, denied, there bool) {
	for _, s := range [...]struct {
		sign   string
		op     xray.Op
		denied bool
	}{
		{">=", xray.OpAtLeast, false}, {"<=", xray.OpAtMost, false}, {">", xray.OpMore, false},
		{"<", xray.OpLess, false}, {"!=", xray.OpIs, true}, {"==", xray.OpIs, false}, {"=", xray.OpIs, false},
	} {
		if p.take(s.sign) {
			return s.op, s.denied, true
		}
	}
	return 0, false, false
}

func (p *parser) compared(f *Field, key string, op xray.Op) (xray.Condition, bool) {
	if op == xray.OpIs {
		return p.values(f, key)
	}
	start := p.at
	text, quoted, ok := p.value(inWord)
	if !ok {
		return xray.Condition{}, false
	}
	if !f.can(Compare) {
		p.fault(start, p.at, fmt.Sprintf("%s has no order: write %s", f.Name, f.Examples[0]))
		return xray.Condition{}, false
	}
	if text == "" && !quoted {
		p.fault(start, start, fmt.Sprintf("a value must follow: %s", f.Examples[0]))
		return xray.Condition{}, false
	}
	low, high, ok := p.measure(f, start, p.at, text)
	if op == xray.OpMore || op == xray.OpAtMost { // of a day its end counts
		low = high
	}
	return xray.Condition{Field: f.Name, Key: key, Op: op, Values: []xray.Value{low}}, ok
}

// ranged reads low..high, low.. or ..high; there is false if no dots follow.
func (p *parser) ranged(f *Field, key string) (c xray.Condition, ok, there bool) {
	start := p.at
	text := p.skip(inWord)
	from, to, there := strings.Cut(text, "..")
	if there && f.Kind == KindAny {
		there = (from == "" || isNumber(from)) && (to == "" || isNumber(to))
	}
	if !there {
		p.at = start
		return c, false, false
	}
	c = xray.Condition{Field: f.Name, Key: key, Op: xray.OpBetween}
	if from == "" && to == "" {
		p.fault(start, p.at, fmt.Sprintf("a range needs an end: write %s:>… or %s:1..2", f.Name, f.Name))
		return c, false, true
	}
	var low, high xray.Value
	okLow, okHigh := true, true
	if from != "" {
		low, _, okLow = p.measure(f, start, start+len(from), from)
	}
	if to != "" {
		_, high, okHigh = p.measure(f, p.at-len(to), p.at, to)
	}
	switch {
	case !okLow || !okHigh:
		return c, false, true
	case to == "":
		c.Op, c.Values = xray.OpAtLeast, []xray.Value{low}
	case from == "":
		c.Op, c.Values = xray.OpAtMost, []xray.Value{high}
	case low.Number > high.Number || low.Nano > high.Nano:
		p.fault(start, p.at, "nothing lies in this range: write the lower end first", to+".."+from)
		return c, false, true
	default:
		c.Values = []xray.Value{low, high}
	}
	return c, true, true
}

// values reads one value, or several in parentheses.
func (p *parser) values(f *Field, key string) (xray.Condition, bool) {
	c := xray.Condition{Field: f.Name, Key: key}
	if p.next() == '(' {
		ok := p.list(f, &c)
		return c, ok
	}
	start := p.at
	text, quoted, ok := p.value(inWord)
	if !ok {
		return c, false
	}
	if text == "*" && !quoted && f.can(Has) {
		return xray.Condition{Field: f.Name, Key: key, Op: xray.OpHas}, true
	}
	if f.Kind == KindTime {
		return p.span(f, start, text)
	}
	ok = p.append(f, &c, start, text, quoted)
	return c, ok
}

// span is the condition that a time lies in a day, a minute or a second.
func (p *parser) span(f *Field, start int, text string) (xray.Condition, bool) {
	low, high, ok := p.measure(f, start, p.at, text)
	return xray.Condition{Field: f.Name, Op: xray.OpBetween, Values: []xray.Value{low, high}}, ok
}

// list reads values in parentheses, with OR or a comma between them.
func (p *parser) list(f *Field, c *xray.Condition) bool {
	open, faults := p.at, len(p.faults)
	p.at++
	if !f.can(Is) || f.Kind == KindTime {
		p.closing()
		p.fault(open, p.at, fmt.Sprintf("%s takes no list: write %s", f.Name, f.Examples[0]))
		return false
	}
	for {
		p.skip(func(r rune) bool { return unicode.IsSpace(r) || r == ',' })
		if p.at == len(p.text) {
			p.fault(open, p.at, "the parenthesis is not closed: write ) behind the last value")
			return false
		}
		if p.take(")") {
			break
		}
		if len(c.Values) > 0 && p.keyword("OR") {
			continue
		}
		start := p.at
		text, quoted, ok := p.value(func(r rune) bool { return inWord(r) && r != ',' })
		if !ok {
			return false
		}
		if p.at == start { // "(" is all that a value cannot begin with
			p.fault(start, start+1, "a list holds no other list: leave this out")
			return false
		}
		p.append(f, c, start, text, quoted)
	}
	switch {
	case len(p.faults) > faults:
		return false
	case len(c.Values) == 0:
		p.fault(open, p.at, "the list is empty: write values with OR between them")
		return false
	case len(c.Values) > maxValues:
		p.fault(open, p.at, fmt.Sprintf("a list holds at most %d values", maxValues))
		return false
	}
	return true
}

// closing goes behind the next closing parenthesis, or to the end.
func (p *parser) closing() {
	if end := strings.IndexByte(p.text[p.at:], ')'); end >= 0 {
		p.at += end + 1
	} else {
		p.at = len(p.text)
	}
}
