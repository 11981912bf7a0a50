package api_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/api"
	"github.com/xraytrace/xray/internal/auth"
)

var (
	traceID = xray.TraceID{15: 0xab}
	spanID  = xray.SpanID{7: 0xcd}
	shop    = xray.Project{ID: 7, Slug: "shop", CreatedAt: time.Unix(0, 0)}
)

// world is everything behind the API, in memory. It fails a read for any
// project but the caller's own.
type world struct {
	principal xray.Principal
	local     bool
	authErr   error
	readErr   error
	query     xray.ExecutionQuery
	page      xray.ExecutionPage
	execution xray.Execution
	imported  xray.NewExecution
	asked     xray.SpanID
	demoFor   string   // the project that got the demo
	wanted    []string // what the analyst was asked for
	job       *xray.ReasoningJob
	views     []xray.View
	carried   []xray.StepDetail
	plain     bool // nothing is stored about it
	otlp      string
	otlpErr   error

	masking xray.MaskSettings
	kept    xray.Retention
	price   xray.OwnPrice // that was set last
	calls   []xray.RecordedCall

	hooks *hooks

	keys      []xray.APIKey
	limits    xray.LimitSettings
	acts      []xray.Act
	actsOf    xray.ActQuery // what was asked for
	auditErr  error
	said      said
	changes   chan xray.Change
	stopping  chan struct{}
	fresh     string // the token that a session is given next
	accounts  api.Accounts
	tlsOnly   bool          // nobody signs in without TLS
	idle      time.Duration // of event streams; 0 for long
	calledOff chan error    // receives why a question ended
	set       xray.ReasoningSettings
	model     string
}

func newWorld() *world {
	w := &world{
		principal: xray.Principal{Project: shop, Scope: xray.ScopeAdmin},
		execution: xray.Execution{
			ProjectID: shop.ID, TraceID: traceID, ExecutionID: "run-1", Name: "search", Status: xray.StatusOK,
			Start: 1_000_000_001, End: 3_000_000_002, StepCount: 1,
		},
		otlp:    `{"resourceSpans":[]}`,
		changes: make(chan xray.Change),
	}
	w.hooks = &hooks{w: w}
	return w
}

func (w *world) check(project int32) error {
	if project != w.principal.Project.ID {
		return fmt.Errorf("read of project %d by a caller of project %d", project, w.principal.Project.ID)
	}
	return w.readErr
}

func (w *world) Authenticate(context.Context, string, string) (xray.Principal, error) {
	return w.principal, w.authErr
}
func (w *world) Local() bool { return w.local }

// SignedIn knows one token, of whoever the principal says.
func (w *world) SignedIn(_ context.Context, token, _ string) (auth.Signed, error) {
	if token != "a-token" || w.principal.User == nil {
		return auth.Signed{}, xray.Errorf(xray.CodeUnauthorized, "you are signed out")
	}
	return auth.Signed{Session: xray.Session{ID: 5}, Member: xray.Member{User: *w.principal.User, Role: w.principal.OrganisationRole}, Fresh: w.fresh}, nil
}

func (w *world) Enter(_ context.Context, _ xray.Member, slug string) (xray.Principal, error) {
	if slug != "" && slug != shop.Slug {
		return xray.Principal{}, xray.Errorf(xray.CodeNotFound, "there is no project %q that you may see", slug)
	}
	return w.principal, nil
}

