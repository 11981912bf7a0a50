package receiver

import (
	"encoding/binary"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// Kinds of scalar attribute values, as field numbers of AnyValue. They are part
// of the stored terms.
const (
	kindText   = 1
	kindBool   = 2
	kindInt    = 3
	kindDouble = 4

	// Not scalars: what they hold is looked at instead.
	kindArray = 5
	kindMap   = 6
)

// maxKeyDepth bounds how deep maps and arrays are looked into; what lies deeper
// is found by its text.
const maxKeyDepth = 4

// scalar is an attribute value on the wire: text, or the bits of a number.
type scalar struct {
	kind byte
	text []byte
	bits uint64
}

func (s scalar) int() int64      { return int64(s.bits) }
func (s scalar) double() float64 { return math.Float64frombits(s.bits) }

// attributeWalk visits the scalar values of attributes as they lie on the wire:
// elements of an array under its key, what a map holds under "key.sub". It
// reads what pdata would read: of several values the last.
type attributeWalk struct {
	visit func(key []byte, value scalar)
	keys  []byte // of nested maps
}

// keyValue visits a KeyValue message. prefix is the key of the map around it.
func (w *attributeWalk) keyValue(data []byte, prefix []byte, depth int) {
	// As every encoder writes it: a key, then a value that is the rest.
	if n := len(data); n > 4 && data[0] == 0x0a && data[1] < 0x80 {
		if k := 2 + int(data[1]); k+2 <= n && data[k] == 0x12 && data[k+1] < 0x80 && k+2+int(data[k+1]) == n {
			w.anyValue(w.key(prefix, data[2:k], depth), data[k+2:], depth)
			return
		}
	}
	var key, value []byte
	there := false
	for len(data) > 0 {
		f, rest, ok := cut(data)
		if !ok {
			return
		}
		data = rest
		switch f.num {
		case 1:
			key = f.content
		case 2:
			value, there = f.content, true
		}
	}
	if there {
		w.anyValue(w.key(prefix, key, depth), value, depth)
	}
}

// key is the key under which a value is found.
func (w *attributeWalk) key(prefix, key []byte, depth int) []byte {
	if depth == 0 {
		return key
	}
	start := len(w.keys)
	w.keys = append(append(append(w.keys, prefix...), '.'), key...)
	return w.keys[start:]
}

// anyValue visits an AnyValue message.
func (w *attributeWalk) anyValue(key, data []byte, depth int) {
	num, content, bits := oneOf(data)
	switch num {
	case kindText:
		w.visit(key, scalar{kind: kindText, text: content})
	case kindBool, kindInt, kindDouble:
		w.visit(key, scalar{kind: byte(num), bits: bits})
	case kindArray, kindMap:
		if depth < maxKeyDepth {
			w.elements(key, content, num == kindMap, depth+1)
		}
	}
}

func (w *attributeWalk) elements(key, data []byte, keyed bool, depth int) {
	start := len(w.keys)
	for len(data) > 0 {
		f, rest, ok := cut(data)
		if !ok {
			return
		}
		data = rest
		switch {
		case f.num != 1 || f.typ != protowire.BytesType:
		case keyed:
			w.keyValue(f.content, key, depth)
		default:
			w.anyValue(key, f.content, depth)
		}
		w.keys = w.keys[:start]
	}
}

// oneOf returns the member of an AnyValue that counts: the last that is there.
func oneOf(data []byte) (num protowire.Number, content []byte, bits uint64) {
	for len(data) > 0 {
		if n := len(data); data[0] == 0x0a && n > 1 && data[1] < 0x80 && 2+int(data[1]) == n {
			return kindText, data[2:], 0
		}
		n, typ, size := protowire.ConsumeTag(data)
		if size < 0 {
			return num, content, bits
		}
		rest := data[size:]
		var value []byte
		var number uint64
		switch typ {
		case protowire.VarintType:
			number, size = protowire.ConsumeVarint(rest)
			if n == kindBool && number != 0 {
				number = 1
			}
		case protowire.Fixed64Type:
			if len(rest) < 8 {
				return num, content, bits
			}
			number, size = binary.LittleEndian.Uint64(rest), 8
		case protowire.BytesType:
			value, size = protowire.ConsumeBytes(rest)
		default:
			size = protowire.ConsumeFieldValue(n, typ, rest)
		}
		if size < 0 {
			return num, content, bits
		}
		if n >= 1 && n <= 8 {
			num, content, bits = n, value, number
		}
		data = rest[size:]
	}
	return num, content, bits
}

// span visits the attributes of a span and of its events. It returns how often
// the span names its trace.
func (w *attributeWalk) span(body []byte) (ids int) {
	for at := 0; at < len(body); {
		num, content, end := cutAt(body, at)
		if end < 0 {
			return ids
		}
		at = end
		switch num {
		case 1:
			ids++
		case 9:
			w.keyValue(content, nil, 0)
		case 11:
			w.fields(content, 3)
		}
	}
	return ids
}

// cutAt is [cut] at a place of data, without what nobody asks for here: this is
// on the way of every attribute. end is -1 where there is no field.
func cutAt(data []byte, at int) (num int, content []byte, end int) {
	if len(data)-at > 2 && data[at] < 0x80 && data[at] > 7 && data[at]&7 == byte(protowire.BytesType) {
		size, begin := int(data[at+1]), at+2
		if size >= 0x80 && data[at+2] < 0x80 { // up to 16 KB
			size, begin = size&0x7f|int(data[at+2])<<7, at+3
		}
		if end := begin + size; size < 1<<14 && end <= len(data) && (size < 0x80) == (begin == at+2) {
			return int(data[at] >> 3), data[begin:end:end], end
		}
	}
	f, rest, ok := cutAny(data[at:])
	if !ok {
		return 0, nil, -1
	}
	return int(f.num), f.content, len(data) - len(rest)
}

// fields visits the attributes that a message, or a piece of one, has under a
// field number.
func (w *attributeWalk) fields(data []byte, num protowire.Number) {
	for len(data) > 0 {
		f, rest, ok := cut(data)
		if !ok {
			return
		}
		data = rest
		if f.num == num && f.typ == protowire.BytesType {
			w.keyValue(f.content, nil, 0)
		}
	}
}

// header visits the attributes of a resource (field 1 of it) or a scope (field
// 3) in the fields that its records share.
func (w *attributeWalk) header(fields []byte, num protowire.Number) {
	for len(fields) > 0 {
		f, rest, ok := cut(fields)
		if !ok {
			return
		}
		fields = rest
		if f.num == 1 {
			w.fields(f.content, num)
		}
	}
}
