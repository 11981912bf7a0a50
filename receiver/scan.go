package receiver

import (
	"fmt"

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

func (s *sound) fail(format string, args ...any) {
	if s.fault == "" {
		s.fault = fmt.Sprintf(format, args...)
	}
}

// scanSpan reads a Span's skeleton: its ids are there and of the right length,
// and everything nested is well-formed and not too deep.
func scanSpan(body []byte) sound {
	s := sound{cost: spanCost}
	var trace xray.TraceID
	var span xray.SpanID
	s.fields(body, func(num protowire.Number, content []byte) {
		switch num {
		case 1:
			s.id("trace id", trace[:], content)
		case 2:
			s.id("span id", span[:], content)
		case 4:
			var parent xray.SpanID
			s.id("parent span id", parent[:], content)
		case 9:
			s.keyValue(content)
		case 11:
			s.nested(content, 3)
		case 13:
			s.nested(content, 4)
		}
	})
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
	s.fields(body, func(num protowire.Number, content []byte) {
		switch num {
		case 5:
			s.anyValue(content)
		case 6:
			s.keyValue(content)
		}
	})
	return s
}

// scanHeader does it for what records share: field 1 is the resource or the
// scope, whose attributes are in field attributes.
func scanHeader(header []byte, attributes protowire.Number) sound {
	s := sound{cost: spanCost}
	s.fields(header, func(num protowire.Number, content []byte) {
		if num == 1 {
			s.nested(content, attributes)
		}
	})
	return s
}

func (s *sound) fields(data []byte, f func(num protowire.Number, content []byte)) {
	err := eachField(data, func(num protowire.Number, typ protowire.Type, raw, content []byte) error {
		if typ == protowire.BytesType {
			f(num, content)
		}
		return nil
	})
	if err != nil {
		s.fail("%v", err)
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
	s.fields(data, func(num protowire.Number, content []byte) {
		if num == attributes {
			s.keyValue(content)
		} else {
			s.cost += keyValueCost // an entity reference
		}
	})
}

func (s *sound) keyValue(data []byte) {
	s.cost += keyValueCost
	s.fields(data, func(num protowire.Number, content []byte) {
		if num == 2 {
			s.anyValue(content)
		}
	})
}

func (s *sound) anyValue(data []byte) {
	if s.depth++; s.depth > maxDepth {
		s.fail("attribute values nested deeper than %d", maxDepth)
		return
	}
	s.cost += anyValueCost
	s.fields(data, func(num protowire.Number, content []byte) {
		switch num {
		case 5:
			s.fields(content, func(num protowire.Number, v []byte) {
				if num == 1 {
					s.anyValue(v)
				}
			})
		case 6:
			s.fields(content, func(num protowire.Number, kv []byte) {
				if num == 1 {
					s.keyValue(kv)
				}
			})
		}
	})
	s.depth--
}
