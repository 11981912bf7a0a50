package store_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/query"
	"github.com/xraytrace/xray/store"
)

// asked is the filter that a sentence means.
func asked(t testing.TB, text string) xray.Filter {
	t.Helper()
	q, err := query.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return xray.Filter{Where: q.Where, Steps: q.Steps}
}

// aShop stores four executions of a shop, newest last: plain, dear, failed and
// running.
func aShop(t *testing.T) (*store.Store, string) {
	t.Helper()
	url := pgtest.New(t)
	s, _ := openAt(t, url, aStart.Time().Add(2*time.Hour))
	cost := 0.25
	plain := span(1, 1, 0, "plain", 0, 100)
	dear := span(2, 1, 0, "dear", 1000, 4000)
	dear.Hints = &xray.ExecutionHints{
		ExecutionID: "order-7", SessionID: "s-1", UserID: "u-1", Environment: "prod", Release: "1.4.2", Tags: []string{"beta", "eu"},
		Metadata: map[string]json.RawMessage{
			"user": json.RawMessage(`42`), "region": json.RawMessage(`"EU west"`), "price": json.RawMessage(`"12.5"`), "huge": json.RawMessage(`1e999`),
			"list": json.RawMessage(`[1]`), "nothing": json.RawMessage(`null`),
		},
	}
	think := modelCall(span(2, 2, 1, "think", 1000, 2500), "gpt-5-mini", 1200, 300, &cost)
	filter := span(2, 3, 1, "filter", 2500, 2600)
	failed := failing(span(3, 1, 0, "failed", 5000, 5050), "")
	search := failing(span(3, 2, 1, "search", 5000, 5050), "Rate limit ÜBERSCHRITTEN")
	search.Type = xray.TypeRetriever
	search.Service = "index"
	failedFilter := span(3, 3, 1, "filter", 5040, 5050)
	put(t, s, batchOf(t, theProject, plain, dear, think, filter, failed, search, failedFilter))
	put(t, s, batchOf(t, theProject, span(4, 2, 1, "running", 6000, 6001)))
	exec(t, url, fmt.Sprintf(`INSERT INTO facts (project_id, trace_id, facts, stations) VALUES
		(1, '%s', '[]', '[{"s":"%s","i":100,"o":5,"d":95}]'), (1, '%s', '[]', '[{"s":"%s","i":10,"o":0,"d":10},{"s":"%s","i":0,"o":10,"d":0}]')`,
		traceID(2), spanID(3), traceID(3), spanID(3), spanID(2)))
	exec(t, url, fmt.Sprintf(`UPDATE executions SET headline = 'Picked *Phone Case* of 100' WHERE trace_id = '%s'`, traceID(2)))
	return s, url
}

