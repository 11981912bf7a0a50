package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

const (
	// The update locks the row: calls of one project are accounted for one after
	// another, in every process.
	lockSpendSQL = `
INSERT INTO reasoning_spend (project_id, day) VALUES (@project, @day)
ON CONFLICT (project_id, day) DO UPDATE SET calls = reasoning_spend.calls`

	sumSpendSQL = `
SELECT coalesce(sum(usd) FILTER (WHERE day = @day), 0), coalesce(sum(usd), 0)
FROM reasoning_spend WHERE project_id = @project AND day BETWEEN date_trunc('month', @day::date)::date AND @day`

	addSpendSQL = `
UPDATE reasoning_spend
SET calls = calls + @calls, unpriced = unpriced + @unpriced, usd = usd + @usd,
    input_tokens = input_tokens + @input, output_tokens = output_tokens + @output
WHERE project_id = @project AND day = @day`
)

// ReserveCall accounts for a call to a model before it is made, with its
// estimated cost, and returns its number for [Store.SettleCall]. CodeConflict
// means that the call must not be made: it would exceed a cap of the project,
// or there is a cap and the model has no known price. CodeLimit means that it
// has to wait for others of the project. What a process that dies has reserved
// stays counted.
func (s *Store) ReserveCall(ctx context.Context, c xray.ModelCall) (id int64, err error) {
	now := s.clock().UTC()
	day := now.Truncate(24 * time.Hour)
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, lockSpendSQL, pgx.NamedArgs{"project": c.ProjectID, "day": day}); err != nil {
			return fmt.Errorf("lock the spending: %w", err)
		}
		if err := s.checkCall(ctx, tx, c, day); err != nil {
			return err
		}
		if err := addSpend(ctx, tx, c, day, 1, usdOf(c)); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `
			INSERT INTO model_calls (project_id, trace_id, task, model, prompt_hash, prompt_bytes, cost_usd, outcome, worker, created_at)
			VALUES (@project, @trace, @task, @model, @hash, @bytes, @cost, 'open', nullif(@worker::integer, 0), @now) RETURNING id`, pgx.NamedArgs{
			"project": c.ProjectID, "trace": c.TraceID[:], "task": c.Task, "model": cleanText(c.Model, maxName),
			"hash": c.PromptHash[:], "bytes": c.PromptBytes, "cost": c.CostUSD, "worker": s.worker.Load(), "now": now,
		}).Scan(&id)
	})
	if err != nil {
		return 0, unavailable(err)
	}
	return id, nil
}

const (
	// openCallAge is after what time a call of a process that cannot be asked
	// whether it lives is taken for lost: no call lasts as long.
	openCallAge = 15 * time.Minute
	callTurn    = 250 * time.Millisecond // until a project's turn is asked for again
)

// Rides on model_calls_open.
const openCallsSQL = "SELECT count(*) FROM model_calls WHERE project_id = $1 AND outcome = 'open'"

// checkCall says whether a call may be made now: CodeLimit when as many of the
// project are under way as may be, CodeConflict when a cap forbids it.
func (s *Store) checkCall(ctx context.Context, tx pgx.Tx, c xray.ModelCall, day time.Time) error {
	all, err := s.settingsOf(ctx, tx, []int32{c.ProjectID})
	if err != nil {
		return err
	}
	set := all[c.ProjectID]
	if err := checkCaps(ctx, tx, set, c, day); err != nil {
		return err
	}
	if set.Concurrency == 0 {
		return nil
	}
	var open int
	if err := tx.QueryRow(ctx, openCallsSQL, c.ProjectID).Scan(&open); err != nil {
		return fmt.Errorf("count the calls under way: %w", err)
	}
	if open >= set.Concurrency {
		return &xray.Error{Code: xray.CodeLimit, Message: "The project has as many calls under way as it may.", RetryAfter: callTurn}
	}
	return nil
}

