package receiver

import (
	"fmt"
	"iter"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/xraytrace/xray"
)

// maxDepth bounds how deep attribute values may nest. It is more than the 100
// messages that protobuf allows by default in C++, Java and Python (a level
// is two or three of them), and little enough for every recursion after this
// one: Go's stack, JSON readers (10,000 brackets; a level is five), and
// PostgreSQL's jsonb.
const maxDepth = 500

// What pdata makes of a message, in bytes, slack of its slices included. Two
// bytes on the wire can become such an object, so counting bytes alone would
// not bound memory.
const (
	spanCost     = 400
	eventCost    = 160 // a link is about the same
	keyValueCost = 64
	anyValueCost = 32
)

// shape gives the wire type of each known field of a message, from field 1 on:
// V a varint, Q 64 bits, L length-delimited, D 32 bits, - not in use.
type shape string

const (
	spanShape      shape = "LLLLLVQQLVLVLVLD"
	eventShape     shape = "QLLV"
	linkShape      shape = "LLLLVD"
	statusShape    shape = "-LV"
	logShape       shape = "QVL-LLVDLLQL"
	resourceShape  shape = "LVL"
	scopeShape     shape = "LLLV"
	entityShape    shape = "LLLL"
	keyValueShape  shape = "LLV"
	anyValueShape  shape = "LVVQLLLV"
	listShape      shape = "L"   // ArrayValue, KeyValueList
	containerShape shape = "L-L" // ResourceSpans and ScopeSpans besides field 2
)

// letters of the wire types 0 to 5.
const letters = "VQL--D"

// fits says whether a field may stand in a message of this shape. Groups may
// not, even as unknown fields: OTLP never had any, and pdata stumbles over one
// at the end of a message.
func (s shape) fits(f wireField) bool {
	if f.typ == protowire.StartGroupType {
		return false
	}
	return int(f.num) > len(s) || s[f.num-1] == '-' || s[f.num-1] == letters[f.typ]
}

// sound tells what is wrong with a record, "" if nothing is, and how many
// bytes it will take decoded, besides its texts. What passes here, pdata
// decodes; a fuzzer holds it to that.
type sound struct {
	cost  int64
	depth int
	fault string
}

// scanSpan reads the skeleton of a Span.
func scanSpan(body []byte) sound {
	s := sound{cost: spanCost}
	var trace xray.TraceID
	var span, parent xray.SpanID
	for f := range s.fields(body, spanShape) {
		switch f.num {
		case 1:
			s.id("trace id", trace[:], f.content)
		case 2:
			s.id("span id", span[:], f.content)
		case 4:
			s.id("parent span id", parent[:], f.content)
		case 9:
			s.keyValue(f.content)
		case 11:
			s.event(f.content)
		case 13:
			s.link(f.content)
		case 15:
			for range s.fields(f.content, statusShape) {
			}
		}
	}
	if trace.IsZero() {
		s.fail("no usable trace id")
	}
	if span.IsZero() {
		s.fail("no usable span id")
	}
	return s
}

// scanLog reads the skeleton of a LogRecord, whose ids may be absent.
func scanLog(body []byte) sound {
	s := sound{cost: spanCost}
	var trace xray.TraceID
	var span xray.SpanID
	for f := range s.fields(body, logShape) {
		switch f.num {
		case 5:
			s.anyValue(f.content)
		case 6:
			s.keyValue(f.content)
		case 9:
			s.id("trace id", trace[:], f.content)
		case 10:
			s.id("span id", span[:], f.content)
		}
	}
	return s
}

// scanResource reads what the scopes of a resource share.
func scanResource(header []byte) sound {
	s := sound{cost: spanCost}
	for f := range s.fields(header, containerShape) {
		if f.num != 1 {
			continue
		}
		for f := range s.fields(f.content, resourceShape) {
			switch f.num {
			case 1:
				s.keyValue(f.content)
			case 3:
				s.entity(f.content)
			}
		}
	}
	return s
}

// scanScope reads what the records of a scope share.
func scanScope(header []byte) sound {
	s := sound{cost: spanCost}
	for f := range s.fields(header, containerShape) {
		if f.num != 1 {
			continue
		}
		for f := range s.fields(f.content, scopeShape) {
			if f.num == 3 {
				s.keyValue(f.content)
			}
		}
	}
	return s
}

// fields ranges over the length-delimited fields of a message and checks the
// wire types of all.
func (s *sound) fields(data []byte, known shape) iter.Seq[wireField] {
	return func(yield func(wireField) bool) {
		for len(data) > 0 {
			f, rest, ok := cut(data)
			if !ok {
				s.fail("%v", errMalformed)
				return
			}
			if !known.fits(f) {
				s.fail("field %d has the wrong wire type", f.num)
				return
			}
			data = rest
			if f.typ == protowire.BytesType && !yield(f) {
				return
			}
		}
	}
}

func (s *sound) fail(format string, args ...any) {
	if s.fault == "" {
		s.fault = fmt.Sprintf(format, args...)
	}
}

func (s *sound) id(what string, dst, content []byte) {
	if len(content) != 0 && len(content) != len(dst) {
		s.fail("a %s of %d bytes instead of %d", what, len(content), len(dst))
		return
	}
	clear(dst)
	copy(dst, content)
}

func (s *sound) event(data []byte) {
	s.cost += eventCost
	for f := range s.fields(data, eventShape) {
		if f.num == 3 {
			s.keyValue(f.content)
		}
	}
}

func (s *sound) link(data []byte) {
	s.cost += eventCost
	var trace xray.TraceID
	var span xray.SpanID
	for f := range s.fields(data, linkShape) {
		switch f.num {
		case 1:
			s.id("link's trace id", trace[:], f.content)
		case 2:
			s.id("link's span id", span[:], f.content)
		case 4:
			s.keyValue(f.content)
		}
	}
}

func (s *sound) entity(data []byte) {
	s.cost += eventCost
	for range s.fields(data, entityShape) {
		s.cost += keyValueCost
	}
}

func (s *sound) keyValue(data []byte) {
	s.cost += keyValueCost
	for f := range s.fields(data, keyValueShape) {
		if f.num == 2 {
			s.anyValue(f.content)
		}
	}
}

func (s *sound) anyValue(data []byte) {
	if s.depth++; s.depth > maxDepth {
		s.fail("attribute values nested deeper than %d", maxDepth)
		return
	}
	s.cost += anyValueCost
	for f := range s.fields(data, anyValueShape) {
		if f.num == 5 || f.num == 6 { // array_value, kvlist_value
			s.elements(f.content, f.num == 6)
		}
	}
	s.depth--
}

// elements are what an array or a list of key and value holds.
func (s *sound) elements(data []byte, keyed bool) {
	for f := range s.fields(data, listShape) {
		switch {
		case f.num != 1:
		case keyed:
			s.keyValue(f.content)
		default:
			s.anyValue(f.content)
		}
	}
}
