package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// stationRow is what a step did to the items, as column facts.stations has it.
type stationRow struct {
	Step    string `json:"s"` // hex
	In      int    `json:"i"`
	Out     int    `json:"o"`
	Dropped int    `json:"d"`
}

// share is the part of what went in that the step dropped.
func (r *stationRow) share() float64 {
	if r.In == 0 {
		return 0
	}
	return float64(r.Dropped) / float64(r.In)
}

// stationsOf is the column's value; nil for NULL.
func stationsOf(all []xray.Station) *string {
	if len(all) == 0 {
		return nil
	}
	rows := make([]stationRow, len(all))
	for i, st := range all {
		rows[i] = stationRow{st.Step.String(), st.In, st.Out, st.Dropped}
	}
	raw, err := json.Marshal(rows)
	if err != nil { // texts and numbers always marshal
		return nil
	}
	text := string(raw)
	return &text
}

// readStations reads the column.
func readStations(raw []byte) (map[xray.SpanID]stationRow, error) {
	var rows []stationRow
	if len(raw) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(raw, &rows); err != nil {
		return nil, fmt.Errorf("decode stations: %w: %w", errDamaged, err)
	}
	by := make(map[xray.SpanID]stationRow, len(rows))
	for _, r := range rows {
		id, err := xray.ParseSpanID(r.Step)
		if err != nil {
			return nil, fmt.Errorf("decode stations: %w: %w", errDamaged, err)
		}
		by[id] = r
	}
	return by, nil
}

// Rides on facts_pkey.
const stationsSQL = `
SELECT f.trace_id, f.stations
FROM unnest(@projects::integer[], @traces::uuid[]) AS k (project_id, trace_id)
JOIN facts f ON f.project_id = k.project_id AND f.trace_id = k.trace_id
WHERE f.stations IS NOT NULL`

// stationsFor returns what the steps of executions did to items.
func (s *Store) stationsFor(ctx context.Context, keys []traceKey) (map[xray.TraceID]map[xray.SpanID]stationRow, error) {
	projects, traces := keyArrays(keys, func(k traceKey) traceKey { return k })
	rows, err := s.pool.Query(ctx, stationsSQL, pgx.NamedArgs{"projects": projects, "traces": traces})
	if err != nil {
		return nil, fmt.Errorf("read stations: %w", err)
	}
	out := make(map[xray.TraceID]map[xray.SpanID]stationRow)
	var trace xray.TraceID
	var raw []byte
	_, err = pgx.ForEachRow(rows, []any{(*[16]byte)(&trace), &raw}, func() error {
		stations, err := readStations(raw)
		out[trace] = stations
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read stations: %w", err)
	}
	return out, nil
}
