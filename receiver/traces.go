package receiver

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/mask"
	"github.com/xraytrace/xray/receiver/semconv"
)

// acceptTraces stores the spans of one request.
func (r *Receiver) acceptTraces(ctx context.Context, in incoming) (partial, error) {
	body := in.body
	if in.json {
		var err error
		if body, err = tracesFromJSON(body, in.lease); err != nil {
			return partial{}, err
		}
	}
	rules, err := r.opts.Masking.Storing(in.project.ID)
	if err != nil {
		return partial{}, err
	}
	return r.storeTraces(ctx, in, rules, body, nil)
}

// storeTraces takes the protobuf form. hash names the request; nil stands for
// the hash of what is kept of it.
func (r *Receiver) storeTraces(ctx context.Context, in incoming, rules *mask.Masker, body []byte, hash *[16]byte) (partial, error) {
	original := body
	m, body, err := parseTraces(body)
	if err != nil {
		return partial{}, err
	}
	part, shared := m.refuse(scanSpan)
	if part.rejected > 0 {
		body = nil // no longer what we keep
	}
	if rules != nil {
		if body, err = r.mask(ctx, rules, m, in.lease, (*masking).span); err != nil {
			return partial{}, err
		}
		original = body
	}
	if hash == nil {
		hash = new(requestHash(in.project.ID, xray.SignalTraces, original))
	}
	if err := in.lease.take(shared); err != nil {
		return partial{}, err
	}
	segments, err := r.traceSegments(in.project.ID, m, body, in.lease)
	in.lease.shrink(shared)
	if err != nil {
		return partial{}, err
	}
	r.metrics.count(in.signal, fateRefused, part.rejected)
	if len(segments) == 0 {
		return part, nil
	}
	err = r.sink.Append(ctx, xray.Batch{
		ProjectID: in.project.ID, RequestHash: *hash, Received: r.opts.Clock(), Segments: segments,
	})
	if err != nil {
		return partial{}, fmt.Errorf("append spans: %w", err)
	}
	r.metrics.count(in.signal, fateAccepted, len(m.records))
	in.visit.kept = len(m.records)
	return part, nil
}

// parseTraces walks body, after rewriting it if it has OTLP's older form.
func parseTraces(body []byte) (*message, []byte, error) {
	m, err := parse(body)
	if errors.Is(err, errOldScopes) {
		req := ptraceotlp.NewExportRequest()
		if req.UnmarshalProto(body) == nil {
			body, _ = req.MarshalProto() // never fails
			m, err = parse(body)
		}
	}
	if err != nil {
		return nil, nil, xray.Errorf(xray.CodeInvalid, "the body is not an OTLP trace request: %v", err)
	}
	return m, body, nil
}

// stepCost is about what a step takes until it is stored, in bytes, with what it
// can be found by.
const stepCost = 450

// traceSegments cuts m into segments and maps their spans. One segment is
// decoded at a time; the steps of all, and their bytes unless they are body,
// stay on the lease.
func (r *Receiver) traceSegments(project int32, m *message, body []byte, l *lease) ([]xray.Segment, error) {
	slimmer := r.slimmers.Get().(*slimmer)
	defer slimmer.release(&r.slimmers)
	var segments []xray.Segment
	for records, data := range m.pieces(body, segmentTarget) {
		stays, passes := stepCost*int64(len(records)), decodeCost(records)+int64(len(data))
		if len(data) != len(body) {
			stays += int64(len(data))
		}
		if err := l.take(stays + passes); err != nil {
			return nil, err
		}
		steps, err := mapSteps(r.mapper, project, slimmer.slim(m, data, records, r.mapper))
		l.shrink(passes)
		if err != nil {
			return nil, fmt.Errorf("decode spans that looked sound: %w", err)
		}
		segments = append(segments, xray.Segment{
			Signal: xray.SignalTraces, Data: data, Records: len(records), Steps: steps,
			Terms: termsOf(project, m, records),
		})
	}
	return segments, nil
}

// mapSteps decodes a TracesData message of a project and maps its spans, in order.
func mapSteps(mapper Mapper, project int32, data []byte) ([]xray.Step, error) {
	td, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(data)
	if err != nil {
		return nil, err
	}
	steps := make([]xray.Step, 0, td.SpanCount())
	for s := range spans(td) {
		s.Project = project
		steps = append(steps, mapper.Step(s))
	}
	return steps, nil
}

// spans ranges over td in the order of ordinals.
func spans(td ptrace.Traces) func(yield func(semconv.Span) bool) {
	return func(yield func(semconv.Span) bool) {
		for _, rs := range td.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				for _, span := range ss.Spans().All() {
					if !yield(semconv.Span{Resource: rs.Resource(), Scope: ss.Scope(), Span: span}) {
						return
					}
				}
			}
		}
	}
}
