package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/xraytrace/xray/internal/tracetest"
)

// TestALimitedKeyIsRefusedAndCountedExactly: and other keys and projects are
// not hurt.
func TestALimitedKeyIsRefusedAndCountedExactly(t *testing.T) {
	t.Parallel()
	dir := newDataDir(t)
	run(t, "project", "create", "--data-dir", dir, "shop")
	run(t, "project", "create", "--data-dir", dir, "bank")
	key := func(project, scope string) string {
		return run(t, "key", "create", "--data-dir", dir, "--project", project, "--scope", scope)
	}
	limited, admin, other := key("shop", "ingest"), key("shop", "admin"), key("bank", "admin")
	srv := start(t, settings{dataDir: dir, env: []string{"XRAY_MASTER_API_KEY=m4ster"}})
	as := func(key string) *server { s := *srv; s.key = key; return &s }
	// Five at once, and the next after a hundred seconds.
	code, body := as(admin).call("PUT", "/api/settings/limits", `{"project":{},"keys":[{"keyId":"1","limits":{"requestsPerSecond":0.01,"burstSeconds":500}}]}`)
	if code != http.StatusOK {
		t.Fatalf("limits: %d %s", code, body)
	}
	refused := 0
	for range 12 {
		req, _ := http.NewRequestWithContext(t.Context(), "POST", srv.HTTP+"/v1/traces", strings.NewReader("{}"))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+limited)
		resp, err := patient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode == http.StatusTooManyRequests {
			if wait := resp.Header.Get("Retry-After"); wait == "" || len(wait) > 3 || wait < "10" {
				t.Errorf("Retry-After is %q, want about a hundred seconds", wait)
			}
			refused++
		}
	}
	if refused != 7 {
		t.Errorf("%d of 12 were refused, want 7", refused)
	}
	err := tracetest.Load(t, "telemetrygen-grpc").Requests[0].Send(t.Context(), t, as(limited).target())
	if st := status.Convert(err); st.Code() != codes.ResourceExhausted || len(st.Details()) != 1 {
		t.Errorf("by gRPC: %v, details %v; want RESOURCE_EXHAUSTED with RetryInfo", err, st.Details())
	}
	for name, unhurt := range map[string]string{"another key": admin, "another project": other} {
		if code, body := as(unhurt).callURL("POST", srv.HTTP+"/v1/traces", "{}"); code != http.StatusOK {
			t.Errorf("%s: %d %s", name, code, body)
		}
	}
	type log struct {
		Minutes []struct {
			Requests int
			Refused  []struct {
				Reason   string
				Requests int
			}
		}
		Keys []struct {
			KeyID     string
			LastError struct{ Text, Reason string }
		}
	}
	var seen log
	eventually(t, "the log has counted all of them", 30*time.Second, func() bool {
		seen = get[log](as(admin), "/api/settings/ingest")
		taken, not := 0, 0
		for _, m := range seen.Minutes {
			taken += m.Requests
			for _, r := range m.Refused {
				if r.Reason == "requests_per_second" {
					not += r.Requests
				}
			}
		}
		return taken == 6 && not == 8
	})
	for _, k := range seen.Keys {
		if k.KeyID == "1" && k.LastError.Reason != "requests_per_second" {
			t.Errorf("the key's last error: %+v", k.LastError)
		}
	}
	if n := len(get[log](as(other), "/api/settings/ingest").Keys); n > 1 {
		t.Errorf("another project's log knows %d keys", n)
	}
}
