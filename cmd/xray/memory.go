package main

import (
	"os"
	"runtime/debug"
)

// The garbage of a request is gone with it, and little else lives: with Go's
// defaults the heap stays at a few dozen megabytes and is collected many times a
// second, for a tenth of all CPU time. It may grow to five times what lives, up
// to a bound that keeps the process well below 400 MB.
const (
	gcPercent   = 400
	memoryLimit = 300 << 20
)

// tuneMemory sets how much memory is traded for CPU time. GOGC and GOMEMLIMIT go
// before it.
func tuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}
