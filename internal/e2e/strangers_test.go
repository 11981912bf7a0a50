package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/xraytrace/xray/internal/tracetest"
)

// sendersAreApart: OTLP by HTTP and gRPC, into a project that is there and into
// one that is not.
func sendersAreApart(t *testing.T, as func(string) *server, callers map[string]string, owner *server) {
	t.Helper()
	f := tracetest.Load(t, "telemetrygen-grpc")
	wantHTTP := map[string]int{"nobody": 401, "a revoked key": 401, "an expired key": 401, "a stranger who reads": 403, "a stranger who sends": 403, "a strange admin": 403}
	wantGRPC := map[int]codes.Code{401: codes.Unauthenticated, 403: codes.PermissionDenied}
	unnamed := as("").target()
	count := len(get[executionList](owner, "/api/executions?limit=500").Executions)
	for name, key := range callers {
		var said [2]string
		for i, project := range []string{"shop", "no-such-project"} {
			req, err := http.NewRequestWithContext(t.Context(), "POST", as(key).HTTP+"/v1/traces", bytes.NewReader([]byte("{}")))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("X-Xray-Project", project)
			if key != "" {
				req.Header.Set("Authorization", "Bearer "+key)
			}
			resp, err := patient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			ctx := metadata.AppendToOutgoingContext(t.Context(), "x-xray-project", project)
			if key != "" {
				ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+key)
			}
			grpcErr := f.Requests[0].Send(ctx, t, unnamed)
			if resp.StatusCode != wantHTTP[name] || status.Code(grpcErr) != wantGRPC[wantHTTP[name]] {
				t.Errorf("%s sends to %s: %d %s, by gRPC %v; want %d", name, project, resp.StatusCode, body, grpcErr, wantHTTP[name])
			}
			said[i] = strings.ReplaceAll(fmt.Sprintf("%s %v", body, grpcErr), project, "PROJECT")
		}
		if said[0] != said[1] {
			t.Errorf("%s can tell which projects there are:\n%s\n%s", name, said[0], said[1])
		}
	}
	if n := len(get[executionList](owner, "/api/executions?limit=500").Executions); n != count {
		t.Errorf("the project has %d executions after strangers sent, had %d", n, count)
	}
}

// agentsAreApart asks the tools of /mcp.
func agentsAreApart(t *testing.T, as func(string) *server, callers map[string]string, real ids) {
	t.Helper()
	ask := func(key, tool string, of ids) string {
		body := fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":%q,"arguments":{"execution":%q}}}`, tool, of.execution)
		req, err := http.NewRequestWithContext(t.Context(), "POST", as(key).UI+"/mcp", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Accept", "application/json, text/event-stream")
		if key != "" {
			req.Header.Set("Authorization", "Bearer "+key)
		}
		resp, err := patient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		raw, _ := io.ReadAll(resp.Body)
		return fmt.Sprintf("%d %s", resp.StatusCode, strings.ReplaceAll(string(raw), of.execution, "EXECUTION"))
	}
	for name, key := range callers {
		for _, tool := range []string{"outline_execution", "list_facts", "explain_execution", "no_such_tool"} {
			got, want := ask(key, tool, real), ask(key, tool, nobodys)
			if got != want {
				t.Errorf("%s asks the tool %s and can tell what is there:\n%.600s\n%.600s", name, tool, got, want)
			}
			if known := strings.Contains(name, "strange"); !known && !strings.HasPrefix(got, "401 ") {
				t.Errorf("%s asks the tool %s: %.200s", name, tool, got)
			}
		}
	}
}

// listenersAreApart: what a stranger hears first is its own project's news, and
// not what came to another's before.
func listenersAreApart(t *testing.T, owner, stranger, strangersSender *server) {
	t.Helper()
	next := listen(t, stranger)
	next() // it is open
	for i, s := range []*server{owner, strangersSender} {
		code, body := s.call("POST", "/api/executions", fmt.Sprintf(`{"executionId":"news-%d","steps":[{"name":"s"}]}`, i))
		if code >= 300 {
			t.Fatalf("send: %d %s", code, body)
		}
	}
	for event := ""; !strings.Contains(event, "news-1"); {
		if event = next(); !strings.Contains(event, `"projectId":"bank"`) {
			t.Fatalf("a stranger hears %s", event)
		}
	}
}

// listen opens the stream of changes and returns a function that waits for the
// data of the next event.
func listen(t *testing.T, srv *server) func() string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", srv.UI+"/api/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+srv.key)
	resp, err := patient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	return func() string {
		for lines.Scan() {
			if line := lines.Text(); strings.HasPrefix(line, "data:") {
				return line
			}
		}
		t.Fatalf("the stream ended: %v", lines.Err())
		return ""
	}
}
