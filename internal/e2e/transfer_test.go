package e2e

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray/internal/tracetest"
)

// TestImportAndExport moves executions from one server to another, and reads
// the old JSON file with an entry that is no good.
func TestImportAndExport(t *testing.T) {
	t.Parallel()
	from, to := begin(t, settings{}), begin(t, settings{})
	from.await()
	to.await()
	f := tracetest.Load(t, "go-edge")
	for _, r := range f.Requests {
		if err := r.Send(t.Context(), t, from.target()); err != nil {
			t.Fatal(err)
		}
	}
	exported := run(t, "export", "--url", from.UI)
	if n := strings.Count(exported, "\n") + 1; n != f.Expected.Traces {
		t.Fatalf("%d lines, want %d", n, f.Expected.Traces)
	}
	file := filepath.Join(t.TempDir(), "runs.ndjson")
	if err := os.WriteFile(file, []byte(exported), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time changes nothing
		if out := run(t, "import", "--url", to.UI, file); out != fmt.Sprintf("Imported %d, left out 0.", f.Expected.Traces) {
			t.Error(out)
		}
	}
	var in, out []ptrace.Traces
	for _, r := range f.Requests {
		in = append(in, r.Traces(t))
	}
	for line := range strings.Lines(run(t, "export", "--url", to.UI)) {
		td, err := (&ptrace.JSONUnmarshaler{}).UnmarshalTraces([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, td)
	}
	tracetest.RequireEqual(t, tracetest.SpanSet(t, in...), tracetest.SpanSet(t, out...))
}

func TestImportOfTheOldFile(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{})
	file := filepath.Join(t.TempDir(), "executions.json")
	entries := []string{movieNight, `{"note": "no execution"}`, strings.Replace(movieNight, "night-7", "night-8", 1), `7`}
	if err := os.WriteFile(file, []byte("["+strings.Join(entries, ",")+"]"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := command(t.Context(), nil, "import", "--url", srv.UI, file)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.Output()
	if err == nil || string(stdout) != "Imported 2, left out 2.\n" {
		t.Errorf("error %v, %s", err, stdout)
	}
	for _, said := range []string{"entry 1 is left out", "entry 3 is left out"} {
		if !strings.Contains(stderr.String(), said) {
			t.Errorf("nobody says that %s: %s", said, &stderr)
		}
	}
	var ids []string
	for _, e := range get[executionList](srv, "/api/executions").Executions {
		ids = append(ids, e.ExecutionID)
	}
	slices.Sort(ids)
	if want := []string{"movie-night-7", "movie-night-8"}; !slices.Equal(ids, want) {
		t.Errorf("executions %q, want %q", ids, want)
	}
	// The way back: the same executions in the same form.
	again := run(t, "export", "--url", srv.UI, "--format", "executions", "--execution", "movie-night-7")
	for _, part := range []string{`"executionId":"movie-night-7"`, `"minRating":7`, `"reasoning":"only good ones"`, `"error":"no address"`, `"finalOutcome":{"picked":1}`} {
		if !strings.Contains(again, part) {
			t.Errorf("the export lacks %s: %s", part, again)
		}
	}
}
