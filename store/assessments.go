package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

const (
	// maxScoreNames is how many names of scores a list shows of one execution.
	maxScoreNames = 20

	// Rides on scores_execution.
	summarizeScoresSQL = `
SELECT trace_id, name, count(*), (array_agg(kind ORDER BY at DESC, id DESC))[1], coalesce(avg(number), 0),
       coalesce((array_agg(category ORDER BY at DESC, id DESC) FILTER (WHERE category IS NOT NULL))[1], ''),
       count(*) FILTER (WHERE category = 'up'), count(*) FILTER (WHERE category = 'down')
FROM scores WHERE project_id = @project AND trace_id = ANY(@traces::uuid[])
GROUP BY trace_id, name ORDER BY trace_id, name`

	// Rides on notes_execution.
	countNotesSQL = "SELECT trace_id, count(*) FROM notes WHERE project_id = @project AND trace_id = ANY(@traces::uuid[]) GROUP BY trace_id"
)

// Assessments sums up what was said about executions; those of which nothing
// was said are not in it.
func (s *Store) Assessments(ctx context.Context, project int32, ids []xray.TraceID) (map[xray.TraceID]xray.Assessment, error) {
	args := pgx.NamedArgs{"project": project, "traces": uuids(ids)}
	out := make(map[xray.TraceID]xray.Assessment)
	rows, err := s.pool.Query(ctx, summarizeScoresSQL, args)
	if err != nil {
		return nil, unavailable(fmt.Errorf("sum up scores: %w", err))
	}
	var trace xray.TraceID
	var sum xray.ScoreSummary
	var up, down, notes int
	_, err = pgx.ForEachRow(rows, []any{(*[16]byte)(&trace), &sum.Name, &sum.Count, &sum.Kind, &sum.Mean, &sum.Category, &up, &down}, func() error {
		a := out[trace]
		if sum.Name == xray.FeedbackName {
			a.Up, a.Down = up, down
		} else if len(a.Scores) < maxScoreNames {
			a.Scores = append(a.Scores, sum)
		}
		out[trace] = a
		return nil
	})
	if err != nil {
		return nil, unavailable(fmt.Errorf("sum up scores: %w", err))
	}
	rows, err = s.pool.Query(ctx, countNotesSQL, args)
	if err != nil {
		return nil, unavailable(fmt.Errorf("count notes: %w", err))
	}
	_, err = pgx.ForEachRow(rows, []any{(*[16]byte)(&trace), &notes}, func() error {
		a := out[trace]
		a.Notes = notes
		out[trace] = a
		return nil
	})
	if err != nil {
		return nil, unavailable(fmt.Errorf("count notes: %w", err))
	}
	return out, nil
}
