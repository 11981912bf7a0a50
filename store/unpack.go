package store

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/xraytrace/xray"
)

var errPacked = fmt.Errorf("a packed row of steps: %w", errDamaged)

// unpackSteps is the inverse of pack.
func unpackSteps(trace xray.TraceID, data []byte) ([]placedStep, error) {
	u := unpacker{data: data}
	if v := u.byte(); v != packVersion && u.err == nil {
		return nil, fmt.Errorf("steps were packed by a newer version (%d): %w", v, errPacked)
	}
	u.texts = make([]string, u.count())
	for i := range u.texts {
		u.texts[i] = string(u.bytes(u.count()))
	}
	steps := make([]xray.Step, u.count())
	first := xray.Nano(u.varint())
	parents := make([]uint64, len(steps))
	out := make([]placedStep, len(steps))
	ordinal := 0
	for i := range steps {
		if u.err != nil {
			break
		}
		ordinal += int(u.uvarint())
		steps[i].TraceID = trace
		parents[i] = u.step(&steps[i], first)
		out[i] = placedStep{&steps[i], ordinal}
	}
	for i, parent := range parents {
		if at := parent - 2; parent >= 2 && at < uint64(len(steps)) {
			steps[i].ParentID = steps[at].SpanID
		} else if parent >= 2 {
			u.err = errPacked
		}
	}
	if len(u.data) > 0 {
		u.err = errPacked
	}
	if u.err != nil {
		return nil, u.err
	}
	return out, nil
}

// unpacker reads values; after the first that is not there it gives zeros and
// keeps the error.
type unpacker struct {
	data  []byte
	texts []string
	err   error
}

func (u *unpacker) step(s *xray.Step, first xray.Nano) (parent uint64) {
	s.SpanID = xray.SpanID(u.bytes(8))
	if parent = u.uvarint(); parent == 1 {
		s.ParentID = xray.SpanID(u.bytes(8))
	}
	s.Start = first + xray.Nano(u.varint())
	s.End = s.Start + xray.Nano(u.varint())
	s.Type = typeOf(int16(min(u.uvarint(), math.MaxInt16)))
	flags := u.byte()
	s.Status, s.CostFrom = xray.Status(flags&flagStatus), xray.CostSource(flags&flagCost>>costShift)
	s.ModelCall, s.HasPayload = flags&flagModel != 0, flags&flagPayload != 0
	if flags&flagPending != 0 {
		s.Pending, s.PendingFor = true, s.SpanID
	}
	s.Name, s.Service = u.text(), u.text()
	if flags&flagMore != 0 {
		u.more(s)
	}
	return parent
}

func (u *unpacker) more(s *xray.Step) {
	mask := u.uvarint()
	for i, class := range tokensOf(&s.Tokens) {
		if mask&(1<<i) != 0 {
			n := u.varint()
			*class = &n
		}
	}
	if mask&moreCost != 0 {
		cost := math.Float64frombits(binary.BigEndian.Uint64(u.bytes(8)))
		s.CostUSD = &cost
	}
	for _, t := range moreTexts(s) {
		if mask&t.bit != 0 {
			*t.text = u.text()
		}
	}
}

func (u *unpacker) bytes(n int) []byte {
	if n > len(u.data) {
		u.data, u.err = nil, errPacked
		return make([]byte, min(n, 8)) // what callers of a fixed size need
	}
	b := u.data[:n]
	u.data = u.data[n:]
	return b
}

func (u *unpacker) byte() byte { return u.bytes(1)[0] }

func (u *unpacker) uvarint() uint64 {
	n, size := binary.Uvarint(u.data)
	return n * u.skip(size)
}

func (u *unpacker) varint() int64 {
	n, size := binary.Varint(u.data)
	return n * int64(u.skip(size))
}

// skip returns 1, or 0 if there was no number.
func (u *unpacker) skip(size int) uint64 {
	if size <= 0 {
		u.data, u.err = nil, errPacked
		return 0
	}
	u.data = u.data[size:]
	return 1
}

// count reads the number of things that follow, each at least a byte.
func (u *unpacker) count() int {
	n := u.uvarint()
	if n > uint64(len(u.data)) {
		u.data, u.err = nil, errPacked
		return 0
	}
	return int(n)
}

func (u *unpacker) text() string {
	at := u.uvarint()
	if at >= uint64(len(u.texts)) {
		u.err = errPacked
		return ""
	}
	return u.texts[at]
}
