package receiver

import (
	"bytes"
	"fmt"
	"math"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/xraytrace/xray"
)

// Finder makes conditions on FieldAttr, FieldText and FieldItem ready to be looked for. An
// attribute counts wherever a span has it: its own, its events', its scope's and
// its resource's; elements of an array count one by one, and what a map holds is
// under "key.sub". Text is looked for in every text of a span's attributes and
// events, and of log records; an item likewise, but not as a part of a longer
// word. A condition of another kind is CodeInvalid.
func (c Codec) Finder(project int32, conditions []xray.Condition) (xray.Finder, error) {
	if len(conditions) > maxConditions {
		return nil, xray.Errorf(xray.CodeInvalid, "%d conditions on attributes and text are more than %d: leave some out", len(conditions), maxConditions)
	}
	f := &finder{seed: termSeed(project)}
	for i, cond := range conditions {
		bit := uint64(1) << i
		switch cond.Field {
		case xray.FieldAttr:
			f.attributes = append(f.attributes, attributeProbe{bit: bit, key: []byte(cond.Key), cond: cond, values: equals(cond)})
		case xray.FieldText, xray.FieldItem:
			f.texts = append(f.texts, textProbe{bit: bit, needles: needles(cond)})
		default:
			return nil, xray.Errorf(xray.CodeInvalid, "%s is no condition on what spans carry", cond.Field)
		}
	}
	f.conditions = conditions
	return f, nil
}

// maxConditions is how many bits xray.Hit has.
const maxConditions = 64

// finder implements xray.Finder.
type finder struct {
	seed       uint64
	conditions []xray.Condition
	attributes []attributeProbe
	texts      []textProbe
}

// Find implements xray.Finder.
func (f *finder) Find(signal xray.Signal, data []byte, of map[xray.TraceID]bool) ([]xray.Hit, error) {
	if !f.mayHold(data) {
		return nil, nil
	}
	m, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("read segment: %w", err)
	}
	s := search{finder: f, of: of}
	s.walk.visit = s.attribute
	if signal == xray.SignalLogs {
		return s.logs(m), nil
	}
	return s.spans(m), nil
}

// mayHold says whether any condition could hold on some of a segment, by a look
// at all its bytes at once.
func (f *finder) mayHold(data []byte) bool {
	if len(f.attributes) > 0 {
		return true
	}
	for i := range f.texts {
		if f.texts[i].mayHold(data) {
			return true
		}
	}
	return false
}

// search is one walk over a segment.
type search struct {
	*finder
	walk    attributeWalk
	of      map[xray.TraceID]bool // nil for all
	holds   uint64                // of what is being walked
	scratch scratch
}

func (s *search) spans(m *message) (hits []xray.Hit) {
	shared := s.shared(m)
	for i := range m.records {
		r := &m.records[i]
		if !s.wants(r.body, 1) {
			continue
		}
		s.holds = shared[r.scope]
		if len(s.attributes) > 0 {
			s.walk.span(r.body)
		}
		for j := range s.texts {
			if t := &s.texts[j]; t.mayHold(r.body) && s.spanHolds(t, r.body) {
				s.holds |= t.bit
			}
		}
		if s.holds != 0 {
			hit := xray.Hit{Ordinal: i, Holds: s.holds}
			copy(hit.TraceID[:], textField(r.body, 1))
			hits = append(hits, hit)
		}
	}
	return hits
}

// wants reports whether a record is of a trace that is looked at; num is the
// field of its trace id.
func (s *search) wants(body []byte, num protowire.Number) bool {
	if s.of == nil {
		return true
	}
	var id xray.TraceID
	copy(id[:], textField(body, num))
	return s.of[id]
}

// shared says for each scope what holds for all of its spans.
func (s *search) shared(m *message) []uint64 {
	out := make([]uint64, len(m.scopes))
	if len(s.attributes) == 0 {
		return out
	}
	for i, scope := range m.scopes {
		s.holds = 0
		s.walk.header(m.resources[scope.resource], 1)
		s.walk.header(scope.fields, 3)
		out[i] = s.holds
	}
	return out
}

// logs looks at the texts of log records; their attributes are not the span's.
func (s *search) logs(m *message) (hits []xray.Hit) {
	for i := range m.records {
		r := &m.records[i]
		if !s.wants(r.body, 9) {
			continue
		}
		s.holds = 0
		for j := range s.texts {
			if t := &s.texts[j]; t.mayHold(r.body) && s.logHolds(t, r.body) {
				s.holds |= t.bit
			}
		}
		if s.holds != 0 {
			hit := xray.Hit{Ordinal: i, Holds: s.holds}
			copy(hit.TraceID[:], textField(r.body, 9))
			hits = append(hits, hit)
		}
	}
	return hits
}

