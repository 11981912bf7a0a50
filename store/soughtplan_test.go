package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

// TestSearchesRideOnTheirIndexes asks the planner, with true statistics, how it
// finds an attribute.
func TestSearchesRideOnTheirIndexes(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s := open(t, url, quick())
	var steps []xray.Step
	for i := range 6000 {
		steps = append(steps, span(i, 1, 0, fmt.Sprintf("number=%d user=%d", i, i%100), i, i+1))
	}
	for chunk := range slices.Chunk(steps, 1000) {
		put(t, s, batchOf(t, theProject, chunk...))
	}
	if err := s.IndexNow(t.Context()); err != nil {
		t.Fatal(err)
	}
	// As many rows as a busy day has.
	exec(t, url, `INSERT INTO terms SELECT r.id, 20000 + g, '' FROM term_runs r, generate_series(1, 20000) AS g`)
	exec(t, url, `INSERT INTO term_runs SELECT r.id - g, 1, '', '' FROM term_runs r, generate_series(1, 2000) AS g`)
	exec(t, url, "VACUUM ANALYZE")
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var run int64
	if err := conn.QueryRow(t.Context(), "SELECT max(id) FROM term_runs").Scan(&run); err != nil {
		t.Fatal(err)
	}
	seek, err := store.SeekQuery(theProject, xray.ExecutionQuery{Filter: xray.Filter{Where: []xray.Condition{
		xray.Is(xray.FieldService, "shop"), attribute("number", "7"),
	}}}, []xray.TraceID{traceID(7), traceID(8)})
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		query store.Explainable
		index string
	}{
		"a term":             {store.LookupQuery(termOf(theProject, "number=7")), "_bucket_idx"},
		"traces of a run":    {store.PlacesQuery(run), "_pkey"},
		"a few of a service": {seek, "executions_pkey"},
	} {
		plan := explain(t, conn, tc.query)
		// A few rows may be filtered, in partitions that are nearly empty.
		if !strings.Contains(plan, tc.index) || strings.Contains(plan, "Rows Removed by Filter: 2") {
			t.Errorf("%s: want a plan on %s, got:\n%s", name, tc.index, plan)
		}
	}
}
