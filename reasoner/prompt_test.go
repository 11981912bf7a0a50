package reasoner

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xraytrace/xray/reasoner/sample"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// The prompts as a model gets them. Whoever changes a prompt sees here what it
// becomes, and that the version has changed with it.
func TestPromptsAreAsReviewed(t *testing.T) {
	p := newPrompts()
	record := json.RawMessage(`{"facts":[],"steps":[]}`)
	for name, text := range map[string]string{
		"system":             p.system(nil),
		"system-with-schema": p.system(p.schemas[taskSteps]),
		"step":               p.user(taskStep, record, "FENCE"),
		"steps":              p.user(taskSteps, record, "FENCE"),
		"execution":          p.user(taskExecution, record, "FENCE"),
		"ask":                p.user(taskAsk, record, "FENCE"),
		"compare":            p.user(taskCompare, record, "FENCE"),
		"repair":             p.repair([]string{`claim "x": it cites nothing`}, "s1, s2"),
		"version":            p.version + "\n",
	} {
		file := filepath.Join("testdata", "prompts", name+".golden")
		if *update {
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if text != string(want) {
			t.Errorf("%s has changed; look at it, then run with -update:\n%s", name, text)
		}
	}
}

func TestTheStaticPartOfAPromptIsSmall(t *testing.T) {
	if n := sample.Tokens(newPrompts().system(nil)); n > 1400 {
		t.Errorf("the instructions take %d tokens of every call", n)
	}
}

// Strict structured output wants every property required and nothing else
// allowed, at every level.
func TestSchemasAreStrict(t *testing.T) {
	for task, schema := range newPrompts().schemas {
		var v any
		if err := json.Unmarshal(schema, &v); err != nil {
			t.Fatalf("%s: %v", task, err)
		}
		objects := 0
		strict(t, string(task), v, &objects)
		if want := map[bool]int{true: 4, false: 3}[task == taskSteps]; objects != want {
			t.Errorf("%s has %d objects, want %d", task, objects, want)
		}
	}
}

func strict(t *testing.T, where string, v any, objects *int) {
	m, ok := v.(map[string]any)
	if !ok {
		return
	}
	if m["type"] == "object" {
		*objects++
		required, _ := m["required"].([]any)
		properties, _ := m["properties"].(map[string]any)
		if m["additionalProperties"] != false || len(required) != len(properties) {
			t.Errorf("%s is not strict", where)
		}
		for _, r := range required {
			if _, ok := properties[r.(string)]; !ok {
				t.Errorf("%s requires %v, which it does not have", where, r)
			}
		}
	}
	for k, c := range m {
		strict(t, where+"/"+k, c, objects)
	}
}

func TestAnswersAreFoundInWhateverSurroundsThem(t *testing.T) {
	const one = `{"headline":"H","claims":[],"decisive_steps":[],"missing_information":[],"confidence":"low"}`
	for name, content := range map[string]string{
		"bare": one, "fenced": "```json\n" + one + "\n```", "polite": "Sure! Here it is:\n" + one + "\nAnything else?",
		"after thinking": "<think>{not this}</think>" + one, "with more fields": strings.Replace(one, "{", `{"extra":1,`, 1),
	} {
		got, err := readAnswer(taskExecution, content)
		if err != nil || len(got) != 1 || got[0].Headline != "H" {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for name, content := range map[string]string{
		"nothing": "", "prose": "I cannot.", "half": one[:30], "another schema": `{"summary":"x"}`, "a list": `[1]`,
		"types that do not fit": `{"headline":1,"claims":"none"}`, "no steps": `{"steps":[]}`,
	} {
		if got, err := readAnswer(taskSteps, content); err == nil {
			t.Errorf("%s: read %v", name, got)
		}
	}
}

func FuzzReadAnswer(f *testing.F) {
	f.Add(`{"steps":[{"step":"s1","headline":"H","claims":[{"text":"t","kind":"observed","evidence":[{"step":"s1","ptr":"/a","quote":"b"}],"facts":[]}]}]}`)
	f.Add("<think></think>```json\n{}")
	f.Fuzz(func(t *testing.T, content string) {
		for _, k := range []task{taskStep, taskSteps, taskExecution} {
			if got, err := readAnswer(k, content); err == nil && len(got) == 0 {
				t.Error("neither an answer nor an error")
			}
		}
	})
}
