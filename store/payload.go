package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// maxDetailBytes bounds how many unpacked segment bytes Details reads: what the
// reasoner asks for must fit into memory. Steps beyond it come without payload.
const maxDetailBytes = 256 << 20

// errGone: the project keeps structure for longer than payloads.
var errGone = errors.New("the segment has expired")

// Step returns one step with everything its span carried; without, if that has
// expired. None of this id is CodeNotFound.
func (s *Store) Step(ctx context.Context, project int32, id xray.TraceID, span xray.SpanID) (xray.StepDetail, error) {
	var details []xray.StepDetail
	err := s.snapshot(ctx, project, func(tx pgx.Tx) error {
		rows, err := arrivals(ctx, tx, project, id, span)
		if err != nil {
			return err
		}
		details, err = s.details(ctx, tx, project, id, lastArrivals(rows))
		return err
	})
	if err != nil {
		return xray.StepDetail{}, err
	}
	return details[0], nil
}

// Details returns all steps of an execution with everything their spans
// carried, in order of start. Of an execution beyond 256 MB the steps that came
// last are returned without it.
func (s *Store) Details(ctx context.Context, project int32, id xray.TraceID) ([]xray.StepDetail, error) {
	var details []xray.StepDetail
	err := s.snapshot(ctx, project, func(tx pgx.Tx) error {
		rows, err := arrivals(ctx, tx, project, id, xray.SpanID{})
		if err != nil {
			return err
		}
		details, err = s.details(ctx, tx, project, id, lastArrivals(rows))
		return err
	})
	return details, err
}

// detailsAtOnce is how many steps EachStep holds in memory with all they carried.
const detailsAtOnce = 100

