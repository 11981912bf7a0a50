package e2e

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/xraytrace/xray/internal/tracetest"
)

// bottleSearch is a healthy run: keywords, a search, a filter, a pick.
const bottleSearch = `{"steps":[
 {"name":"find bottle","input":{"product":"steel bottle"},"output":{"id":"P1"},"at":[0,3000]},
 {"name":"write keywords","type":"llm","requestModel":"gpt-4o-mini","model":"gpt-4o-mini","input":"Give keywords for: steel bottle","output":"{\"keywords\":[\"steel bottle\"]}",
  "at":[100,1000],"attributes":{"gen_ai.usage.input_tokens":200,"gen_ai.usage.output_tokens":20,"langfuse.observation.prompt.name":"keywords","langfuse.observation.prompt.version":4}},
 {"name":"search","type":"retriever","input":{"query":"steel bottle","region":"eu"},"at":[1100,1900],"output":{"results":[
  {"id":"P1","title":"Steel bottle 1l","rating":4.8},{"id":"P2","title":"Steel bottle 0.5l","rating":4.1},{"id":"P3","title":"Steel bottle 2l","rating":4.6},
  {"id":"P4","title":"Steel bottle mini","rating":4.4},{"id":"P5","title":"Glass bottle","rating":3.2},{"id":"P6","title":"Steel bottle old","rating":2.9}]}},
 {"name":"filter","input":{"min_rating":4,"items":[
  {"id":"P1","title":"Steel bottle 1l","rating":4.8},{"id":"P2","title":"Steel bottle 0.5l","rating":4.1},{"id":"P3","title":"Steel bottle 2l","rating":4.6},
  {"id":"P4","title":"Steel bottle mini","rating":4.4},{"id":"P5","title":"Glass bottle","rating":3.2},{"id":"P6","title":"Steel bottle old","rating":2.9}]},"at":[2000,2100],"output":[
  {"id":"P1","title":"Steel bottle 1l","rating":4.8},{"id":"P2","title":"Steel bottle 0.5l","rating":4.1},{"id":"P3","title":"Steel bottle 2l","rating":4.6},
  {"id":"P4","title":"Steel bottle mini","rating":4.4}]},
 {"name":"pick","output":{"id":"P1"},"at":[2200,2300]}]}`

// bottleRun is the healthy run, changed, as the n-th of its pipeline.
func bottleRun(t *testing.T, n int, title string, changes ...string) tracetest.Pipeline {
	t.Helper()
	p := tracetest.Pipeline{File: fmt.Sprintf("bottle-%d", n), From: tracetest.Start.Add(time.Duration(n) * time.Hour)}
	if err := json.Unmarshal([]byte(strings.NewReplacer(changes...).Replace(bottleSearch)), &p); err != nil {
		t.Fatal(err)
	}
	p.Title = title
	return p
}

// historical are the kinds of facts that rest on earlier runs.
var historical = map[string]bool{
	"slower_than_usual": true, "more_tokens_than_usual": true, "dearer_than_usual": true, "unusual_drop_rate": true, "new_error": true, "model_changed": true,
	"prompt_changed": true, "version_changed": true, "step_missing": true, "parameter_now_empty": true, "output_now_empty": true,
}

// TestEveryRunIsHeldAgainstItsPipeline sends eight healthy runs, and then some
// that are each unusual in one way.
func TestEveryRunIsHeldAgainstItsPipeline(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{})
	healthy := 8
	for n := range healthy {
		srv.send(bottleRun(t, n, "healthy"))
	}
	for n := range healthy {
		srv.known(bottleRun(t, n, "healthy").TraceID().String())
	}
	const rest = `,{"id":"P2","title":"Steel bottle 0.5l","rating":4.1},{"id":"P3","title":"Steel bottle 2l","rating":4.6},
  {"id":"P4","title":"Steel bottle mini","rating":4.4}]},`
	for n, tc := range []struct {
		name    string
		changes []string
		kind    string // that is to be said; "" for nothing
		step    int
		alarm   bool
	}{
		{name: "another healthy one"},
		{"the model swapped", []string{`"model":"gpt-4o-mini"`, `"model":"gpt-4.1"`, `"requestModel":"gpt-4o-mini"`, `"requestModel":"gpt-4.1"`}, "model_changed", 1, false},
		{"a prompt changed", []string{`prompt.version":4`, `prompt.version":5`}, "prompt_changed", 1, false},
		{"a parameter emptied", []string{`"region":"eu"`, `"region":""`}, "parameter_now_empty", 2, true},
		{"ten times slower", []string{`"at":[1100,1900]`, `"at":[1100,9900]`, `[2000,2100]`, `[9910,9920]`, `[2200,2300]`, `[9930,9940]`, `[0,3000]`, `[0,10000]`}, "slower_than_usual", 2, true},
		{"tenfold tokens", []string{`tokens":200`, `tokens":90000`}, "more_tokens_than_usual", 1, false},
		{"nearly all dropped", []string{rest, `]},`}, "unusual_drop_rate", 3, false},
		{"a new error", []string{`"name":"search",`, `"name":"search","error":"quota exceeded",`}, "new_error", 2, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := bottleRun(t, healthy, tc.name, tc.changes...)
			srv.send(p)
			e := srv.known(p.TraceID().String())
			found := false
			for _, f := range e.Facts {
				if historical[f.Kind] && tc.kind == "" || tc.kind == "" && f.Severity == "alarm" {
					t.Errorf("nothing is unusual, and yet: %s", f.Text)
				}
				if f.Kind == tc.kind && f.StepID == p.StepID(tc.step).String() {
					found = true
					if alarm := f.Severity == "alarm"; alarm != tc.alarm {
						t.Errorf("severity %s: %s", f.Severity, f.Text)
					}
					if !strings.Contains(f.Text, "%") && !strings.Contains(f.Text, "earlier") && !strings.Contains(f.Text, "normally") {
						t.Errorf("it does not say what is usual: %s", f.Text)
					}
				}
			}
			if tc.kind != "" && !found {
				t.Errorf("run %d: no %s at %s among %+v", n, tc.kind, p.Steps[tc.step].Name, e.Facts)
			}
		})
	}
}