func (w *world) Still(context.Context, auth.Signed, int32) error { return w.authErr }
func (w *world) ProjectsOf(context.Context, xray.Member) ([]xray.Project, error) {
	return []xray.Project{shop}, nil
}
func (w *world) Executions(_ context.Context, p int32, q xray.ExecutionQuery) (xray.ExecutionPage, error) {
	w.query = q
	return w.page, w.check(p)
}
func (w *world) Execution(_ context.Context, p int32, ref string) (xray.Execution, error) {
	if err := w.check(p); err != nil {
		return xray.Execution{}, err
	}
	if ref != w.execution.ExecutionID && ref != w.execution.TraceID.String() {
		return xray.Execution{}, xray.Errorf(xray.CodeNotFound, "no execution %q in this project", ref)
	}
	return w.execution, nil
}
func (w *world) ExecutionsOf(_ context.Context, p int32, ids []xray.TraceID) ([]xray.Execution, error) {
	if !slices.Contains(ids, w.execution.TraceID) {
		return nil, w.check(p)
	}
	return []xray.Execution{w.execution}, w.check(p)
}
func (w *world) Steps(_ context.Context, p int32, _ xray.TraceID) ([]xray.Step, error) {
	return []xray.Step{{TraceID: traceID, SpanID: spanID, Name: "filter", Type: xray.TypeFunction, Status: xray.StatusOK}}, w.check(p)
}
func (w *world) Step(_ context.Context, p int32, _ xray.TraceID, s xray.SpanID) (xray.StepDetail, error) {
	if s != spanID {
		return xray.StepDetail{}, xray.Errorf(xray.CodeNotFound, "no step %s", s)
	}
	return xray.StepDetail{
		Step:  xray.Step{SpanID: spanID, Name: "filter", Status: xray.StatusOK, Start: 5, End: 3, Tokens: xray.Tokens{Input: new(int64)}},
		Input: json.RawMessage(`{"min":7}`), InputKind: xray.PayloadJSON, StatusCode: "unset",
	}, w.check(p)
}
func (w *world) OTLP(_ context.Context, p int32, _ xray.TraceID, out io.Writer) error {
	io.WriteString(out, w.otlp)
	return errors.Join(w.otlpErr, w.check(p))
}
func (w *world) FromFacts(_ context.Context, p int32, _ xray.TraceID) (xray.Explanation, error) {
	return xray.Explanation{
		Facts:      []xray.Fact{{ID: "F1", Text: "took 2 s"}},
		Reasonings: []xray.Reasoning{{Source: xray.SourceFacts, Headline: "1 step in 2 s"}},
	}, w.check(p)
}
func (w *world) Estimate(_ context.Context, p int32, _ xray.TraceID) (xray.Estimate, error) {
	return xray.Estimate{Model: "small-1", Calls: 3, InputTokens: 9000, OutputTokens: 1200, CostUSD: new(0.004)}, w.check(p)
}
func (w *world) Facts(_ context.Context, p int32, _ xray.TraceID) ([]xray.Fact, error) {
	if w.plain {
		return nil, w.check(p)
	}
	return []xray.Fact{
		{ID: "F1", Kind: "criterion", Severity: xray.SeverityInfo, StepID: spanID.String(), Text: "rating ≥ 7 separates them"},
		{ID: "F2", Kind: "outcome", Severity: xray.SeverityInfo, Text: "one was picked"},
	}, w.check(p)
}
func (w *world) Reasonings(_ context.Context, p int32, _ xray.TraceID) ([]xray.Reasoning, error) {
	if w.plain {
		return nil, w.check(p)
	}
	return []xray.Reasoning{
		{Source: xray.SourceFacts, Headline: "Picked one of two", VerifiedRate: 1},
		{Source: xray.SourceFacts, StepID: spanID, Headline: "Kept 1 of 2", VerifiedRate: 1},
	}, w.check(p)
}
func (w *world) Job(_ context.Context, p int32, _ xray.TraceID) (*xray.ReasoningJob, error) {
	return w.job, w.check(p)
}
func (w *world) Projects(context.Context) ([]xray.Project, error) {
	return []xray.Project{{ID: 1, Slug: "default"}, shop}, nil
}
func (w *world) RequestReasoning(_ context.Context, p int32, id xray.TraceID, s xray.SpanID) (xray.ReasoningJob, error) {
	w.asked = s
	return xray.ReasoningJob{ID: 9, ProjectID: p, TraceID: id, StepID: s, Status: xray.JobPending}, w.check(p)
}
func (w *world) Import(_ context.Context, _ xray.Principal, e xray.NewExecution) (string, string, error) {
	w.imported = e
	return traceID.String(), e.ExecutionID, nil
}
func (w *world) LoadDemo(_ context.Context, p xray.Principal) (int, string, error) {
	w.demoFor = p.Project.Slug
	return 28, traceID.String(), nil
}
func (w *world) Subscribe(int32) (<-chan xray.Change, func()) { return w.changes, func() {} }

