package store

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// isSaid reports whether a field is about what was said of executions: those
// stand in tables of their own.
func isSaid(f xray.Field) bool {
	return f == xray.FieldScore || f == xray.FieldFeedback || f == xray.FieldNote
}

// said is the table s that a condition is on, and what must hold there.
func (c *compiler) said(w *xray.Condition) (from, holds string) {
	switch w.Field {
	case xray.FieldNote:
		return "notes", c.holds("s.text", w)
	case xray.FieldFeedback:
		holds = "s.name = '" + xray.FeedbackName + "'"
		if w.Op == xray.OpIs {
			whole, _ := split(w, maxHint)
			holds += " AND s.category = ANY(" + c.arg(whole) + "::text[])"
		}
		return "scores", holds
	}
	holds = "s.name = " + c.arg(cleanText(w.Key, maxHint))
	switch w.Op {
	case xray.OpHas:
	case xray.OpIs:
		var any []string
		for _, v := range w.Values {
			any = append(any, c.scoreIs(v))
		}
		holds += " AND " + either(any)
	default:
		holds += " AND " + c.number("s.number", w, numberOf)
	}
	return "scores", holds
}

// scoreIs compares the value of a score, which a number, a truth or a word may
// be.
func (c *compiler) scoreIs(v xray.Value) string {
	text := cleanText(v.Text, maxHint)
	if v.Prefix {
		return "s.category ^@ " + c.arg(text)
	}
	is := "s.category = " + c.arg(text)
	switch lower := strings.ToLower(text); lower {
	case "true", "false":
		is += " OR s.kind = 'boolean' AND s.number = " + strconv.Itoa(len("false")-len(lower))
	default:
		if n, err := strconv.ParseFloat(text, 64); err == nil && n-n == 0 { // a finite one
			is += " OR s.number = " + c.arg(n) + "::double precision"
		}
	}
	return "(" + is + ")"
}

// whereSaid asks for the executions that a condition holds for, if they are
// few. Rides on scores_category, scores_number or notes_execution.
func (c *compiler) whereSaid(w *xray.Condition) string {
	from, holds := c.said(w)
	return fmt.Sprintf("SELECT s.trace_id FROM %s s WHERE s.project_id = @project AND s.trace_id IS NOT NULL AND %s LIMIT %d", from, holds, fewTraces+1)
}

// selects compiles a filter, and narrows it to the executions of which
// something wanted was said where they are few: walking down the list until one
// comes would take as long as the list is.
func (s *Store) selects(ctx context.Context, project int32, f xray.Filter) (selection, error) {
	sel, err := selects(project, f, s.clock())
	if err != nil {
		return sel, err
	}
	for _, sql := range sel.said {
		rows, err := s.pool.Query(ctx, sql, maps.Clone(sel.args))
		if err != nil {
			return sel, unavailable(fmt.Errorf("look for scores and notes: %w", err))
		}
		traces, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (id xray.TraceID, err error) {
			return id, row.Scan((*[16]byte)(&id))
		})
		if err != nil {
			return sel, unavailable(fmt.Errorf("look for scores and notes: %w", err))
		}
		if len(traces) <= fewTraces {
			sel.among(traces)
		}
	}
	return sel, nil
}
