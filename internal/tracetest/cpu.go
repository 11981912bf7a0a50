package tracetest

import (
	"syscall"
	"testing"
	"time"
)

// CPUPerSpan reports what a benchmark costs in CPU time, which a busy machine
// distorts less than the clock does. Call it before the loop, and what it
// returns after; spans is how many each iteration handles.
func CPUPerSpan(b *testing.B, spans int) (report func()) {
	began := cpuTime(b)
	return func() {
		b.ReportMetric(float64((cpuTime(b)-began).Nanoseconds())/float64(b.N)/float64(spans), "cpu-ns/span")
	}
}

func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
