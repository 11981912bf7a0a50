package facts_test

import (
	"encoding/json"
	"strings"
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

// earlier makes the history of runs that went alike, through the form in which
// their profiles are stored.
func earlier(t *testing.T, n int, e facts.Execution) *facts.History {
	t.Helper()
	var runs []facts.Profile
	for range n {
		raw, err := json.Marshal(facts.Compute(e, facts.NewHistory(runs)).Profile)
		if err != nil {
			t.Fatal(err)
		}
		var p facts.Profile
		if err := json.Unmarshal(raw, &p); err != nil {
			t.Fatal(err)
		}
		runs = append(runs, p)
	}
	return facts.NewHistory(runs)
}

func TestProfilesMakeAHistory(t *testing.T) {
	const usual = `[{"name":"run","input":{"q":"x"},"output":{"n":3}},
		{"name":"write keywords","type":"llm","model":"m-1","input":{"style":{"tone":"dry","length":"short"},"q":"x"},"output":{"keywords":["a"]}},
		{"name":"narrow","input":{"min":2,"items":[{"id":"a","n":1},{"id":"b","n":2},{"id":"c","n":3},{"id":"d","n":4},{"id":"e","n":5}]},
			"output":[{"id":"b","n":2},{"id":"c","n":3},{"id":"d","n":4},{"id":"e","n":5}]}]`
	for name, tc := range map[string]struct {
		runs     int
		old, new string
		kind     string // "" = nothing unusual
	}{
		"the same again":           {runs: 8},
		"another model":            {8, `"model":"m-1"`, `"model":"m-2"`, facts.KindNewModel},
		"too few to say":           {4, `"model":"m-1"`, `"model":"m-2"`, ""},
		"an empty object":          {8, `{"tone":"dry","length":"short"}`, `{}`, facts.KindParamGone},
		"a parameter left out":     {8, `"tone":"dry",`, ``, facts.KindParamGone},
		"an empty output":          {8, `{"keywords":["a"]}`, `""`, facts.KindNewEmpty},
		"nearly everything is out": {8, `[{"id":"b","n":2},{"id":"c","n":3},{"id":"d","n":4},{"id":"e","n":5}]}]`, `[{"id":"e","n":5}]}]`, facts.KindDropRate},
	} {
		t.Run(name, func(t *testing.T) {
			h := earlier(t, tc.runs, pipeline(t, usual))
			e := pipeline(t, strings.Replace(usual, tc.old, tc.new, 1))
			r := facts.Compute(e, h)
			checkPointers(t, e, r)
			n := 0
			for _, f := range r.Facts {
				switch f.Kind {
				case tc.kind:
					n++
				case facts.KindNewModel, facts.KindParamGone, facts.KindNewEmpty, facts.KindDropRate, facts.KindSlow:
					t.Errorf("also: %s", f.Text)
				}
			}
			if want := min(1, len(tc.kind)); n != want {
				t.Errorf("said %d times, want %d\n%s", n, want, show(r))
			}
		})
	}
}

func TestWhatIsNormalIsNoAlarm(t *testing.T) {
	e := pipeline(t, demo)
	if first := facts.Compute(e, nil).Facts[0]; first.Severity != xray.SeverityAlarm {
		t.Fatalf("the run has no alarm to begin with: %+v", first)
	}
	for _, f := range facts.Compute(e, earlier(t, 8, e)).Facts {
		if f.Severity == xray.SeverityAlarm {
			t.Errorf("all earlier runs had it, and yet: %s", f.Text)
		}
	}
	failed := pipeline(t, demo)
	failed.Info.Status, failed.Steps[2].Status, failed.Steps[2].Error = xray.StatusError, xray.StatusError, "timeout"
	if first := facts.Compute(failed, earlier(t, 8, failed)).Facts[0]; first.Kind != facts.KindError || first.Severity != xray.SeverityAlarm {
		t.Errorf("a pipeline that always fails is called normal: %+v", first)
	}
}
