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

// Step returns one step with everything its span carried. None of this id is
// CodeNotFound.
func (s *Store) Step(ctx context.Context, project int32, id xray.TraceID, span xray.SpanID) (xray.StepDetail, error) {
	all, err := s.arrivals(ctx, project, id)
	if err != nil {
		return xray.StepDetail{}, err
	}
	one := lastArrivals(all)
	one = slices.DeleteFunc(one, func(l locatedStep) bool { return l.SpanID != span })
	if len(one) == 0 {
		return xray.StepDetail{}, xray.Errorf(xray.CodeNotFound, "there is no step %s in this execution", span)
	}
	details, err := s.details(ctx, project, id, one)
	if err != nil {
		return xray.StepDetail{}, err
	}
	return details[0], nil
}

// Details returns all steps of an execution with everything their spans
// carried, in order of start. Of an execution beyond 256 MB the steps that come
// last are returned without it.
func (s *Store) Details(ctx context.Context, project int32, id xray.TraceID) ([]xray.StepDetail, error) {
	all, err := s.arrivals(ctx, project, id)
	if err != nil {
		return nil, err
	}
	return s.details(ctx, project, id, lastArrivals(all))
}

// OTLP writes an execution as OTLP JSON: every span that was sent, once, as it
// came last.
func (s *Store) OTLP(ctx context.Context, project int32, id xray.TraceID, w io.Writer) error {
	all, err := s.arrivals(ctx, project, id)
	if err != nil {
		return err
	}
	// A step that was announced and its announcement are two spans.
	sent := append(lastArrivals(pick(all, false)), lastArrivals(pick(all, true))...)
	slices.SortFunc(sent, func(a, b locatedStep) int { return a.place.compare(b.place) })
	if err := s.opts.Codec.JSON(w, s.extracts(ctx, project, sent)); err != nil {
		return unavailable(fmt.Errorf("write OTLP: %w", err))
	}
	return nil
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
func (s *Store) details(ctx context.Context, project int32, id xray.TraceID, wanted []locatedStep) ([]xray.StepDetail, error) {
	inPlace := slices.SortedFunc(slices.Values(wanted), func(a, b locatedStep) int { return a.place.compare(b.place) })
	var spans []xray.Extract
	size, read := 0, 0
	for extract, err := range s.extracts(ctx, project, inPlace) {
		if err != nil {
			return nil, unavailable(err)
		}
		if size += len(extract.Data); size > maxDetailBytes && len(spans) > 0 {
			break
		}
		spans = append(spans, extract)
		read += len(extract.Ordinals)
	}
	logs, err := s.logExtracts(ctx, project, id, wanted)
	if err != nil {
		return nil, err
	}
	found, err := s.opts.Codec.Details(spans, logs)
	if err != nil {
		return nil, fmt.Errorf("read payloads: %w", err)
	}
	if len(found) != read {
		return nil, fmt.Errorf("read payloads: asked for %d spans, got %d", read, len(found))
	}
	byStep := make(map[*xray.Step]*xray.StepDetail, read)
	for i := range found {
		byStep[inPlace[i].Step] = &found[i]
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
// the other: only one is in memory at a time if the caller keeps none.
func (s *Store) extracts(ctx context.Context, project int32, steps []locatedStep) iter.Seq2[xray.Extract, error] {
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
			raw, err := s.segment(ctx, project, places[start].segment)
			if !yield(xray.Extract{Data: raw, Ordinals: ordinals}, err) || err != nil {
				return
			}
			start = end
		}
	}
}

// segment reads and unpacks one segment. Rides on segments_pkey in the one
// partition that the id lies in.
func (s *Store) segment(ctx context.Context, project int32, id int64) ([]byte, error) {
	var rawBytes int
	var packed []byte
	err := s.pool.QueryRow(ctx, "SELECT raw_bytes, data FROM segments WHERE id = $1 AND project_id = $2", id, project).
		Scan(&rawBytes, &packed)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("segment %d is gone", id)
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
func (s *Store) logExtracts(ctx context.Context, project int32, id xray.TraceID, steps []locatedStep) ([]xray.Extract, error) {
	spans := make(map[int64]bool, len(steps))
	for _, l := range steps {
		spans[spanInt(l.SpanID)] = true
	}
	rows, err := s.pool.Query(ctx, logRefsSQL, pgx.NamedArgs{
		"project": project, "trace": id[:], "spans": slices.Collect(maps.Keys(spans)),
	})
	if err != nil {
		return nil, unavailable(fmt.Errorf("find log records: %w", err))
	}
	refs, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (locatedStep, error) {
		var at place
		err := row.Scan(&at.segment, &at.ordinal)
		return locatedStep{place: at}, err
	})
	if err != nil {
		return nil, unavailable(fmt.Errorf("find log records: %w", err))
	}
	var out []xray.Extract
	for extract, err := range s.extracts(ctx, project, refs) {
		if err != nil {
			return nil, unavailable(err)
		}
		out = append(out, extract)
	}
	return out, nil
}
