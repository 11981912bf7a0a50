package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xraytrace/xray"
)

// What is read, and kept, of a receiver's answer.
const (
	maxHeaderBytes = 16 << 10
	maxAnswer      = 4 << 10
	maxHeaders     = 40  // lines
	maxHeaderValue = 300 // bytes of one line
	// longestWait is how long a receiver may ask us to stay away.
	longestWait = time.Hour
)

// post makes an HTTP request of a notice.
func (s *Sender) post(ctx context.Context, h xray.Hook, secrets []string, message string, n xray.Notice, a *xray.Attempt) error {
	var body []byte
	var err error
	if h.Kind == xray.HookSlack {
		body, err = json.Marshal(slackMessage(n))
	} else {
		body, err = json.Marshal(n)
	}
	if err != nil {
		return fmt.Errorf("encode the notice: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "X-Ray/"+s.opts.Version)
	if h.Kind == xray.HookStandard {
		signature, err := Sign(secrets, message, a.At, body)
		if err != nil {
			return err
		}
		req.Header.Set("Webhook-Id", message)
		req.Header.Set("Webhook-Timestamp", strconv.FormatInt(a.At.Unix(), 10))
		req.Header.Set("Webhook-Signature", signature)
	}
	a.Request = &xray.Exchange{Headers: kept(req.Header), Body: string(body)}
	res, err := s.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	a.Status = res.StatusCode
	a.Response = &xray.Exchange{Headers: kept(res.Header)}
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	a.Response.Cut = len(answer) > maxAnswer
	a.Response.Body = strings.ToValidUTF8(string(answer[:min(len(answer), maxAnswer)]), "\uFFFD")
	if judge(res, s.opts.Clock(), a); a.Error != "" {
		return nil
	}
	return err // 2xx, and then the answer did not end: whoever says so late has not taken it
}

// judge says what an answer means: 2xx alone is a yes.
func judge(res *http.Response, now time.Time, a *xray.Attempt) {
	switch {
	case res.StatusCode >= 200 && res.StatusCode < 300:
		return
	case res.StatusCode == http.StatusGone:
		a.Gone = true
		a.Error = "the receiver answered 410: it wants no more of these"
	case res.StatusCode >= 300 && res.StatusCode < 400:
		a.Error = fmt.Sprintf("the receiver answered %d: redirects are not followed; set the webhook's url to where it leads", res.StatusCode)
	default:
		a.Error = fmt.Sprintf("the receiver answered %d", res.StatusCode)
	}
	a.RetryAfter = retryAfter(res.Header.Get("Retry-After"), now)
}

func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(value); err == nil && seconds > 0 {
		return min(time.Duration(min(seconds, int(longestWait/time.Second)))*time.Second, longestWait)
	}
	if at, err := http.ParseTime(value); err == nil && at.After(now) {
		return min(at.Sub(now), longestWait)
	}
	return 0
}

// kept are the header lines that the log keeps, by name.
func kept(h http.Header) []xray.Header {
	var out []xray.Header
	for name, values := range h {
		for _, v := range values {
			v = strings.ToValidUTF8(v[:min(len(v), maxHeaderValue)], "\uFFFD")
			out = append(out, xray.Header{Name: name, Value: v})
		}
	}
	slices.SortFunc(out, func(a, b xray.Header) int { return strings.Compare(a.Name, b.Name) })
	return out[:min(len(out), maxHeaders)]
}

// plain is an error in words that say what to look at. The address is left out:
// of some receivers it is the secret.
func (s *Sender) plain(err error) string {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded) || isTimeout(err):
		return fmt.Sprintf("no answer within %s", s.opts.Timeout)
	case errors.Is(err, context.Canceled):
		return "broken off: the server was stopped"
	}
	text := err.Error()
	return strings.ToValidUTF8(text[:min(len(text), 500)], "\uFFFD")
}

func isTimeout(err error) bool {
	t, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	return ok && t.Timeout()
}
