package facts_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner/facts"
	"pgregory.net/rapid"
)

// model is a pipeline whose truth is known: which items each filter kept and
// by which rule.
type model struct {
	e       facts.Execution
	kept    [][]string // ids after each filter
	inputs  [][]string
	dropped map[string]int // id → filter that dropped it
}

type product struct {
	ID     string  `json:"id"`
	Price  float64 `json:"price"`
	Rating float64 `json:"rating"`
	Stock  bool    `json:"in_stock"`
	Brand  string  `json:"brand"`
}

func drawModel(t *rapid.T) model {
	m := model{dropped: map[string]int{}}
	n := rapid.IntRange(2, 60).Draw(t, "items")
	var items []product
	for i := range n {
		items = append(items, product{
			ID: fmt.Sprintf("p-%d", i), Price: float64(rapid.IntRange(1, 200).Draw(t, "price")), Rating: float64(rapid.IntRange(10, 50).Draw(t, "rating")) / 10,
			Stock: rapid.Bool().Draw(t, "stock"), Brand: rapid.SampledFrom([]string{"Aro", "Bex", "Cid"}).Draw(t, "brand"),
		})
	}
	add := func(name string, in, out any) {
		i := byte(len(m.e.Steps) + 1)
		a, _ := json.Marshal(in)
		b, _ := json.Marshal(out)
		m.e.Steps = append(m.e.Steps, step(i, min(1, i-1), name, xray.Nano(i)*10, xray.Nano(i)*10+5, string(a), string(b)))
	}
	add("run", map[string]string{"query": "things"}, nil)
	m.e.Steps[0].End = 10_000e6
	add("search", map[string]string{"query": "things"}, items)
	for k := range rapid.IntRange(1, 4).Draw(t, "filters") {
		in := map[string]any{"items": items}
		pass := func(product) bool { return true }
		switch rapid.IntRange(0, 3).Draw(t, "rule") {
		case 0:
			bound := float64(rapid.IntRange(1, 200).Draw(t, "max"))
			in["max_price"], pass = bound, func(p product) bool { return p.Price <= bound }
		case 1:
			bound := float64(rapid.IntRange(10, 50).Draw(t, "min")) / 10
			in["min_rating"], pass = bound, func(p product) bool { return p.Rating >= bound }
		case 2:
			in["in_stock"], pass = true, func(p product) bool { return p.Stock }
		case 3:
			brand := rapid.SampledFrom([]string{"Aro", "Bex"}).Draw(t, "want")
			in["brand"], pass = brand, func(p product) bool { return p.Brand == brand }
		}
		var out []product
		m.inputs = append(m.inputs, ids(items))
		for _, p := range items {
			if pass(p) {
				out = append(out, p)
			} else {
				m.dropped[p.ID] = k
			}
		}
		if out == nil {
			out = []product{}
		}
		add(fmt.Sprintf("filter %d", k), in, out)
		m.kept = append(m.kept, ids(out))
		if items = out; len(items) == 0 {
			break
		}
	}
	return m
}

func ids(ps []product) []string {
	var out []string
	for _, p := range ps {
		out = append(out, p.ID)
	}
	return out
}

// The funnel must agree with what truly happened, lose nothing, and every
// claimed criterion must hold.
func TestFunnelAgreesWithTheTruth(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := drawModel(rt)
		r := facts.Compute(m.e, nil)
		if len(r.Funnel) != len(m.kept) {
			rt.Fatalf("%d stations for %d filters\n%s", len(r.Funnel), len(m.kept), show(r))
		}
		for k, s := range r.Funnel {
			if s.In != s.Kept+s.Dropped || s.Out != s.Kept+s.Added {
				rt.Fatalf("station %d loses items: %+v", k, s)
			}
			if s.In != len(m.inputs[k]) || s.Kept != len(m.kept[k]) || s.Added != 0 {
				rt.Fatalf("station %d is %+v, truth: %d → %d", k, s, len(m.inputs[k]), len(m.kept[k]))
			}
		}
		for _, f := range r.Facts {
			if f.Severity == xray.SeverityAlarm {
				rt.Fatalf("alarm in a run without fault: %s", f.Text)
			}
			if f.Kind == facts.KindUnexplained {
				rt.Fatalf("a filter with its parameter on record is not explained: %s\n%s", f.Text, show(r))
			}
		}
	})
}

// An item's passport must end where the funnel lost it.
func TestLineageAgreesWithTheFunnel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := drawModel(rt)
		l := facts.Follow(m.e)
		items := l.Items()
		if len(items) != len(m.inputs[0]) {
			rt.Fatalf("%d items followed, %d entered", len(items), len(m.inputs[0]))
		}
		for _, it := range items {
			want := xray.SpanID{}
			if k, ok := m.dropped[it.Key]; ok {
				want = m.e.Steps[k+2].SpanID
			}
			p, ok := l.Passport(it.Key)
			if !ok || it.LeftAt != want || p.LeftAt != want {
				rt.Fatalf("%s left at %s (passport %s), truth %s", it.Key, it.LeftAt, p.LeftAt, want)
			}
		}
		if !slices.ContainsFunc(items, func(it facts.Item) bool { return it.LeftAt.IsZero() }) != (len(m.kept[len(m.kept)-1]) == 0) {
			rt.Fatalf("who came through does not agree")
		}
	})
}

func TestAnyRunEqualsItself(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := drawModel(rt)
		if c := facts.Compare(m.e, m.e, facts.CompareOptions{}); c.First != -1 {
			rt.Fatalf("differs from itself: %s", c.Verdict)
		}
	})
}
