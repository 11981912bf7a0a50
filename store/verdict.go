package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/xraytrace/xray"
)

// verdict is what becomes of a job.
type verdict struct {
	status   xray.JobStatus
	message  string        // for people
	again    time.Duration // pending: until the next attempt
	attempts int
}

func (w *explainWorker) verdict(ctx context.Context, row xray.ReasoningJob, failure error) verdict {
	v := verdict{status: xray.JobCompleted, attempts: row.Attempts}
	if failure == nil {
		return v
	}
	known, isKnown := errors.AsType[*xray.Error](failure)
	switch {
	case isKnown:
		v.message = known.Message
	case errors.Is(failure, context.DeadlineExceeded):
		v.message = fmt.Sprintf("the explanation took longer than %s", readable(w.opts.JobTimeout))
	case ctx.Err() != nil: // told to stop: it does not count as an attempt
		return verdict{status: xray.JobPending, again: time.Millisecond, attempts: row.Attempts - 1}
	default:
		v.message = "the explanation failed inside the server; its log says more"
		w.log.Error("an explanation failed", "job", row.ID, "trace", row.TraceID, "attempt", row.Attempts, "error", failure)
	}
	final := isKnown && (known.Code == xray.CodeInvalid || known.Code == xray.CodeNotFound)
	if final || row.Attempts >= w.opts.JobAttempts {
		v.status = xray.JobFailed
		return v
	}
	v.status, v.again = xray.JobPending, w.backoff(row.Attempts)
	if isKnown && known.RetryAfter > 0 {
		v.again = known.RetryAfter
	}
	return v
}

// backoff is the wait before the next attempt: exponential, fully jittered, so
// that jobs that failed together do not come back together.
func (s *Store) backoff(attempt int) time.Duration {
	ceiling := min(s.opts.JobBackoff<<min(attempt, 10), 5*time.Minute)
	return rand.N(ceiling) + time.Millisecond
}
