package store

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/xraytrace/xray"
)

// readers is how many segments a search unpacks at the same time: at most, so
// that searching leaves the processors to others, too.
func readers() int { return min(4, runtime.GOMAXPROCS(0)) }

// readChunk is how many segments one query brings: few, so that they are
// unpacked while others are on their way.
const readChunk = 8

// maxRoom is the largest segment whose memory is used again.
const maxRoom = 4 << 20

// Rides on segments_pkey.
const readSegmentsSQL = `
SELECT id, signal, raw_bytes, data FROM segments WHERE id = ANY(@ids::bigint[]) AND project_id = @project`

// readSegments looks through segments for what is sought. Those that are gone
// hold nothing.
func (q *sought) readSegments(ctx context.Context, segments []signalled) error {
	chunks := make(chan []int64, len(segments)) // room for all: nobody reads yet
	for some := range slices.Chunk(segments, max(1, min(readChunk, len(segments)/(2*readers())))) {
		ids := make([]int64, len(some))
		for i, seg := range some {
			ids[i] = seg.id
			q.read[seg.id] = nil
		}
		chunks <- ids
	}
	close(chunks)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex
	var workers sync.WaitGroup
	for range min(readers(), len(chunks)) {
		workers.Go(func() {
			var room []byte
			for ids := range chunks {
				err := q.lookThrough(ctx, ids, &room, func(id int64, hits []xray.Hit) {
					mu.Lock()
					defer mu.Unlock()
					q.read[id] = hits
				})
				if err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	workers.Wait()
	return context.Cause(ctx)
}

// lookThrough reads some segments, unpacks each and says what was found in it.
// room is memory for one of them: what is written over and over stays in the
// processor's cache.
func (q *sought) lookThrough(ctx context.Context, ids []int64, room *[]byte, found func(int64, []xray.Hit)) error {
	rows, err := q.of(q.project).Query(ctx, readSegmentsSQL, pgx.NamedArgs{"ids": ids, "project": q.project})
	if err != nil {
		return fmt.Errorf("read segments: %w", err)
	}
	var id int64
	var signal xray.Signal
	var rawBytes int
	var packed pgtype.DriverBytes // valid until the next row
	_, err = pgx.ForEachRow(rows, []any{&id, &signal, &rawBytes, &packed}, func() error {
		raw, err := q.zip.unpackTo(*room, packed, rawBytes)
		if err != nil {
			return err
		}
		if cap(raw) <= maxRoom {
			*room = raw
		}
		hits, err := q.finder.Find(signal, raw, q.among)
		if err != nil {
			return fmt.Errorf("segment %d: %w: %w", id, errDamaged, err)
		}
		found(id, hits)
		return ctx.Err()
	})
	if err != nil {
		return fmt.Errorf("read segments: %w", err)
	}
	return nil
}
