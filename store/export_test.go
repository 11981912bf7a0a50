package store

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// Explainable is a query that tests hand to EXPLAIN.
type Explainable struct {
	SQL  string
	Args pgx.NamedArgs
}

// ListQuery is the query of Executions.
func ListQuery(project int32, q xray.ExecutionQuery) Explainable {
	sel, err := selects(project, q.Filter, time.Now())
	if err != nil || !sel.direct() {
		return Explainable{SQL: "SELECT 'not one query'"}
	}
	sql, args := listQuery(sel, q.After, xray.DefaultLimit+1)
	return Explainable{sql, args}
}

// OneQuery is the query of Execution.
func OneQuery(project int32, ref string) Explainable {
	return Explainable{executionSQL, oneArgs(project, ref)}
}

// SomeQuery is the query of ExecutionsOf.
func SomeQuery(project int32, ids []xray.TraceID) Explainable {
	return Explainable{changedSQL, changedArgs(project, ids)}
}

// StepsQuery is the query of Steps.
func StepsQuery(project int32, id xray.TraceID) Explainable {
	return Explainable{stepsSQL, stepsArgs(project, id)}
}

// ProfilesQuery is the query of Profiles.
func ProfilesQuery(e xray.Execution) Explainable {
	return Explainable{profilesSQL, profilesArgs(e, 50)}
}

// ReleasesQuery is how Shape finds releases in the buckets of an hour.
func ReleasesQuery(project int32, name string, since xray.Nano) Explainable {
	from := minuteOf(since)
	return Explainable{releasesSQL, releasesArgs(project, name, minuteRange{from, from + 60}, 10)}
}

// ShapeQueries are how Shape finds executions, and what steps did to items.
func ShapeQueries(project int32, name string) (runs, items Explainable) {
	args := shapeArgs(project, name, xray.StatsRange{Since: 0, Until: xray.MaxNano}, 12)
	return Explainable{shapeRunsSQL, args}, Explainable{shapeStationsSQL, args}
}

// ReadAs asks a query of one number on a connection that reads for a project.
func (s *Store) ReadAs(ctx context.Context, project int32, sql string) (n int, err error) {
	err = s.of(project).QueryRow(ctx, sql).Scan(&n)
	return n, err
}

// Today is how the partitions of this day end.
func (s *Store) Today() string { return s.clock().UTC().Format("20060102") }

// IndexNow puts all segments that wait into the index of attributes.
func (s *Store) IndexNow(ctx context.Context) error {
	for {
		if more, err := s.indexRun(ctx, true); !more || err != nil {
			return err
		}
	}
}

// SeekQuery is what a search asks first.
func SeekQuery(project int32, q xray.ExecutionQuery, traces []xray.TraceID) (Explainable, error) {
	sel, err := selects(project, q.Filter, time.Now())
	if err != nil {
		return Explainable{}, err
	}
	if traces != nil {
		sel.among(traces)
	}
	sql, args := seekQuery(sel, q.After, firstLook)
	return Explainable{sql, args}, nil
}

// LookupQuery asks the index of attributes for a term.
func LookupQuery(term uint32) Explainable {
	return Explainable{lookupSQL, pgx.NamedArgs{"buckets": bucketsOf(term)}}
}

// PlacesQuery reads traces of a run.
func PlacesQuery(run int64) Explainable {
	return Explainable{placesSQL, pgx.NamedArgs{"runs": []int64{run}, "places": []int32{0}}}
}

// ChartQuery is what a chart is drawn from row by row.
func ChartQuery(project int32, f xray.Filter) (Explainable, error) {
	sel, err := selects(project, f, time.Now())
	if err != nil {
		return Explainable{}, err
	}
	sql, args := activityRowsQuery(sel)
	return Explainable{sql, args}, nil
}

// FacetQuery is what facets are counted from.
func FacetQuery(project int32, f xray.Filter, fields ...xray.Field) (Explainable, error) {
	sel, err := selects(project, f, time.Now())
	if err != nil {
		return Explainable{}, err
	}
	sql, args, err := sampleQuery(sel, fields, "", "", 10)
	return Explainable{sql, args}, err
}

// Announced is what subscribers hear of changed executions, by way of the
// notifications' text.
func Announced(project int32, ids []xray.TraceID) (heard []Change) {
	for _, n := range notices(ids) {
		_, changes := parseNotice(strconv.Itoa(int(project)) + " " + n)
		heard = append(heard, changes...)
	}
	return heard
}

// SaidQuery asks for the executions of which something was said.
func SaidQuery(project int32, w xray.Condition) (Explainable, error) {
	sel, err := selects(project, xray.Filter{Where: []xray.Condition{w}}, time.Now())
	if err != nil || len(sel.said) != 1 {
		return Explainable{}, err
	}
	return Explainable{sel.said[0], sel.args}, nil
}
