package store

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// stepNamesSQL takes the names of steps from the statistics of the last weeks.
// Rides on rollups_pkey, once for each name of an execution.
const stepNamesSQL = `
SELECT r.step, sum(r.count)::bigint
FROM unnest(@names::text[]) AS n (name)
CROSS JOIN LATERAL (SELECT step, count FROM rollups
                    WHERE project_id = @project AND name = n.name AND minutes = 1440 AND bucket >= @since AND step <> '') r
WHERE r.step ~ @begins
GROUP BY r.step HAVING sum(r.count) > 0
ORDER BY 2 DESC, 1
LIMIT @most`

// stepNameDays is how far back names of steps are collected.
const stepNameDays = 30

// Values returns observed values of a field: the most frequent among the newest
// executions that the filter selects, then, of names and services, all others
// with a count of 0. Values of FieldStep are counted in steps.
func (s *Store) Values(ctx context.Context, project int32, q xray.ValueQuery) (xray.Facet, error) {
	switch q.Field {
	case xray.FieldStep:
		return s.stepNames(ctx, project, q)
	case xray.FieldAttr:
		return s.attributes(ctx, project, q)
	}
	sel, err := s.selects(ctx, project, q.Filter)
	if err != nil {
		return xray.Facet{}, err
	}
	found, err := s.count(ctx, sel, []xray.Field{q.Field}, q.Key, q.Prefix, q.Limit)
	if err != nil {
		return xray.Facet{}, err
	}
	out := found.Facets[0]
	switch q.Field {
	case xray.FieldName:
		err = s.addRare(ctx, project, "name", q, &out)
	case xray.FieldService, xray.FieldStepService:
		err = s.addRare(ctx, project, "service", q, &out)
	}
	return out, err
}

// addRare adds values of an indexed column that the newest executions do not
// have.
func (s *Store) addRare(ctx context.Context, project int32, column string, q xray.ValueQuery, out *xray.Facet) error {
	all, err := s.distinct(ctx, project, column)
	if err != nil {
		return err
	}
	begins, err := beginning(q.Prefix)
	if err != nil {
		return err
	}
	for _, value := range all {
		if !begins.MatchString(value) || slices.ContainsFunc(out.Values, func(v xray.ValueCount) bool { return v.Value == value }) {
			continue
		}
		if len(out.Values) == q.Limit {
			out.More = true
			break
		}
		out.Values = append(out.Values, xray.ValueCount{Value: value})
	}
	return nil
}

func beginning(prefix string) (*regexp.Regexp, error) {
	begins, err := regexp.Compile("^" + foldPattern(prefix))
	if err != nil {
		return nil, fmt.Errorf("match a prefix: %w", err)
	}
	return begins, nil
}

func (s *Store) stepNames(ctx context.Context, project int32, q xray.ValueQuery) (xray.Facet, error) {
	out := xray.Facet{Field: q.Field}
	names, err := s.Names(ctx, project)
	if err != nil {
		return out, err
	}
	rows, err := s.of(project).Query(ctx, stepNamesSQL, pgx.NamedArgs{
		"project": project, "names": names, "begins": "^" + foldPattern(q.Prefix), "most": q.Limit + 1,
		"since": floorTo(s.clock().AddDate(0, 0, -stepNameDays).Unix()/60, minutesPerDay),
	})
	if err != nil {
		return out, unavailable(fmt.Errorf("list names of steps: %w", err))
	}
	out.Values, err = pgx.CollectRows(rows, pgx.RowToStructByPos[xray.ValueCount])
	if err != nil {
		return out, unavailable(fmt.Errorf("list names of steps: %w", err))
	}
	slices.SortStableFunc(out.Values, func(a, b xray.ValueCount) int { return cmp.Compare(b.Count, a.Count) })
	var left int
	out.Values, left = atMost(out.Values, q.Limit)
	out.More = left > 0
	return out, nil
}
