package reasoner_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/modeltest"
	"github.com/xraytrace/xray/reasoner"
	"github.com/xraytrace/xray/reasoner/sample"
	"github.com/xraytrace/xray/reasoner/verify"
)

// thousandSteps have 10 MB of payload.
func thousandSteps(b *testing.B) *memory {
	b.Helper()
	items := make([]any, 60)
	for i := range items {
		items[i] = map[string]any{"id": fmt.Sprintf("sku-%d", i), "title": fmt.Sprintf("a product with a title, number %d", i), "price": i, "description": "some words about it that go on for a while and then end"}
	}
	out, err := json.Marshal(map[string]any{"items": items})
	if err != nil {
		b.Fatal(err)
	}
	m := &memory{execution: xray.Execution{Name: "big", StepCount: 1000}}
	for i := range 1000 {
		m.steps = append(m.steps, xray.StepDetail{
			Step:  xray.Step{SpanID: xray.SpanID{1, byte(i >> 8), byte(i)}, Name: fmt.Sprintf("step %d", i%20), Start: xray.Nano(i), End: xray.Nano(i + 1), Status: xray.StatusOK},
			Input: json.RawMessage(`{"query":"q"}`), Output: out,
		})
	}
	return m
}

func BenchmarkFactsOnlyThousandSteps(b *testing.B) {
	m := thousandSteps(b)
	e := reasoner.New(m, reasoner.Options{})
	for b.Loop() {
		if _, err := e.Explain(b.Context(), xray.ReasoningJob{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRecordThousandSteps(b *testing.B) {
	m := thousandSteps(b)
	fact := xray.Fact{ID: "F1", StepID: m.steps[0].SpanID.String(), Text: "“step 0” kept 60 of 60."}
	for b.Loop() {
		verify.NewRecord(m.steps, []xray.Fact{fact})
	}
}

func BenchmarkModelThousandSteps(b *testing.B) {
	server, stop := modeltest.Start(modeltest.Honest)
	defer stop()
	e := reasoner.New(thousandSteps(b), reasoner.Options{BaseURL: server.URL})
	project := int32(0)
	for b.Loop() {
		project++ // else the cache answers
		if _, err := e.Explain(b.Context(), xray.ReasoningJob{ProjectID: project}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSampleTenMegabytes(b *testing.B) {
	items := make([]any, 100_000)
	for i := range items {
		items[i] = map[string]any{"id": i, "title": "a product with a title that is about as long as titles are", "price": i}
	}
	raw, err := json.Marshal(items)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		sample.Value(raw, []string{"/50000/price"}, 2500)
	}
}
