package facts_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/xraytrace/xray/reasoner/facts"
)

func TestCriterionOfAStation(t *testing.T) {
	abc := `{"id":"a","x":9,"y":1},{"id":"b","x":8,"y":2},{"id":"c","x":7,"y":9},{"id":"d","x":3,"y":8},{"id":"e","x":2,"y":3},{"id":"f","x":1,"y":7},{"id":"g","x":9.5,"y":9.5},{"id":"h","x":0.5,"y":0.5}`
	tests := []struct {
		name, in, out string
		says          string
		not           string
	}{
		{"a threshold that a parameter names", `{"min_x":7,"items":[` + abc + `]}`, `["a","b","c","g"]`, "x ≥ 7 (input /min_x) separates them", ""},
		{"a threshold of no parameter among few items shows the gap and its doubt", `{"items":[` + abc + `]}`, `["a","b","c","g"]`, "consistent with x ≥ 7 (the best dropped has 3)", ""},
		{"a strict bound on the edge", `{"x_above":7,"items":[` + abc + `]}`, `["a","b","g"]`, "x > 7 (input /x_above) separates them", ""},
		{"two parameters together", `{"min_x":7,"max_y":5,"items":[` + abc + `]}`, `["a","b"]`, "together separate them", ""},
		{"a parameter that explains only some drops names the exceptions", `{"min_x":7,"items":[` + abc + `]}`, `["a","c"]`, "explains 4 of 6 drops; b and g passed", "separates them"},
		{"one kept of three proves nothing", `{"items":[{"id":"a","k":1,"m":"q"},{"id":"b","k":2,"m":"q"},{"id":"c","k":3,"m":"r"}]}`, `["c"]`, "consistent with", "separates"},
		{"nothing separates", `{"items":[` + abc + `]}`, `["a","d","f","h"]`, "no single field or pair", "≥"},
		{"a set of ids", `{"allowed_ids":["d","f","h"],"items":[` + abc + `]}`, `["d","f","h"]`, `in ["d","f","h"] (input /allowed_ids)`, ""},
		{"the first k", `{"limit":3,"items":[` + abc + `]}`, `["a","b","c"]`, "the first 3 (input /limit)", ""},
		{"a filter and then the first k", `{"min_y":2,"limit":3,"items":[` + abc + `]}`, `["b","c","d"]`, "the first 3 of those with y ≥ 2", ""},
		{"repeats", `{"items":[{"id":"a","v":1},{"id":"b","v":2},{"id":"a","v":1},{"id":"c","v":3},{"id":"b","v":2}]}`, `["a","b","c"]`, "repeat the id of kept ones", ""},
		{"a missing field", `{"items":[{"id":"a","mail":"x"},{"id":"b"},{"id":"c","mail":"y"},{"id":"d","mail":null},{"id":"e","mail":"z"},{"id":"f"},{"id":"g","mail":"w"}]}`, `["a","c","e","g"]`, "mail is present", ""},
		{"a date", `{"since":"2026-01-01","items":[{"id":"a","day":"2026-02-01"},{"id":"b","day":"2025-02-01"},{"id":"c","day":"2026-01-20"},{"id":"d","day":"2024-12-31"},{"id":"e","day":"2026-03-01"},{"id":"f","day":"2025-12-31"}]}`, `["a","c","e"]`, "day ≥ “2026-01-01” (input /since)", ""},
		{"a tag within a list", `{"tag":"red","items":[{"id":"a","tags":["red","x"]},{"id":"b","tags":["blue"]},{"id":"c","tags":["y","red"]},{"id":"d","tags":[]}]}`, `["a","c"]`, "tags", "consistent"},
		{"renamed key, number for text", `{"min_x":7,"items":[{"id":1,"x":9},{"id":2,"x":3},{"id":3,"x":8}]}`, `[{"productId":"1"},{"productId":"3"}]`, "x ≥ 7", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := facts.Compute(pipeline(t, fmt.Sprintf(`[{"name":"run"},{"name":"narrow","input":%s,"output":%s}]`, tt.in, tt.out)), nil)
			if len(r.Funnel) != 1 {
				t.Fatalf("no station:\n%s", show(r))
			}
			got := r.Funnel[0].Criterion
			if !strings.Contains(got, tt.says) || tt.not != "" && strings.Contains(got, tt.not) {
				t.Errorf("criterion %q, want %q", got, tt.says)
			}
		})
	}
}

func TestItemsAreFoundWhereverTheyStand(t *testing.T) {
	keep := `["b","d"]`
	for name, in := range map[string]string{
		"plain array":              `[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d"}]`,
		"inside a JSON text":       `"[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"c\"},{\"id\":\"d\"}]"`,
		"in a prompt":              `"Choose among:\n[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"c\"},{\"id\":\"d\"}]\nAnswer with ids."`,
		"in pages":                 `{"pages":[{"rows":[{"id":"a"},{"id":"b"}]},{"rows":[{"id":"c"},{"id":"d"}]}]}`,
		"by key":                   `{"a":{"n":1},"b":{"n":2},"c":{"n":3},"d":{"n":4}}`,
		"nested in a wrapper":      `[{"item":{"meta":{"id":"a"}},"s":1},{"item":{"meta":{"id":"b"}},"s":2},{"item":{"meta":{"id":"c"}},"s":3},{"item":{"meta":{"id":"d"}},"s":4}]`,
		"in a chat message":        `[{"role":"user","parts":[{"type":"text","content":"[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"c\"},{\"id\":\"d\"}]"}]}]`,
		"in a tool's answer":       `[{"role":"tool","parts":[{"type":"tool_call_response","id":"1","response":{"hits":[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d"}]}}]}]`,
		"in two lists of a search": `{"web":[{"id":"a"},{"id":"b"}],"shop":[{"id":"c"},{"id":"d"}]}`,
		"scalars":                  `{"ids":["a","b","c","d"]}`,
	} {
		t.Run(name, func(t *testing.T) {
			e := pipeline(t, fmt.Sprintf(`[{"name":"run"},{"name":"narrow","input":%s,"output":{"kept":%s}}]`, in, keep))
			r := facts.Compute(e, nil)
			checkPointers(t, e, r)
			if len(r.Funnel) != 1 || r.Funnel[0].In != 4 || r.Funnel[0].Kept != 2 || r.Funnel[0].Dropped != 2 {
				t.Errorf("%+v", r.Funnel)
			}
		})
	}
}
