package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	maxAnswers   = 5000 // kept of one project
	maxAnswerAge = 30 * 24 * time.Hour
)

// Answer returns what a model answered to a question of a project, in this
// process or another. Any failure is a miss.
func (s *Store) Answer(ctx context.Context, project int32, key [32]byte) (string, bool) {
	var answer string
	err := s.pool.QueryRow(ctx, `
		SELECT answer FROM reasoning_answers WHERE project_id = @project AND key = @key AND created_at > @oldest`,
		pgx.NamedArgs{"project": project, "key": key[:], "oldest": s.clock().Add(-maxAnswerAge)}).Scan(&answer)
	return answer, err == nil
}

// Keep stores an answer and forgets the oldest ones of the project. It is worth
// nothing but money: what fails is logged.
func (s *Store) Keep(ctx context.Context, project int32, key [32]byte, answer string) {
	now := s.clock()
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO reasoning_answers (project_id, key, answer, created_at) VALUES (@project, @key, @answer, @now)
			ON CONFLICT (project_id, key) DO UPDATE SET answer = EXCLUDED.answer, created_at = EXCLUDED.created_at`,
			pgx.NamedArgs{"project": project, "key": key[:], "answer": cleanText(answer, len(answer)), "now": now})
		if err != nil {
			return err
		}
		// Rides on reasoning_answers_age.
		_, err = tx.Exec(ctx, `
			DELETE FROM reasoning_answers WHERE project_id = @project AND (created_at < @oldest OR created_at < (
				SELECT created_at FROM reasoning_answers WHERE project_id = @project
				ORDER BY created_at DESC OFFSET @most LIMIT 1))`,
			pgx.NamedArgs{"project": project, "oldest": now.Add(-maxAnswerAge), "most": maxAnswers - 1})
		return err
	})
	if err != nil && ctx.Err() == nil {
		s.log.Warn("a model's answer is not kept for the next time", "error", err)
	}
}
