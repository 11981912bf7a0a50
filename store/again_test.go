package store_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

// everythingStored is a digest of all that is kept of what was sent.
func everythingStored(t *testing.T, url string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var all strings.Builder
	for _, table := range []string{"segments", "steps", "log_refs", "executions", "rollups", "rollup_log", "unsettled"} {
		var rows int
		var digest string
		err := conn.QueryRow(t.Context(), fmt.Sprintf(
			"SELECT count(*), md5(coalesce(string_agg(r::text, ' ' ORDER BY r::text), '')) FROM %s AS r", table)).Scan(&rows, &digest)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "%s: %d rows %s\n", table, rows, digest)
	}
	return all.String()
}

// TestRequestsThatComeAgainChangeNothing sends the same requests minutes and
// hours later, many at once, to two processes and to one that was started
// afterwards.
func TestRequestsThatComeAgainChangeNothing(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	noon := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	first, c := openAt(t, url, noon)
	requests := func() []xray.Batch {
		return []xray.Batch{
			batchOf(t, theProject, span(1, 1, 0, "whole", 0, 9), span(1, 2, 1, "child", 1, 2)),
			batchOf(t, theProject, span(2, 2, 1, "first part", 1, 2)),
			batchOf(t, theProject, span(2, 1, 0, "last part", 0, 9), span(3, 1, 0, "other", 0, 1)),
			logsOf(t, theProject, xray.LogRef{TraceID: traceID(2), SpanID: spanID(2)}),
		}
	}
	sendAll := func(stores ...*store.Store) {
		t.Helper()
		var all sync.WaitGroup
		for _, s := range stores {
			for _, b := range requests() {
				all.Go(func() {
					if err := s.Append(t.Context(), b); err != nil {
						t.Error(err)
					}
				})
			}
		}
		all.Wait()
	}
	for _, b := range requests() {
		put(t, first, b)
	}
	inBackground(t, first.Settle)
	c.set(noon.Add(time.Minute)) // quiet for long enough
	allSettled(t, url)
	want := everythingStored(t, url)
	second, alsoNow := openAt(t, url, noon.Add(5*time.Minute))
	for name, again := range map[string]func(){
		"minutes later":              func() { c.set(noon.Add(5 * time.Minute)); sendAll(first) },
		"hours later":                func() { c.set(noon.Add(11 * time.Hour)); sendAll(first) },
		"the next day":               func() { c.set(noon.Add(13 * time.Hour)); sendAll(first) },
		"six times at once":          func() { sendAll(first, first, first, first, first, first) },
		"to two processes at once":   func() { alsoNow.set(noon.Add(6 * time.Minute)); sendAll(first, second, first, second) },
		"after a restart":            func() { s, _ := openAt(t, url, noon.Add(7*time.Minute)); sendAll(s) },
		"after a restart at once":    func() { s, _ := openAt(t, url, noon.Add(8*time.Minute)); sendAll(s, s, s) },
		"at midnight":                func() { c.set(noon.Add(12 * time.Hour)); sendAll(first) },
		"twice in one group, thrice": func() { sendAll(second, second, second) },
	} {
		again()
		allSettled(t, url)
		if got := everythingStored(t, url); got != want {
			t.Fatalf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
}
