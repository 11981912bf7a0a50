package receiver

import (
	"context"
	"errors"
	"net/http"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/xraytrace/xray"
)

// httpOnly are refusals that only HTTP has words for.
type httpOnly struct {
	status  int
	message string
}

func (e *httpOnly) Error() string { return e.message }

// answer is an error as both transports say it. What a client may repeat
// follows the OTLP specification: HTTP 429, 502, 503 and 504; gRPC CANCELLED,
// DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS, and
// RESOURCE_EXHAUSTED only with RetryInfo.
type answer struct {
	http       int
	grpc       codes.Code
	message    string
	retryAfter time.Duration // 0: no hint
}

// answerTo is the one place where errors become statuses.
func answerTo(err error) answer {
	if e, ok := errors.AsType[*httpOnly](err); ok {
		return answer{http: e.status, grpc: codes.InvalidArgument, message: e.message}
	}
	e, ok := errors.AsType[*xray.Error](err)
	switch {
	case ok:
	case errors.Is(err, context.DeadlineExceeded):
		return answer{http: http.StatusGatewayTimeout, grpc: codes.DeadlineExceeded, message: "not stored in time: send it again"}
	case errors.Is(err, context.Canceled):
		return answer{http: http.StatusServiceUnavailable, grpc: codes.Canceled, message: "cancelled before it was stored"}
	default:
		return answer{http: http.StatusInternalServerError, grpc: codes.Internal, message: "internal error"}
	}
	a := answer{message: e.Message}
	switch e.Code {
	case xray.CodeInvalid:
		a.http, a.grpc = http.StatusBadRequest, codes.InvalidArgument
	case xray.CodeUnauthorized:
		a.http, a.grpc = http.StatusUnauthorized, codes.Unauthenticated
	case xray.CodeForbidden:
		a.http, a.grpc = http.StatusForbidden, codes.PermissionDenied
	case xray.CodeNotFound:
		a.http, a.grpc = http.StatusNotFound, codes.NotFound
	case xray.CodeConflict:
		a.http, a.grpc = http.StatusConflict, codes.FailedPrecondition
	case xray.CodeTooLarge:
		a.http, a.grpc = http.StatusRequestEntityTooLarge, codes.ResourceExhausted
	case xray.CodeLimit:
		a.http, a.grpc, a.retryAfter = http.StatusTooManyRequests, codes.ResourceExhausted, hint(e)
	case xray.CodeUnavailable:
		a.http, a.grpc, a.retryAfter = http.StatusServiceUnavailable, codes.Unavailable, hint(e)
	default:
		a.http, a.grpc, a.message = http.StatusInternalServerError, codes.Internal, "internal error"
	}
	return a
}

// hint is never zero: without RetryInfo a gRPC client drops what was refused.
func hint(e *xray.Error) time.Duration {
	if e.RetryAfter <= 0 {
		return retryAfter
	}
	return e.RetryAfter
}

// seconds is the value of a Retry-After header: whole seconds, rounded up.
func (a answer) seconds() int { return int((a.retryAfter + time.Second - 1) / time.Second) }

// rpc is the google.rpc.Status of the answer, which is also the body that
// OTLP/HTTP wants.
func (a answer) rpc() *spb.Status {
	st := status.New(a.grpc, a.message)
	if a.retryAfter > 0 {
		if with, err := st.WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(a.retryAfter)}); err == nil {
			st = with
		}
	}
	return st.Proto()
}
