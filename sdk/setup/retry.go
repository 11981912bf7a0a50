package setup

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// retry says how long to wait between attempts.
type retry struct {
	first, longest, total time.Duration
}

// temporary is an error that may pass if the same request is sent again.
type temporary struct {
	after time.Duration // Retry-After; 0 if the server gave none
	err   error
}

func (t *temporary) Error() string { return t.err.Error() }
func (t *temporary) Unwrap() error { return t.err }

// run calls attempt until it succeeds, fails for good, ctx ends, or the next
// pause would end after r.total. onWait is told of each failure that will be
// tried again.
func (r retry) run(ctx context.Context, attempt func(context.Context) error, onWait func(error)) error {
	deadline := time.Now().Add(r.total)
	for pause := r.first; ; pause = min(2*pause, r.longest) {
		err := attempt(ctx)
		t, again := err.(*temporary) //nolint:errorlint // made right below attempt, never wrapped
		if !again {
			return err
		}
		// Full jitter, so that many programs do not come back at once; never
		// less than the server asked for.
		wait := max(t.after, time.Duration(rand.Int64N(int64(pause)+1)))
		if time.Now().Add(wait).After(deadline) {
			return fmt.Errorf("given up after %s: %w", r.total, t.err)
		}
		onWait(t.err)
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return fmt.Errorf("%w (last failure: %w)", context.Cause(ctx), t.err)
		case <-timer.C:
		}
	}
}
