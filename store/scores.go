package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/xraytrace/xray"
)

const scoreColumns = `id, trace_id, execution_id, step_id, claim, name, kind, coalesce(number, 0), coalesce(category, ''),
	comment, source, author, user_id, client_id, at`

const (
	// Who is meant by a reference: the execution with the trace id, else the newest
	// with the client's own id. Rides on executions_pkey and executions_own_id.
	findSubjectsSQL = `
SELECT k.n, coalesce(
    (SELECT e.trace_id FROM executions e WHERE e.project_id = @project AND e.trace_id = k.trace),
    (SELECT e.trace_id FROM executions e WHERE e.project_id = @project AND e.execution_id = k.own AND e.execution_id <> ''
     ORDER BY e.start_nano DESC LIMIT 1))
FROM unnest(@traces::uuid[], @owns::text[]) WITH ORDINALITY AS k (trace, own, n)`

	// A score with the id of another replaces it, but not that of another person.
	saveScoreSQL = `
INSERT INTO scores (project_id, trace_id, execution_id, step_id, claim, name, kind, number, category, comment, source, author, user_id, client_id, at)
VALUES (@project, @trace, @own, @step, @claim, @name, @kind, @number, @category, @comment, @source, @author, @user, @client, @at)
ON CONFLICT (project_id, client_id) WHERE client_id <> '' DO UPDATE SET
    trace_id = EXCLUDED.trace_id, execution_id = EXCLUDED.execution_id, step_id = EXCLUDED.step_id, claim = EXCLUDED.claim,
    name = EXCLUDED.name, kind = EXCLUDED.kind, number = EXCLUDED.number, category = EXCLUDED.category,
    comment = EXCLUDED.comment, source = EXCLUDED.source, author = EXCLUDED.author, at = EXCLUDED.at
WHERE scores.user_id = EXCLUDED.user_id
RETURNING ` + scoreColumns

	// Rides on scores_execution and scores_waiting.
	listScoresSQL = `
SELECT ` + scoreColumns + ` FROM scores
WHERE project_id = @project AND (trace_id = @trace OR trace_id IS NULL AND execution_id = ANY(@owns))
ORDER BY at DESC, id DESC LIMIT @most`

	deleteScoreSQL = `
DELETE FROM scores
WHERE project_id = @project AND id = @id AND (trace_id = @trace OR trace_id IS NULL AND execution_id = ANY(@owns))
  AND (@anybody OR user_id = @user)`
)

// SaveScores keeps scores, all or none, and returns them as they are kept. A
// person has one thumb on each thing: a second replaces the first. Each score
// names its execution by ExecutionID: a trace id in hex or the client's own id.
// One that no execution has yet is kept, and belongs to the execution that comes
// under it. A score whose ClientID is another person's is CodeConflict.
func (s *Store) SaveScores(ctx context.Context, project int32, scores []xray.Score) ([]xray.Score, error) {
	var kept []xray.Score
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		subjects, err := findSubjects(ctx, tx, project, scores)
		if err != nil {
			return err
		}
		var batch pgx.Batch
		var changed []traceKey
		for i, score := range scores {
			if subjects[i].Valid {
				changed = append(changed, traceKey{project, subjects[i].Bytes})
			}
			batch.Queue(saveScoreSQL, scoreArgs(project, subjects[i], score))
		}
		results := tx.SendBatch(ctx, &batch)
		for _, score := range scores {
			rows, _ := results.Query() // its error comes again from the rows
			saved, err := pgx.CollectExactlyOneRow(rows, scanScore)
			if errors.Is(err, pgx.ErrNoRows) {
				err = xray.Errorf(xray.CodeConflict, "another person has a score with the id %q: choose another id, or leave it out", clip(score.ClientID, 100))
			}
			if err != nil {
				return errors.Join(err, results.Close())
			}
			kept = append(kept, saved)
		}
		if err := results.Close(); err != nil {
			return err
		}
		return notify(ctx, tx, changed)
	})
	if err != nil {
		return nil, unavailable(fmt.Errorf("save scores: %w", err))
	}
	return kept, nil
}

