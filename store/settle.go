package store

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

const (
	settleAtOnce = 500 // executions in one transaction
	// recoverEvery is how often table unsettled is searched for what no process
	// remembers. recoverGrace leaves to the process that wrote an execution the
	// time to settle it from memory.
	recoverEvery = 5 * time.Second
	recoverGrace = 3 * time.Second
)

var (
	//go:embed settle_steps.sql
	settleStepsSQL string
	//go:embed settle_find.sql
	settleFindSQL string
)

// Settle makes the totals of executions exact once they are quiet, gives them
// their headline, asks for their explanation, and keeps the statistics. It blocks
// until ctx ends. It may run in several processes on one database.
func (s *Store) Settle(ctx context.Context) error {
	ticker := time.NewTicker(s.opts.SettleEvery)
	defer ticker.Stop()
	var recovered time.Time
	for {
		if err := s.settleDue(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("settling failed; it goes on", "error", err)
		}
		now := time.Now()
		if s.logged.Swap(false) || now.Sub(recovered) >= recoverEvery {
			if err := s.foldRollups(ctx); err != nil && ctx.Err() == nil {
				s.log.Warn("keeping statistics failed; it goes on", "error", err)
			}
		}
		if now.Sub(recovered) >= recoverEvery {
			recovered = now
			if err := s.settleForgotten(ctx); err != nil && ctx.Err() == nil {
				s.log.Warn("settling what was left behind failed; it goes on", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// settleDue settles what this process remembers and what is quiet by now.
func (s *Store) settleDue(ctx context.Context) error {
	for ctx.Err() == nil {
		due := s.recent.due(s.clock(), &s.opts, settleAtOnce)
		if len(due) == 0 {
			return nil
		}
		if err := s.settleApart(ctx, due); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// settleApart settles together what can be, and what cannot one by one, so that
// one damaged execution does not keep the others from it.
func (s *Store) settleApart(ctx context.Context, due []written) error {
	err := s.settleAll(ctx, due)
	if err == nil || ctx.Err() != nil || classify(err) == faultOutage || len(due) == 1 {
		return err
	}
	for _, w := range due {
		if err := s.settleAll(ctx, []written{w}); err != nil {
			s.log.Error("an execution cannot be settled", "project", w.project, "trace", w.trace, "error", err)
		}
	}
	return ctx.Err()
}

// settleForgotten settles what stands in table unsettled for longer than any
// process would let it: the process that wrote it is gone, or was too busy. It
// does not go on for ever, because some may be unable to settle.
func (s *Store) settleForgotten(ctx context.Context) error {
	const rounds = 20
	for range rounds {
		found, err := s.forgotten(ctx)
		if err != nil || len(found) == 0 {
			return err
		}
		if err := s.settleApart(ctx, found); err != nil || len(found) < settleAtOnce {
			return err
		}
	}
	return nil
}

func (s *Store) forgotten(ctx context.Context) ([]written, error) {
	now := s.clock()
	rows, err := s.pool.Query(ctx, settleFindSQL, pgx.NamedArgs{
		"rooted":   now.Add(-s.opts.SettleQuiet - recoverGrace).UnixNano(),
		"rootless": now.Add(-s.opts.SettleRootless - recoverGrace).UnixNano(),
		"limit":    settleAtOnce,
	})
	if err != nil {
		return nil, fmt.Errorf("find unsettled executions: %w", err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (written, error) {
		var w written
		var arrived int64
		err := row.Scan(&w.project, (*[16]byte)(&w.trace), &w.version, &arrived)
		w.arrived = time.Unix(0, arrived)
		return w, err
	})
	if err != nil {
		return nil, fmt.Errorf("find unsettled executions: %w", err)
	}
	return found, nil
}

// settleAll settles executions as they were at the given versions; one that has
// changed since is left to whoever changed it.
func (s *Store) settleAll(ctx context.Context, due []written) error {
	// Counting needs no lock: if a span comes meanwhile, the version moves.
	counted, err := recount(ctx, s.pool, due)
	if err != nil {
		return err
	}
	due = s.withoutRunning(due, counted)
	defer s.wakeFacts()
	defer s.logged.Store(true)
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		mine, err := lockUnsettled(ctx, tx, due)
		if err != nil || len(mine) == 0 {
			return err
		}
		if err := saveCounted(ctx, tx, mine, counted); err != nil {
			return err
		}
		return s.writeSettled(ctx, tx, mine, counted)
	})
}

// recount computes the totals of executions whose totals are not known to be
// exact. One that has no step is not in the result.
func recount(ctx context.Context, q querier, due []written) (map[traceKey]*summary, error) {
	return recountWithout(ctx, q, due, nil)
}

// recountWithout is recount as if some segments, sorted, were not there.
func recountWithout(ctx context.Context, q querier, due []written, without []int64) (map[traceKey]*summary, error) {
	var inexact []written
	for _, w := range due {
		if w.exact == nil {
			inexact = append(inexact, w)
		}
	}
	counted := make(map[traceKey]*summary, len(inexact))
	if len(inexact) == 0 {
		return counted, nil
	}
	projects, traces := keyArrays(inexact, func(w written) traceKey { return w.traceKey })
	rows, err := q.Query(ctx, settleStepsSQL, pgx.NamedArgs{"projects": projects, "traces": traces})
	if err != nil {
		return nil, fmt.Errorf("read steps to settle: %w", err)
	}
	// The rows of an execution come together; only one is in memory at a time.
	var key traceKey
	var all []*xray.Step
	flush := func() {
		if len(all) > 0 {
			total := summarise(key, distinct(all))
			counted[key] = &total
			all = nil
		}
	}
	for rows.Next() {
		k, steps, err := scanSteps(rows)
		if err != nil {
			rows.Close()
			return nil, fmt.Errorf("read steps to settle: %w", err)
		}
		if k != key {
			flush()
			key = k
		}
		for _, l := range steps {
			if _, leave := slices.BinarySearch(without, l.segment); !leave {
				all = append(all, l.Step)
			}
		}
	}
	flush()
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read steps to settle: %w", err)
	}
	return counted, nil
}

// withoutRunning leaves out executions whose announced steps may still end.
func (s *Store) withoutRunning(due []written, counted map[traceKey]*summary) []written {
	now := s.clock()
	var rest []written
	for _, w := range due {
		total := counted[w.traceKey]
		if total != nil && total.pending && !total.HasRoot && now.Sub(w.arrived) < s.opts.SettleAbandon {
			w.pending = true
			s.recent.touched([]written{w})
			continue
		}
		rest = append(rest, w)
	}
	return rest
}
