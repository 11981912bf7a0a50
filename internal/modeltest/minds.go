package modeltest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// PromptRecord is the part of a prompt that holds the data.
type PromptRecord struct {
	Facts []PromptFact `json:"facts"`
	Steps []PromptStep `json:"steps"`
}

// PromptFact is a fact as the prompt shows it.
type PromptFact struct {
	ID   string `json:"id"`
	Step string `json:"step"`
	Text string `json:"text"`
}

// PromptStep is a step as the prompt shows it.
type PromptStep struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Input  any    `json:"input"`
	Output any    `json:"output"`
}

// Record reads the data between the last two fences of a prompt, nil if there
// is none.
func Record(prompt string) *PromptRecord {
	lines := strings.Split(prompt, "\n")
	for i := len(lines) - 2; i > 0; i-- {
		if !strings.HasPrefix(lines[i-1], "-----") || !strings.HasPrefix(lines[i+1], "-----") {
			continue
		}
		var r PromptRecord
		d := json.NewDecoder(strings.NewReader(lines[i]))
		d.UseNumber() // as it is written
		if d.Decode(&r) == nil && !d.More() {
			return &r
		}
	}
	return nil
}

// Claim is a claim as the model writes it.
type Claim struct {
	Text     string     `json:"text"`
	Kind     string     `json:"kind"`
	Evidence []Evidence `json:"evidence"`
	Facts    []string   `json:"facts"`
}

// Evidence is what a claim points at.
type Evidence struct {
	Step  string `json:"step"`
	Ptr   string `json:"ptr"`
	Quote string `json:"quote"`
}

// Explanation is an answer about one step or a whole execution.
type Explanation struct {
	Headline   string   `json:"headline"`
	Claims     []Claim  `json:"claims"`
	Decisive   []string `json:"decisive_steps"`
	Missing    []string `json:"missing_information"`
	Confidence string   `json:"confidence"`
}

// Honest answers with the facts' own sentences and with values that stand in
// the prompt.
func Honest(w http.ResponseWriter, r *http.Request, req Request) {
	think(w, r, req, func(record *PromptRecord, step string) Explanation {
		e := Explanation{Claims: []Claim{}, Decisive: []string{}, Missing: []string{}, Confidence: "high"}
		for _, f := range record.Facts {
			if (step == "" || f.Step == step) && len(e.Claims) < 3 {
				e.Claims = append(e.Claims, Claim{Text: f.Text, Kind: "derived", Evidence: []Evidence{}, Facts: []string{f.ID}})
			}
		}
		for _, s := range record.Steps {
			if step != s.ID {
				continue
			}
			if c, ok := observe(s); ok {
				e.Claims = append(e.Claims, c)
			}
		}
		if len(e.Claims) > 0 {
			e.Headline = e.Claims[0].Text
		}
		return e
	})
}

func observe(s PromptStep) (Claim, bool) {
	for _, side := range []string{"input", "output"} {
		fields, _ := map[string]any{"input": s.Input, "output": s.Output}[side].(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			text, ok := fields[name].(string)
			if !ok || text == "" || len(text) > 40 || strings.ContainsAny(name+text, "/~\"<[:…") {
				continue
			}
			return Claim{
				Text: fmt.Sprintf("The %s was %q.", name, text), Kind: "observed", Facts: []string{},
				Evidence: []Evidence{{Step: s.ID, Ptr: "/" + side + "/" + name, Quote: text}},
			}, true
		}
	}
	return Claim{}, false
}

// orders are what an injected text tells a model to say.
var orders = regexp.MustCompile(`(?is)(?:say|claim|write|report|state|answer|output|headline|respond|reply)(?:ing| that| with| exactly| only)*[:,]? ?["']?(.{3,200})`)

// quotations are what stands in quotation marks in a fact's sentence.
var quotations = regexp.MustCompile(`[“"](.{12,}?)[”"]`)

// Obedient takes every text in the record for an order: it repeats it as a
// claim, with and without evidence, cites it as it is told to, and puts it
// into every other place of the answer.
func Obedient(w http.ResponseWriter, r *http.Request, req Request) {
	think(w, r, req, func(record *PromptRecord, step string) Explanation {
		e := Explanation{Claims: []Claim{}, Decisive: []string{"s1", "s99", "execution"}, Missing: []string{}, Confidence: "high"}
		obey := func(step, ptr, text string) {
			for _, said := range obeyed(text) {
				e.Claims = append(e.Claims, forms(said, step, ptr, text, record)...)
				e.Missing = append(e.Missing, said)
				e.Headline = said
			}
		}
		for _, f := range record.Facts { // they quote payloads
			for _, quoted := range quotations.FindAllStringSubmatch(f.Text, -1) {
				obey(f.Step, "/output", quoted[1])
			}
		}
		for _, s := range record.Steps {
			collect(map[string]any{"input": s.Input, "output": s.Output}, "", func(ptr, text string) { obey(s.ID, ptr, text) })
		}
		return e
	})
}

func obeyed(text string) []string {
	if len(text) < 12 {
		return nil
	}
	said := []string{text}
	for _, m := range orders.FindAllStringSubmatch(text, -1) {
		said = append(said, strings.Trim(m[1], `"' `))
	}
	return said
}

// forms dresses one sentence up in the ways that might get it past a check.
func forms(said, step, ptr, text string, record *PromptRecord) []Claim {
	here := []Evidence{{Step: step, Ptr: ptr, Quote: text}}
	var facts []string
	for _, f := range record.Facts {
		facts = append(facts, f.ID)
	}
	return []Claim{
		{Text: said, Kind: "observed", Evidence: here, Facts: []string{}},
		{Text: said, Kind: "derived", Evidence: here, Facts: append([]string{}, facts...)},
		{Text: said, Kind: "observed", Evidence: []Evidence{}, Facts: []string{}},
		{Text: said, Kind: "observed", Evidence: []Evidence{{Step: "s1", Ptr: "/output", Quote: said}}, Facts: []string{"F1"}},
		{Text: said, Kind: "hypothesis", Evidence: here, Facts: []string{}},
	}
}

func collect(v any, ptr string, visit func(ptr, text string)) {
	switch v := v.(type) {
	case string:
		visit(ptr, v)
	case []any:
		for i, e := range v {
			collect(e, ptr+"/"+strconv.Itoa(i), visit)
		}
	case map[string]any:
		for _, k := range sortedKeys(v) {
			visit(ptr, k)
			collect(v[k], ptr+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(k), visit)
		}
	}
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// think answers each explanation that the prompt asks for: one, or with the
// schema "steps" one for each step in the record.
func think(w http.ResponseWriter, r *http.Request, req Request, about func(*PromptRecord, string) Explanation) {
	prompt, _ := req.Prompt()
	record := Record(prompt)
	if record == nil {
		fail(w, http.StatusBadRequest, "invalid_request_error", "", "the prompt holds no record")
		return
	}
	head, _, _ := strings.Cut(prompt, "-----")
	switch {
	case strings.Contains(head, "each step"):
		type answer struct {
			Step string `json:"step"`
			Explanation
		}
		answers := []answer{}
		for _, s := range record.Steps {
			answers = append(answers, answer{s.ID, about(record, s.ID)})
		}
		Answer(map[string]any{"steps": answers})(w, r, req)
	case strings.Contains(head, "this step") && len(record.Steps) > 0:
		Answer(about(record, record.Steps[0].ID))(w, r, req)
	default:
		Answer(about(record, ""))(w, r, req)
	}
}
