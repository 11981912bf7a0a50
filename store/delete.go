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
		were, err := lockExecution(ctx, tx, key, s.clock().UnixNano())
		if err != nil {
			return err
		}
		stats, err := withdrawal(ctx, tx, were)
		if err != nil {
			return err
		}
		if err := s.cutSpans(ctx, tx, key); err != nil {
			return err
		}
		if err := s.cutLogs(ctx, tx, key); err != nil {
			return err
		}
		if err := deleteRows(ctx, tx, key); err != nil {
			return err
		}
		if err := stats.log(ctx, tx); err != nil {
			return err
		}
		notice := noticeDeleted + notices([]xray.TraceID{id})[0]
		return sendNotice(ctx, tx, project, notice)
	})
	if err != nil {
		return unavailable(err)
	}
	s.logged.Store(true)
	return nil
}

// lockExecution keeps writers and settlers away from an execution until the
// transaction ends. It returns the execution if it was settled.
func lockExecution(ctx context.Context, tx pgx.Tx, key traceKey, now int64) ([]written, error) {
	were, err := unsettle(ctx, tx, pgx.NamedArgs{
		"projects": []int32{key.project}, "traces": []pgtype.UUID{{Bytes: key.trace, Valid: true}},
		"segments": []int64{0}, "arrived": now,
	})
	if err != nil {
		return nil, fmt.Errorf("lock execution: %w", err)
	}
	var there bool
	err = tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM executions WHERE project_id = $1 AND trace_id = $2)", key.project, key.trace[:]).Scan(&there)
	if err != nil {
		return nil, fmt.Errorf("find execution: %w", err)
	}
	if !there {
		return nil, noExecution(key.trace.String())
	}
	return were, nil
}

// lockSegments locks those that table's rows of a trace point at, in order of
// id: what another deletion does to one must be seen when the rows are read.
func lockSegments(ctx context.Context, tx pgx.Tx, table string, args pgx.NamedArgs) error {
	_, err := tx.Exec(ctx, `SELECT FROM segments WHERE id IN (
		SELECT segment FROM `+table+` WHERE project_id = @project AND trace_id = @trace) ORDER BY id FOR UPDATE`, args)
	if err != nil {
		return fmt.Errorf("lock segments: %w", err)
	}
	return nil
}

// cutSpans removes a trace's spans from every segment that holds some, and the
// rows of steps that point at them.
func (s *Store) cutSpans(ctx context.Context, tx pgx.Tx, key traceKey) error {
	args := pgx.NamedArgs{"project": key.project, "trace": key.trace[:]}
	if err := lockSegments(ctx, tx, "steps", args); err != nil {
		return err
	}
	rows, err := tx.Query(ctx, `DELETE FROM steps WHERE project_id = @project AND trace_id = @trace
		RETURNING project_id, trace_id, segment, data`, args)
	if err != nil {
		return fmt.Errorf("delete steps: %w", err)
	}
	bySegment := make(map[int64][]int)
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		_, steps, err := scanSteps(row)
		for _, step := range steps {
			bySegment[step.segment] = append(bySegment[step.segment], step.ordinal)
		}
		return struct{}{}, err
	})
	if err != nil {
		return fmt.Errorf("delete steps: %w", err)
	}
	for segment, gone := range bySegment {
		rest, err := s.cutSegment(ctx, tx, segment, xray.SignalTraces, gone)
		if err != nil {
			return fmt.Errorf("cut segment %d: %w", segment, err)
		}
		if err := s.renumberSteps(ctx, tx, key.project, segment, rest, gone); err != nil {
			return fmt.Errorf("renumber segment %d: %w", segment, err)
		}
	}
	return nil
}

