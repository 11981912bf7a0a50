package e2e

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"testing"

	"github.com/xraytrace/xray/internal/tracetest"
)

// TestLangfuseAndLangSmithClientsChangeTheirBaseURLOnly sends what these SDKs
// sent, to the paths and with the credentials that they use, to both ports that
// take OTLP over HTTP.
func TestLangfuseAndLangSmithClientsChangeTheirBaseURLOnly(t *testing.T) {
	t.Parallel()
	dir := newDataDir(t)
	key := func(scope string) string {
		return run(t, "key", "create", "--data-dir", dir, "--project", "default", "--scope", scope)
	}
	ingest, read := key("ingest"), key("read")
	srv := start(t, settings{dataDir: dir, key: read, env: []string{"XRAY_MASTER_API_KEY=m4ster"}})
	basic := func(secret string) http.Header {
		return http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte("pk-lf-anything:"+secret))}}
	}
	apiKey := func(secret string) http.Header { return http.Header{"X-Api-Key": {secret}} }
	n := byte(0)
	for client, tc := range map[string]struct {
		fixture, path string
		credentials   func(secret string) http.Header
	}{
		"Langfuse":  {"langfuse", "/api/public/otel/v1/traces", basic},
		"LangSmith": {"langsmith-otel", "/otel/v1/traces", apiKey},
	} {
		captured := tracetest.Load(t, tc.fixture)
		for port, base := range map[string]string{"OTLP": srv.HTTP, "UI": srv.UI} {
			n++
			f := again(t, captured, n)
			send := func(secret string) int {
				worst := http.StatusOK
				for _, r := range f.Requests {
					worst = max(worst, post(t, base+tc.path, r, tc.credentials(secret)))
				}
				return worst
			}
			for secret, want := range map[string]int{"wrong": http.StatusUnauthorized, "": http.StatusUnauthorized, read: http.StatusForbidden, ingest: http.StatusOK} {
				if got := send(secret); got != want {
					t.Errorf("%s on the %s port: %d, want %d", client, port, got, want)
				}
			}
			for _, want := range f.Expected.PerTrace {
				if e := srv.settled(want.Trace); e.StepCount != want.Spans {
					t.Errorf("%s on the %s port: %d steps, want %d", client, port, e.StepCount, want.Spans)
				}
			}
		}
	}
}

// post sends a captured body with credentials and returns the status.
func post(t testing.TB, url string, r tracetest.Request, header http.Header) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(r.Body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header
	req.Header.Set("Content-Type", "application/x-protobuf")
	resp, err := patient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}
