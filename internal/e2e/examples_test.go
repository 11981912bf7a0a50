package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryExampleLeadsToItsExecution runs the programs of examples/ as a
// newcomer does, with nothing but the server's address.
func TestEveryExampleLeadsToItsExecution(t *testing.T) {
	t.Parallel()
	bin := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "./...")
	build.Dir = filepath.Join("..", "..", "examples")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	programs, err := os.ReadDir(bin)
	if err != nil || len(programs) < 5 {
		t.Fatalf("%d programs, %v", len(programs), err)
	}
	srv := start(t, settings{})
	for _, p := range programs {
		t.Run(p.Name(), func(t *testing.T) {
			said := runExample(t, srv, filepath.Join(bin, p.Name()))
			_, link, found := strings.Cut(strings.TrimSpace(said), "See why: "+srv.UI)
			if !found {
				t.Fatalf("it ends without a link:\n%s", said)
			}
			if code, _ := srv.call("GET", link, ""); code != 200 {
				t.Errorf("the page %s answers %d", link, code)
			}
			e := srv.settled(strings.TrimPrefix(link, "/executions/"))
			if e.StepCount < 3 {
				t.Errorf("%d steps of %q", e.StepCount, e.Name)
			}
			if p.Name() == "plain-otel" {
				return // has no SDK of ours that could count
			}
			if r := e.Receipt; r == nil || r.Received != r.Started || r.Ended != r.Started || r.Started != e.StepCount || r.Dropped != 0 {
				t.Errorf("receipt %+v of %d steps", r, e.StepCount)
			}
		})
	}
	before := len(get[executionList](srv, "/api/executions").Executions)
	t.Run("disabled, they run and send nothing", func(t *testing.T) {
		for _, p := range programs {
			if p.Name() != "plain-otel" {
				runExample(t, srv, filepath.Join(bin, p.Name()), "XRAY_DISABLED=1")
			}
		}
		if after := len(get[executionList](srv, "/api/executions").Executions); after != before {
			t.Errorf("%d executions became %d", before, after)
		}
	})
}

func runExample(t *testing.T, srv *server, path string, env ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), path)
	cmd.Env = append(command(t.Context(), env).Env, "XRAY_ENDPOINT="+srv.HTTP, "XRAY_UI_URL="+srv.UI)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}
