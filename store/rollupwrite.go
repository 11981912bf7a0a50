package store

import (
	"context"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

var (
	//go:embed rolluplock.sql
	rollupLockSQL string
	//go:embed rollupwrite.sql
	rollupWriteSQL string
)

// A row that counts nothing says nothing, not even a deleted execution's name.
const rollupEmptySQL = `
DELETE FROM rollups r
USING unnest(@projects::integer[], @names::text[], @minutes::smallint[], @buckets::bigint[], @steps::text[])
    AS k (project_id, name, minutes, bucket, step)
WHERE r.project_id = k.project_id AND r.name = k.name AND r.minutes = k.minutes
  AND r.bucket = k.bucket AND r.step = k.step`

// write adds d to table rollups. Its order is the keys', so that retention and
// this do not wait for each other in a circle.
func (d rollupDelta) write(ctx context.Context, tx pgx.Tx, now time.Time) error {
	if len(d) == 0 {
		return nil
	}
	d.spread()
	keys := slices.SortedFunc(maps.Keys(d), rollupKey.compare)
	args := rollupArgs(keys)
	args["today"] = dayNumber(now)
	rows, err := tx.Query(ctx, rollupLockSQL, args)
	if err != nil {
		return fmt.Errorf("lock statistics: %w", err)
	}
	if err := addRollups(rows, d.row); err != nil {
		return fmt.Errorf("lock statistics: %w", err)
	}
	var empty, kept []rollupKey
	for _, k := range keys {
		if d[k].count == 0 {
			empty = append(empty, k)
		} else {
			kept = append(kept, k)
		}
	}
	if len(empty) > 0 {
		if _, err := tx.Exec(ctx, rollupEmptySQL, rollupArgs(empty)); err != nil {
			return fmt.Errorf("delete empty statistics: %w", err)
		}
	}
	if len(kept) > 0 {
		if _, err := tx.Exec(ctx, rollupWriteSQL, d.args(kept)); err != nil {
			return fmt.Errorf("write statistics: %w", err)
		}
	}
	return nil
}

// dayNumber counts days since 1970.
func dayNumber(t time.Time) int32 { return int32(t.Unix() / (24 * 60 * 60)) }

func rollupArgs(keys []rollupKey) pgx.NamedArgs {
	projects, minutes, buckets := make([]int32, len(keys)), make([]int16, len(keys)), make([]int64, len(keys))
	names, steps := make([]string, len(keys)), make([]string, len(keys))
	for i, k := range keys {
		projects[i], minutes[i], buckets[i], names[i], steps[i] = k.project, k.minutes, k.bucket, k.name, k.step
	}
	return pgx.NamedArgs{"projects": projects, "minutes": minutes, "buckets": buckets, "names": names, "steps": steps}
}

func (d rollupDelta) args(keys []rollupKey) pgx.NamedArgs {
	n := len(keys)
	counts, errs, inputs := make([]int64, n), make([]int64, n), make([]int64, n)
	outputs, costs, durations := make([]int64, n), make([]int64, n), make([][]byte, n)
	for i, k := range keys {
		r := d[k]
		counts[i], errs[i], inputs[i], outputs[i], costs[i] = r.count, r.errors, r.input, r.output, r.cost
		durations[i] = r.durations.encode()
	}
	args := rollupArgs(keys)
	maps.Copy(args, pgx.NamedArgs{
		"counts": counts, "errors": errs, "inputs": inputs, "outputs": outputs, "costs": costs, "durations": durations,
	})
	return args
}

// addRollups adds each row of the columns that rolluplock.sql returns to what to
// says. Histograms are unpacked right into the sum: reading is mostly that.
func addRollups(rows pgx.Rows, to func(rollupKey) *rollup) error {
	var k rollupKey
	var r rollup
	var raw []byte
	_, err := pgx.ForEachRow(rows, []any{
		&k.project, &k.name, &k.minutes, &k.bucket, &k.step,
		&r.count, &r.errors, &r.input, &r.output, &r.cost, &raw,
	}, func() error {
		sum := to(k)
		sum.add(&r)
		if err := sum.durations.decodeInto(raw); err != nil {
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
		return nil
	})
	return err
}

// withdraw subtracts the contributions of settled executions whose steps are
// about to change or have changed in this transaction: those in segments of
// ours, sorted, did not count. there are their rows as they were.
func (d rollupDelta) withdraw(ctx context.Context, tx pgx.Tx, were []written, there map[traceKey]*execution, ours []int64) error {
	if len(were) == 0 {
		return nil
	}
	counted, err := recountWithout(ctx, tx, were, ours)
	if err != nil {
		return err
	}
	for _, w := range were {
		if total, row := counted[w.traceKey], there[w.traceKey]; total != nil && row != nil {
			total.hints = row.hints
			d.add(w.project, contributionOf(total), -1)
		}
	}
	return nil
}

// withdrawal subtracts settled executions, locked, whose steps are still as they
// were. The caller logs it.
func withdrawal(ctx context.Context, tx pgx.Tx, were []written) (rollupDelta, error) {
	d := rollupDelta{}
	if len(were) == 0 {
		return d, nil
	}
	projects, traces := keyArrays(were, func(w written) traceKey { return w.traceKey })
	there, err := loadExecutions(ctx, tx, projects, traces)
	if err != nil {
		return nil, err
	}
	return d, d.withdraw(ctx, tx, were, there, nil)
}