func (w *world) handler() http.Handler {
	gin.SetMode(gin.TestMode)
	engine := gin.New()
	engine.ContextWithFallback = true
	(&api.Server{
		Reader: w, Asker: w, Explain: w, Analyst: w, Statistics: w, Settings: w, Search: w, Views: w, Feedback: &w.said, Budgets: w, Masking: w, Hooks: w.hooks, HookOutlet: w.hooks, Alerts: alerts{w}, Retentions: w, Prices: w, Keys: keyring{w}, Limits: w, Audit: w, Importer: w, Demo: w, Live: w, Auth: w, Accounts: w.accounts, Logger: slog.New(slog.DiscardHandler), Stopping: w.stopping,
		About: api.About{Version: "test", PlainLogin: !w.tlsOnly, Model: w.model, DefaultModel: "m-1", Endpoints: []string{"https://llm.example/v1"}, HeartBeat: api.HeartBeat{Gather: time.Millisecond, Idle: cmp.Or(w.idle, time.Minute), Write: time.Second}},
	}).Register(engine)
	return engine
}

func (w *world) do(t *testing.T, method, path, body string) (int, http.Header, map[string]any) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	rec := httptest.NewRecorder()
	w.handler().ServeHTTP(rec, r)
	var out map[string]any
	if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
		t.Fatalf("%s %s: %d, no JSON object: %s", method, path, rec.Code, rec.Body)
	}
	return rec.Code, rec.Header(), out
}

