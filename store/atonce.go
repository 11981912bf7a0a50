package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// Most traces come whole: the root has ended and every step's parent is there.
// Waiting for them to be quiet would be waiting for nothing, and the row of
// unsettled that does the waiting costs PostgreSQL a quarter of what it takes to
// store small spans. Such an execution is settled by the transaction that stores
// it. What comes later all the same unsettles it, as ever.

// isWhole reports whether these distinct steps look like all of an execution.
func isWhole(steps []*xray.Step) bool {
	if len(steps) > maxKept {
		return false
	}
	rooted := false
	for i, s := range steps {
		switch {
		case s.Pending:
			return false
		case s.ParentID.IsZero():
			rooted = true
		case i > 0 && s.ParentID == steps[i-1].ParentID || s.ParentID == steps[0].SpanID: // a sibling, a child of the first
		case firstOf(steps, func(p *xray.Step) bool { return p.SpanID == s.ParentID }) == nil:
			return false
		}
	}
	return rooted
}

// settlesAtOnce reports whether nothing is gained by waiting for more: an
// explanation that costs money, or messages that may come in log records. Who
// has no model may know of another process that has (chooseAtOnce).
func (s *Store) settlesAtOnce(sum *summary, final *settled) bool {
	return sum.whole && !final.logs && (!final.job || s.opts.FactsOnly) && s.haste.allowed(sum.project)
}

// haste counts, for each project, how often spans came after the root. Where one
// trace in eight is like that, as where many services have a part in each,
// settling at once is settling twice.
type haste struct {
	mu        sync.Mutex
	byProject map[int32]*arrivalCount
}

type arrivalCount struct{ begun, late int }

const (
	hasteShare  = 8    // one execution in so many may be late
	hasteMemory = 2000 // executions that the share is about
)

func (h *haste) note(project int32, late bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := h.byProject[project]
	if c == nil {
		if h.byProject == nil {
			h.byProject = make(map[int32]*arrivalCount)
		}
		c = &arrivalCount{}
		h.byProject[project] = c
	}
	if late {
		c.late++
	} else {
		c.begun++
	}
	if c.begun+c.late > hasteMemory {
		c.begun, c.late = c.begun/2, c.late/2
	}
}

func (h *haste) allowed(project int32) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := h.byProject[project]
	return c == nil || c.late < hasteShare || c.late*hasteShare <= c.begun
}

// Rides on executions_pkey.
const knownSQL = `
SELECT e.project_id, e.trace_id
FROM unnest(@projects::integer[], @traces::uuid[]) AS k (project_id, trace_id)
JOIN executions e ON e.project_id = k.project_id AND e.trace_id = k.trace_id`

// chooseAtOnce returns the final states of those that this transaction is to
// settle: new ones, as far as it can see. No lock keeps others from writing the
// same execution first; then executions_pkey refuses ours, and the group is
// stored again, knowing it.
func (s *Store) chooseAtOnce(ctx context.Context, tx pgx.Tx, said []summary) (map[traceKey]*settled, error) {
	chosen := make(map[traceKey]*settled)
	var keys []traceKey
	var asking []int32 // projects with something to explain
	for i := range said {
		if sum := &said[i]; sum.whole {
			if final := outcomeOf(sum); s.settlesAtOnce(sum, final) {
				chosen[sum.traceKey] = final
				keys = append(keys, sum.traceKey)
				if final.job && !slices.Contains(asking, sum.project) {
					asking = append(asking, sum.project)
				}
			}
		}
	}
	if len(keys) == 0 {
		return chosen, nil
	}
	if err := leaveToModels(ctx, tx, asking, chosen); err != nil {
		return nil, err
	}
	projects, traces := keyArrays(keys, func(k traceKey) traceKey { return k })
	rows, err := tx.Query(ctx, knownSQL, pgx.NamedArgs{"projects": projects, "traces": traces})
	if err != nil {
		return nil, fmt.Errorf("look for executions: %w", err)
	}
	var k traceKey
	_, err = pgx.ForEachRow(rows, []any{&k.project, (*[16]byte)(&k.trace)}, func() error {
		delete(chosen, k)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for executions: %w", err)
	}
	return chosen, nil
}

// explainAtOnce notes those of the executions settled at once whose facts are to
// be found. It returns whether there are any.
func (s *Store) explainAtOnce(ctx context.Context, tx pgx.Tx, done []written, outcomes map[traceKey]*settled) (bool, error) {
	if s.opts.FactsShare < 0 {
		return false, nil
	}
	plain := s.choosePlain(done, outcomes)
	rows, n := newCopy(64*len(done)), 0
	for i := range done {
		if w := &done[i]; outcomes[w.traceKey].job || plain[w.traceKey] {
			n++
			rows.row(3)
			rows.int8(w.version)
			rows.bytes(w.trace[:])
			rows.int4(w.project)
		}
	}
	if n == 0 {
		return false, nil
	}
	return true, rows.send(ctx, tx, "unexplained", "segment, trace_id, project_id")
}

// Few rows in both tables. A row of a process that is gone is there for two
// minutes at most.
const modelledSQL = `
SELECT p FROM unnest(@projects::integer[]) AS p
WHERE EXISTS (SELECT FROM reasoning_settings r WHERE r.project_id = p AND r.base_url <> '')
   OR EXISTS (SELECT FROM model_processes)`

// leaveToModels takes from chosen what some process may have a model explain.
func leaveToModels(ctx context.Context, tx pgx.Tx, projects []int32, chosen map[traceKey]*settled) error {
	if len(projects) == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, modelledSQL, pgx.NamedArgs{"projects": projects})
	if err != nil {
		return fmt.Errorf("look for processes with a model: %w", err)
	}
	modelled, err := pgx.CollectRows(rows, pgx.RowTo[int32])
	if err != nil {
		return fmt.Errorf("look for processes with a model: %w", err)
	}
	if len(modelled) > 0 {
		maps.DeleteFunc(chosen, func(k traceKey, final *settled) bool {
			return final.job && slices.Contains(modelled, k.project)
		})
	}
	return nil
}
