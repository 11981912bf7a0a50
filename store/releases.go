package store

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

//go:embed releases.sql
var releasesSQL string

// maxReleases bounds the marks on an axis.
const maxReleases = 50

// releases returns which releases of a pipeline ran in a range and not in the
// execution before it. It looks at the first and the last execution of each
// bucket: to read all would cost as much as there are.
func (s *Store) releases(ctx context.Context, project int32, name string, r minuteRange, width int64) ([]xray.ReleaseSeen, error) {
	rows, err := s.of(project).Query(ctx, releasesSQL, releasesArgs(project, name, r, width))
	if err != nil {
		return nil, fmt.Errorf("read releases: %w", err)
	}
	var out []xray.ReleaseSeen
	known := map[string]bool{"": true}
	var one xray.ReleaseSeen
	_, err = pgx.ForEachRow(rows, []any{&one.Release, &one.At, (*[16]byte)(&one.TraceID)}, func() error {
		before := int64(one.At) < r.from*int64(time.Minute)
		if !known[one.Release] && !before && len(out) < maxReleases {
			out = append(out, one)
		}
		known[one.Release] = true
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read releases: %w", err)
	}
	return out, nil
}

func releasesArgs(project int32, name string, r minuteRange, width int64) pgx.NamedArgs {
	const minute = int64(time.Minute)
	var froms, tos []int64
	for at := r.from; at < r.to; at += width {
		froms, tos = append(froms, at*minute), append(tos, (at+width)*minute)
	}
	return pgx.NamedArgs{"project": project, "name": name, "since": r.from * minute, "froms": froms, "tos": tos}
}
