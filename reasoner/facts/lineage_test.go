package facts_test

import (
	"strings"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner/facts"
)

func TestPassportOfADroppedItem(t *testing.T) {
	l := facts.Follow(pipeline(t, demo))
	p, ok := l.Passport("p3")
	if !ok {
		t.Fatal("P3 is unknown")
	}
	t.Log(p.Text)
	last := p.Stops[len(p.Stops)-1]
	if last.Kind != xray.StopDropped || last.Name != "rating_filter" || last.Margin == nil || *last.Margin != 0.8 {
		t.Errorf("last stop %+v", last)
	}
	if p.Stops[0].Name != "search" || p.Stops[0].Kind != xray.StopEntered || p.Stops[0].RankOut != 3 {
		t.Errorf("first stop %+v", p.Stops[0])
	}
	if !strings.Contains(p.Text, "rating ≥ 4") || !strings.Contains(p.Text, "3.2") {
		t.Errorf("text %q", p.Text)
	}
}

func TestPassportOfTheWinner(t *testing.T) {
	p, ok := facts.Follow(pipeline(t, demo)).Passport("Phone case P9")
	if !ok || !p.LeftAt.IsZero() || p.Key != "P9" {
		t.Errorf("%v %+v", ok, p)
	}
	var names []string
	for _, s := range p.Stops {
		names = append(names, s.Name)
	}
	if got := strings.Join(names, " "); got != "search category_filter rating_filter rank find competitor" {
		t.Errorf("way: %s", got)
	}
}

func TestWhyNot(t *testing.T) {
	l := facts.Follow(pipeline(t, demo))
	for text, want := range map[string]xray.Match{"P2": xray.MatchExact, "glass bottle": xray.MatchExact, "Steel bottle": xray.MatchNear, "glas botle": xray.MatchNear, "Thermos Ultralight": xray.MatchNever} {
		a := l.WhyNot(text)
		if a.Match != want {
			t.Errorf("%q: %s (%s), want %s", text, a.Match, a.Text, want)
		}
	}
	if a := l.WhyNot("Thermos Ultralight"); len(a.Searches) != 1 || !strings.Contains(a.Text, "water bottle") {
		t.Errorf("%+v", a)
	}
}

// Who names the only item that a filter left over has chosen nothing.
func TestWhatIsGoneIsNotDroppedAgain(t *testing.T) {
	e := pipeline(t, `[{"name":"run","input":{"q":"x"},"output":{"id":"b"}},
		{"name":"search","type":"retriever","input":{"query":"x"},"output":[{"id":"a","n":1},{"id":"b","n":9},{"id":"c","n":3}]},
		{"name":"filter","input":{"min":5,"items":[{"id":"a","n":1},{"id":"b","n":9},{"id":"c","n":3}]},"output":[{"id":"b","n":9}]},
		{"name":"pick","output":{"id":"b"}}]`)
	l := facts.Follow(e)
	if p, _ := l.Passport("c"); p.LeftAt != e.Steps[2].SpanID || p.Stops[len(p.Stops)-1].Name != "filter" {
		t.Errorf("%s", p.Text)
	}
	if got := l.Funnel(); len(got) != 1 {
		t.Errorf("stations %+v", got)
	}
}

// A program records what it kept first; the items came in as the search had
// ranked them.
func TestRecordedDecisionsDoNotChangeTheRankAnItemCameInWith(t *testing.T) {
	const search = `[{"name":"run","input":{"q":"x"},"output":{"id":"c"}},
		{"name":"search","type":"retriever","input":{"query":"x"},"output":[{"id":"a","n":1},{"id":"b","n":2},{"id":"c","n":3}]},`
	const items = `"items":{"kept":[{"key":"c"}],"dropped":[{"key":"a","reason":"too old"},{"key":"b","reason":"too old"}]}`
	for name, filter := range map[string]string{
		"with the candidates in its input": `{"name":"filter","input":[{"id":"a","n":1},{"id":"b","n":2},{"id":"c","n":3}],` + items + `}]`,
		"without any payload":              `{"name":"filter",` + items + `}]`,
	} {
		t.Run(name, func(t *testing.T) {
			l := facts.Follow(pipeline(t, search+filter))
			for key, rank := range map[string]int{"a": 1, "b": 2, "c": 3} {
				p, _ := l.Passport(key)
				last := p.Stops[len(p.Stops)-1]
				for _, s := range p.Stops {
					if s.Name == "filter" {
						last = s
					}
				}
				if last.Name != "filter" || last.RankIn != rank || last.In != 3 || (key == "c") != (last.Kind == xray.StopKept) {
					t.Errorf("%s: %+v", key, last)
				}
			}
		})
	}
}
