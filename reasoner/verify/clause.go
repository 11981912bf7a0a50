package verify

import (
	"slices"
	"strings"
)

// A mention is a unit of a sentence: a word, a number, a mark, or everything
// between two quotation marks.
type mention struct {
	kind   kind
	text   string // a word's class, a number's canonical form, a mark
	raw    string
	quoted bool
	inner  []token  // what stands between the quotation marks
	steps  []string // the ids of the steps that have this name; nil for anything else
}

// mentions folds quoted parts into one mention each and words into classes.
// foreign parts count as quoted, whatever quotation marks they contain.
func mentions(tokens []token, foreign ...span) []mention {
	ends := make([]int, len(tokens)+1) // where the longest foreign part from here ends
	for _, s := range foreign {
		ends[s.from] = max(ends[s.from], s.to)
	}
	var out []mention
	for i := 0; i < len(tokens); i++ {
		from, to, next := i, ends[i], ends[i]
		if close := closing(tokens, i, ends); close > i {
			from, to, next = i+1, close, close+1
		}
		if next == 0 {
			out = append(out, plain(tokens[i]))
			continue
		}
		out = append(out, mention{kind: mark, quoted: true, raw: "quotation", inner: tokens[from:to]})
		i = next - 1
	}
	return joinComparisons(out)
}

func plain(t token) mention {
	m := mention{kind: t.kind, text: t.text, raw: t.raw}
	if t.kind != word {
		if c, ok := classes[t.text]; ok {
			m.text, m.kind = c, word // ≥ and its like are words to us
		}
		return m
	}
	m.text = class(t.text)
	if n, ok := spelled[m.text]; ok {
		m.kind, m.text = number, n
	}
	return m
}

// closing returns where a quotation that opens at i closes, or i if none does.
// “ is closed by ” alone, any other mark by its like; a foreign part inside
// closes nothing.
func closing(tokens []token, i int, foreign []int) int {
	if tokens[i].kind != mark || !strings.Contains("\"`'", tokens[i].text) {
		return i
	}
	for j := i + 1; j < len(tokens); {
		switch {
		case foreign[j] > j:
			j = foreign[j]
			continue
		case tokens[j].kind != mark || tokens[j].text != tokens[i].text:
		case tokens[i].raw != "“" || tokens[j].raw == "”":
			return j
		}
		j++
	}
	return i
}

// comparisons are the ways to write ≥, ≤, > and <, longest first.
var comparisons = []struct {
	words []string
	class string
}{
	{[]string{"greater", "than", "or", "equal", "to"}, "ge"}, {[]string{"less", "than", "or", "equal", "to"}, "le"},
	{[]string{"at", "least"}, "ge"}, {[]string{"at", "most"}, "le"},
	{[]string{"gt", "="}, "ge"}, {[]string{"lt", "="}, "le"},
	{[]string{"greater", "than"}, "gt"}, {[]string{"more", "than"}, "gt"}, {[]string{"higher", "than"}, "gt"},
	{[]string{"less", "than"}, "lt"}, {[]string{"fewer", "than"}, "lt"}, {[]string{"lower", "than"}, "lt"},
	{[]string{"above"}, "gt"}, {[]string{"over"}, "gt"}, {[]string{"below"}, "lt"}, {[]string{"under"}, "lt"},
}

func joinComparisons(ms []mention) []mention {
	var out []mention
	for i := 0; i < len(ms); i++ {
		n := 1
		for _, c := range comparisons {
			if startsWithWords(ms[i:], c.words) {
				ms[i].text, ms[i].raw, ms[i].kind, n = c.class, c.class, word, len(c.words)
				break
			}
		}
		out = append(out, ms[i])
		i += n - 1
	}
	return out
}

func startsWithWords(ms []mention, words []string) bool {
	return len(ms) >= len(words) && slices.EqualFunc(ms[:len(words)], words, func(m mention, w string) bool { return !m.quoted && m.text == w })
}

// A clause is the part of a sentence that is checked on its own.
type clause []mention