func (s *search) attribute(key []byte, v scalar) {
	for i := range s.attributes {
		if p := &s.attributes[i]; s.holds&p.bit == 0 && bytes.Equal(p.key, key) && p.holds(v) {
			s.holds |= p.bit
		}
	}
}

// attributeProbe is a condition on an attribute.
type attributeProbe struct {
	bit    uint64
	key    []byte
	cond   xray.Condition
	values []equal
}

// equal is a value as it may stand on the wire: what somebody types as 200 can
// be a text, an integer or a floating-point number.
type equal struct {
	text     string
	prefix   bool
	bool     uint64
	isBool   bool
	int      int64
	isInt    bool
	double   float64
	isDouble bool
}

func equals(c xray.Condition) []equal {
	var out []equal
	for _, v := range c.Values {
		e := equal{text: v.Text, prefix: v.Prefix, isBool: v.Text == "true" || v.Text == "false"}
		if v.Text == "true" {
			e.bool = 1
		}
		var err error
		e.int, err = strconv.ParseInt(v.Text, 10, 64)
		e.isInt = err == nil
		e.double, err = strconv.ParseFloat(v.Text, 64)
		e.isDouble = err == nil
		out = append(out, e)
	}
	return out
}

func (p *attributeProbe) holds(v scalar) bool {
	if p.cond.Op == xray.OpHas {
		return true
	}
	if p.cond.Op != xray.OpIs {
		n, ok := v.number()
		return ok && compares(p.cond, n)
	}
	for i := range p.values {
		if p.values[i].is(v) {
			return true
		}
	}
	return false
}

func (e *equal) is(v scalar) bool {
	switch {
	case e.prefix:
		return bytes.HasPrefix(v.written(), []byte(e.text))
	case v.kind == kindText:
		return string(v.text) == e.text
	case v.kind == kindBool:
		return e.isBool && v.bits == e.bool
	case v.kind == kindInt:
		return e.isInt && v.int() == e.int
	}
	return e.isDouble && (v.double() == e.double || v.double() != v.double() && e.double != e.double)
}

// compares says whether a number stands to a condition's as its operator wants.
func compares(c xray.Condition, n float64) bool {
	if len(c.Values) == 0 {
		return false
	}
	first := c.Values[0].Number
	switch c.Op {
	case xray.OpLess:
		return n < first
	case xray.OpAtMost:
		return n <= first
	case xray.OpMore:
		return n > first
	case xray.OpAtLeast:
		return n >= first
	case xray.OpBetween:
		return len(c.Values) > 1 && first <= n && n <= c.Values[1].Number
	}
	return false
}

// number is the value as a number; a text that reads as one is one.
func (s scalar) number() (float64, bool) {
	switch s.kind {
	case kindInt:
		return float64(s.int()), true
	case kindDouble:
		return s.double(), true
	case kindText:
		if len(s.text) <= maxNumber {
			n, err := strconv.ParseFloat(string(s.text), 64)
			return n, err == nil
		}
	}
	return 0, false
}

// maxNumber is how long a text may be that is read as a number.
const maxNumber = 40

// written is the value as people write it.
func (s scalar) written() []byte {
	switch s.kind {
	case kindBool:
		return strconv.AppendBool(nil, s.bits != 0)
	case kindInt:
		return strconv.AppendInt(nil, s.int(), 10)
	case kindDouble:
		return strconv.AppendFloat(nil, s.double(), 'g', -1, 64)
	}
	return s.text
}

// Terms implements xray.Finder.
func (f *finder) Terms(i int) ([]uint32, bool) {
	c := f.conditions[i]
	if c.Field != xray.FieldAttr {
		return nil, false
	}
	key := hashBytes(f.seed, []byte(c.Key))
	any := []uint32{uint32(key >> 32)}
	if c.Op != xray.OpIs {
		return any, true
	}
	var terms []uint32
	for _, v := range equals(c) {
		if v.prefix || len(v.text) > xray.MaxTermValue || math.IsNaN(v.double) {
			return any, true
		}
		terms = append(terms, v.terms(key)...)
	}
	return terms, true
}

func (e *equal) terms(key uint64) []uint32 {
	terms := []uint32{hashText(key, []byte(e.text))}
	if e.isBool {
		terms = append(terms, hashNumber(key, kindBool, e.bool))
	}
	if e.isInt {
		terms = append(terms, hashNumber(key, kindInt, uint64(e.int)))
	}
	if e.isDouble {
		terms = append(terms, hashNumber(key, kindDouble, math.Float64bits(e.double)))
	}
	if e.isDouble && e.double == 0 { // there are two zeros
		terms = append(terms, hashNumber(key, kindDouble, math.Float64bits(math.Copysign(0, -1))),
			hashNumber(key, kindDouble, 0))
	}
	return terms
}
