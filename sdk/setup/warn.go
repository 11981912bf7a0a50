package setup

import (
	"sync"
	"time"

	"go.opentelemetry.io/otel"
)

// warner returns a function that reports through OpenTelemetry's error handler
// (which logs, unless the program set another), at most every 30 seconds: a
// server that is away is one piece of news, not one per batch.
func warner() func(error) {
	var mu sync.Mutex
	var last time.Time
	return func(err error) {
		mu.Lock()
		defer mu.Unlock()
		if now := time.Now(); last.IsZero() || now.Sub(last) >= 30*time.Second {
			last = now
			otel.Handle(err)
		}
	}
}
