package facts_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/xraytrace/xray/reasoner/facts"
)

const demo = `[
 {"name":"find competitor","input":{"title":"Stainless steel water bottle","category":"Kitchen"},"output":{"id":"P9","title":"Phone case P9"}},
 {"name":"keywords","type":"llm","input":"Give keywords for: Stainless steel water bottle","output":"{\"keywords\":[\"water bottle\",\"steel bottle\"]}"},
 {"name":"search","type":"retriever","input":{"query":"water bottle"},"output":{"results":[
  {"id":"P1","title":"Steel bottle 1l","category":"Kitchen","rating":4.8,"price":19},
  {"id":"P2","title":"Steel bottle 0.5l","category":"Kitchen","rating":4.1,"price":15},
  {"id":"P3","title":"Glass bottle","category":"Kitchen","rating":3.2,"price":12},
  {"id":"P4","title":"Bottle opener","category":"Bar","rating":2.9,"price":5},
  {"id":"P9","title":"Phone case P9","category":"Phones","rating":4.9,"price":9}]}},
 {"name":"category_filter","input":{"category":"","candidates":[
  {"id":"P1","title":"Steel bottle 1l","category":"Kitchen","rating":4.8,"price":19},
  {"id":"P2","title":"Steel bottle 0.5l","category":"Kitchen","rating":4.1,"price":15},
  {"id":"P3","title":"Glass bottle","category":"Kitchen","rating":3.2,"price":12},
  {"id":"P4","title":"Bottle opener","category":"Bar","rating":2.9,"price":5},
  {"id":"P9","title":"Phone case P9","category":"Phones","rating":4.9,"price":9}]},"output":["P1","P2","P3","P4","P9"]},
 {"name":"rating_filter","input":{"min_rating":4},"output":[
  {"id":"P1","title":"Steel bottle 1l","category":"Kitchen","rating":4.8,"price":19},
  {"id":"P2","title":"Steel bottle 0.5l","category":"Kitchen","rating":4.1,"price":15},
  {"id":"P9","title":"Phone case P9","category":"Phones","rating":4.9,"price":9}]},
 {"name":"rank","output":{"best":{"productId":"P9","score":0.97}}}
]`

func TestDemoIsExplained(t *testing.T) {
	e := pipeline(t, demo)
	r := facts.Compute(e, nil)
	checkPointers(t, e, r)
	checkFunnel(t, r)
	t.Log(show(r))
	if len(r.Facts) == 0 || r.Facts[0].Kind != facts.KindEmptyParam {
		t.Fatalf("the empty category is not the first fact:\n%s", show(r))
	}
	if !strings.Contains(r.Headline, "Phone case P9") || !strings.Contains(r.Headline, "category") {
		t.Errorf("headline %q", r.Headline)
	}
}

// The spark tells of the candidates alone: no keywords, no number twice.
func TestTheSparkFollowsTheCandidates(t *testing.T) {
	r := facts.Compute(pipeline(t, demo), nil)
	if got := r.FunnelCounts; !slices.Equal(got, []int64{5, 3, 1}) {
		t.Errorf("spark %v", got)
	}
	if len(r.Funnel) < 3 {
		t.Errorf("%d stations: the filter that dropped nothing is missing", len(r.Funnel))
	}
}
