package store

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/xraytrace/xray"
)

//go:embed sample.sql
var sampleSQL string

// facetLook is how many executions facets are counted in.
const facetLook = 20_000

// Facets returns the most frequent values of fields among the newest executions
// that a filter selects, each without the filter's conditions on the field
// itself. Fields that have no column are CodeInvalid.
func (s *Store) Facets(ctx context.Context, project int32, q xray.FacetQuery) (xray.Facets, error) {
	now := s.clock()
	lastDay(&q.Filter, now)
	var apart, together []xray.Field
	for _, f := range q.Fields {
		if slices.ContainsFunc(q.Where, func(c xray.Condition) bool { return c.Field == f }) {
			apart = append(apart, f)
		} else {
			together = append(together, f)
		}
	}
	out, err := s.sample(ctx, project, q.Filter, together, q.Limit)
	if err != nil {
		return out, err
	}
	for _, f := range apart {
		own, err := s.sample(ctx, project, without(q.Filter, f), []xray.Field{f}, q.Limit)
		if err != nil {
			return out, err
		}
		out.Facets = append(out.Facets, own.Facets...)
		out.SearchedTo = max(out.SearchedTo, own.SearchedTo)
	}
	slices.SortFunc(out.Facets, func(a, b xray.Facet) int {
		return slices.Index(q.Fields, a.Field) - slices.Index(q.Fields, b.Field)
	})
	return out, nil
}

// lastDay fills in the range of a filter that has none.
func lastDay(f *xray.Filter, now time.Time) {
	if f.Since == 0 {
		until := f.Until
		if until == 0 {
			until = xray.Nano(now.UnixNano())
		}
		f.Since = until - xray.Nano(24*time.Hour)
	}
}

// without is f without what it says about a field.
func without(f xray.Filter, field xray.Field) xray.Filter {
	f.Where = slices.DeleteFunc(slices.Clone(f.Where), func(c xray.Condition) bool { return c.Field == field })
	return f
}

// sample counts the values of fields among what a filter selects.
func (s *Store) sample(ctx context.Context, project int32, f xray.Filter, fields []xray.Field, limit int) (xray.Facets, error) {
	sel, err := s.selects(ctx, project, f)
	if err != nil {
		return xray.Facets{}, err
	}
	return s.count(ctx, sel, fields, "", "", limit)
}

// count counts values that begin with a prefix, in any letter case. What only a
// search finds is found first, and then counted.
func (s *Store) count(ctx context.Context, sel selection, fields []xray.Field, key, prefix string, limit int) (xray.Facets, error) {
	if sel.inSQL() {
		return s.counted(ctx, sel, fields, key, prefix, limit)
	}
	page, err := s.seek(ctx, sel, nil, sieveLook)
	if err != nil {
		return xray.Facets{}, unavailable(fmt.Errorf("count values: %w", err))
	}
	traces := make([]pgtype.UUID, len(page.Executions))
	for i, e := range page.Executions {
		traces[i] = pgtype.UUID{Bytes: e.TraceID, Valid: true}
	}
	found := selection{args: pgx.NamedArgs{"project": sel.project(), "traces": traces}, anchor: "\n  AND e.trace_id = ANY(@traces)"}
	out, err := s.counted(ctx, found, fields, key, prefix, limit)
	if out.SearchedTo = page.SearchedTo; len(page.Executions) == sieveLook {
		out.SearchedTo = page.Executions[sieveLook-1].Start
	}
	return out, err
}

// counted reads what sample.sql gives.
func (s *Store) counted(ctx context.Context, sel selection, fields []xray.Field, key, prefix string, limit int) (xray.Facets, error) {
	var out xray.Facets
	sql, args, err := sampleQuery(sel, fields, key, prefix, limit)
	if err != nil {
		return out, err
	}
	for _, f := range fields {
		out.Facets = append(out.Facets, xray.Facet{Field: f})
	}
	rows, err := s.of(sel.project()).Query(ctx, sql, args)
	if err != nil {
		return out, unavailable(fmt.Errorf("count values: %w", err))
	}
	var field int
	var value string
	var n, fits int64
	_, err = pgx.ForEachRow(rows, []any{&field, &value, &n, &fits}, func() error {
		switch {
		case field < 0:
			out.Counted = fits
			if first, err := strconv.ParseInt(value, 10, 64); err == nil && n == facetLook {
				out.SearchedTo = xray.Nano(first)
			}
		case len(out.Facets[field].Values) == limit:
			out.Facets[field].More = true
		default:
			out.Facets[field].Values = append(out.Facets[field].Values, xray.ValueCount{Value: value, Count: n})
		}
		return nil
	})
	if err != nil {
		return out, unavailable(fmt.Errorf("count values: %w", err))
	}
	return out, nil
}

