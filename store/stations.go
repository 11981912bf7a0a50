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
	Name    string `json:"n,omitempty"` // of the step; "" in what was written before there were drops
	Drops   []drop `json:"w,omitempty"`
}

// drop is one criterion by which a step dropped items.
type drop struct {
	Text   string `json:"t,omitempty"`
	Items  int    `json:"k"`
	Sample string `json:"x,omitempty"`
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
		rows[i] = stationRow{Step: st.Step.String(), In: st.In, Out: st.Out, Dropped: st.Dropped, Name: cleanText(st.Name, maxName)}
		for _, d := range st.Drops {
			rows[i].Drops = append(rows[i].Drops, drop{cleanText(d.Text, maxName), d.Items, cleanText(d.Sample, maxName)})
		}
	}
	raw, err := json.Marshal(rows)
	if err != nil { // texts and numbers always marshal
		return nil
	}
	text := string(raw)
	return &text
}

func decodeStations(raw []byte) ([]stationRow, error) {
	var rows []stationRow
	if len(raw) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(raw, &rows); err != nil {
		return nil, fmt.Errorf("decode stations: %w: %w", errDamaged, err)
	}
	return rows, nil
}

// readStations reads the column.
func readStations(raw []byte) (map[xray.SpanID]stationRow, error) {
	rows, err := decodeStations(raw)
	if err != nil {
		return nil, err
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
func (s *Store) stationsFor(ctx context.Context, project int32, keys []traceKey) (map[xray.TraceID]map[xray.SpanID]stationRow, error) {
	projects, traces := keyArrays(keys, func(k traceKey) traceKey { return k })
	rows, err := s.of(project).Query(ctx, stationsSQL, pgx.NamedArgs{"projects": projects, "traces": traces})
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
