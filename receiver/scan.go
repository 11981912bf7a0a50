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

// sound tells what is wrong with a record, "" if nothing is, and how many
// bytes it will take decoded, besides its texts.
type sound struct {
	cost  int64
	depth int
	fault string
}

// scanSpan reads a Span's skeleton: its ids are there and of the right length,
// and everything nested is well-formed and not too deep.
func scanSpan(body []byte) sound {
	s := sound{cost: spanCost}
	var trace xray.TraceID
	var span, parent xray.SpanID
	for f := range s.fields(body) {
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
			s.nested(f.content, 3)
		case 13:
			s.nested(f.content, 4)
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

// scanLog does the same for a LogRecord, whose ids may be absent.
func scanLog(body []byte) sound {
	s := sound{cost: spanCost}
	for f := range s.fields(body) {
		switch f.num {
		case 5:
			s.anyValue(f.content)
		case 6:
			s.keyValue(f.content)
		}
	}
	return s
}

// scanHeader does it for what records share: field 1 is the resource or the
// scope, whose attributes are in field attributes.
func scanHeader(header []byte, attributes protowire.Number) sound {
	s := sound{cost: spanCost}
	for f := range s.fields(header) {
		if f.num == 1 {
			s.nested(f.content, attributes)
		}
	}
	return s
}

// fields ranges over the length-delimited fields of a message.
func (s *sound) fields(data []byte) iter.Seq[wireField] {
	return func(yield func(wireField) bool) {
		for len(data) > 0 {
			f, rest, ok := cut(data)
			if !ok {
				s.fail("%v", errMalformed)
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

// nested is an event, a link, a resource or a scope.
func (s *sound) nested(data []byte, attributes protowire.Number) {
	s.cost += eventCost
	for f := range s.fields(data) {
		if f.num == attributes {
			s.keyValue(f.content)
		} else {
			s.cost += keyValueCost // an entity reference
		}
	}
}

func (s *sound) keyValue(data []byte) {
	s.cost += keyValueCost
	for f := range s.fields(data) {
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
	for f := range s.fields(data) {
		if f.num == 5 || f.num == 6 { // array_value, kvlist_value
			s.elements(f.content, f.num == 6)
		}
	}
	s.depth--
}

// elements are what an array or a list of key and value holds.
func (s *sound) elements(data []byte, keyed bool) {
	for f := range s.fields(data) {
		switch {
		case f.num != 1:
		case keyed:
			s.keyValue(f.content)
		default:
			s.anyValue(f.content)
		}
	}
}