// cutLogs is cutSpans for log records.
func (s *Store) cutLogs(ctx context.Context, tx pgx.Tx, key traceKey) error {
	args := pgx.NamedArgs{"project": key.project, "trace": key.trace[:]}
	if err := lockSegments(ctx, tx, "log_refs", args); err != nil {
		return err
	}
	rows, err := tx.Query(ctx, `DELETE FROM log_refs WHERE project_id = @project AND trace_id = @trace RETURNING segment, ordinal`, args)
	if err != nil {
		return fmt.Errorf("delete log references: %w", err)
	}
	bySegment := make(map[int64][]int)
	var at place
	_, err = pgx.ForEachRow(rows, []any{&at.segment, &at.ordinal}, func() error {
		bySegment[at.segment] = append(bySegment[at.segment], at.ordinal)
		return nil
	})
	if err != nil {
		return fmt.Errorf("delete log references: %w", err)
	}
	for segment, gone := range bySegment {
		if _, err := s.cutSegment(ctx, tx, segment, xray.SignalLogs, gone); err != nil {
			return fmt.Errorf("cut segment %d: %w", segment, err)
		}
		// There is no index by segment: this reads the partition of the day, which
		// deleting one may cost; log records are few.
		_, err := tx.Exec(ctx, `
			UPDATE log_refs SET ordinal = ordinal - (SELECT count(*) FROM unnest(@gone::integer[]) AS g WHERE g < ordinal)
			WHERE segment = @segment`, pgx.NamedArgs{"gone": gone, "segment": segment})
		if err != nil {
			return fmt.Errorf("renumber segment %d: %w", segment, err)
		}
	}
	return nil
}

// cutSegment writes a segment anew without the records of these ordinals, which
// it sorts, and returns its new bytes: nil if nothing is left, or if it had
// expired.
func (s *Store) cutSegment(ctx context.Context, tx pgx.Tx, id int64, signal xray.Signal, gone []int) ([]byte, error) {
	slices.Sort(gone)
	var records, rawBytes int
	var packed []byte
	err := tx.QueryRow(ctx, "SELECT records, raw_bytes, data FROM segments WHERE id = $1", id).Scan(&records, &rawBytes, &packed)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if len(gone) == records {
		_, err := tx.Exec(ctx, "DELETE FROM segments WHERE id = $1", id)
		return nil, err
	}
	raw, err := s.zip.unpack(packed, rawBytes)
	if err != nil {
		return nil, err
	}
	rest, err := s.opts.Codec.Without(signal, raw, gone)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	_, err = tx.Exec(ctx, "UPDATE segments SET records = $2, raw_bytes = $3, data = $4 WHERE id = $1",
		id, records-len(gone), len(rest), s.zip.pack(rest))
	return rest, err
}

// renumberSteps moves up what lies behind removed spans. The bytes that are left
// tell whose rows these are.
func (s *Store) renumberSteps(ctx context.Context, tx pgx.Tx, project int32, segment int64, rest []byte, gone []int) error {
	if rest == nil {
		return nil
	}
	left, err := s.opts.Codec.Steps(project, rest)
	if err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	seg := &storedSegment{id: segment, project: project, parts: []part{{rawSegment: rawSegment{Segment: xray.Segment{Steps: left}}}}}
	var keys []traceKey
	for _, row := range seg.rows() {
		keys = append(keys, traceKey{project, row.trace})
	}
	_, traces := keyArrays(keys, func(k traceKey) traceKey { return k })
	rows, err := tx.Query(ctx, `DELETE FROM steps WHERE project_id = @project AND trace_id = ANY(@traces::uuid[]) AND segment = @segment
		RETURNING project_id, trace_id, segment, data`, pgx.NamedArgs{"project": project, "traces": traces, "segment": segment})
	if err != nil {
		return err
	}
	buffer, packer := newCopy(len(left)*64), newPacker()
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		key, steps, err := scanSteps(row)
		moved := stepRow{trace: key.trace}
		for _, l := range steps {
			before, _ := slices.BinarySearch(gone, l.ordinal)
			moved.steps = append(moved.steps, placedStep{l.Step, l.ordinal - before})
		}
		if err == nil {
			buffer.steps(packer, seg, &moved)
		}
		return struct{}{}, err
	})
	if err != nil {
		return err
	}
	return buffer.send(ctx, tx, "steps", stepColumns)
}

func deleteRows(ctx context.Context, tx pgx.Tx, key traceKey) error {
	for _, table := range []string{"facts", "reasonings", "reasoning_jobs", "scores", "notes", "executions", "unsettled"} {
		_, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE project_id = $1 AND trace_id = $2", key.project, key.trace[:])
		if err != nil {
			return fmt.Errorf("delete from %s: %w", table, err)
		}
	}
	// Nothing says which of the answers quote this execution.
	if _, err := tx.Exec(ctx, "DELETE FROM reasoning_answers WHERE project_id = $1", key.project); err != nil {
		return fmt.Errorf("delete from reasoning_answers: %w", err)
	}
	return nil
}
