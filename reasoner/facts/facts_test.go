package facts_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/tracetest"
	"github.com/xraytrace/xray/reasoner/facts"
)

func run(p tracetest.Pipeline) facts.Execution {
	info, steps := p.Execution()
	return facts.Execution{Info: info, Steps: steps}
}

// pipeline reads the compact form from a test's own text.
func pipeline(t testing.TB, steps string) facts.Execution {
	t.Helper()
	p := tracetest.Pipeline{Title: t.Name()}
	if err := json.Unmarshal([]byte(steps), &p.Steps); err != nil {
		t.Fatal(err)
	}
	return run(p)
}

// checkPointers fails if a pointer of a fact does not resolve in the stored
// payload of the fact's step.
func checkPointers(t testing.TB, e facts.Execution, r facts.Result) {
	t.Helper()
	steps := map[string]*xray.StepDetail{}
	for i := range e.Steps {
		steps[e.Steps[i].SpanID.String()] = &e.Steps[i]
	}
	for i, f := range r.Facts {
		if want := "F" + strconv.Itoa(i+1); f.ID != want {
			t.Errorf("fact %d has id %s", i, f.ID)
		}
		if f.Text == "" || f.Kind == "" {
			t.Errorf("%s has no text or kind", f.ID)
		}
		for _, v := range f.Values {
			if !json.Valid(v) {
				t.Errorf("%s has a value that is not JSON: %s", f.ID, v)
			}
		}
		for _, ptr := range f.Pointers {
			d := steps[f.StepID]
			if d == nil {
				t.Fatalf("%s points into step %q, which does not exist", f.ID, f.StepID)
			}
			raw, err := json.Marshal(d.Payload())
			if err != nil {
				continue // a fuzzed payload that is not JSON
			}
			var doc any
			if err := json.Unmarshal(raw, &doc); err != nil {
				continue
			}
			if !resolves(doc, ptr) {
				t.Errorf("%s (%s): %s does not resolve", f.ID, f.Text, ptr)
			}
		}
	}
}

func resolves(doc any, ptr string) bool {
	for _, part := range strings.Split(ptr, "/")[1:] {
		part = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
		switch v := doc.(type) {
		case map[string]any:
			next, ok := v[part]
			if !ok {
				return false
			}
			doc = next
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(v) {
				return false
			}
			doc = v[i]
		default:
			return false
		}
	}
	return true
}

func show(r facts.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", r.Headline)
	for _, s := range r.Funnel {
		fmt.Fprintf(&b, "  %s: %d → kept %d dropped %d added %d → %d: %s\n", s.Name, s.In, s.Kept, s.Dropped, s.Added, s.Out, s.Criterion)
	}
	for _, f := range r.Facts {
		fmt.Fprintf(&b, "  %s %s %s: %s %v\n", f.ID, f.Severity, f.Kind, f.Text, f.Pointers)
	}
	return b.String()
}

func checkFunnel(t testing.TB, r facts.Result) {
	t.Helper()
	for _, s := range r.Funnel {
		if s.In != s.Kept+s.Dropped || s.Out != s.Kept+s.Added {
			t.Errorf("station %s loses items: in %d, kept %d, dropped %d, added %d, out %d", s.Name, s.In, s.Kept, s.Dropped, s.Added, s.Out)
		}
	}
}
