package mcp_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/mcp"
)

var shop = xray.Project{ID: 7, Slug: "shop"}

// world is everything behind the tools, in memory: one execution, which the
// other project has not.
type world struct {
	scope     xray.Scope
	execution xray.Execution
	steps     []xray.Step
	detail    xray.StepDetail
	facts     []xray.Fact
	said      []xray.Score
	query     xray.ExecutionQuery
	page      xray.ExecutionPage
	broken    error
	panics    bool
}

func span(n int) (id xray.SpanID) {
	binary.BigEndian.PutUint64(id[:], uint64(n))
	return id
}

func text(s string) json.RawMessage {
	raw, _ := json.Marshal(s)
	return raw
}

func newWorld() *world {
	w := &world{
		scope: xray.ScopeRead,
		execution: xray.Execution{
			ProjectID: shop.ID, TraceID: xray.TraceID{15: 1}, ExecutionID: "run-1", Name: "search", Status: xray.StatusOK,
			Start: 1_000_000_000, End: 3_000_000_000, StepCount: 3, Settled: true, Headline: "Picked A.", FinalOutcome: json.RawMessage(`{"picked":"A"}`),
		},
		facts: []xray.Fact{{ID: "F1", Kind: "criterion", Severity: xray.SeverityAlarm, StepID: span(3).String(), Pointers: []string{"/input/min"}, Text: "rating ≥ 7 kept 1 of 2"}},
		said:  []xray.Score{{ID: 1, Name: xray.FeedbackName, Kind: xray.ScoreCategory, Category: xray.FeedbackDown, Author: "ada@example.com", Comment: "wrong one"}},
	}
	for i, name := range []string{"search", "retrieve", "filter"} {
		st := xray.Step{TraceID: w.execution.TraceID, SpanID: span(i + 1), Name: name, Type: xray.TypeFunction, Status: xray.StatusOK, Start: xray.Nano(1e9 + i), End: 2e9}
		if i > 0 {
			st.ParentID = span(1)
		}
		w.steps = append(w.steps, st)
	}
	w.detail = xray.StepDetail{Step: w.steps[2], Input: json.RawMessage(`{"min":7,"items":[{"id":"a","rating":8},{"id":"b","rating":3}]}`), Output: json.RawMessage(`[{"id":"a"}]`)}
	w.page = xray.ExecutionPage{Executions: []xray.Execution{w.execution}}
	return w
}

func (w *world) Authenticate(_ context.Context, secret, slug string) (xray.Principal, error) {
	switch {
	case secret == "":
		return xray.Principal{}, xray.Errorf(xray.CodeUnauthorized, "this server needs a key")
	case secret == "stranger":
		return xray.Principal{Project: xray.Project{ID: 8, Slug: "bank"}, Scope: xray.ScopeRead}, nil
	case slug != "" && slug != shop.Slug:
		return xray.Principal{}, xray.Errorf(xray.CodeForbidden, "this key does not belong to project %q", slug)
	}
	return xray.Principal{Project: shop, Scope: w.scope}, nil
}

func (w *world) Executions(_ context.Context, p int32, q xray.ExecutionQuery) (xray.ExecutionPage, error) {
	w.query = q
	if w.panics {
		panic("boom")
	}
	if p != shop.ID {
		return xray.ExecutionPage{}, w.broken
	}
	return w.page, w.broken
}

func (w *world) Execution(_ context.Context, p int32, ref string) (xray.Execution, error) {
	if p != shop.ID || ref != "run-1" && ref != w.execution.TraceID.String() {
		return xray.Execution{}, xray.Errorf(xray.CodeNotFound, "there is no execution %q in this project", ref)
	}
	return w.execution, w.broken
}
func (w *world) Steps(context.Context, int32, xray.TraceID) ([]xray.Step, error) { return w.steps, nil }
func (w *world) Step(context.Context, int32, xray.TraceID, xray.SpanID) (xray.StepDetail, error) {
	return w.detail, nil
}
func (w *world) Facts(context.Context, int32, xray.TraceID) ([]xray.Fact, error) { return w.facts, nil }
func (w *world) Reasonings(context.Context, int32, xray.TraceID) ([]xray.Reasoning, error) {
	return []xray.Reasoning{{
		Source: xray.SourceFacts, Headline: "Picked A.", DecisiveSteps: []string{span(3).String()}, Missing: []string{"who asked"},
		Claims: []xray.Claim{{Text: "filter kept 1 of 2", Kind: xray.ClaimDerived, Verdict: xray.VerdictDerived, Facts: []string{"F1"}, Evidence: []xray.Evidence{{StepID: span(3).String(), Pointer: "/input/min", Quote: "7"}}}},
	}, {StepID: span(3), Source: xray.SourceFacts, Headline: "Kept 1 of 2."}}, nil
}
func (w *world) Scores(context.Context, int32, string) ([]xray.Score, error) { return w.said, nil }
func (w *world) Notes(context.Context, int32, xray.TraceID) ([]xray.Note, error) {
	return []xray.Note{{ID: 1, Text: "look at the threshold", StepID: span(3)}}, nil
}
func (w *world) Pipelines(context.Context, int32, xray.StatsQuery) (xray.PipelineList, error) {
	return xray.PipelineList{StatsRange: xray.StatsRange{Since: 1e9, Until: 2e9}, Pipelines: []xray.ListedPipeline{{NamedStats: xray.NamedStats{Name: "search", Stats: xray.Stats{Count: 4, Errors: 1, P50: 1e9, P95: 2e9, P99: 3e9}}}}}, nil
}
func (w *world) Pipeline(_ context.Context, _ int32, name string, _ xray.StatsQuery) (xray.Pipeline, error) {
	one := xray.NamedStats{Name: name, Stats: xray.Stats{Count: 4, P50: 1e9}}
	return xray.Pipeline{StatsRange: xray.StatsRange{Since: 1e9, Until: 61e9, Width: 30e9}, Total: one, Series: []xray.Stats{{}, {Count: 4}}, Steps: []xray.NamedStats{one}}, nil
}
func (w *world) FromFacts(context.Context, int32, xray.TraceID) (xray.Explanation, error) {
	return xray.Explanation{}, errors.New("nobody asked for it")
}
func (w *world) Funnel(context.Context, int32, string) (xray.Funnel, error) {
	return xray.Funnel{Stations: []xray.Station{{Step: span(3), Name: "filter", In: 2, Kept: 1, Dropped: 1, Out: 1, Criterion: "rating ≥ 7"}}}, nil
}

