package reasoner

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/mask"
	"github.com/xraytrace/xray/reasoner/verify"
)

// Privacy says what a model may be shown of a project; *mask.Book does. An
// error means: nothing.
type Privacy interface {
	ForModels(project int32) (m *mask.Masker, structureOnly bool, err error)
}

// guard is the one place between a record and a model: a prompt is drafted of
// what it lets through, and answers are checked against the same, so that a
// quote of what was shown stands. For people what was masked is put back: then
// evidence quotes what is stored.
type guard struct {
	masker *mask.Masker // nil: nothing is masked
	bare   bool         // shapes, counts, numbers and names of fields, and no text

	numbers *mask.Numbers     // of what is masked, so that it can be told apart, and put back for people
	names   map[string]string // that stand for names where no text is shown
}

// guardFor is the guard of a project. Without anybody to ask, what every
// preset knows is masked.
func (e *Explainer) guardFor(project int32) (guard, error) {
	if e.opts.Privacy == nil {
		m, err := mask.ForModel(xray.DefaultMaskSettings())
		return guard{masker: m}, err
	}
	m, bare, err := e.opts.Privacy.ForModels(project)
	return guard{masker: m, bare: bare}, err
}

// version changes with what is let through.
func (g guard) version() string { return fmt.Sprint(g.bare, " ", g.masker.Version()) }

// shownTo is the subject as a model may see it. It shares nothing that changes
// with s.
func (s *subject) shownTo(g guard) *subject {
	g.names, g.numbers = map[string]string{}, mask.NewNumbers()
	out := *s
	out.guard = g
	out.execution.Name = g.name("pipeline", s.execution.Name)
	out.execution.FinalOutcome = g.payload("xray.execution.outcome", s.execution.FinalOutcome)
	out.steps = slices.Clone(s.steps)
	for i := range out.steps {
		d := &out.steps[i]
		d.Name = g.name("step", d.Name)
		d.Error = g.text(d.Error)
		d.Input, d.Output = g.payload("xray.input", d.Input), g.payload("xray.output", d.Output)
		d.Attributes = g.payload("", d.Attributes)
	}
	out.findings.Facts = make([]xray.Fact, len(s.findings.Facts))
	for i, f := range s.findings.Facts {
		out.findings.Facts[i] = g.fact(f)
	}
	out.findings.Headline, out.findings.Headlines = "", nil
	out.record = verify.NewRecord(out.steps, out.findings.Facts)
	return &out
}

// text is what is shown of a text that no field holds.
func (g guard) text(text string) string {
	if g.bare || text == "" {
		return ""
	}
	if g.masker == nil {
		return text
	}
	p := g.masker.NumberedPass(g.numbers)
	masked, _ := p.Text(p.Root(), text)
	return masked
}

// question is what is shown of a question that a person put. Its words are not
// the record's, so it is shown, masked, also where no text of the record is.
func (g guard) question(text string) string {
	return guard{masker: g.masker, numbers: g.numbers}.text(text)
}

// name is what a step or pipeline is called: without texts by a number, the
// same for the same name.
func (g guard) name(kind, name string) string {
	if !g.bare {
		return g.text(name)
	}
	if known, ok := g.names[kind+name]; ok {
		return known
	}
	g.names[kind+name] = fmt.Sprintf("%s-%d", kind, len(g.names)+1)
	return g.names[kind+name]
}

// payload is what is shown of a value that comes as this attribute; "" stands
// for an object of attributes. It is JSON again.
func (g guard) payload(attribute string, raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return raw
	}
	if g.masker != nil {
		p := g.masker.NumberedPass(g.numbers)
		s := p.Root()
		if attribute != "" {
			s = p.Enter(s, attribute)
		}
		if masked, changed := p.Text(s, string(raw)); changed {
			if raw = json.RawMessage(masked); !json.Valid(raw) {
				raw = oneLine(masked)
			}
		}
	}
	if g.bare {
		return mask.Structure(raw)
	}
	return raw
}

