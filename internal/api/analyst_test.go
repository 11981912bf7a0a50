package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"testing"

	"github.com/xraytrace/xray"
)

// The world's analyst knows one item, and notes what it is asked for.

func (w *world) ask(ctx context.Context, p int32, refs ...string) error {
	for _, ref := range refs {
		if _, err := w.Execution(ctx, p, ref); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) Funnel(ctx context.Context, p int32, ref string) (xray.Funnel, error) {
	return xray.Funnel{
		Stations: []xray.Station{{Step: spanID, Name: "filter", In: 3, Kept: 1, Dropped: 2, Out: 1, Criterion: "rating ≥ 7", Explicit: true}},
		LeftOut:  xray.LeftOut{Steps: 2, Bytes: 1 << 40},
	}, w.ask(ctx, p, ref)
}

func (w *world) Items(ctx context.Context, p int32, ref, text string, from, limit int) (xray.ItemPage, error) {
	w.wanted = []string{ref, text, fmt.Sprint(from), fmt.Sprint(limit)}
	return xray.ItemPage{Items: []xray.Item{thePassport.Item}, Total: 9, Next: from + limit}, w.ask(ctx, p, ref)
}

var thePassport = xray.Passport{
	Item: xray.Item{Key: "P3", Label: "Glass bottle", EnteredAt: spanID, LeftAt: spanID},
	Stops: []xray.Stop{
		{Step: spanID, Name: "search", Kind: xray.StopEntered, RankOut: 3, Out: 5, ScoreField: "score", Score: new(0.0), Pointers: []string{"/output/2"}},
		{Step: spanID, Name: "filter", Kind: xray.StopDropped, RankIn: 3, In: 5, Criterion: "rating ≥ 4", Value: "3.2", Margin: new(0.8)},
	},
	Text: "It entered and left.",
}

func (w *world) Item(ctx context.Context, p int32, ref, key string) (xray.Trail, error) {
	w.wanted = []string{ref, key}
	if key == "nope" {
		return xray.Trail{}, xray.Errorf(xray.CodeNotFound, "no item %q: ask why-not", key)
	}
	return xray.Trail{Passport: thePassport, Elsewhere: []xray.Elsewhere{{Execution: w.execution, Passport: thePassport}}, LookedAt: 20}, w.ask(ctx, p, ref)
}

func (w *world) Changes(ctx context.Context, p int32, ref string, step xray.SpanID, q xray.ChangeQuery) (xray.StepChanges, error) {
	w.wanted = []string{ref, step.String(), fmt.Sprintf("%+v", q)}
	return xray.StepChanges{
		Station: xray.Station{Step: spanID, Name: "filter", In: 3, Kept: 1, Dropped: 2, Out: 1},
		Reasons: []xray.DropReason{{Text: "rating ≥ 4", Items: 2, Field: "rating", Op: ">=", Value: "4", Step: spanID, Pointer: "/input/min"}, {Items: 1}},
		Items: []xray.ItemChange{
			{Key: "P3", Kind: xray.ChangeDropped, RankIn: 3, Value: "3.2", Margin: new(0.0)},
			{Key: "P1", Kind: xray.ChangeKept, RankIn: 1, RankOut: 1, Edits: []xray.FieldEdit{{Field: "price", From: "1", To: "2"}}},
		},
		Total: 9, Next: 2,
	}, w.ask(ctx, p, ref)
}

func (w *world) WhyNot(ctx context.Context, p int32, ref, text string) (xray.WhyNot, error) {
	w.wanted = []string{ref, text}
	return xray.WhyNot{
		Match: xray.MatchNear, Text: "Never came.", Near: []xray.NearItem{{Item: thePassport.Item, Similarity: 0.7}},
		Searches: []xray.Search{{Step: spanID, Name: "search", Pointer: "/input/query", Text: "bottle", Found: 5}},
	}, w.ask(ctx, p, ref)
}

func (w *world) Compare(ctx context.Context, p int32, a, b string, ignore []string) (xray.Comparison, error) {
	w.wanted = append([]string{a, b}, ignore...)
	return xray.Comparison{
		A: w.execution, B: w.execution, First: -1, Verdict: "The same.",
		Steps: []xray.StepPair{{
			A: spanID, Name: "filter", Relation: xray.RelOnlyA, Duration: -5, Tokens: new(int64(-1 << 60)),
			Input: xray.Diff{Changes: []xray.Difference{{Pointer: "/input/q", A: json.RawMessage("null"), Words: []xray.WordEdit{{Op: "-", Text: "x"}}}}},
		}},
	}, w.ask(ctx, p, a, b)
}

func (w *world) Contrast(ctx context.Context, p int32, selected, baseline []string) (xray.Contrast, error) {
	w.wanted = append(append(slices.Clone(selected), "against"), baseline...)
	return xray.Contrast{Differences: []xray.Contrasted{{Step: "filter", What: "model", Detail: "m-2", Selected: 1, Effect: 1, Text: "Another model."}}, Selected: 3, Baseline: 4}, w.check(p)
}

func (w *world) Stability(_ context.Context, p int32, name string, most int) (xray.Stability, error) {
	w.wanted = []string{name, fmt.Sprint(most)}
	return xray.Stability{Steps: []xray.StepStability{{Name: "draw", Calls: 4, Inputs: 2, Unstable: 1, Share: 0.5,
		Example: []xray.StepRef{{Trace: traceID, Step: spanID}, {Trace: traceID, Step: spanID}}}}, LookedAt: 8}, w.check(p)
}

func (w *world) IgnoredPaths(_ context.Context, p int32, name string) ([]string, error) {
	w.wanted = []string{name}
	return nil, w.check(p)
}

func (w *world) SetIgnoredPaths(_ context.Context, p int32, name string, paths []string) error {
	w.wanted = append([]string{name}, paths...)
	return w.check(p)
}

// TestWhatIsAskedOfTheAnalyst also holds names to coming through a path
// unharmed, whatever they are made of.
func TestWhatIsAskedOfTheAnalyst(t *testing.T) {
	const odd = "https://shop.example/a b/ü+?x=1&y=100%,2;3#4"
	for _, tc := range []struct {
		name, method, path, body string
		wanted                   []string
	}{
		{"the first page", "GET", "/api/executions/run-1/items", "", []string{"run-1", "", "0", "50"}},
		{"the next page of a search", "GET", "/api/executions/run-1/items?q=bottle&limit=2&cursor=4", "", []string{"run-1", "bottle", "4", "2"}},
		{"an item", "GET", "/api/executions/run-1/items/P3", "", []string{"run-1", "P3"}},
		{"an item whose key is a URL", "GET", "/api/executions/run-1/items/" + url.PathEscape(odd), "", []string{"run-1", odd}},
		{"an item with a percent sign", "GET", "/api/executions/run-1/items/100%25", "", []string{"run-1", "100%"}},
		{"what a step changed", "GET", "/api/executions/run-1/steps/" + spanID.String() + "/changes", "", []string{"run-1", spanID.String(), "{Kind: Why:0 Text: Nearest:false From:0 Limit:50}"}},
		{"the near misses of a rule", "GET", "/api/executions/run-1/steps/" + spanID.String() + "/changes?kind=dropped&why=2&order=nearest&q=cup&limit=5&cursor=5", "", []string{"run-1", spanID.String(), "{Kind:dropped Why:2 Text:cup Nearest:true From:5 Limit:5}"}},
		{"why not", "GET", "/api/executions/run-1/why-not?q=" + url.QueryEscape(odd), "", []string{"run-1", odd}},
		{"a comparison", "GET", "/api/compare?a=run-1&b=run-1&ignore=/input/at&ignore=/output/*/a,b", "", []string{"run-1", "run-1", "/input/at", "/output/*/a,b"}},
		{"a contrast with the pipeline", "POST", "/api/compare/contrast", `{"selected":["x","y"]}`, []string{"x", "y", "against"}},
		{"a contrast of two groups", "POST", "/api/compare/contrast", `{"selected":["x"],"baseline":["y"]}`, []string{"x", "against", "y"}},
		{"stability", "GET", "/api/pipelines/" + url.PathEscape("POST /ask") + "/stability", "", []string{"POST /ask", "30"}},
		{"ignored paths", "GET", "/api/pipelines/find/ignored-paths", "", []string{"find"}},
		{"other ignored paths", "PUT", "/api/pipelines/find/ignored-paths", `{"paths":["/input/at","/output/*/at"]}`, []string{"find", "/input/at", "/output/*/at"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld()
			if status, _, body := w.do(t, tc.method, tc.path, tc.body); status != 200 {
				t.Fatalf("%d %v", status, body)
			}
			if !slices.Equal(w.wanted, tc.wanted) {
				t.Errorf("asked for %q, want %q", w.wanted, tc.wanted)
			}
		})
	}
}

func TestWhatTheAnalystAnswers(t *testing.T) {
	const item = `"key":"P3","label":"Glass bottle","enteredAt":"00000000000000cd","leftAt":"00000000000000cd"`
	const passport = item + `,"stops":[{"kind":"entered","name":"search","out":5,"pointers":["/output/2"],"rankOut":3,"score":0,"scoreField":"score","stepId":"00000000000000cd"},
		{"criterion":"rating ≥ 4","in":5,"kind":"dropped","margin":0.8,"name":"filter","pointers":[],"rankIn":3,"stepId":"00000000000000cd","value":"3.2"}],"text":"It entered and left."`
	const nothing = `{"steps":0,"bytes":"0","items":0}`
	for path, want := range map[string]string{
		"/api/executions/run-1/funnel": `{"stations":[{"stepId":"00000000000000cd","name":"filter","in":3,"kept":1,"dropped":2,"added":0,"out":1,"criterion":"rating ≥ 7","inferred":false,"explicit":true}],
			"leftOut":{"steps":2,"bytes":"1099511627776","items":0}}`,
		"/api/executions/run-1/items?limit=2": `{"items":[{` + item + `}],"total":9,"next":"2","leftOut":` + nothing + `}`,
		"/api/executions/run-1/why-not?q=x": `{"match":"near","text":"Never came.","mentions":[],"near":[{` + item + `,"similarity":0.7}],"leftOut":` + nothing + `,
			"searches":[{"stepId":"00000000000000cd","name":"search","pointer":"/input/query","text":"bottle","found":5}]}`,
		"/api/pipelines/p/ignored-paths":                                      `{"paths":[]}`,
		"/api/executions/run-1/steps/00000000000000cd/payload?pointer=/input": `{"min":7}`,
		"/api/executions/run-1/steps/00000000000000cd/changes": `{"station":{"stepId":"00000000000000cd","name":"filter","in":3,"kept":1,"dropped":2,"added":0,"out":1,"criterion":"","inferred":false,"explicit":false},
			"reordered":0,"edited":0,"total":9,"next":"2","leftOut":` + nothing + `,
			"reasons":[{"text":"rating ≥ 4","items":2,"field":"rating","op":">=","value":"4","stepId":"00000000000000cd","pointer":"/input/min"},{"text":"","items":1}],
			"items":[{"key":"P3","label":"","kind":"dropped","rankIn":3,"shift":0,"value":"3.2","margin":0,"edits":[],"pointers":[]},
				{"key":"P1","label":"","kind":"kept","rankIn":1,"rankOut":1,"shift":0,"edits":[{"field":"price","from":"1","to":"2"}],"pointers":[]}]}`,
		"/api/pipelines/p/stability": `{"lookedAt":8,"leftOut":0,"steps":[{"stepName":"draw","calls":4,"inputs":2,"unstable":1,"failing":0,"share":0.5,"example":[
			{"executionId":"000000000000000000000000000000ab","stepId":"00000000000000cd"},{"executionId":"000000000000000000000000000000ab","stepId":"00000000000000cd"}]}]}`,
	} {
		if _, _, got := newWorld().do(t, "GET", path, ""); !sameJSON(t, got, want) {
			t.Errorf("%s: got %v", path, got)
		}
	}
	_, _, trail := newWorld().do(t, "GET", "/api/executions/run-1/items/P3", "")
	elsewhere := trail["elsewhere"].([]any)[0].(map[string]any)
	if !sameJSON(t, elsewhere["passport"].(map[string]any), "{"+passport+"}") || elsewhere["execution"].(map[string]any)["executionId"] != "run-1" || trail["lookedAt"] != 20.0 || trail["key"] != "P3" {
		t.Errorf("trail %v", trail)
	}
	_, _, c := newWorld().do(t, "GET", "/api/compare?a=run-1&b=run-1", "")
	if c["first"] != -1.0 || c["a"].(map[string]any)["executionId"] != "run-1" || !sameJSON(t, c["steps"].([]any)[0].(map[string]any), `{
		"a":"00000000000000cd","b":"","name":"filter","relation":"only_a","why":"","durationNano":"-5","tokens":"-1152921504606846976","moved":0,"shifts":[],
		"onlyA":[],"onlyB":[],"onlyACount":0,"onlyBCount":0,"output":[],"input":[{"pointer":"/input/q","a":null,"words":[{"op":"-","text":"x"}]}]}`) {
		t.Errorf("comparison %v", c)
	}
}

func sameJSON(t *testing.T, got map[string]any, want string) bool {
	t.Helper()
	var w any
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatal(err)
	}
	a, _ := json.Marshal(got)
	b, _ := json.Marshal(w)
	return string(a) == string(b)
}