func TestSentencesFindExecutions(t *testing.T) {
	t.Parallel()
	s, _ := aShop(t)
	for _, tc := range []struct {
		sentence string
		want     []string
	}{
		{"", []string{"running", "failed", "dear", "plain"}},
		{"-status:ok", []string{"running", "failed"}},
		{"status:(ok OR running)", []string{"running", "dear", "plain"}},
		{"name:(plain OR dear)", []string{"dear", "plain"}},
		{"name:(pl* OR f*)", []string{"failed", "plain"}},
		{"-name:plain -name:dear", []string{"running", "failed"}},
		{"service:sho*", []string{"running", "failed", "dear", "plain"}},
		{"id:order-7", []string{"dear"}},
		{"id:ord*", []string{"dear"}},
		{"id:" + traceID(3).String(), []string{"failed"}},
		{"id:" + traceID(3).String()[:31] + "*", []string{"running", "failed", "dear", "plain"}},
		{"id:(order-7 OR " + traceID(1).String() + ")", []string{"dear", "plain"}},
		{"-id:order-7", []string{"running", "failed", "plain"}},
		{"session:s-1 user:u-1", []string{"dear"}},
		{"-has:user", []string{"running", "failed", "plain"}},
		{"env:prod release:1.4*", []string{"dear"}},
		{"tag:beta tag:eu", []string{"dear"}},
		{"-tag:beta", []string{"running", "failed", "plain"}},
		{"tag:be*", []string{"dear"}},
		{"has:tag", []string{"dear"}},
		{"model:gpt*", []string{"dear"}},
		{"-has:model", []string{"running", "failed", "plain"}},
		{"duration:>2s", []string{"dear"}},
		{"duration:<=100ms", []string{"failed", "plain"}},
		{"duration:1s..1h", []string{"dear"}},
		{"-duration:>2s", []string{"running", "failed", "plain"}},
		{"cost:0.2..0.3", []string{"dear"}},
		{"-has:cost", []string{"running", "failed", "plain"}},
		{"tokens:>=1500 tokens.input:1200 tokens.output:<301", []string{"dear"}},
		{"steps:3", []string{"failed", "dear"}},
		{"has:errors", []string{"failed"}},
		{"started:2025-10-09", []string{"running", "failed", "dear", "plain"}},
		{"started:<2025-10-09", nil},
		{"age:<2h", []string{"running", "failed", "dear"}},
		{"age:>1h59m58s", []string{"dear", "plain"}},
		{"headline:\"phone case\"", []string{"dear"}},
		{"has:headline -status:error", []string{"dear", "plain"}},
		{"meta.user:42", []string{"dear"}},
		{"meta.user:4*", []string{"dear"}},
		{"meta.user:>41.5", []string{"dear"}},
		{"meta.user:43..50", nil},
		{"meta.price:>12", []string{"dear"}},
		{"meta.region:>1", nil},
		{"meta.huge:>1", nil},
		{"meta.list:>1", nil},
		{"has:meta.region", []string{"dear"}},
		{"-has:meta.region", []string{"running", "failed", "plain"}},
		{"meta.region:\"EU west\"", []string{"dear"}},
		{"meta.none:x", nil},

		{"step:filter", []string{"failed", "dear"}},
		{"step:filter step:think", []string{"dear"}},
		{"-step:filter", []string{"running", "plain"}},
		{"step:fil*", []string{"failed", "dear"}},
		{"step:(think OR search)", []string{"failed", "dear"}},
		{"step.status:error", []string{"failed"}},
		{"step:filter step.status:error", nil},
		{"-step.status:error", []string{"running", "dear", "plain"}},
		{"step:filter -step.status:error", []string{"failed", "dear"}},
		{"step.type:llm", []string{"dear"}},
		{"step.type:retriever step.service:index", []string{"failed"}},
		{"error:\"überschritten\"", []string{"failed"}},
		{"error:(nothing OR \"rate LIMIT\")", []string{"failed"}},
		{"has:error", []string{"failed"}},
		{"step.duration:>1s step:think", []string{"dear"}},
		{"step.duration:>1s step:filter", nil},
		{"step.model:gpt-5-mini step.tokens:1500 step.cost:0.25", []string{"dear"}},
		{"step:filter step.drop:>0.9", []string{"failed", "dear"}},
		{"step:filter step.drop:100%", []string{"failed"}},
		{"step:filter step.in:>50", []string{"dear"}},
		{"step.out:0", []string{"failed"}},
		{"has:step.in", []string{"failed", "dear"}},
		{"-has:step.in", []string{"running", "plain"}},
		{"step.drop:>0.9 status:ok", []string{"dear"}},
		{"name:\"'; DROP TABLE steps; --\"", nil},
		{"step:\"'; DROP TABLE steps; --\"", nil},
		{"meta.\"' || x\":\"%\"", nil},
		{"error:\"(\" ", nil},
	} {
		t.Run(tc.sentence, func(t *testing.T) {
			t.Parallel()
			page, err := s.Executions(t.Context(), theProject, xray.ExecutionQuery{Filter: asked(t, tc.sentence)})
			if err != nil || !slices.Equal(namesOf(page), tc.want) || page.SearchedTo != 0 || page.Next != nil {
				t.Errorf("%q, want %q; searched to %d, error %v", namesOf(page), tc.want, page.SearchedTo, err)
			}
		})
	}
}

// A search that no index answers goes page by page too, and finds each once.
func TestPagesOfASearchHoldEveryExecutionOnce(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	const executions = 1300 // more than the first look
	var steps []xray.Step
	for i := range executions {
		root := span(i, 1, 0, "run", i/7, i/7+1) // many start together
		root.Hints = &xray.ExecutionHints{Tags: []string{fmt.Sprint(i % 2)}}
		steps = append(steps, root, span(i, 2, 1, fmt.Sprint("step ", i%3), i/7, i/7+1))
	}
	for chunk := range slices.Chunk(steps, 1000) {
		put(t, s, batchOf(t, theProject, chunk...))
	}
	for sentence, want := range map[string]int{"tag:1": executions / 2, "step:\"step 1\"": 433, "tag:1 step:\"step 1\"": 217, "-step:\"step 1\"": 867} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			seen := map[xray.TraceID]bool{}
			for q := (xray.ExecutionQuery{Filter: asked(t, sentence), Limit: 100}); ; {
				page, err := s.Executions(t.Context(), theProject, q)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range page.Executions {
					if seen[e.TraceID] {
						t.Errorf("%s is on two pages", e.TraceID)
					}
					seen[e.TraceID] = true
				}
				if page.Next == nil {
					break
				}
				q.After = page.Next
			}
			if len(seen) != want {
				t.Errorf("found %d, want %d", len(seen), want)
			}
		})
	}
}
