package store

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/xraytrace/xray"
)

//go:embed executionrows.sql
var saveExecutionsSQL string

const (
	unsettleSQL = `
INSERT INTO unsettled (project_id, trace_id, last_segment, arrived_nano)
SELECT u.*, @arrived::bigint
FROM unnest(@projects::integer[], @traces::uuid[], @segments::bigint[]) AS u
ON CONFLICT (project_id, trace_id) DO UPDATE
SET last_segment = EXCLUDED.last_segment, arrived_nano = EXCLUDED.arrived_nano
RETURNING project_id, trace_id, xmax = 0`

	// Rides on executions_pkey.
	loadExecutionsSQL = `
SELECT e.project_id, e.trace_id, e.start_nano, e.end_nano, e.first_segment, e.last_segment,
       e.input_tokens, e.output_tokens, e.cost_usd, e.step_count, e.error_count, e.status,
       e.has_root, e.has_payload, e.cost_partial, e.name, e.service, e.models, e.hints
FROM unnest(@projects::integer[], @traces::uuid[]) AS k (project_id, trace_id)
JOIN executions e ON e.project_id = k.project_id AND e.trace_id = k.trace_id`
)

// writeExecutions brings the rows of executions up to what a group says. Those
// that came whole it settles (atonce.go). For the others it reads, merges in Go
// and writes back; the row of unsettled, which it writes first, keeps everyone
// else away from the same execution meanwhile. ours are the group's segments,
// which this transaction has stored.
func (w *writer) writeExecutions(ctx context.Context, tx pgx.Tx, now time.Time, said []summary, ours []int64) (committed, error) {
	atOnce, err := w.chooseAtOnce(ctx, tx, said)
	if err != nil {
		return committed{}, err
	}
	stats := rollupDelta{}
	there, err := w.openExecutions(ctx, tx, now, said, atOnce, ours, stats)
	if err != nil {
		return committed{}, err
	}
	var added, rows []*execution
	var changed []traceKey
	var done, nothing []written
	out := committed{executions: len(said)}
	for i := range said {
		s := &said[i]
		note := written{traceKey: s.traceKey, version: s.last, arrived: now, hasRoot: s.HasRoot, pending: s.pending}
		row, final := there[s.traceKey], atOnce[s.traceKey]
		w.haste.note(s.project, row != nil && row.HasRoot)
		switch {
		case final != nil:
			s.Headline = final.headline
			stats.add(s.project, final.counts, +1)
			added, done = append(added, &s.execution), append(done, note)
			continue
		case row != nil:
			row.absorb(s)
			note.hasRoot = row.HasRoot
			rows = append(rows, row)
		case s.Start < xray.MaxNano || s.StepCount > 0 || s.pending:
			note.exact = outcomeOf(s)
			if s.HasRoot { // the row is already as settling will want it
				s.Headline = note.exact.headline
			}
			if s.StepCount > maxKept { // too much to remember
				note.exact = nil
			}
			added = append(added, &s.execution)
		default: // log records before any span
			nothing = append(nothing, note)
			continue
		}
		out.unsettled = append(out.unsettled, note)
	}
	if err := saveExecutions(ctx, tx, rows); err != nil {
		return committed{}, err
	}
	if err := copyExecutions(ctx, tx, added); err != nil {
		return committed{}, err
	}
	if err := forgetUnsettled(ctx, tx, nothing); err != nil {
		return committed{}, err
	}
	if out.facts, err = w.explainAtOnce(ctx, tx, done, atOnce); err != nil {
		return committed{}, err
	}
	if err := w.noteHappenings(ctx, tx, endsOf(done, atOnce)); err != nil {
		return committed{}, err
	}
	for _, row := range append(added, rows...) {
		changed = append(changed, row.traceKey)
	}
	if err := stats.log(ctx, tx); err != nil {
		return committed{}, err
	}
	return out, notify(ctx, tx, changed)
}

