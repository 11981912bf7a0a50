package facts_test

import (
	"testing"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner/facts"
)

func TestHistory(t *testing.T) {
	usual := func() *facts.History {
		return &facts.History{Runs: 20, Release: "v1", Steps: map[string]facts.StepHistory{
			"load": {Runs: 20, P50Nano: int64(80 * time.Millisecond), P95Nano: int64(100 * time.Millisecond), TokensP95: 100, CostP95: 0.01,
				Models: map[string]bool{"m-1": true}, Errors: map[string]bool{"timeout after # ms": true}, Params: map[string]float64{"/input/region": 1}},
			"narrow": {Runs: 20, HasDropRate: true, DropRateP05: 0.1, DropRateP95: 0.3},
		}}
	}
	const steps = `[{"name":"run","input":{"q":"x"},"output":1},{"name":"load","input":{"region":"eu"},"output":{"n":1}},
		{"name":"narrow","input":{"items":[{"id":1},{"id":2},{"id":3},{"id":4},{"id":5}]},"output":[{"id":1},{"id":2},{"id":3},{"id":4}]}]`
	load := func(e *facts.Execution) *xray.StepDetail { return &e.Steps[1] }
	tests := []struct {
		name   string
		change func(*facts.Execution, *facts.History)
		kind   string // "" = nothing unusual
	}{
		{"an ordinary run", func(*facts.Execution, *facts.History) {}, ""},
		{"too few runs to compare with", func(e *facts.Execution, h *facts.History) { h.Runs = 2; load(e).End += xray.Nano(time.Hour) }, ""},
		{"slow", func(e *facts.Execution, _ *facts.History) { load(e).End += xray.Nano(time.Second) }, facts.KindSlow},
		{"tokens", func(e *facts.Execution, _ *facts.History) { load(e).Tokens.Input = new(int64(900)) }, facts.KindTokens},
		{"cost", func(e *facts.Execution, _ *facts.History) { load(e).CostUSD = new(0.5) }, facts.KindCost},
		{"another model", func(e *facts.Execution, _ *facts.History) { load(e).Model = "m-2" }, facts.KindNewModel},
		{"a new error", func(e *facts.Execution, _ *facts.History) {
			load(e).Status, load(e).Error = xray.StatusError, "disk full"
		}, facts.KindNewError},
		{"a known error", func(e *facts.Execution, _ *facts.History) {
			load(e).Status, load(e).Error = xray.StatusError, "timeout after 312 ms"
		}, ""},
		{"a parameter gone", func(e *facts.Execution, _ *facts.History) { load(e).Input = []byte(`{"region":""}`) }, facts.KindParamGone},
		{"an odd drop rate", func(e *facts.Execution, _ *facts.History) { e.Steps[2].Output = []byte(`[{"id":1}]`) }, facts.KindDropRate},
		{"a step gone", func(e *facts.Execution, _ *facts.History) { e.Steps = e.Steps[:2] }, facts.KindStepGone},
		{"another release", func(e *facts.Execution, _ *facts.History) { e.Info.Release = "v2" }, facts.KindNewVersion},
	}
	historical := map[string]bool{facts.KindSlow: true, facts.KindTokens: true, facts.KindCost: true, facts.KindNewModel: true, facts.KindNewError: true,
		facts.KindParamGone: true, facts.KindDropRate: true, facts.KindStepGone: true, facts.KindNewVersion: true}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, h := pipeline(t, steps), usual()
			tt.change(&e, h)
			r := facts.Compute(e, h)
			checkPointers(t, e, r)
			found := ""
			for _, f := range r.Facts {
				if historical[f.Kind] {
					found += f.Kind
				}
			}
			if found != tt.kind {
				t.Errorf("found %q, want %q\n%s", found, tt.kind, show(r))
			}
		})
	}
}