// sampleQuery asks for one more than limit values of each field.
func sampleQuery(sel selection, fields []xray.Field, key, prefix string, limit int) (string, pgx.NamedArgs, error) {
	args := maps.Clone(sel.args)
	args["look"], args["most"] = facetLook, limit+1
	begins := ""
	if prefix != "" {
		args["begins"] = "^" + foldPattern(prefix)
		begins = " AND v.value ~ @begins"
	}
	var parts strings.Builder
	for i, f := range fields {
		from, ok := valuesOf(f, key != "")
		if !ok {
			return "", nil, xray.Errorf(xray.CodeInvalid, "values of %s are not collected: type one", f)
		}
		n := "count(*)"
		if isSaid(f) { // the same may have been said of an execution twice
			n = "count(DISTINCT e.trace_id)"
		}
		fmt.Fprintf(&parts, "UNION ALL (SELECT %d, v.value, %[4]s, 0 FROM e, %[2]s WHERE v.value <> ''%[3]s GROUP BY v.value ORDER BY %[4]s DESC, v.value LIMIT @most)\n", i, from, begins, n)
	}
	if key != "" {
		args["key"] = cleanText(key, maxHint)
	}
	hints := ""
	if slices.Contains(fields, xray.FieldMeta) {
		hints = ", e.hints"
	}
	return fmt.Sprintf(sampleSQL, sel.anchor, cmp.Or(sel.rest, "true"), parts.String(), hints), args, nil
}

// valuesOf is where the values of a field stand in a row of executions e. Those
// of keyed fields are their keys, or what stands under @key.
func valuesOf(f xray.Field, keyed bool) (sql string, ok bool) {
	column := ""
	switch f {
	case xray.FieldStatus:
		return "LATERAL (SELECT (ARRAY['running', 'ok', 'error'])[e.status + 1] AS value) v", true
	case xray.FieldModel, xray.FieldStepModel:
		return "unnest(e.models) AS v (value)", true
	case xray.FieldTag:
		return "unnest(e.tags) AS v (value)", true
	case xray.FieldMeta:
		if keyed {
			return "LATERAL (SELECT left(e.hints->'metadata'->@key::text->>'v', 200) AS value) v", true
		}
		return "json_object_keys(CASE WHEN json_typeof(e.hints->'metadata') = 'object' THEN e.hints->'metadata' END) AS v (value)", true
	case xray.FieldFeedback:
		return saidOf("s.category", "s.name = '"+xray.FeedbackName+"'"), true
	case xray.FieldScore:
		if keyed {
			return saidOf("coalesce(s.category, CASE s.kind WHEN 'boolean' THEN (s.number = 1)::text ELSE s.number::text END)", "s.name = @key"), true
		}
		return saidOf("s.name", "s.name <> '"+xray.FeedbackName+"'"), true
	case xray.FieldName:
		column = "name"
	case xray.FieldService, xray.FieldStepService:
		column = "service"
	case xray.FieldSession:
		column = "session_id"
	case xray.FieldUser:
		column = "user_id"
	case xray.FieldEnvironment:
		column = "environment"
	case xray.FieldRelease:
		column = "release"
	default:
		return "", false
	}
	return "LATERAL (SELECT e." + column + " AS value) v", true
}

// saidOf is a column of the scores of an execution e. It holds no DISTINCT, so
// that PostgreSQL may read the scores once rather than for each execution.
func saidOf(column, which string) string {
	return "LATERAL (SELECT " + column + " AS value FROM scores s WHERE s.project_id = @project AND s.trace_id = e.trace_id AND " + which + ") v"
}
