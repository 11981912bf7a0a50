package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// FactFinder explains an execution from facts alone, without a model.
type FactFinder interface {
	FromFacts(ctx context.Context, project int32, id xray.TraceID) (xray.Explanation, error)
}

const (
	recomputePage = 200

	// explainedSQL rides on executions_newest, and on primary keys. Where the
	// payloads have expired the facts that are there are all that will ever be.
	explainedSQL = `
SELECT e.project_id, e.trace_id, e.start_nano
FROM executions e
WHERE (e.project_id, e.start_nano, e.trace_id) > (@project, @start, @trace)
  AND EXISTS (SELECT FROM facts f WHERE f.project_id = e.project_id AND f.trace_id = e.trace_id)
  AND EXISTS (SELECT FROM segments g WHERE g.id = e.first_segment)
ORDER BY e.project_id, e.start_nano, e.trace_id
LIMIT @limit`
)

// Recompute finds the facts of every explained execution anew, the oldest
// first, so that each is held against the new profiles of those before it.
// What a model has written stays, with the facts that it cites under their new
// ids. progress is called now and then; it may be nil. It can be run beside
// everything else, and again.
func (s *Store) Recompute(ctx context.Context, find FactFinder, progress func(done int)) error {
	last := pgx.NamedArgs{"project": int32(0), "start": int64(-1 << 63), "trace": make([]byte, 16), "limit": recomputePage}
	for done := 0; ; {
		rows, err := s.pool.Query(ctx, explainedSQL, last)
		if err != nil {
			return unavailable(fmt.Errorf("list explained executions: %w", err))
		}
		var page []traceKey
		var k traceKey
		var start int64
		_, err = pgx.ForEachRow(rows, []any{&k.project, (*[16]byte)(&k.trace), &start}, func() error {
			page = append(page, k)
			return nil
		})
		if err != nil {
			return unavailable(fmt.Errorf("list explained executions: %w", err))
		}
		for _, k := range page {
			if err := s.recompute(ctx, find, k); err != nil {
				return unavailable(fmt.Errorf("find the facts of %s: %w", k.trace, err))
			}
			done++
			if progress != nil {
				progress(done)
			}
		}
		if len(page) < recomputePage {
			return nil
		}
		last["project"], last["start"], last["trace"] = k.project, start, slices.Clone(k.trace[:])
	}
}

// recompute leaves alone an execution that was deleted meanwhile.
func (s *Store) recompute(ctx context.Context, find FactFinder, key traceKey) error {
	x, err := find.FromFacts(ctx, key.project, key.trace)
	if code := xray.ErrorCode(err); code == xray.CodeNotFound || code == xray.CodeInvalid {
		return nil
	}
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return s.replaceFound(ctx, tx, key, x) })
}

// replaceFound writes what facts say now of an execution that had been
// explained before, and leaves what a model has written.
func (s *Store) replaceFound(ctx context.Context, tx pgx.Tx, key traceKey, x xray.Explanation) error {
	old, err := replaceFacts(ctx, tx, key, x)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("replace facts: %w", err)
	}
	if err := replaceOwnReasonings(ctx, tx, key, x, s.clock()); err != nil {
		return err
	}
	if err := renumberClaims(ctx, tx, key, newNumbers(old, x.Facts)); err != nil {
		return fmt.Errorf("renumber claims: %w", err)
	}
	return notify(ctx, tx, []traceKey{key})
}

// replaceFacts returns those that were there; pgx.ErrNoRows if none were.
func replaceFacts(ctx context.Context, tx pgx.Tx, key traceKey, x xray.Explanation) (old []xray.Fact, err error) {
	var was []byte
	err = tx.QueryRow(ctx, "SELECT facts FROM facts WHERE project_id = $1 AND trace_id = $2 FOR UPDATE", key.project, key.trace[:]).Scan(&was)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(was, &old); err != nil {
		return nil, err
	}
	return old, saveFacts(ctx, tx, xray.ReasoningJob{ProjectID: key.project, TraceID: key.trace}, x)
}

// replaceOwnReasonings writes what facts say where no model has written, and the
// headline unless a model's is about this very record.
func replaceOwnReasonings(ctx context.Context, tx pgx.Tx, key traceKey, x xray.Explanation, now time.Time) error {
	args := pgx.NamedArgs{
		"project": key.project, "trace": key.trace[:], "headline": cleanText(x.Headline, maxName), "funnel": x.Funnel, "record": x.Record[:],
	}
	_, err := tx.Exec(ctx, "DELETE FROM reasonings WHERE project_id = @project AND trace_id = @trace AND source = 'facts'", args)
	if err != nil {
		return fmt.Errorf("replace reasonings: %w", err)
	}
	_, err = tx.Exec(ctx, `
		UPDATE executions SET funnel = @funnel, headline = CASE
			WHEN @headline::text = '' OR EXISTS (SELECT FROM reasonings r
				WHERE r.project_id = @project AND r.trace_id = @trace AND r.step_id = 0
				  AND coalesce(r.record = @record, true)) THEN headline
			ELSE @headline END
		WHERE project_id = @project AND trace_id = @trace`, args)
	if err != nil {
		return fmt.Errorf("save headline: %w", err)
	}
	var batch pgx.Batch
	job := begun{ReasoningJob: xray.ReasoningJob{ProjectID: key.project, TraceID: key.trace}}
	for i := range x.Reasonings { // a model's are not overwritten
		if err := queueReasoning(&batch, job, &x.Reasonings[i], x.Record, now); err != nil {
			return err
		}
	}
	if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
		return fmt.Errorf("save reasonings: %w", err)
	}
	return nil
}

// newNumbers leads from the ids of old facts to those of the facts that now say
// the same: word for word, else of the same kind at the same place.
func newNumbers(old, now []xray.Fact) map[string]string {
	byText, byPlace := map[string]string{}, map[string]string{}
	place := func(f xray.Fact) string { return f.Kind + " " + f.StepID + " " + strings.Join(f.Pointers, " ") }
	for _, f := range slices.Backward(now) {
		byText[f.StepID+" "+f.Text], byPlace[place(f)] = f.ID, f.ID
	}
	out := map[string]string{}
	for _, f := range old {
		if id, ok := byText[f.StepID+" "+f.Text]; ok {
			out[f.ID] = id
		} else if id, ok := byPlace[place(f)]; ok {
			out[f.ID] = id
		}
	}
	return out
}

// renumberClaims gives a model's claims the new ids of the facts they cite. A
// fact that nobody finds any more is cited no longer.
func renumberClaims(ctx context.Context, tx pgx.Tx, key traceKey, ids map[string]string) error {
	rows, err := tx.Query(ctx, "SELECT step_id, claims FROM reasonings WHERE project_id = $1 AND trace_id = $2 AND source = 'model'", key.project, key.trace[:])
	if err != nil {
		return err
	}
	claims := map[int64][]xray.Claim{}
	var step int64
	var raw []byte
	_, err = pgx.ForEachRow(rows, []any{&step, &raw}, func() error {
		var list []xray.Claim
		err := json.Unmarshal(raw, &list)
		claims[step] = list
		return err
	})
	if err != nil {
		return err
	}
	for step, list := range claims {
		for i := range list {
			cited := []string{}
			for _, id := range list[i].Facts {
				if now, ok := ids[id]; ok {
					cited = append(cited, now)
				}
			}
			list[i].Facts = cited
		}
		text, err := json.Marshal(list)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE reasonings SET claims = $4::text::json WHERE project_id = $1 AND trace_id = $2 AND step_id = $3", key.project, key.trace[:], step, string(text))
		if err != nil {
			return err
		}
	}
	return nil
}
