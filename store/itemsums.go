package store

import (
	"cmp"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

// itemSums adds up what the steps of executions, given the newest first, did to
// items.
type itemSums struct {
	runs   int
	flows  map[string]*itemCounts // by step name
	byWhat map[dropKey]*dropSum
}

type itemCounts struct {
	ins, outs         []int
	entered, departed int64
}

type dropKey struct{ step, shape string }

type dropSum struct {
	xray.DropSum
	last xray.TraceID // that it was counted for
}

func newItemSums() *itemSums {
	return &itemSums{flows: map[string]*itemCounts{}, byWhat: map[dropKey]*dropSum{}}
}

// add counts an execution, unless it was written before stations had names.
func (s *itemSums) add(trace xray.TraceID, stations []stationRow) {
	if len(stations) == 0 || stations[0].Name == "" {
		return
	}
	s.runs++
	for i := range stations {
		st := &stations[i]
		flow := s.flows[st.Name]
		if flow == nil {
			flow = &itemCounts{}
			s.flows[st.Name] = flow
		}
		flow.ins, flow.outs = append(flow.ins, st.In), append(flow.outs, st.Out)
		flow.entered += int64(st.In)
		flow.departed += int64(st.Dropped)
		for _, d := range st.Drops {
			s.drop(trace, st, d)
		}
	}
}

func (s *itemSums) drop(trace xray.TraceID, st *stationRow, d drop) {
	key := dropKey{st.Name, withoutNumbers(d.Text)}
	sum := s.byWhat[key]
	if sum == nil {
		sum = &dropSum{DropSum: xray.DropSum{Step: st.Name, Text: d.Text, Sample: d.Sample, Example: xray.StepRef{Trace: trace}}}
		if id, err := xray.ParseSpanID(st.Step); err == nil {
			sum.Example.Step = id
		}
		s.byWhat[key] = sum
	}
	sum.Items += int64(d.Items)
	if sum.last != trace {
		sum.last = trace
		sum.Executions++
	}
}

// flow is what steps of a name did; nil if they had nothing to do with items.
func (s *itemSums) flow(name string) *xray.ItemFlow {
	f := s.flows[name]
	if f == nil {
		return nil
	}
	out := &xray.ItemFlow{Calls: len(f.ins), In: middle(f.ins), Out: middle(f.outs), Dropped: f.departed}
	if f.entered > 0 {
		out.DropRate = float64(f.departed) / float64(f.entered)
	}
	return out
}

// drops lists the criteria, those that dropped most first.
func (s *itemSums) drops() []xray.DropSum {
	out := make([]xray.DropSum, 0, len(s.byWhat))
	for _, sum := range s.byWhat {
		out = append(out, sum.DropSum)
	}
	slices.SortFunc(out, func(a, b xray.DropSum) int {
		return cmp.Or(cmp.Compare(b.Items, a.Items), cmp.Compare(a.Step, b.Step), cmp.Compare(a.Text, b.Text))
	})
	return out[:min(len(out), maxDropSums)]
}

// withoutNumbers makes criteria comparable whose thresholds are each run's own:
// a number becomes #.
func withoutNumbers(text string) string {
	var out strings.Builder
	number := false
	for i, r := range text {
		digit := r >= '0' && r <= '9'
		point := number && (r == '.' || r == ',') && i+1 < len(text) && text[i+1] >= '0' && text[i+1] <= '9'
		if (digit || point) && number {
			continue
		}
		if number = digit; digit {
			r = '#'
		}
		out.WriteRune(r)
	}
	return out.String()
}
