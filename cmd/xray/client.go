package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/xraytrace/xray"
)

// clientFlags say which server a command talks to.
type clientFlags struct {
	URL    string `env:"XRAY_URL" default:"http://localhost:8080" help:"Where X-Ray's web UI and API are."`
	APIKey string `name:"api-key" env:"XRAY_API_KEY" help:"A key, if the server needs one."`
}

// maxAnswer bounds what is read of an answer that is no stream.
const maxAnswer = 64 << 20

// request sends a request, again while the server asks for patience, and
// returns the body of a 2xx answer. Every other answer is an *xray.Error with
// the server's own words.
func (c clientFlags) request(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	for attempt := 0; ; attempt++ {
		answer, wait, err := c.once(ctx, method, path, body)
		if err == nil || wait == 0 || attempt == 10 {
			return answer, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait):
		}
	}
}

// once makes one attempt; wait > 0 says that another may succeed.
func (c clientFlags) once(ctx context.Context, method, path string, body []byte) (answer []byte, wait time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(c.URL, "/")+path, bytes.NewReader(body))
	if err != nil {
		return nil, 0, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.APIKey != "" {
		req.Header.Set("Authorization", "Bearer "+c.APIKey)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, 0, xray.Errorf(xray.CodeUnavailable, "cannot reach X-Ray at %s (%v): start it with 'xray serve', or give --url", c.URL, err)
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, 0, fmt.Errorf("read the answer: %w", err)
	case len(answer) > maxAnswer:
		return nil, 0, xray.Errorf(xray.CodeTooLarge, "the answer is larger than %d MB", maxAnswer>>20)
	case resp.StatusCode < 300:
		return answer, 0, nil
	case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable:
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		wait = max(time.Duration(seconds)*time.Second, 200*time.Millisecond)
	}
	return nil, wait, refusal(resp.Status, answer)
}

// refusal makes an error of a problem document, or of OTLP's status message.
func refusal(status string, body []byte) error {
	var said struct{ Detail, Message string }
	if json.Unmarshal(body, &said) == nil && said.Detail+said.Message != "" {
		return xray.Errorf(xray.CodeInvalid, "%s%s", said.Detail, said.Message)
	}
	return xray.Errorf(xray.CodeInvalid, "the server answered %s", status)
}

// getJSON reads one answer of the API.
func getJSON[T any](ctx context.Context, c clientFlags, path string) (T, error) {
	var v T
	raw, err := c.request(ctx, http.MethodGet, path, nil)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, fmt.Errorf("read the answer to %s: %w", path, err)
	}
	return v, nil
}
