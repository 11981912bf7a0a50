package receiver

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"github.com/xraytrace/xray"
)

// Terms hashes the attributes of a project's traces segment. That is on the way
// of every span, so numbers are hashed as they lie on the wire and not as
// people write them, and nothing is made of what is only looked at.
func (c Codec) Terms(project int32, data []byte) (xray.Terms, error) {
	m, err := parse(data)
	if err != nil {
		return xray.Terms{}, fmt.Errorf("read segment: %w", err)
	}
	return *termsOf(project, m, m.records), nil
}

// termsOf hashes the attributes of some records of m.
func termsOf(project int32, m *message, records []record) *xray.Terms {
	t := &termMaker{
		seed: termSeed(project), index: make(map[xray.TraceID]uint32),
		pairs: make([]uint64, 0, 8*len(records)),
		seen:  make([]uint64, 1<<bits.Len(uint(min(8*len(records), 4095)))),
	}
	t.walk.visit = t.add
	t.segment(m, records)
	return &xray.Terms{Traces: t.traces, Pairs: t.pairs}
}

// termMaker collects the terms of one segment.
type termMaker struct {
	walk   attributeWalk
	seed   uint64
	trace  uint32 // index of the trace of the span that is walked
	pairs  []uint64
	seen   []uint64 // pairs, each at a place of its own: most repeat soon
	shared []uint32 // terms of the scope and the resource of the span
	traces []xray.TraceID
	index  map[xray.TraceID]uint32
}

func (t *termMaker) segment(m *message, records []record) {
	scope, trace := -1, uint32(0)
	for i := range records {
		r := &records[i]
		ids := append(make([][]byte, 0, 2), firstField(r.body, 1))
		for n := 0; n < len(ids); n++ {
			t.enter(ids[n])
			if r.scope != scope {
				t.enterScope(m, r.scope)
			}
			if r.scope != scope || t.trace != trace {
				scope, trace = r.scope, t.trace
				for _, term := range t.shared {
					t.note(term)
				}
			}
			if t.walk.span(r.body) > 1 && n == 0 { // a span may name its trace twice; the last counts
				ids = append(ids, textField(r.body, 1))
			}
		}
	}
}

// enterScope collects the terms that all records of a scope share.
func (t *termMaker) enterScope(m *message, scope int) {
	t.shared = t.shared[:0]
	header := attributeWalk{visit: func(key []byte, v scalar) {
		k := hashBytes(t.seed, key)
		t.shared = append(t.shared, uint32(k>>32))
		if term, ok := valueTerm(k, v); ok {
			t.shared = append(t.shared, term)
		}
	}}
	header.header(m.resources[m.scopes[scope].resource], 1)
	header.header(m.scopes[scope].fields, 3)
}

// enter finds the number of the trace that a span belongs to.
func (t *termMaker) enter(content []byte) {
	var id xray.TraceID
	copy(id[:], content)
	if n := len(t.traces); n > 0 && t.traces[t.trace] == id { // spans of a trace mostly come together
		return
	}
	at, there := t.index[id]
	if !there {
		at = uint32(len(t.traces))
		t.index[id] = at
		t.traces = append(t.traces, id)
	}
	t.trace = at
}

// add notes one attribute of the span that is walked.
func (t *termMaker) add(key []byte, v scalar) {
	k := hashBytes(t.seed, key)
	t.note(uint32(k >> 32))
	if term, ok := valueTerm(k, v); ok {
		t.note(term)
	}
}

// valueTerm hashes a value under the hash of its key; long texts have no term.
func valueTerm(key uint64, v scalar) (uint32, bool) {
	if v.kind != kindText {
		return hashNumber(key, v.kind, v.bits), true
	}
	if len(v.text) > xray.MaxTermValue {
		return 0, false
	}
	return hashText(key, v.text), true
}

func (t *termMaker) note(term uint32) {
	pair := uint64(term)<<32 | uint64(t.trace)
	at := &t.seen[(term^t.trace*0x9e3779b1)&uint32(len(t.seen)-1)]
	if *at != pair+1 {
		*at = pair + 1
		t.pairs = append(t.pairs, pair)
	}
}

// The hash is stored: after a change of it, or of what is hashed, the index of
// attributes has to be built anew. It folds 128-bit products, as wyhash does.
const (
	hashA = 0xa0761d6478bd642f
	hashB = 0xe7037ed1a0b428db
	hashC = 0x8ebc6af09c88c6e3
)

func termSeed(project int32) uint64 { return fold(uint64(uint32(project))^hashC, hashA) }

func hashText(key uint64, text []byte) uint32 { return uint32(hashBytes(key+kindText, text) >> 32) }

func hashNumber(key uint64, kind byte, bits uint64) uint32 {
	return uint32(fold(fold(key+uint64(kind), hashA)^bits, hashB) >> 32)
}

func hashBytes(seed uint64, b []byte) uint64 {
	h := seed ^ uint64(len(b))*hashC
	for len(b) >= 8 {
		h = fold(h^binary.LittleEndian.Uint64(b), hashA)
		b = b[8:]
	}
	var tail uint64
	switch n := len(b); {
	case n >= 4: // the middle may be read twice
		tail = uint64(binary.LittleEndian.Uint32(b))<<32 | uint64(binary.LittleEndian.Uint32(b[n-4:]))
	case n > 0:
		tail = uint64(b[0])<<16 | uint64(b[n/2])<<8 | uint64(b[n-1])
	}
	return fold(h^tail, hashB)
}

func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}
