package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

func namesOf(page xray.ExecutionPage) []string {
	var names []string
	for _, e := range page.Executions {
		names = append(names, e.Name)
	}
	return names
}

func where(all ...xray.Condition) xray.Filter { return xray.Filter{Where: all} }

func atLeast(f xray.Field, nano int64) xray.Condition {
	return xray.Condition{Field: f, Op: xray.OpAtLeast, Values: []xray.Value{{Nano: nano}}}
}

func TestListConditions(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	other, err := s.CreateProject(t.Context(), "other")
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, batchOf(t, other.ID, span(50, 1, 0, "not mine", 0, 5)))
	quickOne, slow, failed := span(1, 1, 0, "quick", 10, 11), span(2, 1, 0, "slow", 20, 5000), failing(span(3, 1, 0, "failed", 30, 31), "no")
	quickOne.Service = "bot"
	slow.Hints = &xray.ExecutionHints{SessionID: "s-1", UserID: "u-1"}
	failed.Hints = &xray.ExecutionHints{SessionID: "s-1"}
	put(t, s, batchOf(t, theProject, quickOne, slow, failed))
	put(t, s, batchOf(t, theProject, span(4, 2, 1, "running", 40, 41)))

	for name, tc := range map[string]struct {
		query xray.ExecutionQuery
		want  []string
	}{
		"everything, newest first":   {xray.ExecutionQuery{}, []string{"running", "failed", "slow", "quick"}},
		"a limit":                    {xray.ExecutionQuery{Limit: 2}, []string{"running", "failed"}},
		"errors":                     {xray.ExecutionQuery{Filter: where(xray.Is(xray.FieldStatus, "error"))}, []string{"failed"}},
		"ok":                         {xray.ExecutionQuery{Filter: where(xray.Is(xray.FieldStatus, "ok"))}, []string{"slow", "quick"}},
		"running":                    {xray.ExecutionQuery{Filter: where(xray.Is(xray.FieldStatus, "running"))}, []string{"running"}},
		"a name":                     {xray.ExecutionQuery{Filter: where(xray.Is(xray.FieldName, "slow"))}, []string{"slow"}},
		"a service":                  {xray.ExecutionQuery{Filter: where(xray.Is(xray.FieldService, "bot"))}, []string{"quick"}},
		"a session":                  {xray.ExecutionQuery{Filter: where(xray.Is(xray.FieldSession, "s-1"))}, []string{"failed", "slow"}},
		"a user":                     {xray.ExecutionQuery{Filter: where(xray.Is(xray.FieldUser, "u-1"))}, []string{"slow"}},
		"since":                      {xray.ExecutionQuery{Filter: xray.Filter{Since: ms(30)}}, []string{"running", "failed"}},
		"until":                      {xray.ExecutionQuery{Filter: xray.Filter{Until: ms(20)}}, []string{"quick"}},
		"a least duration":           {xray.ExecutionQuery{Filter: where(atLeast(xray.FieldDuration, 4_980_000_000))}, []string{"slow"}},
		"a session and a user":       {xray.ExecutionQuery{Filter: where(xray.Is(xray.FieldSession, "s-1"), xray.Is(xray.FieldUser, "u-1"))}, []string{"slow"}},
		"a name that nobody has":     {xray.ExecutionQuery{Filter: where(xray.Is(xray.FieldName, "'; DROP TABLE steps; --"))}, nil},
		"a name that cannot be":      {xray.ExecutionQuery{Filter: where(xray.Is(xray.FieldName, "\x00\xff"))}, nil},
		"a session and its failures": {xray.ExecutionQuery{Filter: where(xray.Is(xray.FieldSession, "s-1"), xray.Is(xray.FieldStatus, "error"))}, []string{"failed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, err := s.Executions(t.Context(), theProject, tc.query)
			if err != nil || !slices.Equal(namesOf(page), tc.want) {
				t.Errorf("%q, want %q; error %v", namesOf(page), tc.want, err)
			}
		})
	}
}