// TestRunsWithoutPayloadsAreHeldAgainstTheirPipeline: times, errors, models and
// costs need no payload.
func TestRunsWithoutPayloadsAreHeldAgainstTheirPipeline(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{})
	const usual = `{"steps":[
 {"name":"GET /checkout","at":[0,3000],"attributes":{"langfuse.release":"1.0"}},
 {"name":"price","type":"llm","requestModel":"gpt-4o-mini","model":"gpt-4o-mini","at":[100,1000],"attributes":{"gen_ai.usage.input_tokens":200,"gen_ai.usage.output_tokens":20}},
 {"name":"SELECT stock","at":[1100,1900]},
 {"name":"reserve","at":[2000,2100]}]}`
	bare := func(n int, title string, changes ...string) tracetest.Pipeline {
		p := tracetest.Pipeline{File: fmt.Sprintf("checkout-%d", n), From: tracetest.Start.Add(time.Duration(n) * time.Hour)}
		if err := json.Unmarshal([]byte(strings.NewReplacer(changes...).Replace(usual)), &p); err != nil {
			t.Fatal(err)
		}
		p.Title = title
		return p
	}
	healthy := 8
	for n := range healthy {
		srv.send(bare(n, "healthy"))
	}
	for n := range healthy {
		srv.known(bare(n, "healthy").TraceID().String())
	}
	for n, tc := range []struct {
		name    string
		changes []string
		kind    string // that is to be said; "" for nothing
	}{
		{name: "another healthy one"},
		{"ten times slower", []string{`[1100,1900]`, `[1100,19000]`, `[2000,2100]`, `[19010,19020]`, `[0,3000]`, `[0,19100]`}, "slower_than_usual"},
		{"tenfold tokens, and so dearer", []string{`tokens":200`, `tokens":90000`}, "dearer_than_usual"},
		{"the model swapped", []string{`"model":"gpt-4o-mini"`, `"model":"gpt-4.1-nano"`}, "model_changed"},
		{"a step left out", []string{`,
 {"name":"reserve","at":[2000,2100]}`, ``}, "step_missing"},
		{"a new error", []string{`"name":"reserve",`, `"name":"reserve","error":"out of stock",`}, "new_error"},
		{"another release", []string{`"1.0"`, `"1.1"`}, "version_changed"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := bare(healthy+n, tc.name, tc.changes...)
			srv.send(p)
			kinds := map[string]bool{}
			for _, f := range srv.known(p.TraceID().String()).Facts {
				kinds[f.Kind] = historical[f.Kind]
			}
			if tc.kind != "" && !kinds[tc.kind] {
				t.Errorf("no %s among %v", tc.kind, kinds)
			}
			for kind, is := range kinds {
				if is && tc.kind == "" {
					t.Errorf("nothing is unusual, and yet: %s", kind)
				}
			}
		})
	}
}

