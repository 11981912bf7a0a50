package receiver

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"

	"github.com/xraytrace/xray"
)

// acceptLogs stores the log records that complete a step and ignores the rest.
func (r *Receiver) acceptLogs(ctx context.Context, in incoming) (partial, error) {
	body := in.body
	if in.json {
		var err error
		if body, err = logsFromJSON(body, in.lease); err != nil {
			return partial{}, err
		}
	}
	rules, err := r.opts.Masking.Storing(in.project.ID)
	if err != nil {
		return partial{}, err
	}
	m, err := parseLogs(body)
	if err != nil {
		return partial{}, err
	}
	part, cost := m.refuse(scanLog)
	cost += decodeCost(m.records)
	if err := in.lease.take(cost); err != nil {
		return partial{}, err
	}
	kept, refs, err := completing(m)
	in.lease.shrink(cost)
	if err != nil {
		return partial{}, err
	}
	r.metrics.count(in.signal, fateRefused, part.rejected)
	r.metrics.count(in.signal, fateIgnored, len(m.records)-len(kept.records))
	if len(kept.records) == 0 {
		return part, nil
	}
	if rules != nil {
		if body, err = r.mask(ctx, rules, kept, in.lease, (*masking).log); err != nil {
			return partial{}, err
		}
	}
	err = r.sink.Append(ctx, xray.Batch{
		ProjectID: in.project.ID, RequestHash: requestHash(in.project.ID, xray.SignalLogs, body),
		Received: r.opts.Clock(), Segments: logSegments(kept, refs),
	})
	if err != nil {
		return partial{}, fmt.Errorf("append log records: %w", err)
	}
	r.metrics.count(in.signal, fateAccepted, len(kept.records))
	in.visit.kept = len(kept.records)
	return part, nil
}

func parseLogs(body []byte) (*message, error) {
	m, err := parse(body)
	if errors.Is(err, errOldScopes) {
		req := plogotlp.NewExportRequest()
		if req.UnmarshalProto(body) == nil {
			body, _ = req.MarshalProto() // never fails
			m, err = parse(body)
		}
	}
	if err != nil {
		return nil, xray.Errorf(xray.CodeInvalid, "the body is not an OTLP logs request: %v", err)
	}
	return m, nil
}

// completing returns the records of m that belong to a step, and to which.
func completing(m *message) (*message, []xray.LogRef, error) {
	ld, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(m.encode(m.records))
	if err != nil {
		return nil, nil, xray.Errorf(xray.CodeInvalid, "the body is not an OTLP logs request: %v", err)
	}
	kept := &message{scopes: m.scopes, resources: m.resources}
	var refs []xray.LogRef
	i := 0
	for rec := range logRecords(ld) {
		if completesStep(rec) {
			kept.records = append(kept.records, m.records[i])
			refs = append(refs, xray.LogRef{TraceID: xray.TraceID(rec.TraceID()), SpanID: xray.SpanID(rec.SpanID())})
		}
		i++
	}
	return kept, refs, nil
}

// logSegments makes segments of records that belong to steps.
func logSegments(kept *message, refs []xray.LogRef) (segments []xray.Segment) {
	for records, data := range kept.pieces(nil, segmentTarget) {
		seg := xray.Segment{Signal: xray.SignalLogs, Data: data, Records: len(records), Logs: refs[:len(records)]}
		for i := range seg.Logs {
			seg.Logs[i].Ordinal = i
		}
		refs = refs[len(records):]
		segments = append(segments, seg)
	}
	return segments
}

// completesStep says which log records are part of a trace as we show it: the
// GenAI conventions' message and exception events, which name their span. The
// event's name is a field of the record, or in older SDKs an attribute.
func completesStep(rec plog.LogRecord) bool {
	if rec.TraceID().IsEmpty() || rec.SpanID().IsEmpty() {
		return false
	}
	name := rec.EventName()
	if name == "" {
		if v, ok := rec.Attributes().Get("event.name"); ok {
			name = v.AsString()
		}
	}
	return strings.HasPrefix(name, "gen_ai.") || name == "exception"
}

// logRecords ranges over ld in the order of ordinals.
func logRecords(ld plog.Logs) func(yield func(plog.LogRecord) bool) {
	return func(yield func(plog.LogRecord) bool) {
		for _, rl := range ld.ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				for _, rec := range sl.LogRecords().All() {
					if !yield(rec) {
						return
					}
				}
			}
		}
	}
}
