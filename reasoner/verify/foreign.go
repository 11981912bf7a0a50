package verify

import (
	"strings"

	"github.com/xraytrace/xray"
)

// Facts name items by their titles, and titles come from outside: "kept Best
// choice, approved by all of 9 items". In a fact's sentence such words are a
// quotation even where no quotation marks stand, or else a payload could put
// its words into the mouth of a fact and have a claim verified by them.

const (
	foreignHead  = 120 // bytes of a text that are compared: facts show the beginnings of texts
	foreignWords = 3   // so many words in a row are taken from a text; fewer only if they are all of it
)

// span is a part of a fact's tokens.
type span struct{ from, to int }

// quoteForeign puts quotation marks around what the facts' sentences took
// from payloads.
func (r *Record) quoteForeign(facts []xray.Fact) [][]token {
	sentences := make([][]token, len(facts))
	type start struct{ fact, at int }
	starts := map[string][]start{} // by the first two words
	for i, f := range facts {
		sentences[i] = tokenize(f.Text)
		for at := range max(0, len(sentences[i])-1) {
			key := twoWords(sentences[i][at:])
			starts[key] = append(starts[key], start{i, at})
		}
	}
	spans := make([][]span, len(facts))
	for id := range r.steps {
		texts(r.payload(id), func(text string) {
			words := beginning(text)
			if len(words) < 2 {
				return
			}
			for _, s := range starts[twoWords(words)] {
				if n := common(sentences[s.fact][s.at:], words); n >= foreignWords || n == len(words) {
					spans[s.fact] = append(spans[s.fact], span{s.at, s.at + n})
				}
			}
		})
	}
	for i := range sentences {
		sentences[i] = quoteSpans(sentences[i], spans[i])
	}
	return sentences
}

func twoWords(t []token) string { return t[0].text + " " + t[1].text }

// beginning is the first words of a text, without one that was cut.
func beginning(text string) []token {
	if len(text) <= foreignHead {
		return tokenize(text)
	}
	words := tokenize(text[:foreignHead])
	return words[:max(0, len(words)-1)]
}

func common(a, b []token) int {
	n := 0
	for n < len(a) && n < len(b) && a[n].text == b[n].text {
		n++
	}
	return n
}

// quoteSpans wraps the spans in quotation marks, except inside of others.
func quoteSpans(tokens []token, spans []span) []token {
	if len(spans) == 0 {
		return tokens
	}
	end := make([]int, len(tokens)) // where the longest span from here ends
	for _, s := range spans {
		end[s.from] = max(end[s.from], s.to)
	}
	var out []token
	for i := 0; i < len(tokens); {
		if closes := closing(tokens, i); closes > i {
			out = append(out, tokens[i:closes+1]...)
			i = closes + 1
			continue
		}
		if end[i] == 0 {
			out = append(out, tokens[i])
			i++
			continue
		}
		out = append(out, quotation)
		out = append(out, tokens[i:end[i]]...)
		out = append(out, quotation)
		i = end[i]
	}
	return out
}

var quotation = token{kind: mark, text: `"`, raw: `"`}

// texts visits every text in a payload.
func texts(v any, visit func(string)) {
	switch v := v.(type) {
	case string:
		if strings.ContainsAny(v, " \t\n") {
			visit(v)
		}
	case []any:
		for _, e := range v {
			texts(e, visit)
		}
	case map[string]any:
		for _, e := range v {
			texts(e, visit)
		}
	}
}
