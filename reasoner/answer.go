package reasoner

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner/verify"
)

// written is an explanation as the model wrote it.
type written struct {
	Step       string         `json:"step"`
	Headline   string         `json:"headline"`
	Claims     []writtenClaim `json:"claims"`
	Decisive   []string       `json:"decisive_steps"`
	Missing    []string       `json:"missing_information"`
	Confidence string         `json:"confidence"`
}

type writtenClaim struct {
	Text     string            `json:"text"`
	Kind     xray.ClaimKind    `json:"kind"`
	Evidence []writtenEvidence `json:"evidence"`
	Facts    []string          `json:"facts"`
}

type writtenEvidence struct {
	Step    string `json:"step"`
	Pointer string `json:"ptr"`
	Quote   string `json:"quote"`
}

const (
	maxClaims      = 8   // of one explanation; more are not read
	maxCitations   = 8   // of one claim
	maxHeadline    = 240 // bytes
	maxMissing     = 3
	maxMissingText = 160 // bytes
)

var thinking = regexp.MustCompile(`(?s)^\s*<think>.*?</think>`)

// readAnswer finds the explanations in an answer. Servers without structured
// output wrap the JSON in thoughts, fences and politeness.
func readAnswer(t task, content string) ([]written, error) {
	content = thinking.ReplaceAllString(content, "")
	start := strings.IndexByte(content, '{')
	if start < 0 {
		return nil, errors.New("there is no JSON object in it")
	}
	var answer struct {
		written
		Steps []written `json:"steps"`
	}
	if err := json.NewDecoder(strings.NewReader(content[start:])).Decode(&answer); err != nil {
		return nil, fmt.Errorf("it is not the JSON that was asked for: %w", err)
	}
	all := answer.Steps
	if t != taskSteps {
		all = []written{answer.written}
	}
	all = slices.DeleteFunc(all, func(w written) bool { return w.Headline == "" && w.Claims == nil })
	if len(all) == 0 {
		return nil, errors.New("it has neither headline nor claims")
	}
	return all, nil
}

// shown is what the model was shown, as far as reading its answer needs it.
type shown struct {
	record json.RawMessage
	ids    map[string]string                                       // s3 → the step's id in hex
	locate func(stepID, pointer string) (original string, ok bool) // a pointer into the sample → into what is stored
}

// judged is an explanation after the verifier has seen it.
type judged struct {
	reasoning xray.Reasoning
	accepted  int
	problems  []string // for the repair call
}

// judge checks an explanation and makes it a reasoning. base is the one that
// the facts make: whatever fails to pass is taken from there.
func (s *subject) judge(w written, base xray.Reasoning, seen shown) judged {
	out := judged{reasoning: base}
	r := &out.reasoning
	r.Source = xray.SourceModel
	var accepted, rest []xray.Claim
	for _, wc := range w.Claims[:min(maxClaims, len(w.Claims))] {
		c := s.record.Claim(s.read(wc, seen), scope(base.StepID))
		switch {
		case c.Verdict != xray.VerdictUnverified:
			accepted = append(accepted, s.withPlaces(c))
		default:
			rest = append(rest, c)
			if c.Kind != xray.ClaimHypothesis {
				out.problems = append(out.problems, fmt.Sprintf("claim %q: %s", c.Text, c.Why))
			}
		}
	}
	out.accepted = len(accepted)
	all := slices.Concat(accepted, rest)
	r.VerifiedRate = verify.Rate(all)
	if err := s.checkHeadline(w.Headline, accepted, base); err != nil {
		out.problems = append(out.problems, fmt.Sprintf("headline %q: %s", w.Headline, err))
	} else {
		r.Headline = w.Headline
	}
	if len(accepted) == 0 {
		all = slices.Concat(base.Claims, rest) // the facts are never hidden by failed claims
	}
	r.Claims = all
	r.DecisiveSteps = s.decisiveOf(w.Decisive, accepted, base.DecisiveSteps, seen)
	r.Missing = missing(w.Missing, seen.record)
	r.Confidence = confidence(w.Confidence, r.VerifiedRate)
	return out
}

