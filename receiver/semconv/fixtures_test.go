package semconv_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/receiver/prices"
	"github.com/xraytrace/xray/receiver/semconv"
)

var update = flag.Bool("update", false, "write the golden files and docs/conventions.md")

const fixtures = "../../internal/tracetest/testdata/otlp"

// folders lists the recorded clients.
func folders(t testing.TB) []string {
	t.Helper()
	entries, err := os.ReadDir(fixtures)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	if len(names) < 17 {
		t.Fatalf("only %d recorded clients in %s", len(names), fixtures)
	}
	return names
}

// traffic is what one client sent: each span once, with its log records.
type traffic struct {
	spans []semconv.Span
	logs  map[xray.SpanID][]plog.LogRecord
}

func record(t testing.TB, folder string) traffic {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(fixtures, folder, "[0-9]*-*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no requests in %s: %v", folder, err)
	}
	slices.Sort(files)
	all := traffic{logs: map[xray.SpanID][]plog.LogRecord{}}
	seen := map[xray.SpanID]bool{}
	for _, file := range files {
		switch name := filepath.Base(file); {
		case strings.HasSuffix(name, ".headers.json"):
		case strings.Contains(name, "-logs"):
			for _, r := range readLogs(t, file) {
				id := xray.SpanID(r.SpanID())
				all.logs[id] = append(all.logs[id], r)
			}
		default:
			for _, s := range readSpans(t, file) {
				if id := xray.SpanID(s.Span.SpanID()); !seen[id] {
					seen[id] = true
					all.spans = append(all.spans, s)
				}
			}
		}
	}
	return all
}

func readBody(t testing.TB, file string) (body []byte, isJSON bool) {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(file, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if body, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	return body, strings.Contains(filepath.Base(file), ".json")
}

func readSpans(t testing.TB, file string) []semconv.Span {
	t.Helper()
	body, isJSON := readBody(t, file)
	var unmarshaler ptrace.Unmarshaler = &ptrace.ProtoUnmarshaler{}
	if isJSON {
		unmarshaler = &ptrace.JSONUnmarshaler{}
	}
	traces, err := unmarshaler.UnmarshalTraces(body)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return spansOf(traces)
}

func spansOf(traces ptrace.Traces) []semconv.Span {
	var spans []semconv.Span
	for _, rs := range traces.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, s := range ss.Spans().All() {
				spans = append(spans, semconv.Span{Resource: rs.Resource(), Scope: ss.Scope(), Span: s})
			}
		}
	}
	return spans
}

func readLogs(t testing.TB, file string) []plog.LogRecord {
	t.Helper()
	body, isJSON := readBody(t, file)
	var unmarshaler plog.Unmarshaler = &plog.ProtoUnmarshaler{}
	if isJSON {
		unmarshaler = &plog.JSONUnmarshaler{}
	}
	logs, err := unmarshaler.UnmarshalLogs(body)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var records []plog.LogRecord
	for _, rl := range logs.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, r := range sl.LogRecords().All() {
				records = append(records, r)
			}
		}
	}
	return records
}

func mapper(t testing.TB) *semconv.Mapper {
	t.Helper()
	table, err := prices.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return semconv.New(table)
}

// expected is expected.json as the recorder's reference script wrote it.
type expected struct {
	Spans    int `json:"spans"`
	PerTrace []struct {
		Trace      string         `json:"trace"`
		Types      map[string]int `json:"types"`
		Errors     int            `json:"errors"`
		ModelCalls []modelCall    `json:"model_calls"`
	} `json:"per_trace"`
}

type modelCall struct {
	Span            string `json:"span"`
	Name            string `json:"name"`
	Type            string `json:"type"`
	Model           string `json:"model"`
	InputTokens     *int64 `json:"input_tokens"`
	OutputTokens    *int64 `json:"output_tokens"`
	CachedTokens    *int64 `json:"cached_tokens"`
	ReasoningTokens *int64 `json:"reasoning_tokens"`
}

func readExpected(t testing.TB, folder string) expected {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(fixtures, folder, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var e expected
	if err := json.Unmarshal(b, &e); err != nil {
		t.Fatal(err)
	}
	return e
}
