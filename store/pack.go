package store

import (
	"encoding/binary"
	"math"

	"github.com/xraytrace/xray"
)

// A row of table steps holds the steps of one trace in one segment, packed:
//
//	version  1
//	texts    count, then each with its length: names, services, models, errors …
//	steps    count, the first start, then for each step
//	         ordinal (difference to the one before), span id (8 bytes), parent,
//	         start (difference to the first), end (difference to the start),
//	         type, flags, name, service and, if flags say so, a mask of what
//	         else there is, and that
//
// Numbers are varints, texts are indexes into the list of texts. A parent is 0
// for none, 1 with an id of 8 bytes behind it, or 2 + its place in the row.
// docs/adr/002 tells why the rows are not one per step.
const packVersion = 1

// Flags of a step. Two bits each for status and where the cost comes from.
const (
	flagStatus  = 0b11
	flagCost    = 0b1100
	costShift   = 2
	flagModel   = 1 << 4
	flagPending = 1 << 5
	flagPayload = 1 << 6
	flagMore    = 1 << 7
)

// Bits of the mask behind flagMore: first the seven classes of tokens.
const (
	tokenClasses = 7
	moreCost     = 1 << (tokenClasses + iota)
	moreModel
	moreProvider
	morePriceDate
	moreError
)

// placedStep is a step and its ordinal in the segment.
type placedStep struct {
	*xray.Step
	ordinal int
}

// packer packs rows, one after the other, reusing its memory.
type packer struct {
	texts []string
	index map[string]int
	spans map[xray.SpanID]int
	body  []byte
}

func newPacker() *packer {
	return &packer{index: make(map[string]int), spans: make(map[xray.SpanID]int)}
}

// pack appends the packed form of steps, at least one, to buf. Ordinals rise.
func (p *packer) pack(buf []byte, steps []placedStep) []byte {
	p.texts, p.body = p.texts[:0], p.body[:0]
	clear(p.index)
	clear(p.spans)
	for i, s := range steps {
		p.spans[s.SpanID] = i
	}
	before := 0
	for _, s := range steps {
		p.body = binary.AppendUvarint(p.body, uint64(s.ordinal-before))
		before = s.ordinal
		p.step(s.Step, steps[0].Start)
	}
	buf = append(buf, packVersion)
	buf = binary.AppendUvarint(buf, uint64(len(p.texts)))
	for _, t := range p.texts {
		buf = append(binary.AppendUvarint(buf, uint64(len(t))), t...)
	}
	buf = binary.AppendUvarint(buf, uint64(len(steps)))
	buf = binary.AppendVarint(buf, int64(steps[0].Start))
	return append(buf, p.body...)
}

func (p *packer) step(s *xray.Step, first xray.Nano) {
	p.body = append(p.body, s.SpanID[:]...)
	if at, there := p.spans[s.ParentID]; s.ParentID.IsZero() {
		p.body = append(p.body, 0)
	} else if there {
		p.body = binary.AppendUvarint(p.body, uint64(at)+2)
	} else {
		p.body = append(append(p.body, 1), s.ParentID[:]...)
	}
	// Differences may overflow; they do so back when they are added again.
	p.body = binary.AppendVarint(p.body, int64(s.Start-first))
	p.body = binary.AppendVarint(p.body, int64(s.End-s.Start))
	p.body = binary.AppendUvarint(p.body, uint64(typeCode(s.Type)))
	mask := more(s)
	flags := byte(s.Status)&flagStatus | byte(s.CostFrom)<<costShift&flagCost
	for _, f := range [...]struct {
		set bool
		bit byte
	}{{s.ModelCall, flagModel}, {s.Pending, flagPending}, {s.HasPayload, flagPayload}, {mask != 0, flagMore}} {
		if f.set {
			flags |= f.bit
		}
	}
	p.body = append(p.body, flags)
	p.text(s.Name)
	p.text(s.Service)
	if mask != 0 {
		p.more(s, mask)
	}
}

func (p *packer) text(t string) {
	at, there := p.index[t]
	if !there {
		at = len(p.texts)
		p.index[t] = at
		p.texts = append(p.texts, t)
	}
	p.body = binary.AppendUvarint(p.body, uint64(at))
}

// tokensOf lists the classes in the order of their bits.
func tokensOf(t *xray.Tokens) [tokenClasses]**int64 {
	return [...]**int64{&t.Input, &t.CacheRead, &t.CacheWrite, &t.InputAudio, &t.Output, &t.Reasoning, &t.OutputAudio}
}

func more(s *xray.Step) (mask uint64) {
	for i, class := range tokensOf(&s.Tokens) {
		if *class != nil {
			mask |= 1 << i
		}
	}
	if s.CostUSD != nil {
		mask |= moreCost
	}
	for _, t := range moreTexts(s) {
		if *t.text != "" {
			mask |= t.bit
		}
	}
	return mask
}

type moreText struct {
	bit  uint64
	text *string
}

func moreTexts(s *xray.Step) [4]moreText {
	return [...]moreText{
		{moreModel, &s.Model}, {moreProvider, &s.Provider}, {morePriceDate, &s.PriceDate}, {moreError, &s.Error},
	}
}

func (p *packer) more(s *xray.Step, mask uint64) {
	p.body = binary.AppendUvarint(p.body, mask)
	for _, class := range tokensOf(&s.Tokens) {
		if *class != nil {
			p.body = binary.AppendVarint(p.body, **class)
		}
	}
	if s.CostUSD != nil {
		p.body = binary.BigEndian.AppendUint64(p.body, math.Float64bits(*s.CostUSD))
	}
	for _, t := range moreTexts(s) {
		if *t.text != "" {
			p.text(*t.text)
		}
	}
}

// stepRow is a row of table steps.
type stepRow struct {
	trace xray.TraceID
	steps []placedStep
}

// rows groups the steps of a segment by trace, in the order in which the
// traces first come.
func (s *storedSegment) rows() []*stepRow {
	var rows []*stepRow
	byTrace := make(map[xray.TraceID]*stepRow)
	var row *stepRow
	for _, p := range s.parts {
		for i := range p.Steps {
			step := &p.Steps[i]
			if row == nil || row.trace != step.TraceID { // spans of a trace mostly come together
				if row = byTrace[step.TraceID]; row == nil {
					row = &stepRow{trace: step.TraceID}
					byTrace[step.TraceID] = row
					rows = append(rows, row)
				}
			}
			row.steps = append(row.steps, placedStep{step, p.offset + i})
		}
	}
	return rows
}