func TestErrorsAreProblemDocuments(t *testing.T) {
	for _, tc := range []struct {
		name         string
		arrange      func(*world)
		method, path string
		body         string
		status       int
		code, detail string
	}{
		{name: "an unknown execution", path: "/api/executions/nope", status: 404, code: "not_found", detail: `"nope"`},
		{name: "an unknown step", path: "/api/executions/run-1/steps/00000000000000ff", status: 404, code: "not_found"},
		{name: "a step id that is none", path: "/api/executions/run-1/steps/xyz", status: 400, code: "invalid", detail: "16 hex digits"},
		{name: "a limit over the bound", path: "/api/executions?limit=501", status: 400, code: "invalid", detail: "1 to 500"},
		{name: "a negative limit", path: "/api/executions?limit=-1", status: 400, code: "invalid"},
		{name: "a limit that is no number", path: "/api/executions?limit=ten", status: 400, code: "invalid"},
		{name: "a status that is none", path: "/api/executions?status=sad", status: 400, code: "invalid", detail: "running, ok or error"},
		{name: "a broken cursor", path: "/api/executions?cursor=%21", status: 400, code: "invalid", detail: "`next`"},
		{name: "a time that is none", path: "/api/executions?since=yesterday", status: 400, code: "invalid"},
		{name: "a body that is no JSON", method: "POST", path: "/api/executions", body: "{", status: 400, code: "invalid"},
		{name: "the price of explaining what is not there", path: "/api/reasoning/estimate?executionId=none", status: 404, code: "not_found"},
		{name: "an explanation of nothing", method: "POST", path: "/api/reasoning/process", body: "{}", status: 400, code: "invalid", detail: "executionId"},
		{name: "an explanation of an unknown step", method: "POST", path: "/api/reasoning/process", body: `{"executionId":"run-1","stepName":"x"}`, status: 404, code: "not_found"},
		{name: "another project's data", method: "POST", path: "/api/executions", body: `{"projectId":"bank","steps":[]}`, status: 403, code: "forbidden", detail: "bank"},
		{name: "a question about an unknown execution", path: "/api/executions/nope/why-not?q=x", status: 404, code: "not_found", detail: `"nope"`},
		{name: "a question about nothing", path: "/api/executions/run-1/why-not?q=", status: 400, code: "invalid", detail: "key or a name"},
		{name: "a question that is not put", path: "/api/executions/run-1/why-not", status: 400, code: "invalid"},
		{name: "an unknown item", path: "/api/executions/run-1/items/nope", status: 404, code: "not_found", detail: "why-not"},
		{name: "a cursor of items that is none", path: "/api/executions/run-1/items?cursor=-1", status: 400, code: "invalid", detail: "`next`"},
		{name: "too many items at once", path: "/api/executions/run-1/items?limit=501", status: 400, code: "invalid", detail: "1 to 500"},
		{name: "a question without words", method: "POST", path: "/api/executions/run-1/ask", body: `{"question":" ?"}`, status: 400, code: "invalid", detail: "empty"},
		{name: "a question that is too long", method: "POST", path: "/api/executions/run-1/ask", body: `{"question":"` + strings.Repeat("a", 1001) + `"}`, status: 400, code: "invalid", detail: "at most 1000"},
		{name: "a question about a step that is none", method: "POST", path: "/api/executions/run-1/ask", body: `{"question":"why","stepId":"x"}`, status: 400, code: "invalid"},
		{name: "a question put to an unknown execution", method: "POST", path: "/api/executions/nope/ask", body: `{"question":"why"}`, status: 404, code: "not_found"},
		{name: "an explained comparison with nothing", method: "POST", path: "/api/compare/explain", body: `{"a":"run-1"}`, status: 400, code: "invalid", detail: "two trace ids"},
		{name: "an explained comparison with an unknown execution", method: "POST", path: "/api/compare/explain", body: `{"a":"run-1","b":"nope"}`, status: 404, code: "not_found"},
		{name: "a comparison with nothing", path: "/api/compare?a=run-1", status: 400, code: "invalid"},
		{name: "a comparison with an unknown execution", path: "/api/compare?a=run-1&b=nope", status: 404, code: "not_found", detail: `"nope"`},
		{name: "a contrast of too many", method: "POST", path: "/api/compare/contrast", body: `{"selected":[` + strings.Repeat(`"a",`, 50) + `"a"]}`, status: 400, code: "invalid", detail: "at most 50"},
		{name: "a stability of one", path: "/api/pipelines/search/stability?limit=1", status: 400, code: "invalid", detail: "2 to 100"},
		{name: "an ignored path that is none", method: "PUT", path: "/api/pipelines/search/ignored-paths", body: `{"paths":["at"]}`, status: 400, code: "invalid", detail: "/input"},
		{name: "a read key that changes a setting", arrange: func(w *world) { w.principal.Scope = xray.ScopeRead }, method: "PUT", path: "/api/pipelines/search/ignored-paths", body: `{"paths":[]}`, status: 403, code: "forbidden", detail: `"admin"`},
		{name: "no key", arrange: func(w *world) { w.authErr = xray.Errorf(xray.CodeUnauthorized, "send a key") }, path: "/api/executions", status: 401, code: "unauthorized", detail: "send a key"},
		{name: "an ingest key that reads", arrange: func(w *world) { w.principal.Scope = xray.ScopeIngest }, path: "/api/executions", status: 403, code: "forbidden", detail: `"read"`},
		{name: "a read key that sends", arrange: func(w *world) { w.principal.Scope = xray.ScopeRead }, method: "POST", path: "/api/executions", body: `{"steps":[]}`, status: 403, code: "forbidden"},
		{name: "a read key that loads the demo", arrange: func(w *world) { w.principal.Scope = xray.ScopeRead }, method: "POST", path: "/api/demo", status: 403, code: "forbidden", detail: `"ingest"`},
		{name: "a database that is away", arrange: func(w *world) {
			w.readErr = &xray.Error{Code: xray.CodeUnavailable, Message: "try again", RetryAfter: 1500 * time.Millisecond}
		}, path: "/api/executions", status: 503, code: "unavailable"},
		{name: "a fault of ours, whose text stays inside", arrange: func(w *world) { w.readErr = errors.New("secret table") }, path: "/api/executions", status: 500, code: "internal"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld()
			if tc.arrange != nil {
				tc.arrange(w)
			}
			if tc.method == "" {
				tc.method = "GET"
			}
			status, header, body := w.do(t, tc.method, tc.path, tc.body)
			if status != tc.status || body["code"] != tc.code || body["status"] != float64(tc.status) {
				t.Fatalf("got %d %v, want %d %q", status, body, tc.status, tc.code)
			}
			if ct := header.Get("Content-Type"); ct != "application/problem+json" {
				t.Errorf("content type %q", ct)
			}
			detail := body["detail"].(string)
			if !strings.Contains(detail, tc.detail) || strings.Contains(detail, "secret") {
				t.Errorf("detail %q, want it to hold %q and no secret", detail, tc.detail)
			}
			if tc.status == 503 && header.Get("Retry-After") != "2" {
				t.Errorf("Retry-After %q, want 2 (rounded up)", header.Get("Retry-After"))
			}
		})
	}
}

