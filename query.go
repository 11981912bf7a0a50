package xray

import (
	"encoding/base64"
	"encoding/binary"
)

// PageLimit bounds for lists.
const (
	DefaultLimit = 50
	MaxLimit     = 500
)

// Filter is what executions must hold. The zero Filter lets all through.
type Filter struct {
	Since Nano // started at or after; 0 does not restrict
	Until Nano // started before; 0 does not restrict
	// Where holds all for the execution. One on a step's field holds if some
	// step is so, and negated if none is.
	Where []Condition
	// Steps holds if for each of these lists there is one step that holds all
	// of the list.
	Steps [][]Condition
}

// ExecutionQuery selects executions of one project, newest first.
type ExecutionQuery struct {
	Filter
	Limit int
	After *ExecutionCursor // the last row of the page before
}

// ExecutionPage is one page; Next is nil on the last.
type ExecutionPage struct {
	Executions []Execution
	Next       *ExecutionCursor
	// SearchedTo is set when the search stopped before it had a full page,
	// because it had looked at as much as one request may: no execution that
	// started after it is missing. Next goes on from there.
	SearchedTo Nano
}

// ExecutionCursor is a place in the list: the sort key of its last row.
type ExecutionCursor struct {
	Start   Nano
	TraceID TraceID
}

// String makes the opaque form that the API hands out.
func (c ExecutionCursor) String() string {
	b := binary.BigEndian.AppendUint64(nil, uint64(c.Start))
	return base64.RawURLEncoding.EncodeToString(append(b, c.TraceID[:]...))
}

// ParseExecutionCursor reads what [ExecutionCursor.String] wrote. An error is
// CodeInvalid.
func ParseExecutionCursor(s string) (ExecutionCursor, error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) != 24 {
		return ExecutionCursor{}, Errorf(CodeInvalid, "%q is not a cursor: pass the `next` of the page before, or leave it out", s)
	}
	return ExecutionCursor{
		Start:   Nano(binary.BigEndian.Uint64(b)),
		TraceID: TraceID(b[8:]),
	}, nil
}
