package verify

import (
	"encoding/json"
	"slices"

	"github.com/xraytrace/xray"
)

// fact is a fact with its sentence made comparable: what stands next to what
// in it, so that its words cannot be put together to say something else.
type fact struct {
	xray.Fact
	whole  string              // the sentence
	order  []string            // content of the whole sentence, in order
	beside map[beside]struct{} // words and numbers with their neighbours
	quotes []quotation
	speaks map[string]struct{} // steps that it is about or names
	counts map[string]struct{} // numbers that count items
	spoken map[string]struct{} // words that the sentence puts a number to
}

// beside says that a word or number stands next to another. how is the mood of
// the clause for a word, the comparison in front of it for a number, and leads
// for a word like "all" or "not", where only what follows it counts.
type beside struct{ what, next, how string }

const leads = "leads"

// quotation is a text that a fact quotes or has among its values.
type quotation struct {
	words []token
	next  []string // what it stands next to
}

func (r *Record) newFact(f xray.Fact, sentence []token, foreign []span) *fact {
	made := &fact{
		Fact: f, whole: joined(sentence), beside: map[beside]struct{}{},
		speaks: map[string]struct{}{}, counts: map[string]struct{}{}, spoken: map[string]struct{}{},
	}
	if f.StepID != "" {
		made.speaks[f.StepID] = struct{}{}
	}
	for _, c := range splitClauses(r.foldSteps(mentions(sentence, foreign...))) {
		made.learn(c)
	}
	made.learnValues()
	return made
}

func (f *fact) learn(c clause) {
	mood := c.mood()
	f.order = append(f.order, c.content()...)
	for i, m := range c {
		for _, id := range m.steps {
			f.speaks[id] = struct{}{}
		}
		switch {
		case m.quoted:
			f.quotes = append(f.quotes, quotation{m.inner, c.around(i)})
		case m.kind == number:
			f.note(m.text, c.neighbours(i), c.comparison(i))
			for _, n := range c.neighbours(i) {
				f.spoken[n] = struct{}{}
			}
		default:
			f.note(m.text, c.around(i), mood)
		}
		if in(leaders, m.text) {
			f.note(m.text, []string{c.follower(i)}, leads)
		}
	}
}

func (f *fact) note(what string, next []string, how string) {
	for _, n := range next {
		f.beside[beside{what, n, how}] = struct{}{}
	}
}

// learnValues adds the fact's values: a number or text may be said next to the
// words of its key, unless the sentence puts a number of its own to the word.
func (f *fact) learnValues() {
	for key, raw := range f.Values {
		v, err := Decode(raw)
		if err != nil {
			continue
		}
		var names []string
		for _, w := range fieldWords(key) {
			names = append(names, class(w))
		}
		switch v := v.(type) {
		case string:
			f.quotes = append(f.quotes, quotation{tokenize(v), names})
		case json.Number:
			n, ok := canonicalNumber(v.String())
			if !ok {
				continue
			}
			f.note(n, slices.DeleteFunc(names, func(w string) bool { return in(f.spoken, w) }), "")
			if in(itemCounts, key) {
				f.counts[n] = struct{}{}
			}
		}
	}
}

// isAbout reports whether the fact speaks of every one of the steps.
func (f *fact) isAbout(subject [][]string) bool {
	if len(f.speaks) == 0 {
		return true
	}
	for _, ids := range subject {
		if !slices.ContainsFunc(ids, func(id string) bool { return in(f.speaks, id) }) {
			return false
		}
	}
	return true
}

// says reports whether the fact says the whole clause.
func (f *fact) says(c clause) bool {
	mood, names, ordered := c.mood(), 0, false
	for i, m := range c {
		switch {
		case len(m.steps) > 0:
			if names++; !f.placesStep(c, i, mood) {
				return false
			}
		case m.quoted:
			if names++; !f.saysQuoted(c, i) {
				return false
			}
		case m.kind == number:
			if !f.has(m.text, c.neighbours(i), c.comparison(i)) {
				return false
			}
		case m.silent(), f.countsItems(c, i):
		case !f.has(m.text, c.around(i), mood):
			return false
		case in(leaders, m.text) && !f.has(m.text, []string{c.follower(i)}, leads):
			return false
		}
		ordered = ordered || !m.quoted && in(relations, m.text)
	}
	// Where order makes the meaning, it has to be the fact's own.
	return !ordered && names < 2 || subsequence(c.content(), f.order)
}

// has reports whether something stands next to one of these in the fact, too.
func (f *fact) has(what string, next []string, how string) bool {
	return slices.ContainsFunc(next, func(n string) bool {
		_, ok := f.beside[beside{what, n, how}]
		return ok
	})
}

// placesStep reports whether a step's name stands where the fact has it. One
// that the sentence does not name is the fact's own, as isAbout has seen, and
// one that stands alone in its clause ("in the search, …") is a subject.
func (f *fact) placesStep(c clause, i int, mood string) bool {
	next := c.around(i)
	return !slices.Contains(f.order, c[i].text) || next[0] == "" || f.has(c[i].text, next, mood)
}

func (f *fact) saysQuoted(c clause, i int) bool {
	next := c.around(i)
	return slices.ContainsFunc(f.quotes, func(q quotation) bool {
		return contains(q.words, c[i].inner) && slices.ContainsFunc(next, func(n string) bool { return slices.Contains(q.next, n) })
	})
}

// countsItems reports whether "items", or a word like it, stands behind a
// number of which the fact knows that it counts them.
func (f *fact) countsItems(c clause, i int) bool {
	return c[i].text == "item" && i > 0 && c[i-1].kind == number && in(f.counts, c[i-1].text)
}

func subsequence(part, whole []string) bool {
	for _, w := range whole {
		if len(part) > 0 && part[0] == w {
			part = part[1:]
		}
	}
	return len(part) == 0
}
