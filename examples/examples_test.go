// Package examples_test runs every example against a receiver and a model that
// answer as the real ones do.
package examples_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

func TestEveryExampleRunsAndEndsWithItsLink(t *testing.T) {
	bin := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "./...").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	model := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"id":"c1","model":"m-1","choices":[{"message":{"role":"assistant","content":"steel bottle, case"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":5}}`)
	}))
	defer model.Close()
	programs, err := os.ReadDir(bin)
	if err != nil || len(programs) < 5 {
		t.Fatalf("%d programs, %v", len(programs), err)
	}
	for _, p := range programs {
		for name, base := range map[string]string{"offline": "", "with a model": model.URL} {
			t.Run(p.Name()+" "+name, func(t *testing.T) {
				var bytes atomic.Int64
				receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					n, _ := io.Copy(io.Discard, r.Body)
					bytes.Add(n)
				}))
				defer receiver.Close()
				cmd := exec.CommandContext(t.Context(), filepath.Join(bin, p.Name()))
				cmd.Env = append(os.Environ(), "XRAY_ENDPOINT="+receiver.URL, "XRAY_UI_URL=http://ui.example", "OPENAI_BASE_URL="+base)
				out, err := cmd.CombinedOutput()
				if err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				if bytes.Load() == 0 || !strings.Contains(string(out), "See why: http://ui.example/executions/") {
					t.Errorf("sent %d bytes and said:\n%s", bytes.Load(), out)
				}
			})
		}
	}
}
