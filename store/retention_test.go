package store_test

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

func TestExpireFollowsEachProjectsDays(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	s, c := openAt(t, url, now)
	long, err := s.CreateProject(t.Context(), "long")
	if err != nil {
		t.Fatal(err)
	}
	for project, r := range map[int32]xray.Retention{
		theProject: {PayloadDays: 2, StructureDays: 5},
		long.ID:    {PayloadDays: 10, StructureDays: 20},
	} {
		if err := s.SetRetention(t.Context(), project, r); err != nil {
			t.Fatal(err)
		}
		put(t, s, batchOf(t, project, span(1, 1, 0, "ask", 0, 1)))
		put(t, s, logsOf(t, project, xray.LogRef{TraceID: traceID(1), SpanID: spanID(1)}))
	}
	for _, at := range []struct {
		day                              int
		payload, structure               bool // of the project that keeps less
		longPayload, longStructure, disk bool // of the other, and the partition
	}{
		{1, true, true, true, true, true},
		{3, false, true, true, true, true},
		{6, false, false, true, true, true},
		{11, false, false, false, true, false},
		{21, false, false, false, false, false},
	} {
		c.set(now.AddDate(0, 0, at.day))
		if err := s.Expire(t.Context()); err != nil {
			t.Fatal(err)
		}
		checkKept(t, s, at.day, theProject, at.payload, at.structure)
		checkKept(t, s, at.day, long.ID, at.longPayload, at.longStructure)
		if there := count(t, url, "SELECT count(*) FROM pg_class WHERE relname = 'segments_20260601'") == 1; there != at.disk {
			t.Errorf("day %d: the partition is there: %v, want %v", at.day, there, at.disk)
		}
	}
	if left := count(t, url, "SELECT (SELECT count(*) FROM segments) + (SELECT count(*) FROM steps) + (SELECT count(*) FROM executions)"); left != 0 {
		t.Errorf("%d rows are left", left)
	}
}

func TestWhatWouldExpireIsSaidBefore(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	s, c := openAt(t, pgtest.New(t), now)
	put(t, s, batchOf(t, theProject, span(1, 1, 0, "old", 0, 1)))
	c.set(now.AddDate(0, 0, 20))
	put(t, s, batchOf(t, theProject, span(2, 2, 0, "new", 0, 1)))
	c.set(now.AddDate(0, 0, 40))
	for _, tc := range []struct {
		name               string
		keep               xray.Retention
		payloads, entirely int
	}{
		{"what holds already takes nothing more", xray.Retention{PayloadDays: 30, StructureDays: 90}, 0, 0},
		{"fewer days for payloads take those that are there", xray.Retention{PayloadDays: 19, StructureDays: 90}, 1, 0},
		{"fewer days for executions take them with their payloads", xray.Retention{PayloadDays: 19, StructureDays: 39}, 1, 1},
		{"few days take everything", xray.Retention{PayloadDays: 1, StructureDays: 1}, 1, 2},
	} {
		e, err := s.Expiry(t.Context(), theProject, tc.keep)
		if err != nil || e.Payloads != tc.payloads || e.Structure != tc.entirely {
			t.Errorf("%s: %+v %v, want %d and %d", tc.name, e, err, tc.payloads, tc.entirely)
		}
		if want := time.Date(2026, 7, 11, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -tc.keep.PayloadDays); !e.PayloadsBefore.Equal(want) {
			t.Errorf("%s: payloads before %v, want %v", tc.name, e.PayloadsBefore, want)
		}
	}
	if _, err := s.Expiry(t.Context(), theProject, xray.Retention{PayloadDays: 3, StructureDays: 2}); xray.ErrorCode(err) != xray.CodeInvalid {
		t.Errorf("days that cannot be: %v", err)
	}
}

func checkKept(t *testing.T, s *store.Store, day int, project int32, payload, structure bool) {
	t.Helper()
	_, err := s.Execution(t.Context(), project, traceID(1).String())
	if (err == nil) != structure {
		t.Errorf("day %d: project %d's execution: %v, want it there: %v", day, project, err, structure)
	}
	d, err := s.Step(t.Context(), project, traceID(1), spanID(1))
	if (err == nil) != structure || (len(d.Input) > 0) != payload {
		t.Errorf("day %d: project %d's step: payload %q, error %v; want payload: %v, structure: %v", day, project, d.Input, err, payload, structure)
	}
	err = s.OTLP(t.Context(), project, traceID(1), new(bytes.Buffer))
	if (err == nil) != payload || err != nil && xray.ErrorCode(err) != xray.CodeNotFound {
		t.Errorf("day %d: project %d's OTLP: %v, want it there: %v", day, project, err, payload)
	}
}

func TestRetentionThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	for _, r := range []xray.Retention{
		{PayloadDays: 0, StructureDays: 5}, {PayloadDays: 6, StructureDays: 5}, {PayloadDays: 1, StructureDays: 100_000}, {PayloadDays: -1, StructureDays: -1},
	} {
		if err := s.SetRetention(t.Context(), theProject, r); xray.ErrorCode(err) != xray.CodeInvalid {
			t.Errorf("%+v: %v, want invalid", r, err)
		}
	}
	if r, err := s.Retention(t.Context(), theProject); err != nil || r.PayloadDays != 30 || r.StructureDays != 90 {
		t.Errorf("retention %+v, error %v; want the defaults", r, err)
	}
}

// TestTheDiskComesBack looks at the size of everything a day's data lies in.
func TestTheDiskComesBack(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	s, c := openAt(t, url, now)
	if err := s.SetRetention(t.Context(), theProject, xray.Retention{PayloadDays: 2, StructureDays: 5}); err != nil {
		t.Fatal(err)
	}
	// The partitions of the day, TOAST and indexes included.
	size := func(tables string) int {
		return count(t, url, `SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class
			WHERE relkind = 'r' AND relname ~ '^(`+tables+`)_20260601$'`)
	}
	const payloads, structure = "segments|terms|term_runs", "steps|log_refs|requests"
	noise := rand.New(rand.NewPCG(1, 2))
	for i := range 60 {
		var steps []xray.Step
		for n := range 20 {
			name := make([]byte, 500)
			for j := range name {
				name[j] = 'a' + byte(noise.IntN(26))
			}
			steps = append(steps, span(i, n+1, n, string(name), n, n+1))
		}
		put(t, s, batchOf(t, theProject, steps...))
	}
	c.set(now.Add(time.Minute))
	inBackground(t, s.Settle)
	allSettled(t, url)
	if before := size(payloads); before < 300_000 {
		t.Fatalf("the payloads take %d bytes, want something to get back", before)
	}
	c.set(now.AddDate(0, 0, 3))
	if err := s.Expire(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left, kept := size(payloads), size(structure); left != 0 || kept == 0 {
		t.Errorf("payloads have expired: they take %d bytes, want none, and structure %d, want some", left, kept)
	}
	c.set(now.AddDate(0, 0, 7))
	if err := s.Expire(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := size(payloads + "|" + structure); left != 0 {
		t.Errorf("everything has expired, and takes %d bytes", left)
	}
	if left := count(t, url, "SELECT count(*) FROM executions"); left != 0 {
		t.Errorf("%d executions are left", left)
	}
}
