package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

// rollupsOf is the whole table, one line a row.
func rollupsOf(t *testing.T, url string) []string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	rows, err := conn.Query(t.Context(), `
		SELECT concat_ws(' ', name, minutes, bucket, step, count, errors, input_tokens, output_tokens, cost_nano, durations)
		FROM rollups ORDER BY name, minutes, bucket, step`)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func allSettled(t testing.TB, url string) {
	t.Helper()
	eventually(t, func() string {
		if left := benchCount(t, url, "SELECT (SELECT count(*) FROM unsettled) + (SELECT count(*) FROM rollup_log)"); left > 0 {
			return fmt.Sprint(left, " are not settled")
		}
		return ""
	})
}

// addedUp waits until the statistics count all that is settled.
func addedUp(t testing.TB, url string) {
	t.Helper()
	eventually(t, func() string {
		if left := benchCount(t, url, "SELECT count(*) FROM rollup_log"); left > 0 {
			return fmt.Sprint(left, " rows are not added up")
		}
		return ""
	})
}

// TestStatisticsAreThoseOfWhatIsThere sends random traffic, much of it late,
// again, or in several parts, through two stores, deletes some of it and
// reindexes. Then the statistics must equal those of another database that got
// what is left, each execution whole and once.
func TestStatisticsAreThoseOfWhatIsThere(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{1, 2, 3} {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			url := pgtest.New(t)
			stores := []*store.Store{open(t, url, quick()), open(t, url, quick())}
			for _, s := range stores {
				inBackground(t, s.Settle)
			}
			r := rand.New(rand.NewPCG(seed, 0))
			there := model{}
			var wg sync.WaitGroup
			for i := range 120 {
				steps := randomRequest(r, 12)
				there.add(steps)
				s, b := stores[r.IntN(2)], batchOf(t, theProject, steps...)
				for range 1 + r.IntN(3)/2 {
					wg.Go(func() {
						if err := s.Append(context.WithoutCancel(t.Context()), b); err != nil {
							t.Error(err)
						}
					})
				}
				if r.IntN(8) == 0 {
					wg.Wait()
					allSettled(t, url)
				}
				if i%30 == 29 {
					wg.Wait()
					id := steps[0].TraceID
					if err := s.Delete(t.Context(), theProject, id); err != nil {
						t.Fatal(err)
					}
					delete(there, id)
				}
			}
			wg.Wait()
			if err := stores[0].Reindex(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			allSettled(t, url)
			got := rollupsOf(t, url)

			url = pgtest.New(t)
			s := open(t, url, quick())
			for _, spans := range there {
				var steps []xray.Step
				for _, step := range spans {
					steps = append(steps, step)
				}
				put(t, s, batchOf(t, theProject, steps...))
			}
			inBackground(t, s.Settle)
			allSettled(t, url)
			if diff := cmp.Diff(rollupsOf(t, url), got); diff != "" {
				t.Errorf("statistics (-of what is there +kept):\n%s", diff)
			}
			for id := range there {
				if err := s.Delete(t.Context(), theProject, id); err != nil {
					t.Fatal(err)
				}
			}
			allSettled(t, url)
			if left := rollupsOf(t, url); len(left) > 0 {
				t.Errorf("statistics of nothing: %q", left)
			}
		})
	}
}

