package reasoner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// abilities are what a server and model turned out to know. They are probed
// by the first calls that need them and kept for the life of the process.
type abilities struct {
	format   format
	newLimit bool // max_completion_tokens instead of max_tokens
	switched bool // newLimit was tried the other way already
	noStream bool // answers come whole
}

// format is how an answer's form is asked for, best first.
type format uint8

const (
	formatSchema format = iota // response_format json_schema, strict
	formatObject               // response_format json_object, schema in the prompt
	formatPrompt               // schema in the prompt alone
)

func (m *model) abilities() abilities {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.knows
}

func (m *model) remember(knows abilities) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.knows = knows
}

// without is what to try next when a call failed for want of an ability.
func (a abilities) without(kind failureKind) (less abilities, ok bool) {
	switch {
	case kind == noFormat && a.format < formatPrompt:
		a.format++
		return a, true
	case kind == noLimit && !a.switched:
		a.newLimit, a.switched = !a.newLimit, true
		return a, true
	case kind == noStreaming && !a.noStream:
		a.noStream = true
		return a, true
	case kind == noStreaming: // it was not asked for: something else is meant
		return a.without(noFormat)
	}
	return a, false
}

// failed says what an error of the client means for us.
func (m *model) failed(err error, response *http.Response) *failure {
	status := 0
	if response != nil {
		status = response.StatusCode
	}
	detail := ""
	if status >= 400 {
		// The client has put the body back. Servers agree on no form of errors,
		// so it is read as text; it never leaves this function.
		b, _ := io.ReadAll(io.LimitReader(response.Body, 8<<10))
		detail = strings.ToLower(string(b))
	}
	switch {
	case status == 0 && (errors.Is(err, context.DeadlineExceeded) || isTimeout(err)):
		return &failure{away, 0, fmt.Sprintf("The model's server at %s did not answer within %s.", m.host, m.timeout)}
	case status == 0:
		return &failure{away, 0, "The model's server at " + m.host + " could not be reached. Check OPENAI_BASE_URL and that it runs."}
	case status < 300 && isTimeout(err):
		return &failure{away, 0, fmt.Sprintf("The model's server at %s did not finish its answer within %s.", m.host, m.timeout)}
	case status < 300:
		return m.notJSON(response)
	}
	return m.refused(status, detail, retryAfter(response, time.Now()))
}

// notJSON is a 2xx answer that is no completion. A web page means a wrong
// address; broken or half JSON may be whole next time.
func (m *model) notJSON(response *http.Response) *failure {
	if strings.HasPrefix(response.Header.Get("Content-Type"), "text/html") {
		return &failure{kind: wrong, message: "The model's server at " + m.host + " answered with a web page. Check OPENAI_BASE_URL: it usually ends in /v1."}
	}
	return &failure{away, 0, "The model's server at " + m.host + " sent an answer that is not JSON."}
}

// refused sorts answers with an error status.
func (m *model) refused(status int, detail string, after time.Duration) *failure {
	switch {
	case status == http.StatusUnauthorized:
		return &failure{kind: wrong, message: "The model's server at " + m.host + " does not accept the key (401). Check OPENAI_API_KEY."}
	case status == http.StatusForbidden:
		return &failure{kind: wrong, message: "The key may not use the model " + m.name + " at " + m.host + " (403)."}
	case status == http.StatusNotFound:
		return &failure{kind: wrong, message: "The model's server at " + m.host + " knows no model " + m.name + " at this address (404). Check XRAY_MODEL and OPENAI_BASE_URL."}
	case status == http.StatusPaymentRequired, strings.Contains(detail, "insufficient_quota"):
		return &failure{kind: wrong, message: "The account at " + m.host + " has no credit left. Add some, then explain again."}
	case status == http.StatusTooManyRequests:
		return &failure{later, after, "The model's server at " + m.host + " is over its rate limit; trying again later."}
	case status == http.StatusRequestTimeout, status == http.StatusConflict, status == http.StatusTooEarly, status >= 500:
		return &failure{away, after, fmt.Sprintf("The model's server at %s had an error (%d); trying again later.", m.host, status)}
	case status == http.StatusRequestEntityTooLarge, mentions(detail, "context_length", "context length", "context window", "too long", "too many tokens", "exceeds the available context", "maximum context"):
		return &failure{kind: tooLong, message: "The execution does not fit into the context of the model " + m.name + "."}
	case mentions(detail, "'stream'", "`stream`", `\"stream\"`, "stream_options", "streaming"):
		return &failure{kind: noStreaming, message: "The model's server at " + m.host + " does not send answers in parts."}
	case mentions(detail, "max_tokens", "max_completion_tokens"):
		return &failure{kind: noLimit, message: "The model's server at " + m.host + " knows no limit of the answer's length."}
	case status == http.StatusBadRequest, status == http.StatusUnprocessableEntity, status == http.StatusNotImplemented:
		// Whatever else it may be, the response format is the likely reason.
		return &failure{kind: noFormat, message: fmt.Sprintf("The model's server at %s refused the request (%d).", m.host, status)}
	}
	return &failure{kind: wrong, message: fmt.Sprintf("The model's server at %s refused the request (%d).", m.host, status)}
}

func mentions(detail string, any ...string) bool {
	for _, s := range any {
		if strings.Contains(detail, s) {
			return true
		}
	}
	return false
}

func isTimeout(err error) bool {
	t, ok := errors.AsType[net.Error](err)
	return errors.Is(err, context.DeadlineExceeded) || ok && t.Timeout()
}

// maxRetryAfter bounds what a server may ask for.
const maxRetryAfter = time.Hour

// retryAfter reads Retry-After in seconds or as a date, 0 if there is none.
func retryAfter(response *http.Response, now time.Time) time.Duration {
	if response == nil {
		return 0
	}
	value := response.Header.Get("Retry-After")
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds > 0 {
		return min(time.Duration(min(seconds, maxRetryAfter.Seconds())*float64(time.Second)), maxRetryAfter)
	}
	if date, err := http.ParseTime(value); err == nil {
		return min(max(0, date.Sub(now)), maxRetryAfter)
	}
	return 0
}