// EachStep visits all steps of an execution with everything their spans carried,
// in order of start, a few at a time; the first error of visit ends it. Steps
// whose payloads have expired come without.
func (s *Store) EachStep(ctx context.Context, project int32, id xray.TraceID, visit func(xray.StepDetail) error) error {
	return s.snapshot(ctx, project, func(tx pgx.Tx) error {
		rows, err := arrivals(ctx, tx, project, id, xray.SpanID{})
		if err != nil {
			return err
		}
		for some := range slices.Chunk(lastArrivals(rows), detailsAtOnce) {
			details, err := s.details(ctx, tx, project, id, some)
			if err != nil {
				return err
			}
			for _, d := range details {
				if err := visit(d); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// OTLP writes an execution as OTLP JSON: every span that was sent, once, as it
// came last. One whose payloads have expired is CodeNotFound.
func (s *Store) OTLP(ctx context.Context, project int32, id xray.TraceID, w io.Writer) error {
	return s.snapshot(ctx, project, func(tx pgx.Tx) error {
		rows, err := arrivals(ctx, tx, project, id, xray.SpanID{})
		if err != nil {
			return err
		}
		// A step that was announced and its announcement are two spans.
		sent := append(lastArrivals(pick(rows, false)), lastArrivals(pick(rows, true))...)
		slices.SortFunc(sent, func(a, b locatedStep) int { return a.place.compare(b.place) })
		err = s.opts.Codec.JSON(w, s.extracts(ctx, tx, project, sent))
		if errors.Is(err, errGone) {
			return xray.Errorf(xray.CodeNotFound, "what this execution carried has expired; its structure is still there")
		}
		if err != nil {
			return fmt.Errorf("write OTLP: %w", err)
		}
		return nil
	})
}

// snapshot runs a read that takes several queries on one state of the database:
// a deletion may rewrite a segment between them.
func (s *Store) snapshot(ctx context.Context, project int32, read func(tx pgx.Tx) error) error {
	return unavailable(pgx.BeginTxFunc(ctx, s.of(project), pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, read))
}

func pick(all []locatedStep, pending bool) []locatedStep {
	return slices.DeleteFunc(slices.Clone(all), func(l locatedStep) bool { return l.Pending != pending })
}

// lastArrivals is what [distinct] does, with places.
func lastArrivals(all []locatedStep) []locatedStep {
	at := make(map[*xray.Step]place, len(all))
	steps := make([]*xray.Step, len(all))
	for i, l := range all {
		at[l.Step], steps[i] = l.place, l.Step
	}
	kept := distinct(steps)
	out := make([]locatedStep, len(kept))
	for i, step := range kept {
		out[i] = locatedStep{step, at[step]}
	}
	return out
}

// details maps the given steps in full and returns them in the order given.
func (s *Store) details(ctx context.Context, tx pgx.Tx, project int32, id xray.TraceID, wanted []locatedStep) ([]xray.StepDetail, error) {
	inPlace := slices.SortedFunc(slices.Values(wanted), func(a, b locatedStep) int { return a.place.compare(b.place) })
	var spans []xray.Extract
	var read []*xray.Step // those of spans, in order
	size := 0
	for extract, err := range s.extracts(ctx, tx, project, inPlace) {
		next := inPlace[:len(extract.Ordinals)]
		inPlace = inPlace[len(next):]
		if errors.Is(err, errGone) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if size += len(extract.Data); size > maxDetailBytes && len(spans) > 0 {
			break
		}
		spans = append(spans, extract)
		for _, l := range next {
			read = append(read, l.Step)
		}
	}
	logs, err := s.logExtracts(ctx, tx, project, id, wanted)
	if err != nil {
		return nil, err
	}
	found, err := s.opts.Codec.Details(spans, logs)
	if err != nil {
		return nil, fmt.Errorf("read payloads: %w: %w", errDamaged, err)
	}
	if len(found) != len(read) {
		return nil, fmt.Errorf("read payloads: asked for %d spans, got %d: %w", len(read), len(found), errDamaged)
	}
	byStep := make(map[*xray.Step]*xray.StepDetail, len(read))
	for i := range found {
		byStep[read[i]] = &found[i]
	}
	out := make([]xray.StepDetail, len(wanted))
	for i, l := range wanted {
		if d := byStep[l.Step]; d != nil {
			out[i] = *d
		}
		out[i].Step = *l.Step // as lists and totals have it
	}
	return out, nil
}

// extracts reads the segments of steps, which come in order of place, one after
// the other: only one is in memory at a time if the caller keeps none. One that
// has expired comes as errGone, with the ordinals, and others follow; any other
// error is the last.
func (s *Store) extracts(ctx context.Context, tx pgx.Tx, project int32, steps []locatedStep) iter.Seq2[xray.Extract, error] {
	places := make([]place, len(steps))
	for i, l := range steps {
		places[i] = l.place
	}
	return func(yield func(xray.Extract, error) bool) {
		for start := 0; start < len(places); {
			end := start
			var ordinals []int
			for ; end < len(places) && places[end].segment == places[start].segment; end++ {
				ordinals = append(ordinals, places[end].ordinal)
			}
			raw, err := s.segment(ctx, tx, project, places[start].segment)
			if !yield(xray.Extract{Data: raw, Ordinals: ordinals}, err) || err != nil && !errors.Is(err, errGone) {
				return
			}
			start = end
		}
	}
}

// segment reads and unpacks one segment. Rides on segments_pkey in the one
// partition that the id lies in.
func (s *Store) segment(ctx context.Context, tx pgx.Tx, project int32, id int64) ([]byte, error) {
	var rawBytes int
	var packed []byte
	err := tx.QueryRow(ctx, "SELECT raw_bytes, data FROM segments WHERE id = $1 AND project_id = $2", id, project).
		Scan(&rawBytes, &packed)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, errGone
	}
	if err != nil {
		return nil, fmt.Errorf("read segment %d: %w", id, err)
	}
	return s.zip.unpack(packed, rawBytes)
}

// Rides on log_refs_trace in every partition: records may come before and long
// after their span.
const logRefsSQL = `
SELECT segment, ordinal FROM log_refs
WHERE project_id = @project AND trace_id = @trace AND span_id = ANY(@spans)
ORDER BY segment, ordinal`

// logExtracts names the log records of some steps.
func (s *Store) logExtracts(ctx context.Context, tx pgx.Tx, project int32, id xray.TraceID, steps []locatedStep) ([]xray.Extract, error) {
	spans := make(map[int64]bool, len(steps))
	for _, l := range steps {
		spans[spanInt(l.SpanID)] = true
	}
	rows, err := tx.Query(ctx, logRefsSQL, pgx.NamedArgs{
		"project": project, "trace": id[:], "spans": slices.Collect(maps.Keys(spans)),
	})
	if err != nil {
		return nil, fmt.Errorf("find log records: %w", err)
	}
	refs, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (locatedStep, error) {
		var at place
		err := row.Scan(&at.segment, &at.ordinal)
		return locatedStep{place: at}, err
	})
	if err != nil {
		return nil, fmt.Errorf("find log records: %w", err)
	}
	var out []xray.Extract
	for extract, err := range s.extracts(ctx, tx, project, refs) {
		if errors.Is(err, errGone) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, extract)
	}
	return out, nil
}
