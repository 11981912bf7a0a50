package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

const (
	// factsAtOnce executions are explained in one transaction: they share its
	// cost, and the segments that they lie in together.
	factsAtOnce = 64
	// factsPoll is how often a worker looks for what other processes left.
	factsPoll = time.Second
	// factsBusy is the part of Options.FactsShare that the worker may use while
	// spans arrive.
	factsBusy = 0.2
	// ingestRests: nothing was stored for this long.
	ingestRests = time.Second
	// factsCareful is how many rounds go by one execution each after one of many
	// has failed.
	factsCareful = 2 * factsAtOnce
)

// errUnexplainable marks errors about an execution, not about the database.
var errUnexplainable = errors.New("cannot be explained")

// factsWorker finds the facts of what stands in table unexplained.
type factsWorker struct {
	*Store
	explainer Explainer
	careful   int // rounds left in which executions go one by one
}

// run works until ctx ends.
func (w *factsWorker) run(ctx context.Context) {
	if w.opts.FactsShare < 0 {
		return
	}
	for ctx.Err() == nil {
		began := time.Now()
		n, err := w.round(ctx)
		wait := factsPoll
		switch {
		case err != nil && ctx.Err() == nil:
			w.log.Warn("finding facts failed; it is tried again", "error", err)
		case n > 0:
			wait = w.pause(time.Since(began))
			w.wakeFacts() // there may be more
		}
		w.rest(ctx, wait, n > 0)
	}
}

// pause is how long to rest after so much work.
func (w *factsWorker) pause(worked time.Duration) time.Duration {
	share := min(w.opts.FactsShare, 1)
	if !w.ingest.restedFor(ingestRests) {
		share *= factsBusy
	}
	return time.Duration(float64(worked) * (1/share - 1))
}

// rest waits: all of d after work, else at most d until something is noted.
func (w *factsWorker) rest(ctx context.Context, d time.Duration, worked bool) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	news := w.facts
	if worked {
		news = nil
	}
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-news:
	}
}

// round explains some executions and returns how many. What cannot be explained
// is given up alone: it is explained when somebody reads it.
func (w *factsWorker) round(ctx context.Context) (int, error) {
	limit := factsAtOnce
	if w.careful > 0 {
		w.careful--
		limit = 1
	}
	n, err := w.explainSome(ctx, limit)
	switch {
	case err == nil || ctx.Err() != nil || classify(err) == faultOutage && !errors.Is(err, errUnexplainable):
	case limit > 1:
		w.log.Warn("finding the facts of many executions failed; they go one by one", "error", err)
		w.careful, err = factsCareful, nil
	default:
		w.log.Error("the facts of an execution cannot be found", "error", err)
		n, err = w.giveUp(ctx)
	}
	return n, err
}

// takeUnexplainedSQL rides on unexplained_pkey. Several processes take different
// ones.
const takeUnexplainedSQL = `
SELECT segment, project_id, trace_id FROM unexplained
ORDER BY segment, project_id, trace_id
LIMIT @limit
FOR UPDATE SKIP LOCKED`

func takeUnexplained(ctx context.Context, tx pgx.Tx, limit int) (taken []written, err error) {
	rows, err := tx.Query(ctx, takeUnexplainedSQL, pgx.NamedArgs{"limit": limit})
	if err != nil {
		return nil, fmt.Errorf("take what is to be explained: %w", err)
	}
	taken, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (w written, err error) {
		err = row.Scan(&w.version, &w.project, (*[16]byte)(&w.trace))
		return w, err
	})
	if err != nil {
		return nil, fmt.Errorf("take what is to be explained: %w", err)
	}
	return taken, nil
}

const forgetUnexplainedSQL = `
DELETE FROM unexplained u
USING unnest(@segments::bigint[], @projects::integer[], @traces::uuid[]) AS k (segment, project_id, trace_id)
WHERE u.segment = k.segment AND u.project_id = k.project_id AND u.trace_id = k.trace_id`

