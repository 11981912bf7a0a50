// Package tracetest gives tests real and made-up traces: captured traffic of
// seventeen clients with what must come of it, a way to send it again, and a
// generator of traces with everything OTLP can express.
//
// Only tests import it. It knows neither the receiver nor the store.
package tracetest

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"
)

//go:embed testdata/otlp
var captured embed.FS

// Fixture is what one program sent, in order.
type Fixture struct {
	Name     string
	Requests []Request
	Expected Expected
}

// Request is one captured request.
type Request struct {
	Name      string      `json:"body_file"`
	Transport string      `json:"transport"` // http or grpc
	Path      string      `json:"path"`
	Answered  string      `json:"answered"` // ok, or the failure that was injected
	Header    http.Header `json:"headers"`
	Body      []byte      // as it came: perhaps compressed; of gRPC the message without its frame
}

// Signal is traces or logs.
func (r Request) Signal() string {
	if strings.Contains(r.Name, "-logs.") {
		return "logs"
	}
	return "traces"
}

// JSON reports whether the body is OTLP JSON and not protobuf.
func (r Request) JSON() bool { return strings.Contains(r.Name, ".json") }

// Plain is the body unpacked.
func (r Request) Plain(t testing.TB) []byte {
	t.Helper()
	if !strings.HasSuffix(r.Name, ".gz") {
		return r.Body
	}
	z, err := gzip.NewReader(bytes.NewReader(r.Body))
	if err != nil {
		t.Fatalf("unpack %s: %v", r.Name, err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatalf("unpack %s: %v", r.Name, err)
	}
	return plain
}

// Expected is expected.json: what a fixture's requests add up to.
type Expected struct {
	Spans       int             `json:"spans"`             // once per trace and span id
	SpansOnWire int             `json:"spans_on_the_wire"` // repeats counted
	Traces      int             `json:"traces"`
	Services    []string        `json:"services"`
	PerTrace    []ExpectedTrace `json:"per_trace"`
}

// ExpectedTrace is one trace of it.
type ExpectedTrace struct {
	Trace         string         `json:"trace"` // hex
	Spans         int            `json:"spans"`
	Roots         []string       `json:"roots"` // names
	Types         map[string]int `json:"types"` // by a small reference script: a question, not a proof
	Errors        int            `json:"errors"`
	UnknownParent []string       `json:"spans_with_unknown_parent"` // names
	ModelCalls    []ExpectedCall `json:"model_calls"`
	Tree          [][3]string    `json:"tree"` // span, parent (hex), name; empty for go-big
}

// ExpectedCall is one model call of a trace.
type ExpectedCall struct {
	Span         string `json:"span"`
	Name         string `json:"name"`
	Type         string `json:"type"`
	Status       int    `json:"status"`
	Model        string `json:"model"`
	InputTokens  *int64 `json:"input_tokens"`
	OutputTokens *int64 `json:"output_tokens"`
}

// Fixtures loads all of them, by name.
func Fixtures(t testing.TB) []Fixture {
	t.Helper()
	entries, err := captured.ReadDir("testdata/otlp")
	if err != nil {
		t.Fatal(err)
	}
	var all []Fixture
	for _, e := range entries {
		if e.IsDir() {
			all = append(all, Load(t, e.Name()))
		}
	}
	return all
}

// Load loads the fixture of that name.
func Load(t testing.TB, name string) Fixture {
	t.Helper()
	dir := path.Join("testdata/otlp", name)
	f := Fixture{Name: name}
	decode(t, path.Join(dir, "expected.json"), &f.Expected)
	heads, err := fs.Glob(captured, path.Join(dir, "*.headers.json"))
	if err != nil || len(heads) == 0 {
		t.Fatalf("fixture %s: %d requests, error %v", name, len(heads), err)
	}
	slices.Sort(heads)
	for _, head := range heads {
		var r Request
		decode(t, head, &r)
		if r.Body, err = captured.ReadFile(path.Join(dir, r.Name)); err != nil {
			t.Fatal(err)
		}
		f.Requests = append(f.Requests, r)
	}
	return f
}

func decode(t testing.TB, file string, into any) {
	t.Helper()
	data, err := captured.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}
