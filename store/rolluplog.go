package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Every execution of a pipeline counts in the same few rows of rollups. Whoever
// wrote them in the transaction that stores spans would make all other writers
// wait for its commit. So a transaction leaves what it adds in table rollup_log,
// one row for each project, and one process at a time adds up what has gathered.

const (
	// foldAtOnce bounds the rows of rollup_log that one transaction adds up.
	foldAtOnce = 1000
	// foldLock is held by the process that adds up: a sum is never folded before
	// the one that it subtracts from.
	foldLock int64 = 0x78726179_666f6c64
)

// log leaves d to be added to the rollups after the commit.
func (d rollupDelta) log(ctx context.Context, tx pgx.Tx) error {
	if len(d) == 0 {
		return nil
	}
	byProject := make(map[int32][]rollupKey)
	for _, k := range slices.SortedFunc(maps.Keys(d), rollupKey.compare) {
		byProject[k.project] = append(byProject[k.project], k)
	}
	projects, deltas := make([]int32, 0, len(byProject)), make([][]byte, 0, len(byProject))
	for project, keys := range byProject {
		projects, deltas = append(projects, project), append(deltas, d.encode(keys))
	}
	_, err := tx.Exec(ctx, "INSERT INTO rollup_log (project_id, delta) SELECT * FROM unnest(@projects::integer[], @deltas::bytea[])",
		pgx.NamedArgs{"projects": projects, "deltas": deltas})
	if err != nil {
		return fmt.Errorf("log statistics: %w", err)
	}
	return nil
}

// foldRollups adds what has been logged to the rollups; nothing if another
// process is at it.
func (s *Store) foldRollups(ctx context.Context) error {
	for {
		n := 0
		err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			var mine bool
			if err := tx.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock($1)", foldLock).Scan(&mine); err != nil || !mine {
				return err
			}
			var sum rollupDelta
			var err error
			if sum, n, err = takeLogged(ctx, tx); err != nil {
				return err
			}
			return sum.write(ctx, tx, s.clock())
		})
		if err != nil {
			return fmt.Errorf("add up statistics: %w", err)
		}
		if n < foldAtOnce {
			return nil
		}
	}
}

// takeLogged rides on rollup_log_pkey.
func takeLogged(ctx context.Context, tx pgx.Tx) (sum rollupDelta, n int, err error) {
	rows, err := tx.Query(ctx, `
		DELETE FROM rollup_log WHERE id IN (SELECT id FROM rollup_log ORDER BY id LIMIT $1)
		RETURNING project_id, delta`, foldAtOnce)
	if err != nil {
		return nil, 0, err
	}
	sum = rollupDelta{}
	var project int32
	var raw []byte
	_, err = pgx.ForEachRow(rows, []any{&project, &raw}, func() error {
		n++
		return sum.decodeInto(project, raw)
	})
	return sum, n, err
}

// A logged delta is its version, 1, and for each row of minutes: bucket, name,
// step, count, errors, input, output, cost and histogram. Numbers are varints,
// texts and histograms have their length in front.
const rollupLogV1 = 1

var errRollupLog = errors.New("not a row of rollup_log")

func (d rollupDelta) encode(keys []rollupKey) []byte {
	out := append(make([]byte, 0, 64*len(keys)), rollupLogV1)
	for _, k := range keys {
		r := d[k]
		out = binary.AppendVarint(out, k.bucket)
		for _, text := range [...]string{k.name, k.step} {
			out = append(binary.AppendUvarint(out, uint64(len(text))), text...)
		}
		for _, n := range [...]int64{r.count, r.errors, r.input, r.output, r.cost} {
			out = binary.AppendVarint(out, n)
		}
		durations := r.durations.encode()
		out = append(binary.AppendUvarint(out, uint64(len(durations))), durations...)
	}
	return out
}

// decodeInto adds a logged delta of a project to d.
func (d rollupDelta) decodeInto(project int32, data []byte) error {
	if len(data) == 0 || data[0] != rollupLogV1 {
		return fmt.Errorf("%w: %w", errDamaged, errRollupLog)
	}
	in := logReader{data: data[1:]}
	for len(in.data) > 0 && !in.bad {
		k := rollupKey{project: project, minutes: rollupLevels()[0], bucket: in.number()}
		k.name, k.step = string(in.bytes()), string(in.bytes())
		r := rollup{count: in.number(), errors: in.number(), input: in.number(), output: in.number(), cost: in.number()}
		durations := in.bytes()
		if in.bad {
			break
		}
		sum := d.row(k)
		sum.add(&r)
		if err := sum.durations.decodeInto(durations); err != nil {
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
	}
	if in.bad {
		return fmt.Errorf("%w: %w", errDamaged, errRollupLog)
	}
	return nil
}

// logReader cuts values off data; after one that is not there, all are zero.
type logReader struct {
	data []byte
	bad  bool
}

func (r *logReader) number() int64 {
	v, n := binary.Varint(r.data)
	if n <= 0 {
		r.bad, r.data = true, nil
		return 0
	}
	r.data = r.data[n:]
	return v
}

func (r *logReader) bytes() []byte {
	size, n := binary.Uvarint(r.data)
	if n <= 0 || size > uint64(len(r.data)-n) {
		r.bad, r.data = true, nil
		return nil
	}
	out := r.data[n : n+int(size)]
	r.data = r.data[n+int(size):]
	return out
}
