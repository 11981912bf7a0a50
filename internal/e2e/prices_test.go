package e2e

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// priceFile writes a price table that knows one model of nobody's.
func priceFile(t testing.TB, version, model, usd string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), version+".json")
	table := `{"version":"` + version + `","providers":[{"id":"house","model_match":{"starts_with":"house-"},"models":[
		{"id":"` + model + `","match":{"equals":"` + model + `"},"prices":{"input_mtok":` + usd + `}}]}]}`
	if err := os.WriteFile(file, []byte(table), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestPricesCanBeBroughtAndStoredCostsBroughtUpToDate changes prices under a
// running server, for everybody and for a project, and maps anew what is stored.
func TestPricesCanBeBroughtAndStoredCostsBroughtUpToDate(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{})
	xrayCommand := func(args ...string) string { return run(t, append(args, "--data-dir", srv.dataDir)...) }
	sent := 0
	// cost sends a call of a million tokens and returns what it costs.
	send := func(attributes map[string]any) pcommon.TraceID {
		sent++
		trace := madeTrace(2000 + sent)
		call := map[string]any{"gen_ai.operation.name": "chat", "gen_ai.provider.name": "house", "gen_ai.usage.input_tokens": 1_000_000}
		for k, v := range attributes {
			call[k] = v
		}
		postTraces(t, srv.HTTP, request(t, trace, made{id: 1, name: "ask", start: 0, end: 9}, made{id: 2, parent: 1, name: "call", start: 1, end: 2, attributes: call}))
		return trace
	}
	own := func(model string) pcommon.TraceID { return send(map[string]any{"gen_ai.request.model": model}) }
	// check compares a call and its execution; usd below zero is "unknown".
	check := func(when string, trace pcommon.TraceID, usd float64, source, version string) {
		t.Helper()
		e := srv.settled(trace.String())
		st := get[step](srv, "/api/executions/"+trace.String()+"/steps/"+hexID(2))
		if !sameCost(st.CostUSD, usd) || !sameCost(e.CostUSD, usd) || e.CostPartial != (usd < 0) {
			t.Errorf("%s: the call costs %v, the execution %v (partial %v), want %v", when, show(st.CostUSD), show(e.CostUSD), e.CostPartial, usd)
		}
		if st.CostSource != source || st.PriceDate != version {
			t.Errorf("%s: a %q cost by prices %q, want %q and %q", when, st.CostSource, st.PriceDate, source, version)
		}
	}
	// waitFor sends calls until one has its price: a server looks every five seconds.
	waitFor := func(usd float64) pcommon.TraceID {
		t.Helper()
		var trace pcommon.TraceID
		eventually(t, "the server knows the new prices", time.Minute, func() bool {
			trace = own("house-1")
			return sameCost(get[step](srv, "/api/executions/"+trace.String()+"/steps/"+hexID(2)).CostUSD, usd)
		})
		return trace
	}

	unknown := own("house-1")
	check("before anybody knows the model", unknown, -1, "", "")
	reported := send(map[string]any{"gen_ai.request.model": "house-1", "gen_ai.usage.cost": 0.25})
	check("reported by the client", reported, 0.25, "reported", "")
	built := strings.Fields(strings.Split(xrayCommand("prices", "show"), "\n")[1])[1]

	xrayCommand("prices", "update", "--file", priceFile(t, "v1", "house-1", "3"))
	known := waitFor(3)
	check("with new prices", known, 3, "computed", "v1+"+built)
	check("what was stored before", unknown, -1, "", "")

	if out := xrayCommand("reindex"); !strings.Contains(out, "with prices v1+"+built) {
		t.Errorf("reindex says %q", out)
	}
	check("what was stored before, reindexed", unknown, 3, "computed", "v1+"+built)
	check("what the client reported, reindexed", reported, 0.25, "reported", "")

	xrayCommand("prices", "update", "--project", "default", "--file", priceFile(t, "ours", "house-1", "2"))
	check("of a project's own", waitFor(2), 2, "computed", "ours+v1+"+built)
	if out := xrayCommand("prices", "show"); !strings.Contains(out, "v1") || !strings.Contains(out, "ours") {
		t.Errorf("prices show says %q", out)
	}
	xrayCommand("prices", "reset", "--project", "default")
	xrayCommand("prices", "reset")
	xrayCommand("reindex")
	check("all forgotten and reindexed", known, -1, "", "")

	bad := filepath.Join(t.TempDir(), "bad.json")
	if err := os.WriteFile(bad, []byte(`{"providers":[]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := command(t.Context(), nil, "prices", "update", "--data-dir", srv.dataDir, "--file", bad).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "names no providers") {
		t.Errorf("an empty table: error %v, %s", err, out)
	}
}

func sameCost(got *float64, usd float64) bool {
	if got == nil {
		return usd < 0
	}
	return math.Abs(*got-usd) < 1e-9
}

func show(usd *float64) any {
	if usd == nil {
		return "unknown"
	}
	return *usd
}
