package verify

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// quoted checks that quote stands at value. A number is quoted whole, in any
// notation; a text whole or in part, on word boundaries; an object or array
// whole, as JSON. A part of a text must not leave out a negation that stands
// in the same sentence.
func quoted(value any, quote string) error {
	switch v := value.(type) {
	case string:
		return quotedText(v, quote)
	case json.Number:
		return quotedNumber(v.String(), quote)
	case bool, nil:
		if want := fmt.Sprint(literal(v)); normalize(quote) != want {
			return fmt.Errorf("the value there is %s, not %q", want, shorten(quote))
		}
		return nil
	}
	want, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("the value there cannot be read: %w", err)
	}
	given, err := Decode([]byte(quote))
	if err != nil {
		return errors.New("an object or array stands there: point at the value inside it that is quoted")
	}
	if got, err := json.Marshal(given); err != nil || string(got) != string(want) {
		return fmt.Errorf("the value there is %s", shorten(string(want)))
	}
	return nil
}

func quotedNumber(value, quote string) error {
	want, ok := canonicalNumber(value)
	got, isNumber := canonicalNumber(normalize(quote))
	if ok && isNumber && want == got || value == normalize(quote) {
		return nil
	}
	return fmt.Errorf("the value there is %s, not %q", shorten(value), shorten(quote))
}

func quotedText(value, quote string) error {
	if normalize(value) == normalize(quote) {
		return nil
	}
	part, whole := tokenize(quote), tokenize(value)
	if len(part) == 0 {
		return errors.New("the quote is empty, but the value is not")
	}
	found := false
	for at := range whole {
		if !startsWith(whole[at:], part) {
			continue
		}
		found = true
		if !negated(whole, at, at+len(part)) {
			return nil
		}
	}
	if found {
		return errors.New("the quote leaves out a negation that stands next to it: quote the whole sentence")
	}
	return fmt.Errorf("%q does not stand there: the value is %q", shorten(quote), shorten(value))
}

// negated reports whether the sentence around whole[from:to] holds a negation
// outside of that range.
func negated(whole []token, from, to int) bool {
	outside := slices.Concat(before(whole[:from]), after(whole[to:]))
	return slices.ContainsFunc(outside, func(t token) bool {
		_, negation := negations[strings.ToLower(t.text)]
		return negation || strings.HasSuffix(strings.ToLower(t.text), "n't")
	})
}

func before(tokens []token) []token {
	for i, t := range slices.Backward(tokens) {
		if endsSentence(t) {
			return tokens[i+1:]
		}
	}
	return tokens
}

func after(tokens []token) []token {
	if i := slices.IndexFunc(tokens, endsSentence); i >= 0 {
		return tokens[:i]
	}
	return tokens
}

func endsSentence(t token) bool {
	return t.kind == mark && strings.Contains(".!?;{}[]。！？", t.text)
}

func startsWith(tokens, prefix []token) bool {
	return len(tokens) >= len(prefix) && slices.EqualFunc(tokens[:len(prefix)], prefix, func(a, b token) bool { return a.text == b.text })
}

// literal is how a JSON true, false or null is written.
func literal(v any) any {
	if v == nil {
		return "null"
	}
	return v
}

// shorten cuts a text for a message.
func shorten(s string) string {
	const limit = 80
	if r := []rune(s); len(r) > limit {
		return string(r[:limit]) + "…"
	}
	return s
}
