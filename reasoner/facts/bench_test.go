package facts_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner/facts"
)

func manyItems(n int) string {
	var b strings.Builder
	b.WriteString(`[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"sku-%d","title":"Product number %d of the shop","price":%d.99,"rating":%d.%d,"stock":%t,"brand":"b%d"}`, i, i, i%500, i%5, i%10, i%3 == 0, i%20)
	}
	b.WriteString(`]`)
	return b.String()
}

// BenchmarkTenThousandItems is one filter step over 10,000 items: the budget
// is 50 ms.
func BenchmarkTenThousandItems(b *testing.B) {
	in := manyItems(10_000)
	var all []map[string]any
	if err := json.Unmarshal([]byte(in), &all); err != nil {
		b.Fatal(err)
	}
	var kept []map[string]any
	for _, m := range all {
		if m["price"].(float64) <= 100 {
			kept = append(kept, m)
		}
	}
	out, _ := json.Marshal(kept)
	e := facts.Execution{Steps: []xray.StepDetail{step(1, 0, "filter", 0, 10, `{"max_price":100,"items":`+in+`}`, string(out))}}
	b.ReportAllocs()
	defer reportCPU(b, cpu())
	for b.Loop() {
		if r := facts.Compute(e, nil); len(r.Funnel) != 1 {
			b.Fatal("no station")
		}
	}
}

// BenchmarkThousandSteps is an execution of 1,000 steps with 10 MB of payload:
// the budget is one second of CPU.
func BenchmarkThousandSteps(b *testing.B) { benchmarkSteps(b, 1000, 10<<20) }

// BenchmarkTenThousandSteps shows that the work stays bounded.
func BenchmarkTenThousandSteps(b *testing.B) { benchmarkSteps(b, 10_000, 40<<20) }

// cpu is the processor time that this process has used, which a busy machine
// does not falsify as it does the time on the wall.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func reportCPU(b *testing.B, before time.Duration) {
	b.ReportMetric(float64((cpu()-before).Milliseconds())/float64(b.N), "cpu-ms/op")
}

func benchmarkSteps(b *testing.B, steps, bytes int) {
	item := len(manyItems(1))
	per := bytes / steps / 2 / item
	items := manyItems(per)
	e := facts.Execution{Steps: []xray.StepDetail{step(1, 0, "root", 0, xray.Nano(steps+1)*10, `{"query":"products of the shop"}`, items)}}
	for i := range steps - 1 {
		d := step(2, 1, fmt.Sprintf("step %d", i%12), xray.Nano(i)*10, xray.Nano(i)*10+9, items, items)
		d.SpanID = xray.SpanID{9, byte(i >> 16), byte(i >> 8), byte(i)}
		e.Steps = append(e.Steps, d)
	}
	b.ReportAllocs()
	defer reportCPU(b, cpu())
	for b.Loop() {
		facts.Compute(e, nil)
	}
}
