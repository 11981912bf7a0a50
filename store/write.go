package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/xraytrace/xray"
)

// written is what a committed group did to one execution.
type written struct {
	traceKey
	version int64     // unsettled.last_segment as this group wrote it
	arrived time.Time // our clock
	hasRoot bool
	pending bool // an announced step has not ended, as far as this group knows
	// exact: the totals come from all spans of the execution, each counted once.
	exact *settled
}

// committed is what a committed group did.
type committed struct {
	executions int       // that it touched
	unsettled  []written // of these, those that are still to be settled
	facts      bool      // some of the others are to be explained from facts
}

// write stores a group in one transaction. The order of the tables and of the
// rows in each is the same for everyone, so that writers wait for one another
// but never in a circle: requests, unsettled, executions.
func (w *writer) write(ctx context.Context, group []*request) (committed, error) {
	if err := w.number(ctx); err != nil {
		return committed{}, err
	}
	now := w.clock()
	if err := w.partitions.ensure(ctx, w.pool, dayOf(now)); err != nil {
		return committed{}, err
	}
	var out committed
	var segments []*storedSegment
	err := pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		fresh, err := claimRequests(ctx, tx, now, group)
		if err != nil || len(fresh) == 0 {
			return err
		}
		segments = w.mergeSegments(fresh)
		if err := copySegments(ctx, tx, segments); err != nil {
			return err
		}
		if err := markUnindexed(ctx, tx, segments); err != nil {
			return err
		}
		out, err = w.writeExecutions(ctx, tx, now, summaries(segments), idsOf(segments))
		return err
	})
	if err == nil {
		w.unindexed.rememberTerms(segments)
	}
	return out, err
}

// idsOf returns the sorted ids of segments.
func idsOf(segments []*storedSegment) []int64 {
	ids := make([]int64, len(segments))
	for i, seg := range segments {
		ids[i] = seg.id
	}
	slices.Sort(ids)
	return ids
}

// number fetches this process's instance number once.
func (w *writer) number(ctx context.Context) error {
	w.idsMu.Lock()
	defer w.idsMu.Unlock()
	if w.ids != nil {
		return nil
	}
	var n int64
	if err := w.pool.QueryRow(ctx, "SELECT nextval('instances')").Scan(&n); err != nil {
		return fmt.Errorf("fetch an instance number: %w", err)
	}
	w.ids = &idMaker{instance: n}
	return nil
}

// midnightSpan is how long around midnight UTC writers take turns: a request
// and its repetition may then be for different days, and only one that sees
// the other's commit can know. It is longer than clocks of processes differ.
const midnightSpan = time.Minute

const (
	midnightLock int64 = 0x78726179_6d69646e

	claimSQL = `
INSERT INTO requests (day, project_id, hash)
SELECT @day, r.project_id, r.hash
FROM unnest(@projects::integer[], @hashes::uuid[]) AS r (project_id, hash)
WHERE NOT EXISTS (
    SELECT FROM requests y WHERE y.day = @yesterday AND y.project_id = r.project_id AND y.hash = r.hash)
ORDER BY r.project_id, r.hash
ON CONFLICT DO NOTHING
RETURNING project_id, hash`
)

// claimRequests notes the contents of a group and returns the requests whose
// content is new, each once. Waits for transactions that store the same content
// at this moment.
func claimRequests(ctx context.Context, tx pgx.Tx, now time.Time, group []*request) ([]*request, error) {
	type content struct {
		project int32
		hash    [16]byte
	}
	byContent := make(map[content]*request, len(group))
	projects := make([]int32, 0, len(group))
	hashes := make([]pgtype.UUID, 0, len(group))
	for _, r := range group {
		c := content{r.project, r.hash}
		if _, there := byContent[c]; there {
			continue // the same content twice in one group
		}
		byContent[c] = r
		projects = append(projects, r.project)
		hashes = append(hashes, pgtype.UUID{Bytes: r.hash, Valid: true})
	}
	today := dayOf(now)
	if sinceMidnight := now.Sub(today); sinceMidnight < midnightSpan || sinceMidnight > 24*time.Hour-midnightSpan {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", midnightLock); err != nil {
			return nil, fmt.Errorf("take turns at midnight: %w", err)
		}
	}
	rows, err := tx.Query(ctx, claimSQL, pgx.NamedArgs{
		"day": today, "yesterday": today.AddDate(0, 0, -1), "projects": projects, "hashes": hashes,
	})
	if err != nil {
		return nil, fmt.Errorf("note request hashes: %w", err)
	}
	var fresh []*request
	var c content
	_, err = pgx.ForEachRow(rows, []any{&c.project, &c.hash}, func() error {
		fresh = append(fresh, byContent[c])
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("note request hashes: %w", err)
	}
	return inOrder(group, fresh), nil
}

// inOrder returns the members of some in the order of all: of two arrivals of a
// span the later wins, also within a group.
func inOrder(all, some []*request) []*request {
	wanted := make(map[*request]bool, len(some))
	for _, r := range some {
		wanted[r] = true
	}
	return slices.DeleteFunc(slices.Clone(all), func(r *request) bool { return !wanted[r] })
}

const (
	segmentColumns = "id, project_id, signal, records, raw_bytes, data"
	stepColumns    = "segment, trace_id, project_id, steps, data"
	logColumns     = "segment, span_id, trace_id, project_id, ordinal"
)

// copySegments stores segments and the rows that point into them.
func copySegments(ctx context.Context, tx pgx.Tx, segments []*storedSegment) error {
	packed, spans, records := 0, 0, 0
	for _, seg := range segments {
		packed += len(seg.packed) + 64
		for _, p := range seg.parts {
			spans, records = spans+len(p.Steps), records+len(p.Logs)
		}
	}
	data, steps, logs := newCopy(packed), newCopy(spans*64), newCopy(records*64)
	packer := newPacker()
	for _, seg := range segments {
		data.segment(seg)
		for _, row := range seg.rows() {
			steps.steps(packer, seg, row)
		}
		for _, p := range seg.parts {
			for _, ref := range p.Logs {
				logs.logRef(seg, p.offset+ref.Ordinal, ref)
			}
		}
	}
	if err := data.send(ctx, tx, "segments", segmentColumns); err != nil {
		return err
	}
	if spans > 0 {
		if err := steps.send(ctx, tx, "steps", stepColumns); err != nil {
			return err
		}
	}
	if records > 0 {
		return logs.send(ctx, tx, "log_refs", logColumns)
	}
	return nil
}

func (b *copyBuffer) segment(s *storedSegment) {
	b.row(6)
	b.int8(s.id)
	b.int4(s.project)
	b.int2(int16(s.signal))
	b.int4(int32(s.records))
	b.int4(int32(s.rawBytes))
	b.bytes(s.packed)
}

func (b *copyBuffer) steps(p *packer, seg *storedSegment, row *stepRow) {
	b.row(5)
	b.int8(seg.id)
	b.bytes(row.trace[:])
	b.int4(seg.project)
	b.int4(int32(len(row.steps)))
	b.sized(func(buf []byte) []byte { return p.pack(buf, row.steps) })
}

func (b *copyBuffer) logRef(seg *storedSegment, ordinal int, ref xray.LogRef) {
	b.row(5)
	b.int8(seg.id)
	b.int8(spanInt(ref.SpanID))
	b.bytes(ref.TraceID[:])
	b.int4(seg.project)
	b.int4(int32(ordinal))
}
