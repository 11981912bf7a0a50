package receiver

import (
	"io"
	"sync/atomic"
	"time"

	"github.com/xraytrace/xray"
)

// retryAfter is what a refused client is told to wait: about what a full
// receiver needs to work off what it holds.
const retryAfter = time.Second

// flight counts the bytes that requests hold in memory, all together: bodies
// as they came, unpacked, and decoded. Over the limit a request is refused at
// once; queueing would hold what it waits for.
type flight struct {
	limit int64
	used  atomic.Int64
}

// lease is one request's share of a flight. It is used by one goroutine.
type lease struct {
	flight *flight
	held   int64
}

// take adds n bytes to the lease. An error is CodeLimit, or CodeTooLarge if
// the request alone is more than the receiver may ever hold.
func (l *lease) take(n int64) error {
	if l.held+n > l.flight.limit {
		return xray.Errorf(xray.CodeTooLarge, "this request needs more than %d bytes of memory: send less at once", l.flight.limit)
	}
	if l.flight.used.Add(n) > l.flight.limit {
		l.flight.used.Add(-n)
		err := xray.Errorf(xray.CodeLimit, "the receiver is full: send it again later")
		err.RetryAfter = retryAfter
		return err
	}
	l.held += n
	return nil
}

// shrink gives back n bytes of the lease.
func (l *lease) shrink(n int64) {
	l.held -= n
	l.flight.used.Add(-n)
}

// release gives back everything. It may be called again.
func (l *lease) release() { l.shrink(l.held) }

// readAll reads r to its end into memory that it takes from the lease before
// it allocates it. hint is the expected size, -1 if unknown. More than limit
// bytes are CodeTooLarge.
func readAll(r io.Reader, hint, limit int64, l *lease) ([]byte, error) {
	const least = 32 << 10
	size := int64(least)
	if hint >= 0 {
		size = min(hint, limit) + 1 // room to see the end
	}
	if err := l.take(size); err != nil {
		return nil, err
	}
	buf := make([]byte, 0, size)
	for {
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case int64(len(buf)) > limit:
			return nil, xray.Errorf(xray.CodeTooLarge, "the body is larger than %d bytes: send smaller batches", limit)
		case err == io.EOF:
			return buf, nil
		case err != nil:
			return nil, err
		case len(buf) == cap(buf):
			if buf, err = grow(buf, limit, l); err != nil {
				return nil, err
			}
		}
	}
}

func grow(buf []byte, limit int64, l *lease) ([]byte, error) {
	size := min(2*int64(cap(buf)), limit+1)
	if err := l.take(size); err != nil {
		return nil, err
	}
	larger := make([]byte, len(buf), size)
	copy(larger, buf)
	l.shrink(int64(cap(buf)))
	return larger, nil
}
