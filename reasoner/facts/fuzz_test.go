package facts_test

import (
	"encoding/json"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner/facts"
)

// FuzzCompute gives two steps arbitrary payloads: nothing may panic, every
// pointer must resolve, and no station may lose items.
func FuzzCompute(f *testing.F) {
	f.Add(`{"items":[{"id":1,"p":2},{"id":2,"p":3}],"max":2}`, `[{"id":1}]`, `{"best":"1"}`)
	f.Add(`"text with [{\"id\":1},{\"id\":2}]"`, `{"error":"x","a":{"b/c~d":[{"id":"q"},{"id":"q"}]}}`, `[]`)
	f.Add(`[{"role":"user","parts":[{"type":"text","content":"hi {{x}}"}]}]`, `{"a":{"x":1},"b":{"x":2},"c":{"x":3}}`, `null`)
	f.Fuzz(func(t *testing.T, a, b, c string) {
		e := facts.Execution{Steps: []xray.StepDetail{step(1, 0, "root", 0, 100, a, c), step(2, 1, "search", 10, 20, a, b), step(3, 1, "filter rank", 30, 40, b, c), step(4, 1, "llm", 50, 60, c, a)}}
		e.Steps[3].Type = xray.TypeLLM
		r := facts.Compute(e, nil)
		checkPointers(t, e, r)
		checkFunnel(t, r)
	})
}

func step(id, parent byte, name string, start, end xray.Nano, in, out string) xray.StepDetail {
	var d xray.StepDetail
	d.SpanID, d.ParentID, d.Name, d.Status = xray.SpanID{id}, xray.SpanID{parent}, name, xray.StatusOK
	d.Start, d.End = start*1e6, end*1e6
	if json.Valid([]byte(in)) {
		d.Input = json.RawMessage(in)
	}
	if json.Valid([]byte(out)) {
		d.Output = json.RawMessage(out)
	}
	return d
}
