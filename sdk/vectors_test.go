package xray_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/xraytrace/xray/sdk"
)

var update = flag.Bool("update", false, "write the spans of the shared test vectors anew")

const vectorsFile = "testdata/recording.json"

// vector is one case of testdata/recording.json, which the SDKs of all
// languages run: a small program and the spans that it must leave. docs/attributes.md
// describes the file.
type vector struct {
	Name     string       `json:"name"`
	Client   clientOf     `json:"client"`
	Run      []op         `json:"run"`
	Spans    []vectorSpan `json:"spans"`
	Document any          `json:"document"` // what ToJSON of the first execution returns
}

type clientOf struct {
	Live          bool    `json:"live,omitempty"`
	PayloadLimit  int     `json:"payloadLimit,omitempty"`
	AutoReasoning *bool   `json:"autoReasoning,omitempty"`
	Mask          *maskOf `json:"mask,omitempty"`
}

type maskOf struct {
	Keys    []string `json:"keys,omitempty"`
	Replace []string `json:"replace,omitempty"`
	Answers string   `json:"answers,omitempty"`
	Fails   bool     `json:"fails,omitempty"`
}

type vectorSpan struct {
	Name       string         `json:"name"`
	Pending    bool           `json:"pending,omitempty"`
	Parent     string         `json:"parent,omitempty"`
	Kind       string         `json:"kind,omitempty"` // internal if empty
	Error      bool           `json:"error,omitempty"`
	Exceptions []string       `json:"exceptions,omitempty"` // their messages
	Attributes map[string]any `json:"attributes"`
}

func TestTheSharedVectorsHold(t *testing.T) {
	raw, err := os.ReadFile(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	for i, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			spans, document := v.play(t)
			if *update {
				vectors[i].Spans, vectors[i].Document = spans, document
				return
			}
			requireSame(t, v.Spans, spans)
			if !reflect.DeepEqual(v.Document, document) {
				t.Errorf("ToJSON returns\n%s, want\n%s", text(document), text(v.Document))
			}
		})
	}
	if *update {
		writeVectors(t, raw, vectors)
	}
}

func requireSame(t *testing.T, want, got []vectorSpan) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d spans, want %d", len(got), len(want))
	}
	for i := range min(len(want), len(got)) {
		if !reflect.DeepEqual(want[i], got[i]) {
			t.Errorf("span %d is\n%s, want\n%s", i, text(got[i]), text(want[i]))
		}
	}
}

func text(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(v); err != nil {
		return err.Error()
	}
	return b.String()
}

// play runs the vector's program and describes what it recorded.
func (v *vector) play(t *testing.T) ([]vectorSpan, any) {
	mem := tracetest.NewInMemoryExporter()
	tp := sdktrace.NewTracerProvider(sdktrace.WithSyncer(mem))
	client, err := xray.New(v.Client.config(), append(v.Client.options(), xray.WithTracerProvider(tp))...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, p := client.Context(t.Context()), &player{}
	_ = p.all(ctx, v.Run) // an error has reached the top: that is the vector's intention
	spans := describe(mem.GetSpans())
	if len(p.document) == 0 {
		return spans, nil
	}
	var doc map[string]any
	if err := json.Unmarshal(p.document, &doc); err != nil {
		t.Fatal(err)
	}
	if doc["startedAt"] == nil {
		t.Error("ToJSON says nothing of the start")
	}
	delete(doc, "startedAt")
	if doc["executionId"] == p.traceID {
		doc["executionId"] = "<trace>"
	}
	for _, s := range doc["steps"].([]any) {
		if _, ok := s.(map[string]any)["durationMs"].(float64); !ok {
			t.Errorf("a step has no duration: %v", s)
		}
		delete(s.(map[string]any), "durationMs")
	}
	return spans, doc
}

func (c clientOf) config() xray.Config {
	switch {
	case c.AutoReasoning == nil:
		return xray.Config{}
	case *c.AutoReasoning:
		return xray.Config{AutoReasoning: xray.On}
	}
	return xray.Config{AutoReasoning: xray.Off}
}

func (c clientOf) options() []xray.Option {
	var opts []xray.Option
	if c.Live {
		opts = append(opts, xray.WithLive())
	}
	if c.PayloadLimit > 0 {
		opts = append(opts, xray.WithPayloadLimit(c.PayloadLimit))
	}
	if m := c.Mask; m != nil {
		opts = append(opts, xray.WithMask(m.mask()))
	}
	return opts
}

func (m *maskOf) mask() xray.Mask {
	switch {
	case m.Fails:
		return func(string, string) string { panic("oops") }
	case m.Answers != "":
		return func(string, string) string { return m.Answers }
	case len(m.Replace) == 2:
		return func(_, value string) string { return strings.ReplaceAll(value, m.Replace[0], m.Replace[1]) }
	}
	return xray.MaskKeys(m.Keys...)
}
