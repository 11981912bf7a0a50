package receiver

import (
	"slices"
	"sync"

	"google.golang.org/protobuf/encoding/protowire"
)

// slimmer makes messages with only what the mapper reads to make steps. pdata
// spends most of its time on making objects of attributes that no step has a
// place for: leaving those out on the wire level more than halves its
// allocations for small spans. What is stored is never slim.
//
// A slimmer is reused for its memory; nothing may keep what it returns.
type slimmer struct {
	records []record
	bodies  []byte
	message []byte
}

// slim returns data, the message of these sound records, slim.
func (s *slimmer) slim(m *message, data []byte, records []record, mapper Mapper) []byte {
	s.records, s.bodies = s.records[:0], slices.Grow(s.bodies[:0], len(data)) // bodies never moves
	saved := 0
	for _, r := range records {
		body := s.span(r.body, mapper)
		saved += len(r.body) - len(body)
		s.records = append(s.records, record{scope: r.scope, body: body})
	}
	if saved == 0 {
		return data
	}
	s.message = m.appendRecords(s.message[:0], s.records)
	return s.message
}

// span returns body if it loses nothing.
func (s *slimmer) span(body []byte, mapper Mapper) []byte {
	start, copied := len(s.bodies), 0 // of body, up to there
	for rest := body; len(rest) > 0; {
		f, after, ok := cut(rest)
		if !ok {
			return body
		}
		if !reads(mapper, f) {
			s.bodies = append(s.bodies, body[copied:len(body)-len(rest)]...)
			copied = len(body) - len(after)
		}
		rest = after
	}
	if copied == 0 {
		return body
	}
	s.bodies = append(s.bodies, body[copied:]...)
	return s.bodies[start:]
}

// release gives the slimmer back, unless it has grown out of proportion.
func (s *slimmer) release(pool *sync.Pool) {
	if cap(s.bodies) > 2*segmentTarget {
		return
	}
	clear(s.records) // they alias the request
	pool.Put(s)
}

// reads says whether the mapper has a use for this field of a span.
func reads(mapper Mapper, f wireField) bool {
	switch f.num {
	case 9: // an attribute
		return mapper.Reads(textField(f.content, 1))
	case 11: // an event
		return mapper.ReadsEvent(textField(f.content, 2))
	case 13: // a link
		return false
	}
	return true
}

// textField returns the value of a text field: of several, as in any decoder,
// the last.
func textField(data []byte, num protowire.Number) (text []byte) {
	for len(data) > 0 {
		f, rest, ok := cut(data)
		if !ok {
			return text
		}
		if f.num == num {
			text = f.content
		}
		data = rest
	}
	return text
}

// firstField returns the value of the first field of a number; encoders write
// fields in order, so that it is soon found.
func firstField(data []byte, num protowire.Number) []byte {
	for len(data) > 0 {
		f, rest, ok := cut(data)
		if !ok || f.num == num {
			return f.content
		}
		data = rest
	}
	return nil
}
