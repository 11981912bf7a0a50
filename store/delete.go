package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/xraytrace/xray"
)

// Delete removes an execution for good: its rows, its explanations, and its
// spans and log records from the segments, which are written anew without them.
// An execution that is not there is CodeNotFound. PostgreSQL's vacuum frees the
// old bytes on disk later.
//
// Spans of the same trace that arrive after it make a new execution; a request
// that was stored before and comes again does not.
func (s *Store) Delete(ctx context.Context, project int32, id xray.TraceID) error {
	key := traceKey{project, id}
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := lockExecution(ctx, tx, key, s.clock().UnixNano()); err != nil {
			return err
		}
		for _, table := range []struct {
			name   string
			signal xray.Signal
		}{{"steps", xray.SignalTraces}, {"log_refs", xray.SignalLogs}} {
			if err := s.cutSegments(ctx, tx, key, table.name, table.signal); err != nil {
				return err
			}
		}
		if err := deleteRows(ctx, tx, key); err != nil {
			return err
		}
		notice := "-" + notices([]xray.TraceID{id})[0]
		return sendNotice(ctx, tx, project, notice)
	})
	if err != nil {
		return unavailable(err)
	}
	return nil
}

// lockExecution keeps writers and settlers away from an execution until the
// transaction ends.
func lockExecution(ctx context.Context, tx pgx.Tx, key traceKey, now int64) error {
	_, err := tx.Exec(ctx, unsettleSQL, pgx.NamedArgs{
		"projects": []int32{key.project}, "traces": []pgtype.UUID{{Bytes: key.trace, Valid: true}},
		"segments": []int64{0}, "arrived": now,
	})
	if err != nil {
		return fmt.Errorf("lock execution: %w", err)
	}
	var there bool
	err = tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM executions WHERE project_id = $1 AND trace_id = $2)", key.project, key.trace[:]).Scan(&there)
	if err != nil {
		return fmt.Errorf("find execution: %w", err)
	}
	if !there {
		return noExecution(key.trace.String())
	}
	return nil
}

// cutSegments removes a trace's records from every segment that holds some, and
// the rows of table that point at them.
func (s *Store) cutSegments(ctx context.Context, tx pgx.Tx, key traceKey, table string, signal xray.Signal) error {
	args := pgx.NamedArgs{"project": key.project, "trace": key.trace[:]}
	// The locks first, in order of id: what another deletion does to a segment
	// must be seen when the ordinals are read.
	_, err := tx.Exec(ctx, `SELECT FROM segments WHERE id IN (
		SELECT segment FROM `+table+` WHERE project_id = @project AND trace_id = @trace) ORDER BY id FOR UPDATE`, args)
	if err != nil {
		return fmt.Errorf("lock segments: %w", err)
	}
	rows, err := tx.Query(ctx, "DELETE FROM "+table+" WHERE project_id = @project AND trace_id = @trace RETURNING segment, ordinal", args)
	if err != nil {
		return fmt.Errorf("delete from %s: %w", table, err)
	}
	places, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (place, error) {
		var p place
		return p, row.Scan(&p.segment, &p.ordinal)
	})
	if err != nil {
		return fmt.Errorf("delete from %s: %w", table, err)
	}
	bySegment := make(map[int64][]int)
	for _, p := range places {
		bySegment[p.segment] = append(bySegment[p.segment], p.ordinal)
	}
	for segment, ordinals := range bySegment {
		slices.Sort(ordinals)
		if err := s.cutSegment(ctx, tx, segment, signal, slices.Compact(ordinals), table); err != nil {
			return fmt.Errorf("cut segment %d: %w", segment, err)
		}
	}
	return nil
}

func (s *Store) cutSegment(ctx context.Context, tx pgx.Tx, id int64, signal xray.Signal, ordinals []int, table string) error {
	var records, rawBytes int
	var packed []byte
	err := tx.QueryRow(ctx, "SELECT records, raw_bytes, data FROM segments WHERE id = $1", id).Scan(&records, &rawBytes, &packed)
	if errors.Is(err, pgx.ErrNoRows) { // its payloads have expired
		return nil
	}
	if err != nil {
		return err
	}
	if len(ordinals) == records {
		_, err := tx.Exec(ctx, "DELETE FROM segments WHERE id = $1", id)
		return err
	}
	raw, err := s.zip.unpack(packed, rawBytes)
	if err != nil {
		return err
	}
	rest, err := s.opts.Codec.Without(signal, raw, ordinals)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE segments SET records = $2, raw_bytes = $3, data = $4 WHERE id = $1",
		id, records-len(ordinals), len(rest), s.zip.pack(rest))
	if err != nil {
		return err
	}
	// The records behind a removed one move up. There is no index by segment:
	// this reads the partition of the day, which deleting one may cost.
	_, err = tx.Exec(ctx, `
		UPDATE `+table+` SET ordinal = ordinal - (SELECT count(*) FROM unnest(@gone::integer[]) AS g WHERE g < ordinal)
		WHERE segment = @segment AND ordinal > @first`,
		pgx.NamedArgs{"gone": ordinals, "segment": id, "first": ordinals[0]})
	return err
}

func deleteRows(ctx context.Context, tx pgx.Tx, key traceKey) error {
	for _, table := range []string{"facts", "reasonings", "reasoning_jobs", "executions", "unsettled"} {
		_, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE project_id = $1 AND trace_id = $2", key.project, key.trace[:])
		if err != nil {
			return fmt.Errorf("delete from %s: %w", table, err)
		}
	}
	return nil
}