// TestRunsAreLookedIntoAndCompared asks everything that the API answers about
// items and differences.
func TestRunsAreLookedIntoAndCompared(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{})
	var lax, strict []string
	for n := range 4 {
		p := bottleRun(t, n, "lax")
		srv.send(p)
		lax = append(lax, p.TraceID().String())
		q := bottleRun(t, 10+n, "strict", `"min_rating":4`, `"min_rating":4.7`,
			`"output":[
  {"id":"P1","title":"Steel bottle 1l","rating":4.8},{"id":"P2","title":"Steel bottle 0.5l","rating":4.1},{"id":"P3","title":"Steel bottle 2l","rating":4.6},
  {"id":"P4","title":"Steel bottle mini","rating":4.4}]`, `"output":[{"id":"P1","title":"Steel bottle 1l","rating":4.8}]`)
		srv.send(q)
		strict = append(strict, q.TraceID().String())
	}
	for _, id := range append(strict, lax...) {
		srv.known(id)
	}
	at := "/api/executions/" + strict[0]

	list := get[itemList](srv, at+"/items?limit=4")
	if list.Total != 6 || len(list.Items) != 4 || list.Next == "" || list.Items[0].Key != "P1" || list.Items[0].LeftAt != "" {
		t.Errorf("items %+v", list)
	}
	if rest := get[itemList](srv, at+"/items?limit=4&cursor="+list.Next); len(rest.Items) != 2 || rest.Next != "" {
		t.Errorf("the second page: %+v", rest)
	}
	if got := get[itemList](srv, at+"/items?q=MINI"); len(got.Items) != 1 || got.Items[0].Key != "P4" {
		t.Errorf("a search: %+v", got)
	}
	p3 := get[trail](srv, at+"/items/p3")
	last := p3.Stops[len(p3.Stops)-1]
	if p3.LeftAt == "" || last.Kind != "dropped" || last.Value != "4.6" || last.Margin == nil || *last.Margin != 0.1 || !strings.Contains(last.Criterion, "4.7") {
		t.Errorf("the passport of P3: %+v", p3)
	}
	through := 0
	for _, o := range p3.Elsewhere {
		if strings.Contains(o.Passport.Text, "dropped at “pick”") && o.Execution.Name == "find bottle" {
			through++
		}
	}
	if p3.LookedAt != 7 || len(p3.Elsewhere) != 7 || through != 4 {
		t.Errorf("of %d others %d had it, and %d filters kept it", p3.LookedAt, len(p3.Elsewhere), through)
	}
	for question, match := range map[string]string{"P3": "exact", "steel bottle 2 l": "near", "umbrella": "never"} {
		why := get[struct {
			Match, Text string
			Searches    []struct{ Text string }
			Near        []item
			Passport    *item
		}](srv, at+"/why-not?q="+url.QueryEscape(question))
		if why.Match != match || why.Text == "" || (match == "exact") != (why.Passport != nil) || (match == "near") != (len(why.Near) > 0) {
			t.Errorf("why not %q: %+v", question, why)
		}
		if match == "never" && (len(why.Searches) == 0 || why.Searches[0].Text != "steel bottle") {
			t.Errorf("it does not say what was searched for: %+v", why)
		}
	}
	c := get[comparison](srv, "/api/compare?a="+lax[0]+"&b="+strict[0])
	if c.First < 0 || c.Steps[c.First].Name != "filter" || len(c.Steps[c.First].OnlyA) != 3 || !strings.Contains(c.Verdict, "filter") {
		t.Errorf("the first divergence: %+v", c)
	}
	if status, raw := srv.call("PUT", "/api/pipelines/find%20bottle/ignored-paths", `{"paths":["/input","/output"]}`); status != 200 {
		t.Fatalf("%d %s", status, raw)
	}
	if c := get[comparison](srv, "/api/compare?a="+lax[0]+"&b="+strict[0]); c.First != -1 {
		t.Errorf("what the pipeline ignores is compared: %+v", c)
	}
	body, _ := json.Marshal(map[string]any{"selected": strict})
	status, raw := srv.call("POST", "/api/compare/contrast", string(body))
	var contrast struct {
		Selected, Baseline int
		Differences        []struct {
			StepName, What, Detail, Text string
			Effect                       float64
		}
	}
	if err := json.Unmarshal(raw, &contrast); err != nil || status != 200 || contrast.Selected != 4 || contrast.Baseline != 4 {
		t.Fatalf("contrast: %d %s", status, raw)
	}
	if d := contrast.Differences; len(d) == 0 || d[0].StepName != "filter" || d[0].Effect != 1 {
		t.Errorf("what differs most: %+v", d)
	}
	stability := get[struct {
		LookedAt int
		Steps    []struct {
			StepName string
			Share    float64
			Inputs   int
		}
	}](srv, "/api/pipelines/"+url.PathEscape("find bottle")+"/stability")
	if stability.LookedAt != 8 || len(stability.Steps) == 0 || stability.Steps[0].Share != 0 {
		t.Errorf("stability %+v", stability)
	}
}

// TestReindexFindsTheFactsAnew sends the past after the present: the run with
// another model is explained before there is anything to hold it against.
func TestReindexFindsTheFactsAnew(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{})
	p := bottleRun(t, 8, "the model swapped", `"model":"gpt-4o-mini"`, `"model":"gpt-4.1"`, `"requestModel":"gpt-4o-mini"`, `"requestModel":"gpt-4.1"`)
	id := p.TraceID().String()
	changed := func() bool {
		for _, f := range get[execution](srv, "/api/executions/"+id).Facts {
			if f.Kind == "model_changed" {
				return true
			}
		}
		return false
	}
	srv.send(p)
	srv.known(id)
	for n := range 8 {
		srv.send(bottleRun(t, n, "healthy"))
	}
	for n := range 8 {
		srv.known(bottleRun(t, n, "healthy").TraceID().String())
	}
	if changed() {
		t.Fatal("the run knows of others that came after it")
	}
	if out := run(t, "reindex", "--data-dir", srv.dataDir); !strings.Contains(out, "facts of 9 executions") {
		t.Errorf("reindex says %q", out)
	}
	if !changed() {
		t.Error("the facts are as before")
	}
}
