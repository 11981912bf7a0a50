package receiver

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray"
)

// Codec reads stored segments: the store keeps bytes and knows no protobuf.
// Its errors are of broken segments, which nothing but a fault of ours makes.
type Codec struct{ Mapper Mapper }

// Steps maps all spans of a project's traces segment, in order.
func (c Codec) Steps(project int32, data []byte) ([]xray.Step, error) {
	steps, err := mapSteps(c.Mapper, project, data)
	if err != nil {
		return nil, fmt.Errorf("decode segment: %w", err)
	}
	return steps, nil
}

// Details maps the named spans in full, in the order given. logs names log
// records of the same traces; each goes to the span that it names.
func (c Codec) Details(spanExtracts, logs []xray.Extract) ([]xray.StepDetail, error) {
	bySpan, err := logsBySpan(logs)
	if err != nil {
		return nil, err
	}
	var details []xray.StepDetail
	for _, x := range spanExtracts {
		td, err := decodeTraces(x)
		if err != nil {
			return nil, err
		}
		for s := range spans(td) {
			details = append(details, c.Mapper.Detail(s, bySpan[spanKey{s.Span.TraceID(), s.Span.SpanID()}]))
		}
	}
	return details, nil
}

// spanKey names a span.
type spanKey struct {
	trace [16]byte
	span  [8]byte
}

func logsBySpan(logs []xray.Extract) (map[spanKey][]plog.LogRecord, error) {
	if len(logs) == 0 {
		return nil, nil
	}
	bySpan := map[spanKey][]plog.LogRecord{}
	for _, x := range logs {
		data, err := excerpt(x)
		if err != nil {
			return nil, err
		}
		ld, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(data)
		if err != nil {
			return nil, fmt.Errorf("decode segment: %w", err)
		}
		for rec := range logRecords(ld) {
			key := spanKey{rec.TraceID(), rec.SpanID()}
			bySpan[key] = append(bySpan[key], rec)
		}
	}
	return bySpan, nil
}

// JSON writes one OTLP JSON TracesData with exactly the named spans. It holds
// one segment's worth in memory at a time; an error of the sequence ends it
// and is returned. What JSON cannot hold, invalid UTF-8, becomes U+FFFD; the
// segment keeps the true bytes.
func (c Codec) JSON(w io.Writer, spanExtracts iter.Seq2[xray.Extract, error]) error {
	const head, tail = `{"resourceSpans":[`, `]}`
	if _, err := io.WriteString(w, head); err != nil {
		return err
	}
	first := true
	for x, err := range spanExtracts {
		if err != nil {
			return err
		}
		td, err := decodeTraces(x)
		if err != nil {
			return err
		}
		text, err := (&ptrace.JSONMarshaler{}).MarshalTraces(td)
		if err != nil {
			return fmt.Errorf("encode segment: %w", err)
		}
		inner, ok := bytes.CutPrefix(text, []byte(head))
		if !ok {
			continue // no spans
		}
		inner = bytes.TrimSuffix(inner, []byte(tail))
		if !utf8.Valid(inner) {
			inner = bytes.ToValidUTF8(inner, []byte("\uFFFD"))
		}
		if !first {
			inner = append([]byte{','}, inner...)
		}
		first = false
		if _, err := w.Write(inner); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, tail)
	return err
}

// Without returns the segment minus the records with these ordinals; empty if
// none are left.
func (c Codec) Without(_ xray.Signal, data []byte, ordinals []int) ([]byte, error) {
	m, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("read segment: %w", err)
	}
	gone := make(map[int]bool, len(ordinals))
	for _, o := range ordinals {
		gone[o] = true
	}
	i := -1
	m.keep(func(*record) bool { i++; return !gone[i] })
	return m.encode(m.records), nil
}

func decodeTraces(x xray.Extract) (ptrace.Traces, error) {
	data, err := excerpt(x)
	if err != nil {
		return ptrace.Traces{}, err
	}
	td, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(data)
	if err != nil {
		return ptrace.Traces{}, fmt.Errorf("decode segment: %w", err)
	}
	return td, nil
}

// excerpt cuts the wanted records out of a segment on the wire level, so that
// one span of a large segment costs no more than itself to decode.
func excerpt(x xray.Extract) ([]byte, error) {
	m, err := parse(x.Data)
	if err != nil {
		return nil, fmt.Errorf("read segment: %w", err)
	}
	wanted := make([]record, 0, len(x.Ordinals))
	for _, o := range x.Ordinals {
		if o < 0 || o >= len(m.records) {
			return nil, fmt.Errorf("read segment: no record %d of %d", o, len(m.records))
		}
		wanted = append(wanted, m.records[o])
	}
	return m.encode(wanted), nil
}
