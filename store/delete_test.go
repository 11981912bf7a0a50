package store_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/klauspost/compress/zstd"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
)

// allBytes is what all segments hold, unpacked.
func allBytes(t *testing.T, url string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	rows, err := conn.Query(t.Context(), "SELECT data FROM segments")
	if err != nil {
		t.Fatal(err)
	}
	packed, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil {
		t.Fatal(err)
	}
	dec, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer dec.Close()
	var all bytes.Buffer
	for _, p := range packed {
		raw, err := dec.DecodeAll(p, nil)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(raw)
	}
	return all.String()
}

func TestADeletedExecutionLeavesNoBytesAndItsNeighboursIntact(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s := open(t, url, quick())
	changes, cancel := s.Subscribe(theProject)
	defer cancel()
	// Three traces share segments, their spans interleaved.
	var steps []xray.Step
	var refs []xray.LogRef
	for i := range 30 {
		steps = append(steps, span(i%3, i/3+1, i/3, fmt.Sprintf("secret-%d-%d", i%3, i/3), i, i+1))
		refs = append(refs, xray.LogRef{TraceID: traceID(i % 3), SpanID: spanID(i/3 + 1)})
	}
	put(t, s, batchOf(t, theProject, steps[:20]...))
	put(t, s, batchOf(t, theProject, steps[20:]...))
	put(t, s, logsOf(t, theProject, refs...))
	if err := s.Delete(t.Context(), theProject, traceID(1)); err != nil {
		t.Fatal(err)
	}
	heard := next(t, changes)
	for !heard.Deleted { // of the appends
		heard = next(t, changes)
	}
	if heard.TraceID != traceID(1) {
		t.Errorf("subscribers heard %+v, want that trace 1 is deleted", heard)
	}
	if bytes := allBytes(t, url); strings.Contains(bytes, "secret-1-") || !strings.Contains(bytes, "secret-2-9") {
		t.Error("the segments still hold what was deleted, or do not hold what was not")
	}
	if err := s.Delete(t.Context(), theProject, traceID(1)); xray.ErrorCode(err) != xray.CodeNotFound {
		t.Errorf("deleted again: %v, want not found", err)
	}
	for _, trace := range []int{0, 2} {
		details, err := s.Details(t.Context(), theProject, traceID(trace))
		if err != nil || len(details) != 10 {
			t.Fatalf("trace %d has %d details, error %v", trace, len(details), err)
		}
		for i, d := range details {
			var sent xray.Step
			if err := json.Unmarshal(d.Input, &sent); err != nil || sent.Name != fmt.Sprintf("secret-%d-%d", trace, i) || string(d.Output) != "1" {
				t.Errorf("step %d of trace %d carries that of %q and %s log records; error %v", i, trace, sent.Name, d.Output, err)
			}
		}
	}
	put(t, s, batchOf(t, theProject, span(1, 50, 0, "after", 0, 1)))
	if e, err := s.Execution(t.Context(), theProject, traceID(1).String()); err != nil || e.StepCount != 1 {
		t.Errorf("what came after the deletion: %d steps, error %v; want one new execution", e.StepCount, err)
	}
}

func TestDeletingWhileOthersReadAndWrite(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	inBackground(t, s.Settle)
	const traces = 20
	var steps []xray.Step
	for i := range traces * 5 {
		steps = append(steps, span(i%traces, i/traces+1, i/traces, fmt.Sprintf("%d-%d", i%traces, i/traces), i, i+1))
	}
	put(t, s, batchOf(t, theProject, steps...))
	var wg sync.WaitGroup
	for trace := range traces {
		wg.Go(func() {
			if trace%2 == 0 {
				if err := s.Delete(t.Context(), theProject, traceID(trace)); err != nil {
					t.Errorf("delete %d: %v", trace, err)
				}
				return
			}
			for n := range 10 {
				d, err := s.Step(t.Context(), theProject, traceID(trace), spanID(3))
				if err != nil || !strings.Contains(string(d.Input), fmt.Sprintf(`"%d-2"`, trace)) {
					t.Errorf("trace %d reads %s, error %v", trace, d.Input, err)
				}
				put(t, s, batchOf(t, theProject, span(trace, 100+n, 1, "more", 0, 1)))
			}
		})
	}
	wg.Wait()
	page, err := s.Executions(t.Context(), theProject, xray.ExecutionQuery{})
	if err != nil || len(page.Executions) != traces/2 {
		t.Errorf("%d executions are left, want %d; error %v", len(page.Executions), traces/2, err)
	}
}
