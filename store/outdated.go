package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// A model's words are about the record as it was when they were made. Spans may
// come later: under some policies they are explained anew at once, under others
// the words stay, and whoever reads them is told (see [xray.Reasoning]).

// begun is a job that is being done, and the state of the execution before.
type begun struct {
	xray.ReasoningJob
	segment int64 // the execution's version; 0 for one that is gone
	steps   int
}

// stateOf is the state of a job's execution. Rides on executions_pkey.
func stateOf(ctx context.Context, tx pgx.Tx, job xray.ReasoningJob) (begun, error) {
	b := begun{ReasoningJob: job}
	err := tx.QueryRow(ctx, "SELECT last_segment, step_count FROM executions WHERE project_id = $1 AND trace_id = $2",
		job.ProjectID, job.TraceID[:]).Scan(&b.segment, &b.steps)
	if errors.Is(err, pgx.ErrNoRows) {
		return b, nil
	}
	if err != nil {
		return b, fmt.Errorf("look at the execution: %w", err)
	}
	return b, nil
}

// stillHolds notes that what a model wrote of this record is about the execution
// as it is now: what came since, a repetition, has changed nothing.
func stillHolds(ctx context.Context, tx pgx.Tx, state begun, record [32]byte) error {
	_, err := tx.Exec(ctx, `
		UPDATE reasonings SET segment = @segment, steps = @steps
		WHERE project_id = @project AND trace_id = @trace AND source = 'model' AND record = @record AND segment < @segment`,
		pgx.NamedArgs{
			"project": state.ProjectID, "trace": state.TraceID[:], "segment": state.segment, "steps": state.steps, "record": record[:],
		})
	if err != nil {
		return fmt.Errorf("note what an explanation is about: %w", err)
	}
	return nil
}