func TestABodyOverTheLimitIsTooLarge(t *testing.T) {
	body := `{"steps":[],"name":"` + strings.Repeat("x", 21<<20) + `"}`
	if status, _, problem := newWorld().do(t, "POST", "/api/executions", body); status != 413 || problem["code"] != "too_large" {
		t.Errorf("got %d %v, want 413 too_large", status, problem)
	}
}

func TestListExecutions(t *testing.T) {
	w := newWorld()
	next := xray.ExecutionCursor{Start: 5, TraceID: traceID}
	w.page = xray.ExecutionPage{Executions: []xray.Execution{w.execution}, Next: &next}
	_, _, body := w.do(t, "GET", "/api/executions?limit=7&status=error&name=n&service=s&sessionId=se&userId=u&since=1970-01-01T00:00:01Z&minDurationMs=3", "")
	want := xray.ExecutionQuery{Limit: 7, Filter: xray.Filter{Since: 1e9, Where: []xray.Condition{
		xray.Is(xray.FieldStatus, "error"), xray.Is(xray.FieldName, "n"), xray.Is(xray.FieldService, "s"),
		xray.Is(xray.FieldSession, "se"), xray.Is(xray.FieldUser, "u"),
		{Field: xray.FieldDuration, Op: xray.OpAtLeast, Values: []xray.Value{{Nano: 3e6}}},
	}}}
	if got := w.query; !reflect.DeepEqual(got, want) {
		t.Errorf("query %+v, want %+v", got, want)
	}
	row := body["executions"].([]any)[0].(map[string]any)
	for key, want := range map[string]any{
		"id": traceID.String(), "executionId": "run-1", "projectId": "shop", "status": "ok",
		"startedAt": "1970-01-01T00:00:01.000000001Z", "completedAt": "1970-01-01T00:00:03.000000002Z",
		"durationNano": "2000000001", "stepCount": 1.0,
	} {
		if row[key] != want {
			t.Errorf("%s is %v, want %v", key, row[key], want)
		}
	}
	for _, absent := range []string{"inputTokens", "costUsd", "sessionId"} {
		if v, ok := row[absent]; ok {
			t.Errorf("%s is %v, want it absent: it was not reported", absent, v)
		}
	}

	w.do(t, "GET", "/api/executions?cursor="+body["next"].(string), "")
	if w.query.After == nil || *w.query.After != next || w.query.Limit != xray.DefaultLimit {
		t.Errorf("the next page is asked for with %+v", w.query)
	}
}

func TestRunningExecutionsHaveNoEnd(t *testing.T) {
	w := newWorld()
	w.execution.Status, w.execution.End = xray.StatusRunning, 0
	_, _, body := w.do(t, "GET", "/api/executions/run-1", "")
	if _, ok := body["completedAt"]; ok || body["durationNano"] != "0" || body["status"] != "running" {
		t.Errorf("got %v", body)
	}
}

