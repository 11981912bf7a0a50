package verify

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

// cited is a piece of evidence that was found in the record.
type cited struct {
	stepID string
	path   []string // the pointer's tokens
	value  any
	quote  []token
	leaf   string // the name of the field; "" when the value has none
}

// Cites checks that evidence points at a value that says what it quotes.
func (r *Record) Cites(e xray.Evidence) error {
	_, err := r.cite(e, "")
	return err
}

// cite finds evidence in the record. In an explanation of one step (scope)
// only that step is evidence.
func (r *Record) cite(e xray.Evidence, scope string) (cited, error) {
	if scope != "" && e.StepID != scope {
		return cited{}, errors.New("the evidence is from another step than the one that is explained")
	}
	value, err := r.Value(e.StepID, e.Pointer)
	if err != nil {
		return cited{}, err
	}
	if err := quoted(value, e.Quote); err != nil {
		return cited{}, fmt.Errorf("%s: %w", e.Pointer, err)
	}
	path, _ := splitPointer(e.Pointer) // Value has read it already
	c := cited{stepID: e.StepID, path: path, value: value, quote: tokenize(e.Quote)}
	for _, token := range slices.Backward(path) {
		if _, index := arrayIndex(token); !index {
			c.leaf = token
			break
		}
	}
	return c, nil
}

// generic names of fields say nothing about the value, so that "the step
// returned" names it as well.
var generic = set(`input output content text value message messages parts response result answer arguments data body`)

// side is input, output or attributes.
func (c *cited) side() string {
	if len(c.path) == 0 {
		return ""
	}
	return c.path[0]
}

// nameless reports whether a value is sufficiently named by "received" or
// "returned".
func (c *cited) nameless() bool { return in(generic, strings.ToLower(c.leaf)) }

// namedAt returns how many mentions at the start of ms are the field's name,
// written as it is or in words.
func (c *cited) namedAt(ms clause) int {
	if c.leaf == "" || len(c.leaf) > 60 {
		return 0
	}
	if ms[0].quoted {
		if strings.EqualFold(joined(ms[0].inner), c.leaf) {
			return 1
		}
		return 0
	}
	if strings.EqualFold(ms[0].raw, c.leaf) {
		return 1
	}
	words := fieldWords(c.leaf)
	if len(words) == 0 || len(words) > len(ms) {
		return 0
	}
	for i, w := range words {
		if ms[i].quoted || ms[i].text != class(w) && !strings.EqualFold(ms[i].raw, w) {
			return 0
		}
	}
	return len(words)
}

// isValue reports whether a mention says the value that is quoted. Texts of
// more than one word have to stand in quotation marks, so that a sentence from
// a payload can be shown as a quotation but never as our own words.
func (c *cited) isValue(m mention) bool {
	switch {
	case len(m.steps) > 0:
		return false
	case m.quoted:
		return contains(c.quote, m.inner) && len(m.inner) > 0 || len(m.inner) == 0 && c.isEmpty()
	case in(absent, m.text) || in(absent, strings.ToLower(m.raw)):
		return c.isEmpty()
	case len(c.quote) != 1:
		return false
	case m.kind == number:
		return c.quote[0].text == m.text
	}
	return m.kind == word && c.quote[0].text == strings.TrimSuffix(m.raw, "'s")
}

func (c *cited) isEmpty() bool {
	switch v := c.value.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(v) == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// together reports whether two values may stand in one clause: they are of one
// step and not of two elements of one array, or they are the same value.
// Setting two elements side by side is a comparison, and needs a fact.
func (c *cited) together(d *cited) bool {
	if c.stepID != d.stepID {
		return slices.EqualFunc(c.quote, d.quote, func(a, b token) bool { return a.text == b.text })
	}
	for i := range min(len(c.path), len(d.path)) {
		if c.path[i] == d.path[i] {
			continue
		}
		_, a := arrayIndex(c.path[i])
		_, b := arrayIndex(d.path[i])
		return !a || !b
	}
	return true
}