func TestPagesHoldEveryExecutionOnce(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	const executions = 53
	var steps []xray.Step
	for i := range executions {
		steps = append(steps, span(i, 1, 0, fmt.Sprint(i), i/7, i/7+1)) // many start together
	}
	put(t, s, batchOf(t, theProject, steps...))
	seen := map[xray.TraceID]bool{}
	q := xray.ExecutionQuery{Limit: 10}
	pages := 0
	for {
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
		pages++
		if page.Next == nil {
			break
		}
		q.After = page.Next
	}
	if len(seen) != executions || pages != 6 {
		t.Errorf("%d executions on %d pages, want %d on 6", len(seen), pages, executions)
	}
}

func TestAnExecutionIsFoundByTheNewestOfItsOwnId(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	for trace, name := range []string{"older", "newer"} {
		step := span(trace, 1, 0, name, trace, 10)
		step.Hints = &xray.ExecutionHints{ExecutionID: "order-7"}
		put(t, s, batchOf(t, theProject, step))
	}
	e, err := s.Execution(t.Context(), theProject, "order-7")
	if err != nil || e.Name != "newer" || e.ExecutionID != "order-7" {
		t.Errorf("%q (%q), error %v", e.Name, e.ExecutionID, err)
	}
	for _, ref := range []string{"order-8", "", "ffffffffffffffffffffffffffffffff"} {
		if _, err := s.Execution(t.Context(), theProject, ref); xray.ErrorCode(err) != xray.CodeNotFound {
			t.Errorf("%q: %v, want not found", ref, err)
		}
	}
}