// fact is what is shown of a fact. Without texts that is its kind, where it
// points, and its numbers.
func (g guard) fact(f xray.Fact) xray.Fact {
	f.Text = g.factText(f)
	values := make(map[string]json.RawMessage, len(f.Values))
	for name, v := range f.Values {
		if v = g.payload(name, v); g.bare && !isNumber(v) {
			continue
		}
		values[name] = v
	}
	f.Values = values
	return f
}

func (g guard) factText(f xray.Fact) string {
	if !g.bare {
		return g.text(f.Text)
	}
	var b strings.Builder
	b.WriteString(strings.ReplaceAll(f.Kind, "_", " "))
	if len(f.Pointers) > 0 {
		b.WriteString(" at " + bareSide(f.Pointers[0]))
	}
	sep := ": "
	for _, name := range slices.Sorted(maps.Keys(f.Values)) {
		if isNumber(f.Values[name]) {
			b.WriteString(sep + name + " " + string(f.Values[name]))
			sep = ", "
		}
	}
	return b.String() + "."
}

// bareSide is what a pointer says without the keys in it, which may be data.
func bareSide(pointer string) string {
	side, _, _ := strings.Cut(strings.TrimPrefix(pointer, "/"), "/")
	return side
}

func isNumber(raw json.RawMessage) bool {
	var n json.Number
	return len(raw) > 0 && raw[0] != '"' && json.Unmarshal(raw, &n) == nil && n != ""
}

// problems is what a model is told of claims that did not hold. What stands in
// the record is in there only as it was shown; what facts said before, not at
// all.
func (g guard) problems(all []string) []string {
	if g.bare {
		return []string{fmt.Sprintf("%d claims or headlines do not hold: use only facts and numbers of the record, with evidence where each number stands", len(all))}
	}
	out := make([]string, len(all))
	for i, p := range all {
		out[i] = g.text(p)
	}
	return out
}

// said puts back, for people, what a model was not shown: values, or where it
// was shown no text the names.
func (g guard) said(text string) string {
	if g.bare {
		// The longest first: step-12 before step-1.
		for _, key := range slices.SortedFunc(maps.Keys(g.names), func(a, b string) int { return len(g.names[b]) - len(g.names[a]) }) {
			text = strings.ReplaceAll(text, g.names[key], strings.TrimPrefix(strings.TrimPrefix(key, "pipeline"), "step"))
		}
	}
	return g.numbers.Restore(text, strings.Clone)
}

// claim puts them back into a claim. Its evidence then quotes what is stored;
// where it does not, because it quotes what stood for something, the claim is
// not verified.
func (g guard) claim(c xray.Claim, stored *verify.Record) xray.Claim {
	c.Text = g.said(c.Text)
	c.Evidence = slices.Clone(c.Evidence)
	for i := range c.Evidence {
		e := &c.Evidence[i]
		e.Quote = g.numbers.Restore(e.Quote, strings.Clone)
		e.Pointer = g.numbers.Restore(e.Pointer, strings.NewReplacer("~", "~0", "/", "~1").Replace)
		if c.Verdict != xray.VerdictUnverified && stored.Cites(*e) != nil {
			c.Verdict, c.Why = xray.VerdictUnverified, "it quotes what stands for a value that was not shown to the model"
		}
	}
	return c
}

// reasoning puts them back into a reasoning.
func (g guard) reasoning(r xray.Reasoning, stored *verify.Record) xray.Reasoning {
	r.Headline = g.said(r.Headline)
	r.Claims = slices.Clone(r.Claims)
	changed := false
	for i := range r.Claims {
		before := r.Claims[i].Verdict
		r.Claims[i] = g.claim(r.Claims[i], stored)
		changed = changed || r.Claims[i].Verdict != before
	}
	if changed {
		r.VerifiedRate = verify.Rate(r.Claims)
	}
	return r
}
