package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"
)

// copyBuffer builds the binary COPY format by hand. pgx's CopyFrom looks up a
// codec for every value, which is the larger part of its time for narrow rows.
// Methods append one column each, in the order of the COPY's columns.
type copyBuffer struct {
	buf []byte
}

// copyHeader: signature, no flags, no extension.
const copyHeader = "PGCOPY\n\xff\r\n\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00"

func newCopy(size int) *copyBuffer {
	return &copyBuffer{buf: append(make([]byte, 0, size+64), copyHeader...)}
}

func (b *copyBuffer) row(columns int) {
	b.buf = binary.BigEndian.AppendUint16(b.buf, uint16(columns))
}

func (b *copyBuffer) length(n int32) { b.buf = binary.BigEndian.AppendUint32(b.buf, uint32(n)) }

func (b *copyBuffer) int8(v int64) {
	b.length(8)
	b.buf = binary.BigEndian.AppendUint64(b.buf, uint64(v))
}

func (b *copyBuffer) int4(v int32) {
	b.length(4)
	b.buf = binary.BigEndian.AppendUint32(b.buf, uint32(v))
}

func (b *copyBuffer) int2(v int16) {
	b.length(2)
	b.buf = binary.BigEndian.AppendUint16(b.buf, uint16(v))
}

func (b *copyBuffer) bytes(v []byte) {
	b.length(int32(len(v)))
	b.buf = append(b.buf, v...)
}

// sized writes what fill appends, with its length in front.
func (b *copyBuffer) sized(fill func(buf []byte) []byte) {
	b.length(0)
	start := len(b.buf)
	b.buf = fill(b.buf)
	binary.BigEndian.PutUint32(b.buf[start-4:], uint32(len(b.buf)-start))
}

// send runs the COPY.
func (b *copyBuffer) send(ctx context.Context, tx pgx.Tx, table, columns string) error {
	b.buf = binary.BigEndian.AppendUint16(b.buf, math.MaxUint16) // end of data
	sql := fmt.Sprintf("COPY %s (%s) FROM STDIN (FORMAT binary)", table, columns)
	if _, err := tx.Conn().PgConn().CopyFrom(ctx, bytes.NewReader(b.buf), sql); err != nil {
		return fmt.Errorf("copy into %s: %w", table, err)
	}
	return nil
}
