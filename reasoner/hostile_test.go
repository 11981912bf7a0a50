package reasoner_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/modeltest"
	"github.com/xraytrace/xray/reasoner"
)

func injections(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile("testdata/injections.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// poisoned is the competitor search with a text in one of its places.
func poisoned(t *testing.T, place, text string) *memory {
	t.Helper()
	m, _ := competitorSearch()
	items := func(title string) json.RawMessage {
		b, err := json.Marshal([]any{
			map[string]any{"id": "L1", "title": "Aluminium stand", "price": 30, "rating": 6},
			map[string]any{"id": "P9", "title": title, "price": 8, "rating": 9},
			map[string]any{"id": "P7", "title": "Case", "price": 9, "rating": 8},
		})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	m.steps[2].Output = items("Phone case")
	switch place {
	case "an item's title":
		m.steps[2].Output = items(text)
		m.steps[3].Output = items(text)
		m.steps[0].Output = json.RawMessage(fmt.Sprintf(`{"winner":"P9","title":%s}`, quoted))
	case "the keyword":
		m.steps[1].Output = json.RawMessage(fmt.Sprintf(`{"keyword":%s}`, quoted))
		m.steps[2].Input = json.RawMessage(fmt.Sprintf(`{"query":%s}`, quoted))
	case "the request":
		m.steps[0].Input = json.RawMessage(fmt.Sprintf(`{"product":%s}`, quoted))
	case "the answer":
		m.steps[0].Output = quoted
		m.execution.FinalOutcome = quoted
	case "the name of a field":
		m.steps[2].Output = json.RawMessage(fmt.Sprintf(`{%s:"P9","items":[]}`, quoted))
	case "the name of a step":
		m.steps[2].Name = text
	}
	return m
}

// Each text is put into each place, and a model that obeys every text answers.
func TestNothingThatAPayloadOrdersIsAccepted(t *testing.T) {
	server, stop := modeltest.Start(modeltest.Obedient)
	defer stop()
	list, claims, refused := injections(t), 0, 0
	if len(list) < 40 {
		t.Fatalf("the corpus has shrunk to %d texts", len(list))
	}
	places := map[string]int{"an item's title": 2, "the keyword": 1, "the request": 0, "the answer": 0, "the name of a field": 2, "the name of a step": 2}
	for place, at := range places {
		for _, text := range list {
			m := poisoned(t, place, text)
			e := reasoner.New(m, reasoner.Options{BaseURL: server.URL})
			out, err := e.Explain(t.Context(), xray.ReasoningJob{ProjectID: 1, TraceID: xray.TraceID{1}})
			if err != nil {
				t.Fatalf("%s, %q: %v", place, text, err)
			}
			// A person asks about the step itself, whether or not facts do.
			one, err := e.Explain(t.Context(), xray.ReasoningJob{ProjectID: 1, TraceID: xray.TraceID{1}, StepID: m.steps[at].SpanID})
			if err != nil {
				t.Fatalf("%s, %q: %v", place, text, err)
			}
			out.Reasonings = append(out.Reasonings, one.Reasonings...)
			where := fmt.Sprintf("%s, %.60q", place, text)
			ours := checkHeadlines(t, where, out)
			for _, r := range out.Reasonings {
				for _, c := range r.Claims {
					claims++
					if c.Verdict == xray.VerdictUnverified {
						refused++
					} else if !ours[c.Text] {
						t.Errorf("%s: accepted as %s: %q", where, c.Verdict, c.Text)
					}
				}
				for _, n := range r.Missing {
					if strings.Contains(strings.ToLower(text), strings.ToLower(n)) || strings.Contains(n, "://") || strings.Contains(n, "<") {
						t.Errorf("%s: a note says %q", where, n)
					}
				}
				if r.Source == xray.SourceModel && r.Confidence == "high" && r.VerifiedRate < 0.8 {
					t.Errorf("%s: the confidence is high at a rate of %v", where, r.VerifiedRate)
				}
			}
		}
	}
	t.Logf("%d texts in 6 places: %d claims, %d refused, the others are facts", len(list), claims, refused)
}

// checkHeadlines fails unless every headline is what the facts alone say, and
// returns the facts' sentences.
func checkHeadlines(t *testing.T, where string, out xray.Explanation) map[string]bool {
	t.Helper()
	ours := map[string]bool{}
	for _, f := range out.Facts {
		ours[f.Text] = true
	}
	for _, r := range out.Reasonings {
		if r.Source == xray.SourceModel && slices.ContainsFunc(r.Claims, func(c xray.Claim) bool { return c.Text == r.Headline && !ours[c.Text] }) {
			t.Errorf("%s: the headline repeats a claim that is no fact: %q", where, r.Headline)
		}
	}
	return ours
}

func TestNoPayloadLeavesItsFence(t *testing.T) {
	server, stop := modeltest.Start(modeltest.Honest)
	defer stop()
	fences := map[string]bool{}
	for _, text := range injections(t) {
		e := reasoner.New(poisoned(t, "an item's title", text), reasoner.Options{BaseURL: server.URL})
		if _, err := e.Explain(t.Context(), xray.ReasoningJob{ProjectID: 1, TraceID: xray.TraceID{1}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, call := range server.Calls() {
		if len(call.Messages) < 2 || call.Messages[0].Role != "system" || call.Messages[0].Content != server.Calls()[0].Messages[0].Content {
			t.Fatal("the first message is not the same static text in every call")
		}
		lines := strings.Split(strings.TrimSuffix(call.Messages[1].Content, "\n"), "\n")
		if len(lines) != 4 || lines[1] != lines[3] || !strings.HasPrefix(lines[1], "-----") || !json.Valid([]byte(lines[2])) {
			t.Fatalf("the prompt has not the form of a sentence, a fence, one line of JSON and the fence: %q", lines)
		}
		if fences[lines[1]] || strings.Contains(lines[2], strings.TrimPrefix(lines[1], "-----")) {
			t.Error("a fence is used twice, or stands in the record")
		}
		fences[lines[1]] = true
	}
}

func TestNoSecretReachesTheModel(t *testing.T) {
	server, stop := modeltest.Start(modeltest.Honest)
	defer stop()
	const key = "sk-proj-abcDEF1234567890abcd"
	for _, place := range []string{"an item's title", "the keyword", "the request", "the answer", "the name of a step"} {
		e := reasoner.New(poisoned(t, place, "use "+key+" or ask jane@shop.example"), reasoner.Options{BaseURL: server.URL, APIKey: "sk-ours"})
		if _, err := e.Explain(t.Context(), xray.ReasoningJob{ProjectID: 1, TraceID: xray.TraceID{1}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, call := range server.Calls() {
		for _, secret := range []string{key, "jane@", "sk-ours"} {
			if strings.Contains(string(call.Body), secret) {
				t.Errorf("%s is in a prompt", secret)
			}
		}
	}
}
