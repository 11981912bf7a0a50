package semconv_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/xraytrace/xray"
)

// goldenStep is a mapped step as the golden files show it: readable, and
// without what only repeats the span.
type goldenStep struct {
	Span      string         `json:"span"`
	Name      string         `json:"name"`
	Type      xray.StepType  `json:"type"`
	Status    string         `json:"status"`
	Error     string         `json:"error,omitempty"`
	ModelCall bool           `json:"modelCall,omitempty"`
	Model     string         `json:"model,omitempty"`
	Requested string         `json:"requested,omitempty"`
	Provider  string         `json:"provider,omitempty"`
	Tokens    map[string]int `json:"tokens,omitempty"`
	Cost      string         `json:"cost,omitempty"`
	Payload   bool           `json:"payload,omitempty"`
	Hints     *goldenHints   `json:"hints,omitempty"`

	InputKind  xray.PayloadKind     `json:"inputKind,omitempty"`
	Input      json.RawMessage      `json:"input,omitempty"`
	OutputKind xray.PayloadKind     `json:"outputKind,omitempty"`
	Output     json.RawMessage      `json:"output,omitempty"`
	Tool       *xray.ToolCall       `json:"tool,omitempty"`
	Prompt     *xray.PromptTemplate `json:"prompt,omitempty"`
	Finish     string               `json:"finish,omitempty"`
	Streaming  bool                 `json:"streaming,omitempty"`
	FirstToken string               `json:"firstToken,omitempty"`
	Parameters json.RawMessage      `json:"parameters,omitempty"`
}

type goldenHints struct {
	Name        string                     `json:"name,omitempty"`
	Session     string                     `json:"session,omitempty"`
	User        string                     `json:"user,omitempty"`
	Environment string                     `json:"environment,omitempty"`
	Release     string                     `json:"release,omitempty"`
	Tags        []string                   `json:"tags,omitempty"`
	Metadata    map[string]json.RawMessage `json:"metadata,omitempty"`
}

func golden(d xray.StepDetail) goldenStep {
	g := goldenStep{
		Span: d.SpanID.String(), Name: short(d.Name), Type: d.Type, Status: d.Status.String(), Error: d.Error,
		ModelCall: d.ModelCall, Model: d.Model, Provider: d.Provider, Tokens: tokenMap(d.Tokens), Payload: d.HasPayload,
		InputKind: d.InputKind, Input: shortJSON(d.Input), OutputKind: d.OutputKind, Output: shortJSON(d.Output),
		Tool: d.Tool, Prompt: d.Prompt, Finish: d.FinishReason, Streaming: d.Streaming, Parameters: shortJSON(d.Parameters),
	}
	if d.RequestModel != d.Model {
		g.Requested = d.RequestModel
	}
	if d.CostUSD != nil {
		from := map[xray.CostSource]string{xray.CostReported: "reported", xray.CostComputed: "computed " + d.PriceDate}
		g.Cost = fmt.Sprintf("%.8f %s", *d.CostUSD, from[d.CostFrom])
	}
	if d.FirstToken != nil {
		g.FirstToken = d.FirstToken.String()
	}
	if h := d.Hints; h != nil {
		g.Hints = &goldenHints{h.Name, h.SessionID, h.UserID, h.Environment, h.Release, h.Tags, h.Metadata}
	}
	return g
}

func tokenMap(t xray.Tokens) map[string]int {
	m := map[string]int{}
	for name, n := range map[string]*int64{
		"input": t.Input, "cacheRead": t.CacheRead, "cacheWrite": t.CacheWrite, "inputAudio": t.InputAudio,
		"output": t.Output, "reasoning": t.Reasoning, "outputAudio": t.OutputAudio,
	} {
		if n != nil {
			m[name] = int(*n)
		}
	}
	return m
}

const longest = 1500

func short(s string) string {
	if len(s) > 200 {
		return s[:200] + "…"
	}
	return s
}

// shortJSON keeps the golden files readable: what is long is told by its size.
func shortJSON(raw json.RawMessage) json.RawMessage {
	if len(raw) <= longest {
		return raw
	}
	b, _ := json.Marshal(fmt.Sprintf("%d bytes, beginning %.300s", len(raw), raw))
	return b
}

func TestRecordedClientsMapToTheirGoldenFiles(t *testing.T) {
	t.Parallel()
	m := mapper(t)
	for _, folder := range folders(t) {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			recorded := record(t, folder)
			spans := recorded.spans
			if len(spans) > 60 { // ten thousand equal spans tell no more than sixty
				spans = spans[:60]
			}
			var steps []goldenStep
			for _, s := range spans {
				steps = append(steps, golden(m.Detail(s, recorded.logs[xray.SpanID(s.Span.SpanID())])))
			}
			var b bytes.Buffer
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(false)
			e.SetIndent("", " ")
			if err := e.Encode(steps); err != nil {
				t.Fatal(err)
			}
			compareGolden(t, filepath.Join("testdata", "golden", folder+".json"), b.Bytes())
		})
	}
}

func compareGolden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs at line %d; if the change is meant, run: go test -run %s ./receiver/semconv -update",
			file, firstDifference(got, want), t.Name())
	}
}

func firstDifference(a, b []byte) int {
	la, lb := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	for i := range min(len(la), len(lb)) {
		if !bytes.Equal(la[i], lb[i]) {
			return i + 1
		}
	}
	return min(len(la), len(lb)) + 1
}