func forgetUnexplained(ctx context.Context, tx pgx.Tx, taken []written) error {
	segments := make([]int64, len(taken))
	for i, w := range taken {
		segments[i] = w.version
	}
	projects, traces := keyArrays(taken, func(w written) traceKey { return w.traceKey })
	_, err := tx.Exec(ctx, forgetUnexplainedSQL, pgx.NamedArgs{"segments": segments, "projects": projects, "traces": traces})
	if err != nil {
		return fmt.Errorf("note what is explained: %w", err)
	}
	return nil
}

// giveUp forgets the execution that comes next.
func (w *factsWorker) giveUp(ctx context.Context) (n int, err error) {
	err = pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		taken, err := takeUnexplained(ctx, tx, 1)
		if err != nil || len(taken) == 0 {
			return err
		}
		n = len(taken)
		return forgetUnexplained(ctx, tx, taken)
	})
	return n, err
}

// explainSome finds the facts of up to limit executions, in one transaction.
func (w *factsWorker) explainSome(ctx context.Context, limit int) (n int, err error) {
	ctx, cancel := context.WithTimeout(ctx, w.opts.JobTimeout)
	defer cancel()
	err = pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		taken, err := takeUnexplained(ctx, tx, limit)
		if err != nil || len(taken) == 0 {
			return err
		}
		n = len(taken)
		many, alone, err := w.loadRecords(ctx, tx, taken)
		if err != nil {
			return err
		}
		found, err := w.explainMany(ctx, many)
		if err != nil {
			return err
		}
		for _, e := range alone {
			x, err := w.explainOne(ctx, e)
			if err != nil {
				return err
			}
			found = append(found, explained{e, x})
		}
		if err := w.saveFound(ctx, tx, found, taken); err != nil {
			return err
		}
		if err := w.noteHappenings(ctx, tx, explainedOf(taken, found)); err != nil {
			return err
		}
		return forgetUnexplained(ctx, tx, taken)
	})
	return n, err
}

// explained is an execution and what was found out about it.
type explained struct {
	xray.Execution
	found xray.Explanation
}

func (e *explained) key() traceKey { return traceKey{e.ProjectID, e.TraceID} }

// explainMany explains executions pipeline by pipeline, each in order of start,
// so that each is held against those before it.
func (w *factsWorker) explainMany(ctx context.Context, all []xray.Recorded) (found []explained, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: panic: %v\n%s", errUnexplainable, p, debug.Stack())
		}
	}()
	type pipeline struct {
		project int32
		name    string
	}
	byName := make(map[pipeline][]xray.Recorded)
	for _, r := range all {
		p := pipeline{r.Execution.ProjectID, r.Execution.Name}
		byName[p] = append(byName[p], r)
	}
	for _, runs := range byName {
		slices.SortStableFunc(runs, func(a, b xray.Recorded) int { return cmp.Compare(a.Execution.Start, b.Execution.Start) })
		history, err := w.Profiles(ctx, runs[0].Execution, xray.HistoryRuns)
		if err != nil {
			return nil, err
		}
		for i, x := range w.explainer.FromRecords(runs, history) {
			found = append(found, explained{runs[i].Execution, x})
		}
	}
	return found, nil
}

// explainOne explains an execution that is too large to be read with others, or
// that has to be read in another way.
func (w *factsWorker) explainOne(ctx context.Context, e xray.Execution) (x xray.Explanation, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: panic: %v\n%s", errUnexplainable, p, debug.Stack())
		}
	}()
	x, err = w.explainer.Explain(ctx, xray.ReasoningJob{ProjectID: e.ProjectID, TraceID: e.TraceID, FactsOnly: true})
	if code := xray.ErrorCode(err); code == xray.CodeInvalid || code == xray.CodeNotFound {
		return xray.Explanation{}, nil // deleted meanwhile
	}
	if err != nil && xray.ErrorCode(err) != xray.CodeUnavailable {
		err = fmt.Errorf("%w: %w", errUnexplainable, err)
	}
	return x, err
}