// splitClauses parts at punctuation and at conjunctions. The conjunctions of
// cause stay with the clause that they open, so that they are checked. What
// stands in parentheses is a clause of its own inside of another.
func splitClauses(ms []mention) []clause {
	var out, outer []clause
	var open clause
	end := func() {
		if len(open) > 0 {
			out = append(out, open)
		}
		open = nil
	}
	for _, m := range ms {
		switch {
		case m.quoted:
			open = append(open, m)
		case m.kind == mark && m.text == "(":
			outer, open = append(outer, open), nil
		case m.kind == mark && m.text == ")" && len(outer) > 0:
			end()
			open, outer = outer[len(outer)-1], outer[:len(outer)-1]
		case m.kind == mark && strings.Contains(",;:.!?—–)[]", m.text):
			end()
		case m.kind == mark && strings.Contains("\"'`…-*", m.text):
			// punctuation without a meaning of its own
		case m.kind == word && in(splitters, m.text):
			end()
			open = append(open, m)
		default:
			open = append(open, m) // also %, $ and other signs, which mean something
		}
	}
	end()
	for _, c := range outer { // parentheses that were never closed
		open = c
		end()
	}
	return out
}

// silent reports whether a mention asserts nothing.
func (m mention) silent() bool {
	return !m.quoted && m.kind == word && in(empty, strings.ToLower(m.raw))
}

// mood says whether a clause is turned around by a negation, or weakened by a
// word like "would". Words move between sentences of one mood only.
func (c clause) mood() string {
	negated, modal := "", ""
	for _, m := range c {
		switch {
		case m.quoted || m.kind != word:
		case in(negations, m.text):
			negated = "negated"
		case in(modals, m.text):
			modal = "modal"
		}
	}
	return negated + modal
}

// content lists what a clause is made of, in order.
func (c clause) content() []string {
	var out []string
	for _, m := range c {
		switch {
		case m.quoted:
			out = append(out, joined(m.inner))
		case !m.silent():
			out = append(out, m.text)
		}
	}
	return out
}

// comparison returns the comparison directly in front of mention i.
func (c clause) comparison(i int) string {
	for i--; i >= 0 && c[i].silent(); i-- {
	}
	if i >= 0 && slices.Contains([]string{"ge", "le", "gt", "lt"}, c[i].text) {
		return c[i].text
	}
	return ""
}

// neighbours returns the words of substance nearest to the number at i, on
// either side. Words that stand between a number and what it counts are seen
// through; another number is not. In "8 of 30" the word next to 30 is "of 8".
func (c clause) neighbours(i int) []string {
	if i > 1 && c[i-1].text == "of" && c[i-2].kind == number {
		return []string{"of " + c[i-2].text}
	}
	rest := c[i+1:]
	if len(rest) > 1 && rest[0].text == "of" && rest[1].kind == number {
		rest = rest[2:]
	}
	var out []string
	for _, m := range []mention{c[:i].last(), rest.first()} {
		if m.kind != number && (m.text != "" || m.quoted) {
			out = append(out, m.name())
		}
	}
	return out
}

// around returns what stands next to the word or quotation at i; nothing but
// "" when it stands alone in its clause.
func (c clause) around(i int) []string {
	var out []string
	for _, m := range []mention{c[:i].last(), c[i+1:].first()} {
		if m.text != "" || m.quoted {
			out = append(out, m.name())
		}
	}
	if out == nil {
		return []string{""}
	}
	return out
}

// first and last are the outermost mentions of substance, or nothing.
func (c clause) first() mention {
	for _, m := range c {
		if !m.seenThrough() {
			return m
		}
	}
	return mention{}
}

func (c clause) last() mention {
	for _, m := range slices.Backward(c) {
		if !m.seenThrough() {
			return m
		}
	}
	return mention{}
}

func (m mention) seenThrough() bool {
	return !m.quoted && m.kind != number && (m.silent() || in(counted, m.text) || slices.Contains([]string{"ge", "le", "gt", "lt"}, m.text))
}

// name is how a mention is compared as a neighbour.
func (m mention) name() string {
	if m.quoted {
		return "“" + joined(m.inner)
	}
	return m.text
}

// follower is what the mention at i leads to: the next one that is not silent.
func (c clause) follower(i int) string {
	for _, m := range c[i+1:] {
		if m.quoted || !m.silent() {
			return m.name()
		}
	}
	return ""
}
