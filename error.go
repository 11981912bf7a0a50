package xray

import (
	"errors"
	"fmt"
	"time"
)

// Code says what a caller can do about an error. Anything that is not an
// [Error] counts as CodeInternal.
type Code string

const (
	CodeInvalid      Code = "invalid"      // the request is wrong: mend it, do not repeat it
	CodeUnauthorized Code = "unauthorized" // no key, or one that we do not know
	CodeForbidden    Code = "forbidden"    // a known key without the scope for this
	CodeNotFound     Code = "not_found"    // no such thing in this project
	CodeConflict     Code = "conflict"     // the state does not allow it now
	CodeTooLarge     Code = "too_large"    // over a size limit: send less
	CodeLimit        Code = "limit"        // over a rate or memory limit: repeat after RetryAfter
	CodeUnavailable  Code = "unavailable"  // the database is away: repeat after RetryAfter
	CodeInternal     Code = "internal"     // our fault; the message is not for users
)

// Error is an error that a caller can act on. Message is written for the
// person who reads it and says what to do next; it never holds internals.
type Error struct {
	Code       Code
	Message    string
	Field      string        // of the request's body, as a JSON pointer, whose value is wrong; "" if it is none alone
	RetryAfter time.Duration // for CodeLimit and CodeUnavailable; 0 means none given
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// Errorf makes an [Error] with a formatted message.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// At names the field that an error is about, for forms that show it there.
func (e *Error) At(field string) *Error {
	e.Field = field
	return e
}

// ErrorCode returns the code of the first [Error] in err's chain,
// CodeInternal if there is none, and "" for nil.
func ErrorCode(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return CodeInternal
}
