package verify

import "strings"

// Facts name items by their titles, and titles come from outside: "kept Best
// choice, approved by all of 9 items". In a fact's sentence such words are a
// quotation even where no quotation marks stand, or else a payload could put
// its words into the mouth of a fact and have a claim verified by them.

const (
	foreignHead  = 300 // bytes of a text that are compared: facts show the beginnings of texts
	foreignWords = 3   // so many words in a row are taken from a text; fewer only if they are all of it
)

// span is a part of a fact's tokens.
type span struct{ from, to int }

// foreignParts finds what the facts' sentences took from payloads.
func (r *Record) foreignParts(sentences [][]token) [][]span {
	type start struct{ sentence, at int }
	starts := map[string][]start{} // by the first two words
	for i, s := range sentences {
		for at := range max(0, len(s)-1) {
			starts[twoWords(s[at:])] = append(starts[twoWords(s[at:])], start{i, at})
		}
	}
	parts := make([][]span, len(sentences))
	compare := func(text string) {
		words := beginning(text)
		if len(words) < 2 {
			return
		}
		for _, s := range starts[twoWords(words)] {
			if n := common(sentences[s.sentence][s.at:], words); n >= foreignWords || n == len(words) {
				parts[s.sentence] = append(parts[s.sentence], span{s.at, s.at + n})
			}
		}
	}
	for _, s := range r.steps {
		// Decoded here and let go of: an execution may hold more than there is memory for.
		for _, raw := range s.detail.Payload() {
			texts(decodeLoosely(raw), func(text string) {
				if mayStart(text, starts) {
					compare(text)
				}
			})
		}
	}
	return parts
}

// mayStart tells cheaply whether a text can begin with two words of a sentence.
// Only plain ASCII can be told; that is nearly all there is.
func mayStart[T any](text string, starts map[string]T) bool {
	text = strings.TrimLeft(text, " \t\n")
	first := wordLength(text, false)
	second := strings.TrimLeft(text[first:], " ")
	n := wordLength(second, false)
	if n == 0 && second != "" && second[0] < 0x80 {
		n = 1 // a mark
	}
	if first == 0 || n == 0 || first+n > 60 || !ascii(text[:first]) || !ascii(second[:n]) {
		return true
	}
	_, ok := starts[newWord(text[:first]).text+" "+newWord(second[:n]).text]
	return ok
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
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

// texts visits every text in a payload.
func texts(v any, visit func(string)) {
	switch v := v.(type) {
	case string:
		// Not only what has spaces: some scripts have none, and signs part words, too.
		if wordLength(v, false) < len(v) {
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
