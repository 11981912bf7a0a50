package store

import (
	"context"
	"encoding/binary"
	"math"

	"github.com/jackc/pgx/v5"
)

const executionColumnList = "project_id, trace_id, start_nano, end_nano, first_segment, last_segment, " +
	"input_tokens, output_tokens, cost_usd, step_count, error_count, status, has_root, has_payload, cost_partial, " +
	"name, service, execution_id, session_id, user_id, environment, release, models, tags, hints, headline"

// copyExecutions writes rows that are not there yet: most are. It is what
// saveExecutions does at two thirds of its cost to PostgreSQL, because nothing
// is unpacked from arrays and nobody looks for a row to update. The caller holds
// their rows of unsettled and has found no row under that lock.
func copyExecutions(ctx context.Context, tx pgx.Tx, rows []*execution) error {
	if len(rows) == 0 {
		return nil
	}
	c := newCopy(len(rows) * 320)
	for _, row := range rows {
		row.finish()
		if err := c.execution(row); err != nil {
			return err
		}
	}
	return c.send(ctx, tx, "executions", executionColumnList)
}

func (b *copyBuffer) execution(e *execution) error {
	hints, err := e.hints.encode()
	if err != nil {
		return err
	}
	b.row(26)
	b.int4(e.project)
	b.bytes(e.trace[:])
	for _, n := range [...]int64{int64(e.Start), int64(e.End), e.first, e.last} {
		b.int8(n)
	}
	b.int8OrNull(e.InputTokens)
	b.int8OrNull(e.OutputTokens)
	if e.CostUSD == nil {
		b.null()
	} else {
		b.int8(int64(math.Float64bits(*e.CostUSD)))
	}
	b.int4(int32(e.StepCount))
	b.int4(int32(e.ErrorCount))
	b.int2(int16(e.Status))
	for _, yes := range [...]bool{e.HasRoot, e.payload, e.CostPartial} {
		b.bool(yes)
	}
	for _, text := range [...]string{
		e.Name, e.Service, e.ExecutionID, e.SessionID, e.UserID, e.Environment, e.Release,
	} {
		b.text(text)
	}
	b.textsOrNull(e.Models)
	b.textsOrNull(e.Tags)
	if hints == nil {
		b.null()
	} else {
		b.text(*hints)
	}
	b.text(e.Headline)
	return nil
}

func (b *copyBuffer) null() { b.length(-1) }

func (b *copyBuffer) int8OrNull(v *int64) {
	if v == nil {
		b.null()
		return
	}
	b.int8(*v)
}

func (b *copyBuffer) bool(v bool) {
	b.length(1)
	if v {
		b.buf = append(b.buf, 1)
		return
	}
	b.buf = append(b.buf, 0)
}

func (b *copyBuffer) text(v string) {
	b.length(int32(len(v)))
	b.buf = append(b.buf, v...)
}

// textOID is PostgreSQL's number of the type text.
const textOID = 25

// textsOrNull writes a text[] of one dimension, NULL for none.
func (b *copyBuffer) textsOrNull(all []string) {
	if len(all) == 0 {
		b.null()
		return
	}
	b.sized(func(buf []byte) []byte {
		for _, n := range [...]uint32{1, 0, textOID, uint32(len(all)), 1} { // dimensions, no NULLs, type, length, first index
			buf = binary.BigEndian.AppendUint32(buf, n)
		}
		for _, text := range all {
			buf = append(binary.BigEndian.AppendUint32(buf, uint32(len(text))), text...)
		}
		return buf
	})
}