// findSubjects looks for the executions that scores are about.
func findSubjects(ctx context.Context, tx pgx.Tx, project int32, scores []xray.Score) ([]pgtype.UUID, error) {
	traces, owns := make([]pgtype.UUID, len(scores)), make([]string, len(scores))
	for i, score := range scores {
		if id, err := xray.ParseTraceID(score.ExecutionID); err == nil {
			traces[i] = pgtype.UUID{Bytes: id, Valid: true}
		}
		owns[i] = cleanText(score.ExecutionID, maxHint)
	}
	rows, err := tx.Query(ctx, findSubjectsSQL, pgx.NamedArgs{"project": project, "traces": traces, "owns": owns})
	if err != nil {
		return nil, fmt.Errorf("find executions: %w", err)
	}
	found := make([]pgtype.UUID, len(scores))
	var n int
	var trace pgtype.UUID
	_, err = pgx.ForEachRow(rows, []any{&n, &trace}, func() error {
		found[n-1] = trace
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find executions: %w", err)
	}
	return found, nil
}

func scoreArgs(project int32, trace pgtype.UUID, s xray.Score) pgx.NamedArgs {
	args := pgx.NamedArgs{
		"project": project, "trace": trace, "own": "", "step": spanInt(s.StepID), "claim": cleanText(s.Claim, maxHint),
		"name": cleanText(s.Name, maxHint), "kind": s.Kind, "number": nil, "category": nil,
		"comment": cleanText(s.Comment, len(s.Comment)), "source": s.Source, "author": cleanText(s.Author, maxHint),
		"user": s.UserID, "client": cleanText(s.ClientID, maxHint), "at": s.At,
	}
	if s.Name == xray.FeedbackName && s.Source == xray.ScoreHuman && s.ClientID == "" {
		args["client"] = thumbID(trace, s)
	}
	if !trace.Valid {
		args["own"] = cleanText(s.ExecutionID, maxHint)
	}
	if s.Kind == xray.ScoreCategory {
		args["category"] = cleanText(s.Category, maxHint)
	} else {
		args["number"] = s.Number
	}
	return args
}

// thumbID makes somebody's second thumb on a thing replace the first.
func thumbID(trace pgtype.UUID, s xray.Score) string {
	subject := s.ExecutionID
	if trace.Valid {
		subject = xray.TraceID(trace.Bytes).String()
	}
	return cleanText(fmt.Sprintf("thumb/%d/%s/%s/%s/%s", s.UserID, s.Author, s.StepID, s.Claim, subject), maxHint)
}

func scanScore(row pgx.CollectableRow) (xray.Score, error) {
	var s xray.Score
	var trace pgtype.UUID
	var step int64
	err := row.Scan(&s.ID, &trace, &s.ExecutionID, &step, &s.Claim, &s.Name, &s.Kind, &s.Number, &s.Category,
		&s.Comment, &s.Source, &s.Author, &s.UserID, &s.ClientID, &s.At)
	s.TraceID, s.StepID = trace.Bytes, spanID(step)
	return s, err
}

// Scores returns what was said about an execution, the newest first and at most
// [xray.MaxScores]; also of one that has not arrived yet. Neither an execution
// nor a score is CodeNotFound.
func (s *Store) Scores(ctx context.Context, project int32, ref string) ([]xray.Score, error) {
	args, err := s.subject(ctx, project, ref)
	if err != nil {
		return nil, err
	}
	args["most"] = xray.MaxScores
	rows, err := s.pool.Query(ctx, listScoresSQL, args)
	if err != nil {
		return nil, unavailable(fmt.Errorf("list scores: %w", err))
	}
	scores, err := pgx.CollectRows(rows, scanScore)
	if err != nil {
		return nil, unavailable(fmt.Errorf("list scores: %w", err))
	}
	if len(scores) == 0 && args["trace"] == nil {
		return nil, noExecution(ref)
	}
	return scores, nil
}

// subject names the execution that a reference means, and whatever scores may
// be waiting under for it.
func (s *Store) subject(ctx context.Context, project int32, ref string) (pgx.NamedArgs, error) {
	own := cleanText(ref, maxHint)
	args := pgx.NamedArgs{"project": project, "trace": nil, "owns": []string{own}}
	e, err := s.Execution(ctx, project, ref)
	switch {
	case xray.ErrorCode(err) == xray.CodeNotFound:
	case err != nil:
		return nil, err
	default:
		args["trace"], args["owns"] = e.TraceID[:], []string{own, e.ExecutionID, e.TraceID.String()}
	}
	return args, nil
}

// DeleteScore takes back a score of an execution: one of this user's, or
// anybody's if anybody. None is CodeNotFound.
func (s *Store) DeleteScore(ctx context.Context, project int32, ref string, id, user int64, anybody bool) error {
	args, err := s.subject(ctx, project, ref)
	if err != nil {
		return err
	}
	args["id"], args["user"], args["anybody"] = id, user, anybody
	return s.judged(ctx, project, args, deleteScoreSQL, xray.Errorf(xray.CodeNotFound,
		"there is no score %d on this execution that you may delete: list them with GET /api/executions/%s/scores", id, clip(ref, 100)))
}

// judged runs a statement on what was said about an execution, and tells those
// who look at it. No row is none.
func (s *Store) judged(ctx context.Context, project int32, args pgx.NamedArgs, sql string, none error) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, sql, args)
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return none
		}
		if trace, ok := args["trace"].([]byte); ok {
			return notify(ctx, tx, []traceKey{{project, xray.TraceID(trace)}})
		}
		return nil
	})
	if err != nil {
		return unavailable(fmt.Errorf("change what was said of an execution: %w", err))
	}
	return nil
}
