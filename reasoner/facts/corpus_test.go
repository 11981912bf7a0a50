package facts_test

import (
	"os"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/tracetest"
	"github.com/xraytrace/xray/reasoner/facts"
)

const corpus = "testdata/corpus"

// TestCorpusScore plants causes in small pipelines and asks that the cause's
// fact be among the first three, and that healthy runs raise no alarm. Run it
// with -v to see the score (make facts-score).
func TestCorpusScore(t *testing.T) {
	pipelines, err := tracetest.LoadPipelines(os.DirFS("."), corpus)
	if err != nil {
		t.Fatal(err)
	}
	planted, found, first, healthy, alarms := 0, 0, 0, 0, 0
	for _, p := range pipelines {
		e := run(p)
		r := facts.Compute(e, nil)
		checkPointers(t, e, r)
		checkFunnel(t, r)
		if p.Cause == nil {
			healthy++
			for _, f := range r.Facts {
				if f.Severity == xray.SeverityAlarm {
					alarms++
					t.Errorf("%s is healthy but raises an alarm: %s", p.File, f.Text)
				}
			}
			continue
		}
		planted++
		at := p.CauseAt(r.Facts)
		if at == 0 {
			first++
		}
		if at >= 0 && at < 3 {
			found++
		} else {
			t.Logf("%s: cause %v at %v not among the first three:\n%s", p.File, p.Cause.Kinds, p.Cause.Steps, show(r))
		}
	}
	t.Logf("facts score: cause among the first three in %d of %d (first in %d); %d alarms in %d healthy runs", found, planted, first, alarms, healthy)
	if planted < 30 || healthy < 10 {
		t.Errorf("the corpus has %d planted and %d healthy pipelines; it needs 30 and 10", planted, healthy)
	}
	if found*100 < planted*95 {
		t.Errorf("cause found in %d of %d, less than 95 %%", found, planted)
	}
}

// TestHealthyRunsStayQuiet prints what healthy runs say, to be read with -v.
func TestHealthyRunsStayQuiet(t *testing.T) {
	pipelines, err := tracetest.LoadPipelines(os.DirFS("."), corpus)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pipelines {
		if p.Cause != nil {
			continue
		}
		r := facts.Compute(run(p), nil)
		notices := 0
		for _, f := range r.Facts {
			if f.Severity != xray.SeverityInfo {
				notices++
			}
		}
		t.Logf("%s:\n%s", p.File, show(r))
		if notices > 2 {
			t.Errorf("%s is healthy but has %d notices", p.File, notices)
		}
	}
}
