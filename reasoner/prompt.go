package reasoner

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"text/template"
)

// The prompts are files, so that they can be read and reviewed as what they
// are. Their version is a hash of all of them: none can change without it.
//
//go:embed prompts
var promptFiles embed.FS

// PromptVersion names the prompts and schemas of this build. It is stored with
// every explanation that a model wrote.
func PromptVersion() string {
	h := sha256.New()
	err := fs.WalkDir(promptFiles, "prompts", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := promptFiles.ReadFile(path)
		fmt.Fprintf(h, "%s %d\n%s", path, len(b), b)
		return err
	})
	if err != nil {
		panic(err) // embedded files can always be read
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}

// task is what a call asks for.
type task string

const (
	taskStep      task = "step"      // explain the one step of the record
	taskSteps     task = "steps"     // explain each step of the record
	taskExecution task = "execution" // explain the whole
	taskAsk       task = "ask"       // answer the question in the record
	taskCompare   task = "compare"   // explain where two executions part
)

// prompts writes prompts and knows the schemas of their answers.
type prompts struct {
	version string
	tmpl    *template.Template
	schemas map[task]json.RawMessage
}

func newPrompts() *prompts {
	one, err := promptFiles.ReadFile("prompts/explanation.schema.json")
	if err != nil {
		panic(err) // embedded files can always be read
	}
	one = compact(one)
	return &prompts{
		version: PromptVersion(),
		tmpl:    template.Must(template.ParseFS(promptFiles, "prompts/*.tmpl")),
		schemas: map[task]json.RawMessage{taskStep: one, taskExecution: one, taskAsk: one, taskCompare: one, taskSteps: manySchema(one)},
	}
}

func compact(b []byte) json.RawMessage {
	var out bytes.Buffer
	if err := json.Compact(&out, b); err != nil {
		panic(err) // the test of the prompts reads the same files
	}
	return out.Bytes()
}

// manySchema is an array of explanations, each with the id of its step.
func manySchema(one json.RawMessage) json.RawMessage {
	entry := bytes.Replace(one, []byte(`"properties":{`), []byte(`"properties":{"step":{"type":"string"},`), 1)
	entry = bytes.Replace(entry, []byte(`"required":["headline"`), []byte(`"required":["step","headline"`), 1)
	return json.RawMessage(fmt.Sprintf(`{"type":"object","properties":{"steps":{"type":"array","items":%s}},"required":["steps"],"additionalProperties":false}`, entry))
}

// system is the part of a prompt that never changes. It comes first, so that
// providers' prompt caches hit. schema is for servers that cannot be given one
// in any other way.
func (p *prompts) system(schema json.RawMessage) string {
	return p.render("system.tmpl", map[string]any{"Schema": string(schema)})
}

// user asks for a task over a record. The fence is random for each call, so
// that no payload can close it.
func (p *prompts) user(t task, record json.RawMessage, fence string) string {
	return p.render(string(t)+".tmpl", map[string]any{"Record": string(record), "Fence": fence})
}

func (p *prompts) repair(problems []string, only string) string {
	return p.render("repair.tmpl", map[string]any{"Problems": problems, "Only": only})
}

func (p *prompts) render(name string, data any) string {
	var b bytes.Buffer
	if err := p.tmpl.ExecuteTemplate(&b, name, data); err != nil {
		panic(err) // the templates are part of the program and tested
	}
	return b.String()
}

// newFence makes a mark of 96 random bits.
func newFence() string {
	var b [12]byte
	rand.Read(b[:]) // never fails: crypto/rand aborts the program instead
	return hex.EncodeToString(b[:])
}
