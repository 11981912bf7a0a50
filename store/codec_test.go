package store_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/xraytrace/xray"
)

// lineCodec stands in for OTLP: a segment is records one after the other, each
// with its length in front, so that segments concatenate as OTLP's do. A record
// is a step, or a reference of a log record, in JSON.
type lineCodec struct{}

func encodeRecords[T any](t testing.TB, records []T) []byte {
	t.Helper()
	var data []byte
	for _, r := range records {
		raw, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		data = append(binary.BigEndian.AppendUint32(data, uint32(len(raw))), raw...)
	}
	return data
}

func splitRecords(data []byte) ([][]byte, error) {
	var all [][]byte
	for len(data) > 0 {
		if len(data) < 4 || len(data)-4 < int(binary.BigEndian.Uint32(data)) {
			return nil, fmt.Errorf("a record is cut at %d bytes", len(data))
		}
		n := 4 + int(binary.BigEndian.Uint32(data))
		all = append(all, data[4:n])
		data = data[n:]
	}
	return all, nil
}

func pickRecords(x xray.Extract) ([][]byte, error) {
	all, err := splitRecords(x.Data)
	if err != nil {
		return nil, err
	}
	var some [][]byte
	for _, n := range x.Ordinals {
		if n >= len(all) {
			return nil, fmt.Errorf("ordinal %d of %d", n, len(all))
		}
		some = append(some, all[n])
	}
	return some, nil
}

func (lineCodec) Steps(_ int32, data []byte) ([]xray.Step, error) {
	all, err := splitRecords(data)
	steps := make([]xray.Step, len(all))
	for i := range all {
		if err := json.Unmarshal(all[i], &steps[i]); err != nil {
			return nil, err
		}
	}
	return steps, err
}

// Details gives the whole record as input, and how many logs joined as output.
func (lineCodec) Details(spans, logs []xray.Extract) ([]xray.StepDetail, error) {
	joined := map[xray.SpanID]int{}
	for _, x := range logs {
		records, err := pickRecords(x)
		if err != nil {
			return nil, err
		}
		for _, raw := range records {
			var ref xray.LogRef
			if err := json.Unmarshal(raw, &ref); err != nil {
				return nil, err
			}
			joined[ref.SpanID]++
		}
	}
	var out []xray.StepDetail
	for _, x := range spans {
		records, err := pickRecords(x)
		if err != nil {
			return nil, err
		}
		for _, raw := range records {
			d := xray.StepDetail{Input: raw}
			if err := json.Unmarshal(raw, &d.Step); err != nil {
				return nil, err
			}
			d.Output = json.RawMessage(fmt.Sprint(joined[d.SpanID]))
			out = append(out, d)
		}
	}
	return out, nil
}

// JSON writes a JSON array of the records.
func (lineCodec) JSON(w io.Writer, spans iter.Seq2[xray.Extract, error]) error {
	all := []json.RawMessage{}
	for x, err := range spans {
		if err != nil {
			return err
		}
		records, err := pickRecords(x)
		if err != nil {
			return err
		}
		for _, raw := range records {
			all = append(all, slices.Clone(raw))
		}
	}
	return json.NewEncoder(w).Encode(all)
}

func (lineCodec) Without(_ xray.Signal, data []byte, ordinals []int) ([]byte, error) {
	all, err := splitRecords(data)
	var rest []byte
	for i, raw := range all {
		if !slices.Contains(ordinals, i) {
			rest = append(binary.BigEndian.AppendUint32(rest, uint32(len(raw))), raw...)
		}
	}
	return rest, err
}

// batchOf makes a batch of one traces segment.
func batchOf(t testing.TB, project int32, steps ...xray.Step) xray.Batch {
	t.Helper()
	records := slices.Clone(steps)
	for i := range records {
		records[i].Hints = nil // may hold what is not JSON
	}
	data := encodeRecords(t, records)
	return xray.Batch{
		ProjectID: project, RequestHash: hashOf(data),
		Segments: []xray.Segment{{
			Signal: xray.SignalTraces, Data: data, Records: len(steps), Steps: slices.Clone(steps),
		}},
	}
}

// logsOf makes a batch of log records that belong to spans.
func logsOf(t testing.TB, project int32, refs ...xray.LogRef) xray.Batch {
	t.Helper()
	for i := range refs {
		refs[i].Ordinal = i
	}
	data := encodeRecords(t, refs)
	return xray.Batch{
		ProjectID: project, RequestHash: hashOf(data),
		Segments: []xray.Segment{{Signal: xray.SignalLogs, Data: data, Records: len(refs), Logs: refs}},
	}
}

func hashOf(data []byte) [16]byte {
	sum := sha256.Sum256(data)
	return [16]byte(sum[:16])
}

// The attributes of a record are the words "key=value" of the step's name; its
// text is the whole name.
func (lineCodec) Terms(project int32, data []byte) (xray.Terms, error) {
	steps, err := lineCodec{}.Steps(project, data)
	var out xray.Terms
	index := map[xray.TraceID]uint64{}
	for _, s := range steps {
		if _, there := index[s.TraceID]; !there {
			index[s.TraceID] = uint64(len(out.Traces))
			out.Traces = append(out.Traces, s.TraceID)
		}
		for word := range strings.FieldsSeq(s.Name) {
			if strings.Contains(word, "=") {
				out.Pairs = append(out.Pairs, uint64(termOf(project, word))<<32|index[s.TraceID])
			}
		}
	}
	return out, err
}

func termOf(project int32, word string) uint32 {
	sum := sha256.Sum256(fmt.Append(nil, project, word))
	return binary.BigEndian.Uint32(sum[:])
}

func (lineCodec) Finder(project int32, conditions []xray.Condition) (xray.Finder, error) {
	return lineFinder{project, conditions}, nil
}

type lineFinder struct {
	project    int32
	conditions []xray.Condition
}

func (f lineFinder) Find(signal xray.Signal, data []byte, of map[xray.TraceID]bool) ([]xray.Hit, error) {
	if signal != xray.SignalTraces {
		return nil, nil
	}
	steps, err := lineCodec{}.Steps(f.project, data)
	var out []xray.Hit
	for i, s := range steps {
		hit := xray.Hit{TraceID: s.TraceID, Ordinal: i}
		for j, c := range f.conditions {
			if holdsOn(c, s.Name) {
				hit.Holds |= 1 << j
			}
		}
		if hit.Holds != 0 && (of == nil || of[s.TraceID]) {
			out = append(out, hit)
		}
	}
	return out, err
}

func holdsOn(c xray.Condition, name string) bool {
	if c.Field == xray.FieldText {
		return strings.Contains(strings.ToLower(name), strings.ToLower(c.Values[0].Text))
	}
	return slices.Contains(strings.Fields(name), c.Key+"="+c.Values[0].Text)
}

func (f lineFinder) Terms(i int) ([]uint32, bool) {
	c := f.conditions[i]
	if c.Field != xray.FieldAttr {
		return nil, false
	}
	return []uint32{termOf(f.project, c.Key+"="+c.Values[0].Text)}, true
}
