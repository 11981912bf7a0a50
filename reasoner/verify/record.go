package verify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

// Version names these rules. It changes whenever a claim could get another
// verdict than before.
const Version = "2"

// Record is what claims about one execution are checked against. It decodes a
// payload on first use and is not safe for concurrent use.
type Record struct {
	steps map[string]*step
	facts map[string]*fact
	names []stepName // longest first
}

// stepName is a name and the steps that have it: a retried step has several.
type stepName struct {
	tokens []token
	ids    []string
}

type step struct {
	detail  *xray.StepDetail
	payload map[string]any // nil until first used
}

// NewRecord prepares the steps and facts of one execution. It keeps both.
func NewRecord(steps []xray.StepDetail, facts []xray.Fact) *Record {
	r := &Record{steps: make(map[string]*step, len(steps)), facts: make(map[string]*fact, len(facts))}
	byName := map[string]int{}
	for i := range steps {
		id := steps[i].SpanID.String()
		r.steps[id] = &step{detail: &steps[i]}
		name := lower(tokenize(steps[i].Name))
		at, known := byName[joined(name)]
		if !known {
			at = len(r.names)
			byName[joined(name)] = at
			r.names = append(r.names, stepName{tokens: name})
		}
		r.names[at].ids = append(r.names[at].ids, id)
	}
	r.names = slices.DeleteFunc(r.names, func(n stepName) bool { return len(n.tokens) == 0 })
	slices.SortStableFunc(r.names, func(a, b stepName) int { return len(b.tokens) - len(a.tokens) })
	sentences := make([][]token, len(facts))
	for i, f := range facts {
		sentences[i] = tokenize(f.Text)
	}
	for i, foreign := range r.foreignParts(sentences) {
		r.facts[facts[i].ID] = r.newFact(facts[i], sentences[i], foreign)
	}
	return r
}

// Value returns what stands at a pointer in a step's stored payload.
func (r *Record) Value(stepID, pointer string) (any, error) {
	if _, ok := r.steps[stepID]; !ok {
		return nil, fmt.Errorf("there is no step %q in this execution", shorten(stepID))
	}
	return Resolve(r.payload(stepID), pointer)
}

// payload is what pointers into a step resolve against.
func (r *Record) payload(stepID string) any {
	s := r.steps[stepID]
	if s.payload == nil {
		s.payload = map[string]any{}
		for side, raw := range s.detail.Payload() {
			s.payload[side] = decodeLoosely(raw)
		}
	}
	return s.payload
}

// decodeLoosely takes what is no JSON as text, so that it can still be quoted.
func decodeLoosely(raw json.RawMessage) any {
	v, err := Decode(raw)
	if err != nil {
		return string(raw)
	}
	return v
}

// contains reports whether part stands in a text and no negation is left out
// with the rest of its sentence.
func contains(text, part []token) bool {
	if len(part) == 0 {
		return len(text) == 0
	}
	for at := range text {
		if startsWith(text[at:], part) && !negated(text, at, at+len(part)) {
			return true
		}
	}
	return false
}

// foldSteps turns the names of steps, quoted or not, into one mention each.
func (r *Record) foldSteps(ms []mention) []mention {
	var out []mention
	for i := 0; i < len(ms); i++ {
		n, ids := r.stepAt(ms[i:])
		if n == 0 {
			out = append(out, ms[i])
			continue
		}
		out = append(out, mention{kind: word, text: "step " + joinRaw(ms[i:i+n]), raw: joinRaw(ms[i : i+n]), steps: ids})
		i += n - 1
	}
	return out
}

// stepAt returns how many mentions at the start of ms are the name of a step,
// and the steps that have it.
func (r *Record) stepAt(ms []mention) (n int, ids []string) {
	for _, name := range r.names {
		if n := namedBy(ms, name.tokens); n > 0 {
			return n, name.ids
		}
	}
	return 0, nil
}

func namedBy(ms []mention, name []token) int {
	if ms[0].quoted {
		if slices.EqualFunc(lower(ms[0].inner), name, func(a, b token) bool { return a.text == b.text }) {
			return 1
		}
		return 0
	}
	// A step called "item" or "output" cannot be told from the plain word.
	if len(name) == 1 && (in(empty, name[0].text) || in(inputs, name[0].text) || in(outputs, name[0].text)) || len(ms) < len(name) {
		return 0
	}
	for i, t := range name {
		if ms[i].quoted || strings.TrimSuffix(strings.ToLower(ms[i].raw), "'s") != t.text && !strings.EqualFold(ms[i].raw, t.raw) {
			return 0
		}
	}
	return len(name)
}

func joinRaw(ms []mention) string {
	var parts []string
	for _, m := range ms {
		if m.quoted {
			parts = append(parts, joined(lower(m.inner)))
			continue
		}
		parts = append(parts, strings.ToLower(m.raw))
	}
	return strings.Join(parts, " ")
}

func lower(tokens []token) []token {
	out := make([]token, len(tokens))
	for i, t := range tokens {
		t.text = strings.ToLower(t.text)
		out[i] = t
	}
	return out
}

func joined(tokens []token) string {
	var parts []string
	for _, t := range tokens {
		parts = append(parts, t.text)
	}
	return strings.TrimRight(strings.Join(parts, " "), " .!")
}
