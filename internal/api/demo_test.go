package api_test

import (
	"testing"

	"github.com/xraytrace/xray"
)

func TestWhoMaySendMayLoadTheDemo(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.principal.Scope = xray.ScopeIngest
	status, _, body := w.do(t, "POST", "/api/demo", "")
	if status != 200 || body["executions"] != 28.0 || body["mistakeId"] != traceID.String() || w.demoFor != "shop" {
		t.Errorf("got %d %v, loaded into %q", status, body, w.demoFor)
	}
}
