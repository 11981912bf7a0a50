package reasoner_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/modeltest"
	"github.com/xraytrace/xray/internal/tracetest"
	"github.com/xraytrace/xray/mask"
	"github.com/xraytrace/xray/reasoner"
)

// privacy are the settings of project 1.
func privacy(t *testing.T, set xray.MaskSettings) *mask.Book {
	t.Helper()
	b := mask.NewBook(nil)
	broken, err := b.Refresh(t.Context(), func(context.Context) ([]xray.MaskedProject, error) {
		return []xray.MaskedProject{{ID: 1, Settings: set, Key: []byte("key")}}, nil
	})
	if broken != nil || err != nil {
		t.Fatal(broken, err)
	}
	return b
}

// letters is a run whose every text is private in one way or another.
const letters = `[
	{"name": "answer mail for ann@example.com", "input": {"from": "ann@example.com", "card": 4111111111111111}},
	{"name": "find address", "input": {"customer": "Ann", "token": "sk-proj-abcDEF1234567890abcd"}, "output": {"to": "bob@example.com", "cc": "ann@example.com", "pin": "hunter2"}},
	{"name": "send", "input": {"to": "bob@example.com", "text": "Dear Ann"}, "error": "mailbox bob@example.com is full"}
]`

func lettersRun(t *testing.T) oneRun {
	t.Helper()
	p := tracetest.Pipeline{File: "letters"}
	if err := json.Unmarshal([]byte(letters), &p.Steps); err != nil {
		t.Fatal(err)
	}
	info, steps := p.Execution()
	return oneRun{info, steps}
}

func explainGuarded(t *testing.T, run oneRun, rest modeltest.Reply, book reasoner.Privacy) (xray.Explanation, []modeltest.Request) {
	t.Helper()
	server, stop := modeltest.Start(rest)
	t.Cleanup(stop)
	x, err := reasoner.New(run, reasoner.Options{BaseURL: server.URL, Model: "m", Privacy: book}).
		Explain(t.Context(), xray.ReasoningJob{ProjectID: 1, TraceID: run.info.TraceID})
	if err != nil {
		t.Fatal(err)
	}
	if len(server.Calls()) == 0 {
		t.Fatal("the model was never asked")
	}
	return x, server.Calls()
}

func TestAModelIsNotShownWhatIsMasked(t *testing.T) {
	t.Parallel()
	run := lettersRun(t)
	set := xray.DefaultMaskSettings()
	set.Rules = []xray.MaskRule{{Name: "pin", Fields: []string{"pin"}, Action: xray.MaskRemove}, {Name: "ann", Pattern: `\bAnn\b`, Action: xray.MaskReplace}}
	for name, mind := range map[string]modeltest.Reply{"an honest model": modeltest.Honest, "a careless one, that is asked to mend": modeltest.Careless} {
		x, calls := explainGuarded(t, run, mind, privacy(t, set))
		for _, c := range calls {
			for _, secret := range []string{"ann@example.com", "bob@example.com", "4111111111111111", "sk-proj", "hunter2", "Ann"} {
				if bytes.Contains(c.Body, []byte(secret)) {
					t.Errorf("%s was shown %q in %s", name, secret, c.Body)
				}
			}
			if !bytes.Contains(c.Body, []byte("[masked:email#1]")) {
				t.Errorf("%s cannot tell the masked from what is not there: %s", name, c.Body)
			}
		}
		// For people it is back, and evidence quotes what is stored.
		for _, r := range x.Reasonings {
			for _, c := range r.Claims {
				if c.Verdict == xray.VerdictUnverified {
					continue
				}
				if strings.Contains(c.Text, "[masked:") {
					t.Errorf("%s says %q", name, c.Text)
				}
				for _, e := range c.Evidence {
					if !stands(run.steps, e) {
						t.Errorf("%s: %q quotes %q, which does not stand at %s", name, c.Text, e.Quote, e.Pointer)
					}
				}
			}
		}
	}
}

// In structure-only mode no text of the record reaches the model, in whatever
// pipeline of the corpus, and there is still something that holds.
func TestStructureOnlyShowsNoText(t *testing.T) {
	t.Parallel()
	pipelines, err := tracetest.LoadPipelines(os.DirFS("facts"), "testdata/corpus")
	if err != nil {
		t.Fatal(err)
	}
	book := privacy(t, xray.MaskSettings{Model: xray.MaskModel{StructureOnly: true}})
	accepted, shownNumbers := 0, 0
	for i, p := range pipelines {
		if i%4 != 0 { // a quarter is enough to try every kind of fact
			continue
		}
		info, steps := p.Execution()
		run := oneRun{info, steps}
		x, calls := explainGuarded(t, run, modeltest.Honest, book)
		texts := privateTexts(t, run)
		for _, c := range calls {
			prompt, _ := c.Prompt()
			lines := strings.Split(prompt, "\n")
			at := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "{") })
			if at < 0 {
				t.Fatalf("%s: there is no record in %q", p.File, prompt)
			}
			record := lines[at]
			for _, text := range texts {
				if strings.Contains(record, text) {
					t.Errorf("%s: the model was shown %q in %s", p.File, text, record)
				}
			}
			shownNumbers += strings.Count(record, "characters]")
		}
		for _, r := range x.Reasonings {
			for _, c := range r.Claims {
				if r.Source == xray.SourceModel && c.Verdict != xray.VerdictUnverified {
					accepted++
					for _, e := range c.Evidence {
						if !stands(steps, e) {
							t.Errorf("%s: %q quotes %q, which does not stand at %s", p.File, c.Text, e.Quote, e.Pointer)
						}
					}
				}
			}
		}
	}
	if accepted < 20 || shownNumbers == 0 {
		t.Errorf("%d claims were accepted, %d shapes of texts shown", accepted, shownNumbers)
	}
}

// privateTexts are the texts of a run that are long enough to be told from the
// names of fields.
func privateTexts(t *testing.T, run oneRun) (out []string) {
	t.Helper()
	var names []string
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			out = append(out, v)
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for k, e := range v {
				names = append(names, k)
				walk(e)
			}
		}
	}
	for _, s := range run.steps {
		out = append(out, s.Name, s.Error)
		for _, raw := range []json.RawMessage{s.Input, s.Output} {
			var v any
			if len(raw) > 0 && json.Unmarshal(raw, &v) == nil {
				walk(v)
			}
		}
	}
	all := strings.Join(names, " ") + " status steps facts claims evidence severity notice alarm attributes execution characters function tool chain retriever agent embedding reranker guardrail error empty parameter input output observed derived"
	return slices.DeleteFunc(out, func(s string) bool {
		return len(s) < 5 || strings.Contains(all, s) || strings.Trim(s, "0123456789.,-") == ""
	})
}

func TestAModelIsShownNothingWhileRulesCannotBeRead(t *testing.T) {
	t.Parallel()
	server, stop := modeltest.Start(modeltest.Honest)
	defer stop()
	run := lettersRun(t)
	_, err := reasoner.New(run, reasoner.Options{BaseURL: server.URL, Model: "m", Privacy: mask.NewBook(nil)}).
		Explain(t.Context(), xray.ReasoningJob{ProjectID: 1, TraceID: run.info.TraceID})
	if xray.ErrorCode(err) != xray.CodeUnavailable || len(server.Calls()) > 0 {
		t.Errorf("error %v after %d calls", err, len(server.Calls()))
	}
}