// openExecutions takes the locks of all executions but those in atOnce and
// returns the rows that are there. What they added to the statistics, if they
// were settled, is subtracted in stats.
func (w *writer) openExecutions(ctx context.Context, tx pgx.Tx, now time.Time, said []summary, atOnce map[traceKey]*settled, ours []int64, stats rollupDelta) (map[traceKey]*execution, error) {
	var keys []traceKey
	var segments []int64
	for i := range said {
		if atOnce[said[i].traceKey] == nil {
			keys, segments = append(keys, said[i].traceKey), append(segments, said[i].last)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	projects, traces := keyArrays(keys, func(k traceKey) traceKey { return k })
	fresh, err := unsettle(ctx, tx, pgx.NamedArgs{
		"projects": projects, "traces": traces, "segments": segments, "arrived": now.UnixNano(),
	})
	if err != nil {
		return nil, err
	}
	there, err := loadExecutions(ctx, tx, projects, traces)
	if err != nil {
		return nil, err
	}
	were := slices.DeleteFunc(fresh, func(w written) bool { return there[w.traceKey] == nil })
	return there, stats.withdraw(ctx, tx, were, there, ours)
}

// unsettle takes the locks of executions and returns those that were settled
// before, or are new.
func unsettle(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs) ([]written, error) {
	rows, err := tx.Query(ctx, unsettleSQL, args)
	if err != nil {
		return nil, fmt.Errorf("mark executions as unsettled: %w", err)
	}
	var fresh []written
	var w written
	var isNew bool
	_, err = pgx.ForEachRow(rows, []any{&w.project, (*[16]byte)(&w.trace), &isNew}, func() error {
		if isNew {
			fresh = append(fresh, w)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("mark executions as unsettled: %w", err)
	}
	return fresh, nil
}

func keyArrays[T any](all []T, key func(T) traceKey) ([]int32, []pgtype.UUID) {
	projects := make([]int32, len(all))
	traces := make([]pgtype.UUID, len(all))
	for i, one := range all {
		k := key(one)
		projects[i], traces[i] = k.project, pgtype.UUID{Bytes: k.trace, Valid: true}
	}
	return projects, traces
}

func loadExecutions(ctx context.Context, tx pgx.Tx, projects []int32, traces []pgtype.UUID) (map[traceKey]*execution, error) {
	rows, err := tx.Query(ctx, loadExecutionsSQL, pgx.NamedArgs{"projects": projects, "traces": traces})
	if err != nil {
		return nil, fmt.Errorf("load executions: %w", err)
	}
	found := make(map[traceKey]*execution)
	var e execution
	var raw []byte
	_, err = pgx.ForEachRow(rows, []any{
		&e.project, (*[16]byte)(&e.trace), &e.Start, &e.End, &e.first, &e.last,
		&e.InputTokens, &e.OutputTokens, &e.CostUSD, &e.StepCount, &e.ErrorCount, &e.Status,
		&e.HasRoot, &e.payload, &e.CostPartial, &e.baseName, &e.Service, &e.Models, &raw,
	}, func() error {
		row := e
		var err error
		row.hints, err = decodeHints(raw)
		found[row.traceKey] = &row
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load executions: %w", err)
	}
	return found, nil
}

// saveExecutions writes whole rows, new or not; of one that is there headline
// and funnel stay. rows come in key order. The caller holds their rows of unsettled.
func saveExecutions(ctx context.Context, tx pgx.Tx, rows []*execution) error {
	if len(rows) == 0 {
		return nil
	}
	c := newExecutionColumns(len(rows))
	for _, row := range rows {
		row.finish()
		if err := c.add(row); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, saveExecutionsSQL, c.args()); err != nil {
		return fmt.Errorf("save executions: %w", err)
	}
	return nil
}

// executionColumns holds rows by column, as unnest wants them.
type executionColumns struct {
	projects, steps, errors                                  []int32
	traces                                                   []pgtype.UUID
	start, end, first, last                                  []int64
	input, output                                            []*int64
	cost                                                     []*float64
	status                                                   []int16
	hasRoot, payload, partial                                []bool
	name, service, id, session, user, env, release, headline []string
	models, tags, hints                                      []*string
}

func newExecutionColumns(n int) *executionColumns {
	return &executionColumns{
		projects: make([]int32, 0, n), traces: make([]pgtype.UUID, 0, n), name: make([]string, 0, n),
	}
}

func (c *executionColumns) add(e *execution) error {
	hints, err := e.hints.encode()
	if err != nil {
		return err
	}
	c.projects = append(c.projects, e.project)
	c.traces = append(c.traces, pgtype.UUID{Bytes: e.trace, Valid: true})
	c.start, c.end = append(c.start, int64(e.Start)), append(c.end, int64(e.End))
	c.first, c.last = append(c.first, e.first), append(c.last, e.last)
	c.input, c.output = append(c.input, e.InputTokens), append(c.output, e.OutputTokens)
	c.cost = append(c.cost, e.CostUSD)
	c.steps, c.errors = append(c.steps, int32(e.StepCount)), append(c.errors, int32(e.ErrorCount))
	c.status = append(c.status, int16(e.Status))
	c.hasRoot = append(c.hasRoot, e.HasRoot)
	c.payload, c.partial = append(c.payload, e.payload), append(c.partial, e.CostPartial)
	c.name, c.service = append(c.name, e.Name), append(c.service, e.Service)
	c.id, c.session, c.user = append(c.id, e.ExecutionID), append(c.session, e.SessionID), append(c.user, e.UserID)
	c.env, c.release = append(c.env, e.Environment), append(c.release, e.Release)
	c.models, c.tags = append(c.models, arrayLiteral(e.Models)), append(c.tags, arrayLiteral(e.Tags))
	c.hints, c.headline = append(c.hints, hints), append(c.headline, e.Headline)
	return nil
}

func (c *executionColumns) args() pgx.NamedArgs {
	return pgx.NamedArgs{
		"projects": c.projects, "traces": c.traces, "start": c.start, "end": c.end, "first": c.first, "last": c.last,
		"input": c.input, "output": c.output, "cost": c.cost, "steps": c.steps, "errors": c.errors, "status": c.status,
		"has_root": c.hasRoot, "payload": c.payload, "partial": c.partial,
		"name": c.name, "service": c.service, "id": c.id, "session": c.session, "user": c.user,
		"env": c.env, "release": c.release, "models": c.models, "tags": c.tags, "hints": c.hints, "headline": c.headline,
	}
}

// arrayLiteral writes a text[] as text: unnest would flatten arrays of arrays.
// nil for none, which is NULL.
func arrayLiteral(texts []string) *string {
	if len(texts) == 0 {
		return nil
	}
	var b strings.Builder
	b.WriteByte('{')
	for i, t := range texts {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		b.WriteString(arrayEscaper().Replace(t))
		b.WriteByte('"')
	}
	b.WriteByte('}')
	s := b.String()
	return &s
}

func arrayEscaper() *strings.Replacer { return strings.NewReplacer(`\`, `\\`, `"`, `\"`) }
