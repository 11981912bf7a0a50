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

// ExecutionQuery selects executions of one project, newest first. Zero fields
// do not restrict.
type ExecutionQuery struct {
	Limit   int
	After   *ExecutionCursor // the last row of the page before
	Status  *Status
	Name    string
	Service string
	Session string
	User    string
	Since   Nano // started at or after
	Until   Nano // started before
	MinNano int64
}

// ExecutionPage is one page; Next is nil on the last.
type ExecutionPage struct {
	Executions []Execution
	Next       *ExecutionCursor
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
