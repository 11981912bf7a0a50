package receiver

import (
	"context"

	"github.com/xraytrace/xray"
)

// Accept stores an OTLP trace request in protobuf that did not come over the
// network, and then goes the way of all others: the same checks, limits and
// memory of requests, so that sending the same again changes nothing. Errors
// are CodeForbidden for a key that may not send, CodeInvalid for spans that
// cannot be read or were refused, CodeLimit, and what the sink says.
func (r *Receiver) Accept(ctx context.Context, p xray.Principal, request []byte) (err error) {
	v, err := r.enter(p)
	var part partial
	defer func() { v.end(part, err) }()
	if err == nil {
		err = v.arrived(len(request), v.most(r.opts.MaxDecompressed))
	}
	if err != nil {
		return err
	}
	l := &lease{flight: r.flight}
	defer l.release()
	if err := l.take(int64(len(request))); err != nil {
		return err
	}
	part, err = r.acceptTraces(ctx, incoming{signal: signals[0], project: p.Project, body: request, lease: l, visit: v})
	if err != nil {
		return err
	}
	if part.rejected > 0 {
		return xray.Errorf(xray.CodeInvalid, "%d spans were refused: %s", part.rejected, part.message)
	}
	return nil
}
