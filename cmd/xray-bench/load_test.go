package main

import (
	"slices"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/xraytrace/xray/internal/tracetest"
)

// TestTheLoadsAreLikeRealTraffic holds that the bodies have the size that the
// documentation names, and that those of llm compress no better than what
// programs that call models sent: otherwise the bench would measure a traffic
// that nobody has.
func TestTheLoadsAreLikeRealTraffic(t *testing.T) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		t.Fatal(err)
	}
	ratio := func(raw []byte) float64 { return float64(len(raw)) / float64(len(enc.EncodeAll(raw, nil))) }

	var recorded []float64
	for _, name := range []string{
		"ai-sdk-5", "langfuse", "langgraph-openinference", "langsmith-otel", "llamaindex-traceloop", "openai-traceloop",
	} {
		f := tracetest.Load(t, name)
		var raw []byte
		for _, r := range f.Requests {
			raw = append(raw, r.Plain(t)...)
		}
		recorded = append(recorded, ratio(raw))
		t.Logf("%s: %d bytes, packed to 1/%.2f", name, len(raw), ratio(raw))
	}
	slices.Sort(recorded)
	median := recorded[len(recorded)/2]

	for _, w := range workloads {
		w.spans = 6400
		spans, bytes, packed := 0, 0, 0.0
		for _, r := range w.encode() {
			spans, bytes, packed = spans+r.spans, bytes+len(r.body), packed+float64(len(r.body))/ratio(r.body)
		}
		perSpan, got := bytes/spans, float64(bytes)/packed
		t.Logf("%s: %d bytes a span, packed to 1/%.2f", w.name, perSpan, got)
		if w.name != "llm" {
			continue
		}
		if perSpan < 5500 || perSpan > 6500 {
			t.Errorf("llm has %d bytes a span, want about 6,000", perSpan)
		}
		if got > median {
			t.Errorf("llm packs to 1/%.2f, recorded clients to 1/%.2f (median): its text is too regular", got, median)
		}
	}
}
