package xray

import (
	"encoding/hex"
	"time"
)

// TraceID is the 16-byte W3C trace id. The zero value is invalid.
type TraceID [16]byte

// SpanID is the 8-byte W3C span id. The zero value means "no span": a root's
// parent is the zero SpanID.
type SpanID [8]byte

func (t TraceID) String() string { return hex.EncodeToString(t[:]) }
func (s SpanID) String() string  { return hex.EncodeToString(s[:]) }

func (t TraceID) IsZero() bool { return t == TraceID{} }
func (s SpanID) IsZero() bool  { return s == SpanID{} }

// ParseTraceID reads 32 hex digits, in either case, with or without the
// hyphens of a UUID. An error is CodeInvalid.
func ParseTraceID(s string) (TraceID, error) {
	var t TraceID
	raw := s
	if len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' {
		raw = s[0:8] + s[9:13] + s[14:18] + s[19:23] + s[24:]
	}
	if len(raw) != 32 {
		return t, Errorf(CodeInvalid, "%q is not a trace id: give 32 hex digits", s)
	}
	if _, err := hex.Decode(t[:], []byte(raw)); err != nil || t.IsZero() {
		return TraceID{}, Errorf(CodeInvalid, "%q is not a trace id: give 32 hex digits, not all zero", s)
	}
	return t, nil
}

// ParseSpanID reads 16 hex digits, in either case. An error is CodeInvalid.
func ParseSpanID(s string) (SpanID, error) {
	var id SpanID
	if len(s) != 16 {
		return id, Errorf(CodeInvalid, "%q is not a step id: give the 16 hex digits of its span id", s)
	}
	if _, err := hex.Decode(id[:], []byte(s)); err != nil || id.IsZero() {
		return SpanID{}, Errorf(CodeInvalid, "%q is not a step id: give 16 hex digits, not all zero", s)
	}
	return id, nil
}

// Signal tells what the bytes of a segment are.
type Signal uint8

const (
	SignalTraces Signal = 1 // an OTLP TracesData message
	SignalLogs   Signal = 2 // an OTLP LogsData message; its records complete steps
)

// Segment is a piece of what a client sent: the OTLP protobuf bytes and the
// index over them. Concatenating the bytes of two segments of one signal gives
// a valid segment (protobuf merges repeated fields), and that is how small
// requests are stored together: the ordinals of the second move up by the
// number of records in the first.
type Segment struct {
	Signal  Signal
	Data    []byte // TracesData or LogsData, uncompressed; about 1 MB at most unless one span is larger
	Records int    // spans (or log records) in Data, in order; ordinals run from 0 to Records-1
	Steps   []Step // one per span, in order; empty for logs
	Logs    []LogRef
	Terms   *Terms // what its spans can be found by; nil for logs, and if whoever made it did not look
}

// LogRef says that log record Ordinal of a segment belongs to a span.
type LogRef struct {
	TraceID TraceID
	SpanID  SpanID
	Ordinal int
}

// Batch is one accepted request, ready to be stored. It is stored whole or not
// at all, and once: RequestHash names its content, and a batch whose hash the
// project has already stored within a day changes nothing.
type Batch struct {
	ProjectID   int32
	RequestHash [16]byte
	Received    time.Time
	Segments    []Segment
}

// Extract names records of one stored segment: its bytes and the ordinals that
// are wanted.
type Extract struct {
	Data     []byte
	Ordinals []int
}