var itemB = xray.Item{Key: "b", Label: "Bottle", EnteredAt: span(2), LeftAt: span(3)}

func (w *world) Items(context.Context, int32, string, string, int, int) (xray.ItemPage, error) {
	return xray.ItemPage{Items: []xray.Item{{Key: "a"}, itemB}, Total: 2}, nil
}

func passportB() xray.Passport {
	margin := 4.0
	return xray.Passport{Item: itemB, Text: "b came in at retrieve and left at filter.", Stops: []xray.Stop{{Step: span(3), Name: "filter", Kind: xray.StopDropped, RankIn: 2, In: 2, Criterion: "rating ≥ 7", Value: "3", Margin: &margin}}}
}

func (w *world) Item(_ context.Context, _ int32, _, key string) (xray.Trail, error) {
	if key != "b" {
		return xray.Trail{}, xray.Errorf(xray.CodeNotFound, "no item has the key %q", key)
	}
	return xray.Trail{Passport: passportB(), LookedAt: 3}, nil
}
func (w *world) Changes(context.Context, int32, string, xray.SpanID, xray.ChangeQuery) (xray.StepChanges, error) {
	return xray.StepChanges{Station: xray.Station{Step: span(3), Name: "filter", In: 2, Dropped: 1, Out: 1}, Reasons: []xray.DropReason{{Text: "rating ≥ 7", Items: 1}}, Items: []xray.ItemChange{{Key: "b", Kind: xray.ChangeDropped, RankIn: 2, Edits: []xray.FieldEdit{{Field: "rating", From: "3", To: "4"}}}}, Total: 1}, nil
}
func (w *world) WhyNot(context.Context, int32, string, string) (xray.WhyNot, error) {
	p := passportB()
	return xray.WhyNot{Match: xray.MatchExact, Passport: &p, Text: p.Text, Near: []xray.NearItem{{Item: itemB, Similarity: 1}}, Mentions: []xray.Mention{{Step: span(2), Pointer: "/output/1"}}, Searches: []xray.Search{{Step: span(2), Pointer: "/input/q", Text: "bottle", Found: 2}}}, nil
}
func (w *world) Compare(_ context.Context, _ int32, a, b string, _ []string) (xray.Comparison, error) {
	return xray.Comparison{A: w.execution, B: w.execution, Verdict: "First divergence: filter.", First: 1, Steps: []xray.StepPair{
		{A: span(1), B: span(1), Name: "search", Relation: xray.RelInherited},
		{A: span(2), B: span(2), Name: "retrieve", Relation: xray.RelSame},
		{A: span(3), B: span(3), Name: "filter", Relation: xray.RelOrigin, Why: "same input, different output", Output: xray.Diff{Changes: []xray.Difference{{Pointer: "/0/id", A: json.RawMessage(`"a"`), B: json.RawMessage(`"b"`)}}}, OnlyA: []string{"a"}, NOnlyA: 1},
	}}, nil
}

// url serves the world over HTTP.
func (w *world) url(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer((&mcp.Server{Reader: w, Analyst: w, Explain: w, Auth: w, Logger: slog.New(slog.DiscardHandler), Version: "test"}).Handler())
	t.Cleanup(server.Close)
	return server.URL
}

// connect is an agent's session, over a key.
func (w *world) connect(t *testing.T, key string) *sdk.ClientSession {
	t.Helper()
	f := &mcp.Forwarder{Endpoint: w.url(t), APIKey: key, Version: "test"}
	return stdio(t, f)
}

// stdio is an agent that talks to a forwarder, as over standard input and output.
func stdio(t *testing.T, f *mcp.Forwarder) *sdk.ClientSession {
	t.Helper()
	here, there := sdk.NewInMemoryTransports()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = f.Run(ctx, there) // ends with ctx
	}()
	session, err := sdk.NewClient(&sdk.Implementation{Name: "agent", Version: "1"}, nil).Connect(ctx, here, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		session.Close()
		cancel()
		<-done
	})
	return session
}

// call returns the text of an answer, its structured form, and whether it is an
// error.
func call(t *testing.T, s *sdk.ClientSession, tool string, arguments map[string]any) (string, string, bool) {
	t.Helper()
	res, err := s.CallTool(t.Context(), &sdk.CallToolParams{Name: tool, Arguments: arguments})
	if err != nil {
		t.Fatalf("%s: %v", tool, err)
	}
	var b strings.Builder
	for _, c := range res.Content {
		b.WriteString(c.(*sdk.TextContent).Text)
	}
	structured := ""
	if res.StructuredContent != nil {
		raw, err := json.MarshalIndent(res.StructuredContent, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		structured = string(raw)
	}
	return b.String(), structured, res.IsError
}
