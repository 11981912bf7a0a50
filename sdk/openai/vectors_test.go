package openai_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/xraytrace/xray/sdk"
	xrayopenai "github.com/xraytrace/xray/sdk/openai"
)

var update = flag.Bool("update", false, "write the spans of the shared test vectors anew")

const vectorsFile = "../testdata/openai.json"

// vector is one case of testdata/openai.json, which the SDKs of all languages
// run: a request to OpenAI's API, its answer, and the span that they must leave.
type vector struct {
	Name    string          `json:"name"`
	Path    string          `json:"path"`
	Request json.RawMessage `json:"request"`
	Answer  json.RawMessage `json:"answer"`
	Span    *vectorSpan     `json:"span"` // null: none
}

type vectorSpan struct {
	Name       string         `json:"name"`
	Error      string         `json:"error,omitempty"` // a part of the status message
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
			got := v.play(t)
			if *update {
				vectors[i].Span = got
			} else if !reflect.DeepEqual(got, v.Span) {
				t.Errorf("the span is\n%s, want\n%s", compactText(got), compactText(v.Span))
			}
		})
	}
	if *update {
		write(t, vectors)
	}
}

// play sends the request through the middleware to nobody.
func (v *vector) play(t *testing.T) *vectorSpan {
	var answer struct {
		Status     int
		Type, Body string
	}
	if err := json.Unmarshal(v.Answer, &answer); err != nil {
		t.Fatal(err)
	}
	mem := tracetest.NewInMemoryExporter()
	x, err := xray.New(xray.Config{}, xray.WithTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSyncer(mem))))
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(x.Context(t.Context()), http.MethodPost, "https://api.openai.com"+v.Path, bytes.NewReader(v.Request))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := xrayopenai.Middleware()(req, func(req *http.Request) (*http.Response, error) {
		if sent, err := io.ReadAll(req.Body); err != nil || !bytes.Equal(sent, v.Request) {
			t.Errorf("the request has become %s, %v", sent, err)
		}
		return &http.Response{
			StatusCode: answer.Status, Status: fmt.Sprint(answer.Status, " ", http.StatusText(answer.Status)),
			Header: http.Header{"Content-Type": {answer.Type}}, Body: io.NopCloser(strings.NewReader(answer.Body)),
		}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(resp.Body); err != nil || string(got) != answer.Body {
		t.Errorf("the program reads %s, %v", got, err)
	}
	return describe(t, mem.GetSpans())
}

func describe(t *testing.T, spans tracetest.SpanStubs) *vectorSpan {
	t.Helper()
	if len(spans) > 1 {
		t.Fatalf("%d spans", len(spans))
	}
	if len(spans) == 0 {
		return nil
	}
	s := spans[0]
	d := &vectorSpan{Name: s.Name, Attributes: map[string]any{}}
	if s.Status.Code == codes.Error {
		d.Error = s.Status.Description
	}
	for _, kv := range s.Attributes {
		switch v := kv.Value.AsInterface().(type) {
		case int64:
			d.Attributes[string(kv.Key)] = float64(v)
		case []string:
			list := make([]any, len(v))
			for i := range v {
				list[i] = v[i]
			}
			d.Attributes[string(kv.Key)] = list
		default:
			d.Attributes[string(kv.Key)] = v
		}
	}
	if _, ok := d.Attributes["gen_ai.response.time_to_first_chunk"]; ok {
		d.Attributes["gen_ai.response.time_to_first_chunk"] = "*"
	}
	return d
}

func write(t *testing.T, vectors []vector) {
	t.Helper()
	all := make([]string, len(vectors))
	for i, v := range vectors {
		all[i] = fmt.Sprintf("{\n \"name\": %s,\n \"path\": %s,\n \"request\": %s,\n \"answer\": %s,\n \"span\": %s\n}",
			compactText(v.Name), compactText(v.Path), v.Request, v.Answer, compactText(v.Span))
	}
	if err := os.WriteFile(vectorsFile, []byte("[\n"+strings.Join(all, ",\n")+"\n]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

func compactText(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(b.String())
}