// TestHotQueriesRideOnTheirIndexes asks the planner, on a table with enough rows
// and true statistics, what it would do.
func TestHotQueriesRideOnTheirIndexes(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s := open(t, url, quick())
	var steps []xray.Step
	for i := range 6000 {
		root := span(i, 1, 0, fmt.Sprintf("pipeline %d", i%40), i, i+1)
		if i%100 == 1 {
			root.End += xray.Nano(i/100) * 1e9
		}
		root.Service = fmt.Sprintf("service %d", i%40)
		if i%100 == 0 {
			root = failing(root, "no")
		}
		root.Hints = &xray.ExecutionHints{SessionID: fmt.Sprintf("s-%d", i/20), UserID: fmt.Sprintf("u-%d", i/20), ExecutionID: fmt.Sprintf("run-%d", i)}
		steps = append(steps, root, span(i, 2, 1, "child", i, i+1))
	}
	for chunk := range slices.Chunk(steps, 2000) {
		put(t, s, batchOf(t, theProject, chunk...))
	}
	put(t, s, batchOf(t, theProject, span(9000, 2, 1, "running", 0, 1)))
	exec(t, url, "INSERT INTO unsettled SELECT 1, gen_random_uuid(), 0, 0 FROM generate_series(1, 3000)") // as while much arrives
	exec(t, url, "INSERT INTO facts (project_id, trace_id, name, start_nano, facts, profile) SELECT project_id, trace_id, name, start_nano, '[]', '{}' FROM executions")
	exec(t, url, "VACUUM ANALYZE")
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	cursor := &xray.ExecutionCursor{Start: ms(3000), TraceID: traceID(3000)}
	must := func(q store.Explainable, err error) store.Explainable {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	search := func(sentence string) store.Explainable {
		return must(store.SeekQuery(theProject, xray.ExecutionQuery{Filter: asked(t, sentence), After: cursor}, nil))
	}
	shapeRuns, shapeItems := store.ShapeQueries(theProject, "pipeline 7")
	for name, tc := range map[string]struct {
		query store.Explainable
		index string
	}{
		"newest":                      {store.ListQuery(theProject, xray.ExecutionQuery{}), "executions_newest"},
		"the second page":             {store.ListQuery(theProject, xray.ExecutionQuery{After: cursor}), "executions_newest"},
		"errors":                      {store.ListQuery(theProject, xray.ExecutionQuery{Filter: where(xray.Is(xray.FieldStatus, "error"))}), "executions_errors"},
		"running":                     {store.ListQuery(theProject, xray.ExecutionQuery{Filter: where(xray.Is(xray.FieldStatus, "running"))}), "executions_running"},
		"a name":                      {store.ListQuery(theProject, xray.ExecutionQuery{Filter: where(xray.Is(xray.FieldName, "pipeline 7"))}), "executions_name"},
		"a service":                   {store.ListQuery(theProject, xray.ExecutionQuery{Filter: where(xray.Is(xray.FieldService, "service 7")), After: cursor}), "executions_service"},
		"a session":                   {store.ListQuery(theProject, xray.ExecutionQuery{Filter: where(xray.Is(xray.FieldSession, "s-7"))}), "executions_session"},
		"a user":                      {store.ListQuery(theProject, xray.ExecutionQuery{Filter: where(xray.Is(xray.FieldUser, "u-7"))}), "executions_user"},
		"not quick":                   {store.ListQuery(theProject, xray.ExecutionQuery{Filter: where(atLeast(xray.FieldDuration, 3e8))}), "executions_100ms"},
		"slow":                        {store.ListQuery(theProject, xray.ExecutionQuery{Filter: where(atLeast(xray.FieldDuration, 2e9))}), "executions_1s"},
		"very slow":                   {store.ListQuery(theProject, xray.ExecutionQuery{Filter: where(atLeast(xray.FieldDuration, 30e9))}), "executions_10s"},
		"a search":                    {search("tag:x"), "executions_newest"},
		"a search within a name":      {search(`name:"pipeline 7" cost:>1`), "executions_name"},
		"a search among errors":       {search(`status:error name:"pipeline 7"`), "executions_errors"},
		"a search among slow ones":    {search("duration:>30s tokens:>10"), "executions_10s"},
		"a search for a step":         {search("step:child"), "_project_id_trace_id_idx"},
		"a search for items of steps": {search("step.drop:>0.9"), "facts_pkey"},
		"a chart row by row":          {must(store.ChartQuery(theProject, asked(t, "tag:x"))), "executions_newest"},
		"a chart of a user":           {must(store.ChartQuery(theProject, asked(t, "user:u-7"))), "executions_user"},
		"facets of a session":         {must(store.FacetQuery(theProject, asked(t, "session:s-7 tag:x"), xray.FieldName, xray.FieldTag)), "executions_session"},
		"by trace id":                 {store.OneQuery(theProject, traceID(7).String()), "executions_pkey"},
		"some by trace id":            {store.SomeQuery(theProject, []xray.TraceID{traceID(7), traceID(4711)}), "executions_pkey"},
		"by its own id":               {store.OneQuery(theProject, "run-7"), "executions_own_id"},
		"steps":                       {store.StepsQuery(theProject, traceID(7)), "_project_id_trace_id_idx"},
		"releases":                    {store.ReleasesQuery(theProject, "pipeline 7", ms(3000)), "executions_name"},
		"the shape's executions":      {shapeRuns, "executions_name"},
		"the shape's items":           {shapeItems, "facts_history"},
		"a history":                   {store.ProfilesQuery(xray.Execution{ProjectID: theProject, Name: "pipeline 7", Start: ms(3000)}), "facts_history"},
	} {
		t.Run(name, func(t *testing.T) {
			plan := strings.Join(slices.DeleteFunc(strings.Split(explain(t, conn, tc.query), "\n"), func(line string) bool {
				return strings.Contains(line, "(never executed)") // a partition of another day
			}), "\n")
			if !strings.Contains(plan, tc.index) || strings.Contains(plan, "Seq Scan on executions") ||
				strings.Contains(plan, "Seq Scan on steps") || strings.Contains(plan, "Seq Scan on unsettled") || strings.Contains(plan, "Sort Key: start_nano DESC, trace_id") {
				t.Errorf("want a plan on %s without a sort, got:\n%s", tc.index, plan)
			}
		})
	}
	plan := explain(t, conn, store.StepsQuery(theProject, traceID(7)))
	if n := strings.Count(plan, "(never executed)"); n < 4 {
		t.Errorf("want the partitions of other days left alone, got:\n%s", plan)
	}
}

// explain returns the plan of a query as the reading role has it: behind
// row-level security.
func explain(t *testing.T, conn *pgx.Conn, q store.Explainable) string {
	t.Helper()
	if _, err := conn.Exec(t.Context(), fmt.Sprintf("SET ROLE xray_reader; SET xray.project_id = '%d'", theProject)); err != nil {
		t.Fatal(err)
	}
	rows, err := conn.Query(t.Context(), "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) "+q.SQL, q.Args)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

func TestProjectsAndKeys(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	ctx := t.Context()
	if has, err := s.HasKeys(ctx); has || err != nil {
		t.Errorf("a new database has keys: %v, error %v", has, err)
	}
	shop, err := s.CreateProject(ctx, "shop")
	if err != nil {
		t.Fatal(err)
	}
	for slug, want := range map[string]xray.Code{"shop": xray.CodeConflict, "No!": xray.CodeInvalid} {
		if _, err := s.CreateProject(ctx, slug); xray.ErrorCode(err) != want {
			t.Errorf("create %q: %v, want %s", slug, err, want)
		}
	}
	if all, err := s.Projects(ctx); err != nil || len(all) != 2 || all[0].Slug != xray.DefaultProject {
		t.Errorf("projects %+v, error %v", all, err)
	}
	if _, err := s.ProjectBySlug(ctx, "none\x00"); xray.ErrorCode(err) != xray.CodeNotFound {
		t.Errorf("an unknown project: %v", err)
	}
	secret, key, err := s.CreateKey(ctx, shop.ID, xray.NewKey{Name: "ci", Scope: xray.ScopeIngest})
	if err != nil || !strings.HasPrefix(secret, key.Prefix) {
		t.Fatalf("key %+v, error %v", key, err)
	}
	found, owner, err := s.KeyByHash(ctx, xray.HashKey(secret))
	if err != nil || found.ID != key.ID || owner.Slug != "shop" || found.Scope != xray.ScopeIngest {
		t.Errorf("found %+v of %+v, error %v", found, owner, err)
	}
	if has, err := s.HasKeys(ctx); !has || err != nil {
		t.Errorf("there is a key, and HasKeys says %v, error %v", has, err)
	}
	if _, _, err := s.CreateKey(ctx, 99, xray.NewKey{Name: "x", Scope: xray.ScopeRead}); xray.ErrorCode(err) != xray.CodeNotFound {
		t.Errorf("a key for no project: %v", err)
	}
	if err := s.RevokeKey(ctx, theProject, key.ID); xray.ErrorCode(err) != xray.CodeNotFound {
		t.Errorf("another project revoked the key: %v", err)
	}
	if err := s.RevokeKey(ctx, shop.ID, key.ID); err != nil {
		t.Error(err)
	}
	if _, _, err := s.KeyByHash(ctx, xray.HashKey(secret)); xray.ErrorCode(err) != xray.CodeUnauthorized {
		t.Errorf("a revoked key: %v, want unauthorized", err)
	}
}

func TestExecutionsAreReadTogether(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	put(t, s, batchOf(t, theProject, span(1, 1, 0, "ask", 0, 1), span(2, 1, 0, "ask", 0, 1), span(3, 1, 0, "ask", 0, 1)))
	found, err := s.ExecutionsOf(t.Context(), theProject, []xray.TraceID{traceID(3), traceID(9), traceID(1)})
	if err != nil {
		t.Fatal(err)
	}
	got := map[xray.TraceID]string{}
	for _, e := range found {
		got[e.TraceID] = e.Name
	}
	if diff := cmp.Diff(map[xray.TraceID]string{traceID(1): "ask", traceID(3): "ask"}, got); diff != "" {
		t.Error(diff)
	}
	if others, err := s.ExecutionsOf(t.Context(), theProject+1, []xray.TraceID{traceID(1)}); err != nil || len(others) != 0 {
		t.Errorf("another project sees %v, error %v", others, err)
	}
}
