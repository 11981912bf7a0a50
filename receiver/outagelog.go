package receiver

import (
	"log/slog"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
)

// outageLog writes why requests were not stored. While the database is away
// every request fails for the same reason: one line a second tells as much as
// thousands.
type outageLog struct {
	log     *slog.Logger
	clock   func() time.Time
	mu      sync.Mutex
	written time.Time
	silent  int // failures since then
}

// note logs a failure that is not the client's.
func (o *outageLog) note(transport string, s signal, a answer, err error) {
	if a.grpc != codes.Unavailable {
		o.log.Error("request not stored", "transport", transport, "signal", s.name, "error", err)
		return
	}
	o.mu.Lock()
	now := o.clock()
	if now.Sub(o.written) < time.Second {
		o.silent++
		o.mu.Unlock()
		return
	}
	silent := o.silent
	o.written, o.silent = now, 0
	o.mu.Unlock()
	o.log.Error("requests are not stored; clients are asked to send them again",
		"transport", transport, "signal", s.name, "more", silent, "error", err)
}
