package facts_test

import (
	"os"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/tracetest"
	"github.com/xraytrace/xray/reasoner/facts"
	"github.com/xraytrace/xray/receiver/semconv"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// mapped is the pipeline as it comes out of the receiver: sent as OTLP and
// read back by the mapping of conventions.
func mapped(t testing.TB, p tracetest.Pipeline) facts.Execution {
	t.Helper()
	raw, err := p.OTLP()
	if err != nil {
		t.Fatal(err)
	}
	traces, err := (&ptrace.JSONUnmarshaler{}).UnmarshalTraces(raw)
	if err != nil {
		t.Fatalf("%s: %v", p.File, err)
	}
	info, _ := p.Execution()
	e := facts.Execution{Info: info}
	m := semconv.New(nil)
	for _, rs := range traces.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				e.Steps = append(e.Steps, m.Detail(semconv.Span{Resource: rs.Resource(), Scope: ss.Scope(), Span: span}, nil))
			}
		}
	}
	return e
}

// TestCorpusThroughTheMapping asks the same of what the receiver makes of the
// corpus as TestCorpusScore does of the corpus itself.
func TestCorpusThroughTheMapping(t *testing.T) {
	pipelines, err := tracetest.LoadPipelines(os.DirFS("."), corpus)
	if err != nil {
		t.Fatal(err)
	}
	planted, found := 0, 0
	for _, p := range pipelines {
		e := mapped(t, p)
		r := facts.Compute(e, nil)
		checkPointers(t, e, r)
		checkFunnel(t, r)
		if p.Cause == nil {
			for _, f := range r.Facts {
				if f.Severity == xray.SeverityAlarm {
					t.Errorf("%s is healthy but raises an alarm: %s", p.File, f.Text)
				}
			}
			continue
		}
		planted++
		if at := p.CauseAt(r.Facts); at >= 0 && at < 3 {
			found++
		} else {
			t.Logf("%s: cause not among the first three:\n%s", p.File, show(r))
		}
	}
	if found*100 < planted*95 {
		t.Errorf("cause found in %d of %d, less than 95 %%", found, planted)
	}
}
