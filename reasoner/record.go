package reasoner

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner/sample"
)

// The record that a prompt holds. Everything in it comes from outside and is
// data to the model. One line of JSON: no payload can start a line of its own.
type promptRecord struct {
	Question  string           `json:"question,omitempty"`
	Execution *promptExecution `json:"execution,omitempty"`
	Facts     []promptFact     `json:"facts"`
	Claims    []promptClaim    `json:"claims,omitempty"`
	Steps     []promptStep     `json:"steps"`
	Others    []promptFold     `json:"other_steps,omitempty"`
}

type promptExecution struct {
	Name    string          `json:"name"`
	Status  string          `json:"status"`
	Steps   int             `json:"steps"`
	Outcome json.RawMessage `json:"outcome,omitempty"`
}

type promptFact struct {
	ID       string `json:"id"`
	Step     string `json:"step,omitempty"`
	Severity string `json:"severity"`
	Text     string `json:"text"`
}

type promptClaim struct {
	Text     string            `json:"text"`
	Evidence []writtenEvidence `json:"evidence"`
	Facts    []string          `json:"facts"`
}

type promptStep struct {
	ID         string          `json:"id"`
	Run        string          `json:"run,omitempty"` // first or second, of a comparison
	Name       string          `json:"name"`
	Type       string          `json:"type"`
	Status     string          `json:"status"`
	Headline   string          `json:"headline,omitempty"`
	Input      json.RawMessage `json:"input,omitempty"`
	Output     json.RawMessage `json:"output,omitempty"`
	Attributes json.RawMessage `json:"attributes,omitempty"`
}

// promptFold stands for many steps of one name.
type promptFold struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

const (
	maxNameText = 100 // bytes of a name in a prompt
	maxFactText = 500 // bytes of a fact's sentence in a prompt
)

// alias is how a step is called in prompts: shorter than its id, and the same
// for two executions that are alike.
func alias(i int) string { return fmt.Sprintf("s%d", i+1) }

func (s *subject) aliases() (ids, names map[string]string) {
	ids, names = make(map[string]string, len(s.steps)), make(map[string]string, len(s.steps))
	for i := range s.steps {
		id := s.steps[i].SpanID.String()
		ids[alias(i)], names[id] = id, alias(i)
	}
	return ids, names
}

// drafting collects a record together with the way back from it.
type drafting struct {
	*subject
	record promptRecord
	ids    map[string]string
	names  map[string]string
	maps   map[string]map[string]sample.Map // step id → side → map
}

func (s *subject) draft() *drafting {
	d := &drafting{subject: s, maps: map[string]map[string]sample.Map{}}
	d.ids, d.names = s.aliases()
	d.record.Facts, d.record.Steps = []promptFact{}, []promptStep{}
	return d
}

// addFact adds a fact unless its sentence is too long to be repeated.
func (d *drafting) addFact(f xray.Fact) {
	if i := slices.IndexFunc(d.findings.Facts, func(o xray.Fact) bool { return o.ID == f.ID }); i >= 0 {
		f = d.findings.Facts[i] // as it may be shown
	}
	if len(f.Text) <= maxFactText {
		d.record.Facts = append(d.record.Facts, promptFact{ID: f.ID, Step: d.names[f.StepID], Severity: string(f.Severity), Text: f.Text})
	}
}

// addStep adds a step with its payload cut to about so many tokens.
func (d *drafting) addStep(i int, facts []xray.Fact, tokens int) {
	step := &d.steps[i]
	id := step.SpanID.String()
	p := d.bareStep(i)
	var named []string
	for _, f := range facts {
		named = append(named, f.Pointers...)
	}
	d.maps[id] = map[string]sample.Map{}
	p.Attributes = d.sampleSide(id, "attributes", namedFields(step.Attributes, named), named, tokens/5)
	left := tokens - sample.Tokens(string(p.Attributes))
	// The output may use what the input leaves.
	p.Input = d.sampleSide(id, "input", step.Input, named, left/2)
	p.Output = d.sampleSide(id, "output", step.Output, named, left-sample.Tokens(string(p.Input)))
	d.record.Steps = append(d.record.Steps, p)
}

func (d *drafting) bareStep(i int) promptStep {
	step := &d.steps[i]
	return promptStep{ID: alias(i), Name: clip(step.Name, maxNameText), Type: string(step.Type), Status: step.Status.String()}
}

func (d *drafting) sampleSide(id, side string, raw json.RawMessage, named []string, tokens int) json.RawMessage {
	if len(raw) == 0 {
		return nil
	}
	var inside []string
	for _, p := range named {
		if rest, ok := strings.CutPrefix(p, "/"+side+"/"); ok {
			inside = append(inside, "/"+rest)
		}
	}
	got := sample.Value(raw, inside, tokens)
	d.maps[id][side] = got.Map
	return got.JSON
}

// namedFields is the part of the attributes that facts point at. The others
// are mostly what input and output already say.
func namedFields(attributes json.RawMessage, named []string) json.RawMessage {
	var all map[string]json.RawMessage
	if len(attributes) == 0 || json.Unmarshal(attributes, &all) != nil {
		return nil
	}
	kept := map[string]json.RawMessage{}
	for _, p := range named {
		rest, ok := strings.CutPrefix(p, "/attributes/")
		if !ok {
			continue
		}
		key, _, _ := strings.Cut(rest, "/")
		key = strings.ReplaceAll(strings.ReplaceAll(key, "~1", "/"), "~0", "~")
		if v, ok := all[key]; ok {
			kept[key] = v
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return oneLine(kept)
}

// locate leads from a pointer into the samples to the stored payload.
func (d *drafting) locate(stepID, pointer string) (string, bool) {
	side, rest, _ := strings.Cut(strings.TrimPrefix(pointer, "/"), "/")
	m, ok := d.maps[stepID][side]
	if !ok {
		return pointer, true
	}
	if rest == "" {
		return pointer, true
	}
	original, ok := m.Original("/" + rest)
	return "/" + side + original, ok
}

func (d *drafting) done() (json.RawMessage, shown) {
	record := oneLine(d.record)
	return record, shown{record: record, ids: d.ids, locate: d.locate}
}

// oneLine writes JSON without line breaks in which <, > and & stay readable.
func oneLine(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // everything in a record was made by us or is checked JSON
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	cut := n
	for cut > 0 && s[cut]&0xC0 == 0x80 {
		cut--
	}
	return s[:cut] + "…"
}

// factsOf returns the facts about one step, most telling first.
func (s *subject) factsOf(id xray.SpanID) []xray.Fact {
	return slices.DeleteFunc(slices.Clone(s.findings.Facts), func(f xray.Fact) bool { return f.StepID != id.String() })
}