func checkCaps(ctx context.Context, tx pgx.Tx, set xray.ReasoningSettings, c xray.ModelCall, day time.Time) error {
	if set.DailyCapUSD == nil && set.MonthlyCapUSD == nil {
		return nil
	}
	if c.CostUSD == nil {
		return xray.Errorf(xray.CodeConflict,
			"This project has a cap on what models may cost, and the price of %s is not known; give it one with 'xray prices'.", c.Model)
	}
	var today, month float64
	err := tx.QueryRow(ctx, sumSpendSQL, pgx.NamedArgs{"project": c.ProjectID, "day": day}).Scan(&today, &month)
	if err != nil {
		return fmt.Errorf("sum the spending: %w", err)
	}
	for _, limit := range []struct {
		name  string
		cap   *float64
		spent float64
	}{{"daily", set.DailyCapUSD, today}, {"monthly", set.MonthlyCapUSD, month}} {
		if limit.cap != nil && limit.spent+*c.CostUSD > *limit.cap {
			return xray.Errorf(xray.CodeConflict, "The project's %s cap of $%g for models is reached. The computed facts stand.", limit.name, *limit.cap)
		}
	}
	return nil
}

// usdOf is what a call adds to the spending, as far as it is known.
func usdOf(c xray.ModelCall) float64 {
	if c.CostUSD == nil {
		return 0
	}
	return *c.CostUSD
}

func addSpend(ctx context.Context, tx pgx.Tx, c xray.ModelCall, day time.Time, calls int, usd float64) error {
	unpriced := 0
	if c.CostUSD == nil {
		unpriced = calls
	}
	_, err := tx.Exec(ctx, addSpendSQL, pgx.NamedArgs{
		"project": c.ProjectID, "day": day, "calls": calls, "unpriced": unpriced, "usd": usd,
		"input": c.InputTokens, "output": c.OutputTokens,
	})
	if err != nil {
		return fmt.Errorf("add to the spending: %w", err)
	}
	return nil
}

// SettleCall replaces a reserved call's estimate by what it used. It counts
// for the day on which it was reserved.
func (s *Store) SettleCall(ctx context.Context, id int64, c xray.ModelCall) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var reserved float64
		var began time.Time
		err := tx.QueryRow(ctx, `
			WITH before AS (SELECT id, cost_usd FROM model_calls WHERE id = @id AND outcome = 'open' FOR UPDATE)
			UPDATE model_calls c
			SET model = @model, input_tokens = @input, output_tokens = @output, cost_usd = @cost, outcome = @outcome, ended_at = @now
			FROM before WHERE c.id = before.id
			RETURNING coalesce(before.cost_usd, 0), c.created_at`, pgx.NamedArgs{
			"id": id, "model": cleanText(c.Model, maxName), "input": c.InputTokens, "output": c.OutputTokens,
			"cost": c.CostUSD, "outcome": cleanText(c.Outcome, maxName), "now": s.clock(),
		}).Scan(&reserved, &began)
		if err != nil {
			return fmt.Errorf("end the call: %w", err)
		}
		return addSpend(ctx, tx, c, began.UTC().Truncate(24*time.Hour), 0, usdOf(c)-reserved)
	})
	if err != nil {
		return unavailable(fmt.Errorf("settle a call: %w", err))
	}
	return nil
}

// ReasoningSpend returns what models cost a project since a day, newest first;
// days without any call are left out.
func (s *Store) ReasoningSpend(ctx context.Context, project int32, since time.Time) ([]xray.ReasoningSpend, error) {
	rows, err := s.of(project).Query(ctx, `
		SELECT day, calls, unpriced, input_tokens, output_tokens, greatest(usd, 0)
		FROM reasoning_spend WHERE project_id = $1 AND day >= $2::date ORDER BY day DESC`, project, since.UTC())
	if err != nil {
		return nil, unavailable(fmt.Errorf("read the spending: %w", err))
	}
	days, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (xray.ReasoningSpend, error) {
		var d xray.ReasoningSpend
		err := row.Scan(&d.Day, &d.Calls, &d.UnpricedCalls, &d.InputTokens, &d.OutputTokens, &d.CostUSD)
		return d, err
	})
	if err != nil {
		return nil, unavailable(fmt.Errorf("read the spending: %w", err))
	}
	return days, nil
}
