package store

import (
	"slices"

	"github.com/xraytrace/xray"
)

const (
	// mergeBelow: smaller pieces are put together, per project and signal. A
	// bigger one is packed by its caller's goroutine, off the writers.
	mergeBelow = 64 << 10
	// mergeUpTo bounds what merging makes: reading one span unpacks a segment,
	// and beyond this size packing gains nothing more.
	mergeUpTo = 256 << 10
)

// rawSegment is a piece of a request, checked and clean.
type rawSegment struct {
	xray.Segment
	packed []byte // nil until merged
}

// prepare checks and cleans a batch and packs its large segments. It runs in
// the caller's goroutine.
func (w *writer) prepare(b xray.Batch) (*request, error) {
	r := &request{project: b.ProjectID, hash: b.RequestHash, done: make(chan error, 1)}
	for _, seg := range b.Segments {
		if seg.Records == 0 {
			continue
		}
		if seg.Signal == xray.SignalTraces && len(seg.Steps) != seg.Records {
			return nil, xray.Errorf(xray.CodeInvalid, "a segment of %d spans came with %d steps", seg.Records, len(seg.Steps))
		}
		for i := range seg.Steps {
			cleanStep(&seg.Steps[i])
		}
		raw := rawSegment{Segment: seg}
		if len(seg.Data) >= mergeBelow {
			raw.packed = w.zip.pack(seg.Data)
		}
		r.segments = append(r.segments, raw)
		r.bytes += int64(len(seg.Data)) + int64(len(seg.Steps))*stepCost
	}
	return r, nil
}

// cleanStep makes a step's texts storable. A step that announces a running one
// goes by the id it announces, so that children find their parent.
func cleanStep(s *xray.Step) {
	if s.Pending && !s.PendingFor.IsZero() {
		s.SpanID = s.PendingFor
	}
	s.Name = cleanText(s.Name, maxName)
	s.Service = cleanText(s.Service, maxName)
	s.Model = cleanText(s.Model, maxName)
	s.Provider = cleanText(s.Provider, maxName)
	s.PriceDate = cleanText(s.PriceDate, maxName)
	s.Error = cleanText(s.Error, maxError)
}

// part is a request's segment inside a stored one.
type part struct {
	rawSegment
	offset int // added to its ordinals
}

// storedSegment is a row of table segments and what points into it.
type storedSegment struct {
	id       int64
	project  int32
	signal   xray.Signal
	records  int
	rawBytes int
	packed   []byte
	parts    []part
}

// mergeSegments lays out the segments of a group: large ones as they are, small
// ones of one project and signal together.
func (w *writer) mergeSegments(group []*request) []*storedSegment {
	type kind struct {
		project int32
		signal  xray.Signal
	}
	var all []*storedSegment
	open := make(map[kind]*storedSegment)
	for _, r := range group {
		for _, raw := range r.segments {
			k := kind{r.project, raw.Signal}
			seg := open[k]
			if raw.packed != nil || seg == nil || seg.rawBytes+len(raw.Data) > mergeUpTo {
				seg = &storedSegment{project: r.project, signal: raw.Signal, packed: raw.packed}
				all = append(all, seg)
				if raw.packed == nil {
					open[k] = seg
				}
			}
			seg.parts = append(seg.parts, part{raw, seg.records})
			seg.records += raw.Records
			seg.rawBytes += len(raw.Data)
		}
	}
	now := w.clock()
	for _, seg := range all {
		seg.id = w.ids.next(now)
		if seg.packed == nil {
			seg.packed = w.zip.pack(seg.join())
		}
	}
	return all
}

// join is the bytes of a merged segment: OTLP messages concatenate.
func (s *storedSegment) join() []byte {
	if len(s.parts) == 1 {
		return s.parts[0].Data
	}
	raw := make([]byte, 0, s.rawBytes)
	for _, p := range s.parts {
		raw = append(raw, p.Data...)
	}
	return raw
}

// summaries computes, for every execution that a group touches, what the group
// says about it, in key order.
func summaries(segments []*storedSegment) []summary {
	type collected struct {
		steps       []*xray.Step
		first, last int64
	}
	byTrace := make(map[traceKey]*collected)
	collect := func(key traceKey, segment int64, step *xray.Step) {
		c := byTrace[key]
		if c == nil {
			c = &collected{first: segment}
			byTrace[key] = c
		}
		c.last = segment
		if step != nil {
			c.steps = append(c.steps, step)
		}
	}
	for _, seg := range segments {
		for _, p := range seg.parts {
			for i := range p.Steps {
				collect(traceKey{seg.project, p.Steps[i].TraceID}, seg.id, &p.Steps[i])
			}
			for _, ref := range p.Logs {
				collect(traceKey{seg.project, ref.TraceID}, seg.id, nil)
			}
		}
	}
	out := make([]summary, 0, len(byTrace))
	for key, c := range byTrace {
		steps := distinct(c.steps)
		sum := summarise(key, steps)
		sum.whole = isWhole(steps)
		sum.first, sum.last = c.first, c.last
		out = append(out, sum)
	}
	slices.SortFunc(out, func(a, b summary) int { return a.compare(b.traceKey) })
	return out
}
