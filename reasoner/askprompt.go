package reasoner

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xraytrace/xray"
)

const (
	askPromptFacts = 16
	askSteps       = 5       // steps whose payload a question is shown
	askTokens      = 3600    // of their payload together
	askList        = 700     // tokens of the list of the other steps
	askPlaces      = 8       // places of one step that hold words of the question
	askScan        = 8 << 20 // bytes of payload that are searched for them
	telltale       = 4       // characters of a word that may tell something
)

// draft writes the record of a question: the facts near to it, the steps that
// it is about with the places that hold its words, and the others by name.
func (a *asking) draft(p *phrasing) (json.RawMessage, shown) {
	d := a.subject.draft()
	d.record.Question = p.guard.question(a.question.Text)
	d.record.Execution = &promptExecution{Name: clip(a.execution.Name, maxNameText), Status: a.execution.Status.String(), Steps: len(a.steps)}
	for _, f := range a.about[:min(askPromptFacts, len(a.about))] {
		d.addFact(f)
	}
	tokens, list := askTokens, askList
	if p.halved {
		tokens, list = tokens/2, list/2
	}
	places := a.places()
	chosen := a.chosenSteps(places)
	for _, i := range chosen {
		near := append(a.factsOf(a.steps[i].SpanID), xray.Fact{Pointers: places[i]})
		d.addStep(i, near, tokens/len(chosen))
	}
	d.addSteps(a.fromFacts().Reasonings, list)
	return d.done()
}

// chosenSteps are those whose payload is shown, in order: the one that is
// asked about, those that hold words of the question or have them in their
// name, those of the nearest facts, and the one with the outcome.
func (a *asking) chosenSteps(places map[int][]string) []int {
	words := telling(a.question.Text)
	score := make([]int, len(a.steps))
	for i := range a.steps {
		step := &a.steps[i]
		if len(step.Input)+len(step.Output) == 0 {
			continue
		}
		score[i] = 4 * min(2, len(places[i]))
		name := strings.ToLower(step.Name)
		for _, w := range words {
			if strings.Contains(name, w) {
				score[i] += 20
			}
		}
		for n, f := range a.about[:min(askedFacts, len(a.about))] {
			if f.StepID == step.SpanID.String() {
				score[i] += 2 * (askedFacts - n)
			}
		}
		if step.ParentID.IsZero() {
			score[i] += 3
		}
		if step.SpanID == a.question.StepID {
			score[i] += 1000
		}
	}
	order := make([]int, 0, len(a.steps))
	for i := range a.steps {
		if score[i] > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(score[y], score[x]) })
	order = order[:min(askSteps, len(order))]
	slices.Sort(order)
	return order
}

// places are the pointers to values that hold words of the question, by step.
func (a *asking) places() map[int][]string {
	words := telling(a.question.Text)
	out := map[int][]string{}
	if len(words) == 0 {
		return out
	}
	left := askScan
	for i := range a.steps {
		for side, raw := range a.steps[i].Payload() {
			if side == "attributes" || len(raw) > left {
				continue
			}
			left -= len(raw)
			d := json.NewDecoder(bytes.NewReader(raw))
			d.UseNumber()
			var v any
			if d.Decode(&v) != nil {
				continue
			}
			find(v, "/"+side, words, func(ptr string) bool {
				out[i] = append(out[i], ptr)
				return len(out[i]) < askPlaces
			})
		}
	}
	return out
}

// find visits the scalars that hold one of the words, until visit says false.
func find(v any, ptr string, words []string, visit func(ptr string) bool) bool {
	switch v := v.(type) {
	case []any:
		for i, e := range v {
			if !find(e, fmt.Sprintf("%s/%d", ptr, i), words, visit) {
				return false
			}
		}
	case map[string]any:
		for _, k := range sortedKeys(v) {
			if !find(v[k], ptr+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(k), words, visit) {
				return false
			}
		}
	case string:
		if holds(v, words) {
			return visit(ptr)
		}
	case json.Number:
		if slices.Contains(words, v.String()) {
			return visit(ptr)
		}
	}
	return true
}

func holds(text string, words []string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// telling are the words of a question that may lead to something, lower case:
// longer words, numbers and names with a digit, but no question words.
func telling(question string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(strings.ToLower(question), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && r != '-' && r != '_' && r != '.'
	}) {
		w = strings.Trim(w, "-_.")
		if _, common := commonWords[w]; common || slices.Contains(out, w) {
			continue
		}
		if utf8.RuneCountInString(w) >= telltale || strings.ContainsFunc(w, func(r rune) bool {
			return unicode.IsDigit(r) || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
		}) {
			out = append(out, w)
		}
	}
	return out[:min(len(out), 24)]
}

// commonWords are long enough to look like something and are in every other
// question.
var commonWords = func() map[string]struct{} {
	out := map[string]struct{}{}
	for w := range strings.FieldsSeq(`what when where which whose were wasn't isn't didn't doesn't does have been that this these those there then than from with
		into onto about would could should your ours their them they some most more much many such very also only just because result results step steps
		item items output input execution pipeline warum wieso weshalb nicht wurde wurden sind wird welche welcher pourquoi comment quelle quel donde porque cual`) {
		out[w] = struct{}{}
	}
	return out
}()