func TestStatisticsOfPipelines(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s, c := openAt(t, url, aStart.Time())
	cost := 0.25
	for i := range 10 {
		at := i * 60_000
		root, call := span(i, 1, 0, "ask", at, at+100*(i+1)), modelCall(span(i, 2, 1, "think", at, at+50), "m", 7, 3, &cost)
		if i == 9 {
			root = failing(root, "no")
		}
		put(t, s, batchOf(t, theProject, root, call))
	}
	put(t, s, batchOf(t, theProject, span(20, 1, 0, "other", 0, 1)))
	put(t, s, batchOf(t, theProject, span(21, 2, 1, "running", 0, 1)))
	c.set(aStart.Time().Add(11 * time.Minute))
	inBackground(t, s.Settle)
	for i := range 10 {
		settled(t, s, traceID(i))
	}
	settled(t, s, traceID(20))
	addedUp(t, url)
	c.set(aStart.Time().Add(12 * time.Minute))

	q := xray.StatsQuery{Since: aStart, Until: aStart + xray.Nano(20*time.Minute), Buckets: 30}
	list, err := s.Pipelines(t.Context(), theProject, q)
	if err != nil || len(list.Pipelines) < 2 {
		t.Fatalf("%+v, error %v", list, err)
	}
	ask := list.Pipelines[0]
	if ask.Name != "ask" || ask.Count != 10 || ask.Errors != 1 || ask.InputTokens != 70 || ask.OutputTokens != 30 || ask.CostUSD != 2.5 {
		t.Errorf("%+v", ask)
	}
	if low, high := 490*time.Millisecond, 510*time.Millisecond; ask.P50 < low || ask.P50 > high {
		t.Errorf("P50 is %s, want 500 ms within 2 %%", ask.P50)
	}
	p, err := s.Pipeline(t.Context(), theProject, "ask", q)
	if err != nil || len(p.Steps) != 2 || p.Steps[1].Name != "think" || p.Steps[1].Count != 10 || p.Total.Stats != ask.Stats {
		t.Errorf("%+v, error %v", p, err)
	}
	var counted int64
	for _, b := range p.Series {
		counted += b.Count
	}
	if counted != 10 || p.Width != time.Minute {
		t.Errorf("%d in buckets of %s, want 10 in minutes", counted, p.Width)
	}
	if of := list.Pipelines[0]; len(of.Runs) < 20 || of.Runs[3] != 1 || of.Failures[9] != 1 || of.Failures[8] != 0 {
		t.Errorf("over time: %v, of which %v failed", of.Runs, of.Failures)
	}
	q.Step = "think"
	think, err := s.Pipeline(t.Context(), theProject, "ask", q)
	if err != nil || think.Series[3].Count != 1 || think.Series[3].P50 > 60*time.Millisecond || think.Series[3].CostUSD != cost {
		t.Errorf("a step over time: %+v, error %v", think.Series[3], err)
	}
	q.Step = ""
	a, err := s.Activity(t.Context(), theProject, activity(q))
	if err != nil {
		t.Fatal(err)
	}
	var all xray.ActivityBucket
	for _, b := range a.Buckets {
		all.OK, all.Failed, all.Running = all.OK+b.OK, all.Failed+b.Failed, all.Running+b.Running
	}
	if all.OK+all.Running != 11 || all.OK < 10 || all.Failed != 1 {
		t.Errorf("%+v", all)
	}
	for _, bad := range []xray.StatsQuery{{Since: 5, Until: 5}, {Since: 1, Until: xray.MaxNano}, {Buckets: 501}, {Buckets: -1}} {
		if _, err := s.Activity(t.Context(), theProject, activity(bad)); xray.ErrorCode(err) != xray.CodeInvalid {
			t.Errorf("%+v: %v, want invalid", bad, err)
		}
	}
	names, err := s.Names(t.Context(), theProject)
	if diff := cmp.Diff([]string{"ask", "other", "running"}, names); diff != "" || err != nil {
		t.Errorf("names: %s, error %v", diff, err)
	}
	services, err := s.Services(t.Context(), theProject)
	if diff := cmp.Diff([]string{"shop"}, services); diff != "" || err != nil {
		t.Errorf("services: %s, error %v", diff, err)
	}
}

func TestStatisticsGoWithTheExecutionsThatTheyCount(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	s, c := openAt(t, url, now)
	odd := span(2, 1, 0, "from 1970", 0, 1)
	odd.Start, odd.End = 1, 2
	put(t, s, batchOf(t, theProject, span(1, 1, 0, "ask", 0, 1), odd))
	c.set(now.Add(time.Hour))
	inBackground(t, s.Settle)
	allSettled(t, url)
	for _, at := range []struct{ day, rows int }{{1, 12}, {20, 8}, {100, 0}} {
		c.set(now.AddDate(0, 0, at.day))
		if err := s.Expire(t.Context()); err != nil {
			t.Fatal(err)
		}
		if rows := len(rollupsOf(t, url)); rows != at.rows {
			t.Errorf("%d rows on day %d, want %d", rows, at.day, at.rows)
		}
	}
}

func activity(q xray.StatsQuery) xray.ActivityQuery {
	return xray.ActivityQuery{Filter: xray.Filter{Since: q.Since, Until: q.Until}, Buckets: q.Buckets}
}