func TestGetExecutionHasFactsReasoningAndJob(t *testing.T) {
	w := newWorld()
	w.job = &xray.ReasoningJob{ID: 9, Status: xray.JobFailed, Attempts: 5, Error: "the model refused"}
	w.execution.Receipt = &xray.Receipt{Started: 3, Ended: 2, Dropped: 1}
	_, _, body := w.do(t, "GET", "/api/executions/"+traceID.String(), "")
	if got := body["reasoning"].(map[string]any)["headline"]; got != "Picked one of two" {
		t.Errorf("headline %v", got)
	}
	if facts := body["facts"].([]any); len(facts) != 2 || facts[0].(map[string]any)["id"] != "F1" {
		t.Errorf("facts %v", facts)
	}
	job := body["job"].(map[string]any)
	if job["status"] != "failed" || job["error"] != "the model refused" || job["executionId"] != "run-1" {
		t.Errorf("job %v", job)
	}
	if r := body["receipt"].(map[string]any); r["started"] != 3.0 || r["received"] != 1.0 {
		t.Errorf("receipt %v", r)
	}
}

func TestAPlainExecutionIsExplainedWhenItIsRead(t *testing.T) {
	w := newWorld()
	w.plain = true
	_, _, body := w.do(t, "GET", "/api/executions/run-1", "")
	if _, ok := body["reasoning"]; ok {
		t.Error("before it has settled there is nothing to say")
	}
	w.execution.Settled = true
	_, _, body = w.do(t, "GET", "/api/executions/run-1", "")
	if r, ok := body["reasoning"].(map[string]any); !ok || r["headline"] != "1 step in 2 s" || len(body["facts"].([]any)) != 1 {
		t.Errorf("got %v", body)
	}
}

func TestGetStep(t *testing.T) {
	_, _, body := newWorld().do(t, "GET", "/api/executions/run-1/steps/"+spanID.String(), "")
	if body["durationNano"] != "0" {
		t.Errorf("an end before the start gives %v, want 0", body["durationNano"])
	}
	if in := body["input"].(map[string]any); in["min"] != 7.0 {
		t.Errorf("input %v", in)
	}
	if body["tokens"].(map[string]any)["input"] != "0" {
		t.Errorf("a reported zero must stay a zero: %v", body["tokens"])
	}
	if costs := body["tokenCosts"].(map[string]any); costs["input"] != 0.25 || costs["output"] != 0.5 || len(costs) != 2 {
		t.Errorf("costs by class: %v", costs)
	}
	if body["headline"] != "Kept 1 of 2" {
		t.Errorf("headline %v", body["headline"])
	}
	if facts := body["facts"].([]any); len(facts) != 1 {
		t.Errorf("facts of the step: %v", facts)
	}
	if _, ok := body["parentId"].(string); !ok {
		t.Errorf("a root's parentId is the empty string, got %v", body["parentId"])
	}
}

func TestAFailedExportIsNotTakenForAWholeOne(t *testing.T) {
	w := newWorld()
	w.otlpErr = errors.New("segment lost")
	server := httptest.NewServer(w.handler())
	defer server.Close()
	resp, err := http.Get(server.URL + "/api/executions/run-1/otlp")
	if err != nil {
		return // broken before the header: as good
	}
	defer resp.Body.Close()
	if _, err := io.ReadAll(resp.Body); err == nil && resp.StatusCode == 200 {
		t.Error("the client read a whole 200 answer although the export failed")
	}
}

func TestEstimateOfAnExplanation(t *testing.T) {
	status, _, body := newWorld().do(t, "GET", "/api/reasoning/estimate?executionId=run-1", "")
	if want := `{"model":"small-1","calls":3,"inputTokens":"9000","outputTokens":"1200","costUsd":0.004}`; status != 200 || !sameJSON(t, body, want) {
		t.Errorf("%d %v", status, body)
	}
}

