package e2e

import (
	"net/http"
	"net/url"
	"os"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/tracetest"
)

// send sends a pipeline as its client would.
func (s *server) send(p tracetest.Pipeline) {
	s.t.Helper()
	raw, err := p.OTLP()
	if err != nil {
		s.t.Fatal(err)
	}
	if status, answer := s.callURL("POST", s.HTTP+"/v1/traces", string(raw)); status != http.StatusOK {
		s.t.Fatalf("%s: %d %s", p.File, status, answer)
	}
}

// known waits until everything is known of an execution that is known without
// a model.
func (s *server) known(id string) (e execution) {
	s.t.Helper()
	eventually(s.t, "the facts of "+id+" are there", settleWait, func() bool {
		e = get[execution](s, "/api/executions/"+id)
		return e.Settled && e.Job.Status != "pending" && e.Job.Status != "processing"
	})
	return e
}

func (e execution) facts() []xray.Fact {
	var out []xray.Fact
	for _, f := range e.Facts {
		out = append(out, xray.Fact{ID: f.ID, Kind: f.Kind, Severity: xray.Severity(f.Severity), StepID: f.StepID, Text: f.Text})
	}
	return out
}

func corpus(t *testing.T) []tracetest.Pipeline {
	t.Helper()
	pipelines, err := tracetest.LoadPipelines(os.DirFS("../../reasoner/facts/testdata"), "corpus")
	if err != nil {
		t.Fatal(err)
	}
	return pipelines
}

// TestCorpusScore sends pipelines with planted causes, and healthy ones, and
// asks the API what was wrong. make facts-score prints the score.
func TestCorpusScore(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{})
	pipelines := corpus(t)
	for _, p := range pipelines {
		srv.send(p)
	}
	planted, found, first, healthy, alarms := 0, 0, 0, 0, 0
	for _, p := range pipelines {
		facts := srv.known(p.TraceID().String()).facts()
		if p.Cause == nil {
			healthy++
			for _, f := range facts {
				if f.Severity == xray.SeverityAlarm {
					alarms++
					t.Errorf("%s is healthy but raises an alarm: %s", p.File, f.Text)
				}
			}
			continue
		}
		planted++
		switch at := p.CauseAt(facts); at {
		case 0:
			first++
			found++
		case 1, 2:
			found++
		default:
			t.Logf("%s: the cause %v at %v is at place %d", p.File, p.Cause.Kinds, p.Cause.Steps, at+1)
		}
	}
	t.Logf("facts score through the binary: cause among the first three in %d of %d (first in %d); %d alarms in %d healthy runs", found, planted, first, alarms, healthy)
	if planted < 30 || healthy < 10 || found*100 < planted*95 {
		t.Errorf("%d of %d causes found, %d healthy pipelines: want 95 %% of at least 30, and 10", found, planted, healthy)
	}
}

// TestPassportsAgreeWithTheList asks of every pipeline of the corpus that its
// items left where their passports say, at steps that dropped something, and
// that it does not differ from itself.
func TestPassportsAgreeWithTheList(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{})
	pipelines := corpus(t)
	for _, p := range pipelines {
		srv.send(p)
	}
	for _, p := range pipelines {
		id := srv.known(p.TraceID().String()).ID
		if c := get[comparison](srv, "/api/compare?a="+id+"&b="+id); c.First != -1 || len(c.Steps) != len(p.Steps) {
			t.Errorf("%s differs from itself in %d steps: %s", p.File, len(c.Steps), c.Verdict)
		}
		dropped := map[string]int{}
		for _, st := range get[funnel](srv, "/api/executions/"+id+"/funnel").Stations {
			if st.In != st.Kept+st.Dropped || st.Out != st.Kept+st.Added {
				t.Errorf("%s: %s loses items: %+v", p.File, st.Name, st)
			}
			dropped[st.StepID] += st.Dropped
		}
		list := get[itemList](srv, "/api/executions/"+id+"/items?limit=500")
		left, keys := map[string]int{}, map[string]int{}
		for _, it := range list.Items {
			keys[it.Key]++
		}
		for i, it := range list.Items {
			if it.LeftAt != "" {
				left[it.LeftAt]++
			}
			if i >= 8 || it.Key == "" || keys[it.Key] > 1 { // of items with one id, one is shown
				continue
			}
			trail := get[trail](srv, "/api/executions/"+id+"/items/"+url.PathEscape(it.Key))
			if trail.LeftAt != it.LeftAt || trail.Key != it.Key {
				t.Errorf("%s: %q left at %q, its passport says %q", p.File, it.Key, it.LeftAt, trail.LeftAt)
			}
		}
		for step, n := range left {
			if n > dropped[step] {
				t.Errorf("%s: %d items left at step %s, which dropped %d", p.File, n, step, dropped[step])
			}
		}
	}
}

type funnel struct {
	Stations []struct {
		StepID                        string
		Name, Criterion               string
		In, Kept, Dropped, Added, Out int
	}
}

type item struct{ Key, Label, EnteredAt, LeftAt string }

type itemList struct {
	Items []item
	Total int
	Next  string
}

type trail struct {
	item
	Text  string
	Stops []struct {
		Name, Kind, Criterion, Value string
		Margin                       *float64
	}
	Elsewhere []struct {
		Execution execution
		Passport  struct{ Text string }
	}
	LookedAt int
}

type comparison struct {
	First   int
	Verdict string
	Steps   []struct {
		Name, Relation string
		Input          []struct{ Pointer string }
		OnlyA, OnlyB   []string
	}
}
