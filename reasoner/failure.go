package reasoner

import (
	"time"

	"github.com/xraytrace/xray"
)

// failure says what became of a call that brought no answer.
type failure struct {
	kind    failureKind
	after   time.Duration // for later and away: when to try again, 0 if unknown
	message string        // for people: what happened and what to do
}

type failureKind uint8

const (
	later       failureKind = iota // over a limit: try again
	away                           // no answer, or a server error: try again
	wrong                          // our settings or the account are wrong: trying again is of no use
	noFormat                       // this server does not know the response format
	noLimit                        // this server does not know the name of the output limit
	noStreaming                    // this server does not send answers in parts
	tooLong                        // the prompt does not fit the model
	declined                       // a refusal or a content filter
	cutOff                         // the answer ran into the output limit
	unreadable                     // no answer in what came back
	capped                         // the project's money for models is spent
)

// String is the outcome in the ledger.
func (k failureKind) String() string {
	return [...]string{"rate limited", "no answer", "refused by the server", "unknown format", "unknown limit", "no parts",
		"prompt too long", "declined", "cut off", "unreadable", "capped"}[k]
}

func (f *failure) Error() string { return f.message }

// ends reports whether the whole job ends here: every other call would meet
// the same fate.
func (f *failure) ends() bool {
	return f.kind == later || f.kind == away || f.kind == wrong || f.kind == capped
}

// job is the failure as the job's runner understands it.
func (f *failure) job() *xray.Error {
	code := xray.CodeInvalid
	switch f.kind {
	case later:
		code = xray.CodeLimit
	case away:
		code = xray.CodeUnavailable
	}
	return &xray.Error{Code: code, Message: f.message, RetryAfter: f.after}
}