func (s *subject) read(w writtenClaim, seen shown) xray.Claim {
	c := xray.Claim{Text: strings.TrimSpace(w.Text), Kind: w.Kind, Evidence: []xray.Evidence{}, Facts: []string{}}
	if c.Kind != xray.ClaimObserved && c.Kind != xray.ClaimDerived {
		c.Kind = xray.ClaimHypothesis
	}
	c.Facts = append(c.Facts, w.Facts[:min(maxCitations, len(w.Facts))]...)
	for _, e := range w.Evidence[:min(maxCitations, len(w.Evidence))] {
		c.Evidence = append(c.Evidence, s.find(e, seen))
	}
	return c
}

// find leads evidence from the prompt to what is stored. The pointer may be
// into the sample or, copied from a claim, into the original already: the one
// that has the quote is meant.
func (s *subject) find(e writtenEvidence, seen shown) xray.Evidence {
	found := xray.Evidence{StepID: seen.ids[e.Step], Pointer: e.Pointer, Quote: e.Quote}
	if original, ok := seen.locate(found.StepID, e.Pointer); ok && original != e.Pointer {
		moved := found
		moved.Pointer = original
		if s.record.Cites(moved) == nil || s.record.Cites(found) != nil {
			return moved
		}
	}
	return found
}

// withPlaces gives a claim that rests on facts alone the places that the facts
// point at, so that it leads somewhere as well.
func (s *subject) withPlaces(c xray.Claim) xray.Claim {
	if len(c.Evidence) > 0 {
		return c
	}
	for _, f := range s.findings.Facts {
		if slices.Contains(c.Facts, f.ID) {
			c.Evidence = append(c.Evidence, s.claim(f).Evidence...)
		}
	}
	c.Evidence = c.Evidence[:min(maxCitations, len(c.Evidence))]
	return c
}

func (s *subject) checkHeadline(text string, accepted []xray.Claim, base xray.Reasoning) error {
	if len(text) > maxHeadline {
		return fmt.Errorf("it is longer than %d bytes", maxHeadline)
	}
	// The facts' own claims may be used as well: they are shown with it.
	return s.record.Headline(text, slices.Concat(accepted, base.Claims), scope(base.StepID))
}

// decisiveOf keeps the steps that an accepted claim rests on.
func (s *subject) decisiveOf(aliases []string, accepted []xray.Claim, otherwise []string, seen shown) []string {
	cited := map[string]bool{}
	for _, c := range accepted {
		for _, e := range c.Evidence {
			cited[e.StepID] = true
		}
		for _, f := range s.findings.Facts {
			cited[f.StepID] = cited[f.StepID] || slices.Contains(c.Facts, f.ID)
		}
	}
	steps := []string{}
	for _, alias := range aliases {
		if id := seen.ids[alias]; id != "" && cited[id] && !slices.Contains(steps, id) && len(steps) < maxDecisive {
			steps = append(steps, id)
		}
	}
	if len(steps) == 0 {
		return otherwise
	}
	return steps
}

// missing keeps short, plain notes. What stands in the record was not missing
// from it: such a note was put into the model's mouth.
func missing(notes []string, record json.RawMessage) []string {
	kept := []string{}
	have := bareWords(strings.NewReplacer(`\n`, " ", `\r`, " ", `\t`, " ").Replace(string(record)))
	for _, n := range notes {
		n = strings.TrimSpace(n)
		if len(kept) == maxMissing || len(n) > maxMissingText || verify.Plain(n) != nil ||
			strings.ContainsFunc(n, notInNotes) || strings.Contains(have, bareWords(n)) {
			continue
		}
		kept = append(kept, n)
	}
	return kept
}

// notInNotes is what a note has no use for: numbers, names in quotation marks,
// anything that a screen might take for more than text.
func notInNotes(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune(" ,.;:'’()-–/", r)
}

func bareWords(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }), " ")
}

// confidence is never higher than what was verified allows.
func confidence(said string, rate float64) string {
	if said != "high" && said != "medium" || rate < 0.5 {
		return "low"
	}
	if said == "high" && rate < 0.8 {
		return "medium"
	}
	return said
}
