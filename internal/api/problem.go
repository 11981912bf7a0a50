package api

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/query"
)

// statusOf is the one place where our codes become HTTP statuses.
var statusOf = map[xray.Code]int{
	xray.CodeInvalid:      http.StatusBadRequest,
	xray.CodeUnauthorized: http.StatusUnauthorized,
	xray.CodeForbidden:    http.StatusForbidden,
	xray.CodeNotFound:     http.StatusNotFound,
	xray.CodeConflict:     http.StatusConflict,
	xray.CodeTooLarge:     http.StatusRequestEntityTooLarge,
	xray.CodeLimit:        http.StatusTooManyRequests,
	xray.CodeUnavailable:  http.StatusServiceUnavailable,
}

// problem answers with a problem document (RFC 9457). Errors that are not ours
// to show are logged and answered without their text.
func (s *Server) problem(c *gin.Context, err error) {
	if c.Request.Context().Err() != nil {
		return // the caller has gone
	}
	body, e := s.problemOf(err)
	if e.Code == xray.CodeInternal {
		s.Logger.ErrorContext(c.Request.Context(), "request failed", "method", c.Request.Method, "route", c.FullPath(), "error", err)
	}
	if e.RetryAfter > 0 {
		c.Header("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
	}
	if body.Status == http.StatusUnauthorized {
		c.Header("WWW-Authenticate", `Bearer realm="xray"`)
	}
	c.Header("Content-Type", "application/problem+json")
	c.JSON(body.Status, body)
}

// problemOf is what a caller is told of an error, and the error that it is
// told of: one of CodeInternal in place of those that are not ours to show.
func (s *Server) problemOf(err error) (Problem, *xray.Error) {
	e, ok := errors.AsType[*xray.Error](err)
	unread, isQuery := errors.AsType[*query.Error](err)
	if isQuery {
		e, ok = xray.Errorf(xray.CodeInvalid, "the query cannot be read: %v", unread), true
	}
	status, known := 0, false
	if ok {
		status, known = statusOf[e.Code]
	}
	if !known {
		e = xray.Errorf(xray.CodeInternal, "something went wrong on the server: try again, and look into its log if it stays")
		status = http.StatusInternalServerError
	}
	body := Problem{
		Type:   "about:blank",
		Title:  http.StatusText(status),
		Status: status,
		Code:   string(e.Code),
		Detail: e.Message,
		Field:  e.Field,
	}
	if isQuery {
		body.Errors = mapTo(unread.Faults, queryError)
	}
	return body, e
}

func queryError(f query.Fault) QueryError {
	return QueryError{Start: f.Start, End: f.End, Message: f.Message, Suggestions: orEmpty(f.Suggestions)}
}

// badRequest answers for what the generated code could not read.
func (s *Server) badRequest(c *gin.Context, err error) {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		s.problem(c, xray.Errorf(xray.CodeTooLarge, "the body is larger than %d MB: send less at once", maxBody>>20))
		return
	}
	s.problem(c, xray.Errorf(xray.CodeInvalid, "cannot read the request: %v; see /api/docs", err))
}

// responseFailed is called when the answer is already on its way: all that is
// left is to log, and to break the connection so that nobody takes half an
// answer for a whole one.
func (s *Server) responseFailed(c *gin.Context, err error) {
	if c.Request.Context().Err() != nil || errors.Is(err, context.Canceled) {
		return
	}
	if !c.Writer.Written() {
		s.problem(c, err)
		return
	}
	s.Logger.ErrorContext(c.Request.Context(), "response failed", "route", c.FullPath(), "error", err)
	panic(http.ErrAbortHandler)
}