func TestProcessReasoningOfAStep(t *testing.T) {
	w := newWorld()
	status, _, body := w.do(t, "POST", "/api/reasoning/process", `{"executionId":"run-1","stepName":"filter"}`)
	if status != 202 || w.asked != spanID || body["status"] != "pending" || body["stepId"] != spanID.String() {
		t.Errorf("got %d %v, asked for %s", status, body, w.asked)
	}
}

func TestCreateExecutionPassesEverythingOn(t *testing.T) {
	w := newWorld()
	status, _, body := w.do(t, "POST", "/api/executions", `{"executionId":"e","projectId":"shop","metadata":{"a":1},
		"steps":[{"name":"s","input":[1],"output":"x","error":"boom","durationMs":1.5,"reasoning":"why"}],"finalOutcome":{"ok":true}}`)
	if status != 201 || body["executionId"] != "e" || body["id"] != traceID.String() {
		t.Errorf("got %d %v", status, body)
	}
	s := w.imported.Steps[0]
	if string(s.Input) != "[1]" || string(s.Output) != `"x"` || s.Error != "boom" || s.DurationMs != 1.5 || s.Reasoning != "why" ||
		string(w.imported.Metadata) != `{"a":1}` || string(w.imported.FinalOutcome) != `{"ok":true}` {
		t.Errorf("imported %+v", w.imported)
	}
}

func TestProjectsAreTheCallersOwn(t *testing.T) {
	w := newWorld()
	_, _, body := w.do(t, "GET", "/api/projects", "")
	if n := len(body["projects"].([]any)); n != 1 {
		t.Errorf("a project's key sees %d projects, want its own", n)
	}
	w.principal.AnyProject = true
	_, _, body = w.do(t, "GET", "/api/projects", "")
	if n := len(body["projects"].([]any)); n != 2 {
		t.Errorf("the master key sees %d projects, want all", n)
	}
}

func TestEventStream(t *testing.T) {
	w := newWorld()
	server := httptest.NewServer(w.handler())
	defer server.Close()
	req, _ := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/api/events", nil)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	events := bufio.NewScanner(resp.Body)
	next := func() (name, data string) {
		for events.Scan() {
			if field, value, _ := strings.Cut(events.Text(), ": "); field == "event" {
				name = value
			} else if field == "data" {
				return name, value
			}
		}
		t.Fatalf("the stream ended: %v", events.Err())
		return "", ""
	}
	if name, _ := next(); name != "ready" {
		t.Fatalf("the stream opens with %q", name)
	}
	w.changes <- xray.Change{TraceID: xray.TraceID{1}} // deleted since: nothing is sent
	w.changes <- xray.Change{TraceID: traceID}
	if name, data := next(); name != "execution" || !bytes.Contains([]byte(data), []byte(`"executionId":"run-1"`)) {
		t.Errorf("got %s %s", name, data)
	}
	w.changes <- xray.Change{TraceID: traceID, Deleted: true}
	if name, data := next(); name != "deleted" || data != `{"id":"`+traceID.String()+`"}` {
		t.Errorf("got %s %s", name, data)
	}
	w.changes <- xray.Change{Gap: true}
	if name, _ := next(); name != "gap" {
		t.Errorf("got %s, want gap", name)
	}
}

func TestTheContractAndItsReferenceAreServedWithoutAnotherHost(t *testing.T) {
	h := newWorld().handler()
	for path, want := range map[string]string{
		"/api/openapi.yaml":              "openapi: 3.0.3",
		"/api/docs":                      "docs/docs.js",
		"/api/docs/docs.js":              "openapi.yaml",
		"/api/docs/swagger-ui.css":       ".swagger-ui",
		"/api/docs/swagger-ui-bundle.js": "SwaggerUIBundle",
	} {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
		if rec.Code != 200 || !strings.Contains(rec.Body.String(), want) {
			t.Errorf("GET %s: %d, want a body with %q", path, rec.Code, want)
		}
		if strings.HasPrefix(path, "/api/docs") && !strings.HasSuffix(path, "bundle.js") && strings.Contains(rec.Body.String(), "<script>") {
			t.Errorf("GET %s: has an inline script", path)
		}
	}
}
