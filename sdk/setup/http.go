package setup

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// httpClient is the otlptrace.Client that posts OTLP protobuf. It is ours and
// not otlptracehttp's because we must know what became of each span: that one
// does not retry a refused connection, does not tell 413 from 401, and may
// lose the message of a partial success (ADR 006).
type httpClient struct {
	target target
	retry  retry
	http   *http.Client
	warn   func(error)
}

func newHTTPClient(t target, s settings) *httpClient {
	c := &httpClient{target: t, retry: s.retry, http: s.http, warn: warner()}
	if c.http == nil {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.TLSClientConfig = t.tls
		c.http = &http.Client{Transport: transport, Timeout: t.timeout}
	}
	return c
}

func (c *httpClient) Start(context.Context) error { return nil }

func (c *httpClient) Stop(context.Context) error {
	c.http.CloseIdleConnections()
	return nil
}

// statusError is an answer that no repetition of the same request will change.
type statusError struct {
	code int
	body string
	url  string
}

func (e *statusError) Error() string {
	hint := ""
	switch e.code {
	case http.StatusUnauthorized, http.StatusForbidden:
		hint = " (check the API key: XRAY_API_KEY)"
	case http.StatusNotFound:
		hint = " (is this an OTLP endpoint, and the project known?)"
	}
	return fmt.Sprintf("%s answered %d %s%s: %s", e.url, e.code, http.StatusText(e.code), hint, e.body)
}

// partialError is a 2xx with OTLP's partial_success: some spans were refused.
type partialError struct {
	rejected int64
	message  string
}

func (e *partialError) Error() string {
	return fmt.Sprintf("the server rejected %d spans: %s", e.rejected, e.message)
}

// errEncode marks a batch that protobuf cannot hold (invalid UTF-8).
var errEncode = errors.New("encode spans")

// UploadTraces sends one batch, again and again if need be.
func (c *httpClient) UploadTraces(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	// On the wire ExportTraceServiceRequest is TracesData: one repeated field.
	// Its own Go type would link gRPC into every program that uses us.
	body, err := proto.Marshal(&tracepb.TracesData{ResourceSpans: spans})
	if err != nil {
		return fmt.Errorf("%w: %w", errEncode, err)
	}
	if !c.target.plain {
		if body, err = compress(body); err != nil {
			return fmt.Errorf("%w: %w", errEncode, err)
		}
	}
	return c.retry.run(ctx, func(ctx context.Context) error { return c.post(ctx, body) }, func(err error) {
		c.warn(fmt.Errorf("xray: cannot send for now, trying again: %w", err))
	})
}

func compress(body []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	err = w.Close() // writes the rest
	return b.Bytes(), err
}

func (c *httpClient) post(ctx context.Context, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, c.target.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.target.url.String(), bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header = c.target.header.Clone()
	req.Header.Set("Content-Type", "application/x-protobuf")
	if !c.target.plain {
		req.Header.Set("Content-Encoding", "gzip")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		if bad := (*tls.CertificateVerificationError)(nil); errors.As(err, &bad) {
			return err
		}
		return &temporary{err: err} // refused, reset, timed out, no such host
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil && resp.StatusCode/100 == 2 {
		return &temporary{err: fmt.Errorf("read the answer: %w", err)}
	}
	return c.judge(resp, answer)
}

// judge maps an answer as OTLP/HTTP says: 429, 502, 503 and 504 may pass,
// everything else that is not 2xx is final.
func (c *httpClient) judge(resp *http.Response, body []byte) error {
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return &temporary{
			after: retryAfter(resp.Header.Get("Retry-After")),
			err:   fmt.Errorf("%s answered %s", c.target.url, resp.Status),
		}
	}
	if resp.StatusCode/100 != 2 {
		return &statusError{resp.StatusCode, readable(body), c.target.url.String()}
	}
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/x-protobuf") {
		return nil
	}
	rejected, message := partialSuccess(body)
	if rejected > 0 {
		return &partialError{rejected, message}
	}
	if message != "" { // OTLP: a warning without refusal
		c.warn(fmt.Errorf("xray: the server says: %s", message))
	}
	return nil
}

// readable takes the text out of an error's body, which may be a protobuf
// Status {1: code, 2: message}.
func readable(body []byte) string {
	if msg, ok := field(body, 2); ok && len(msg) > 0 && body[0] == 0x08 {
		body = msg
	}
	s := strings.TrimSpace(strings.ToValidUTF8(string(body), "?"))
	if len(s) > 512 {
		s = strings.ToValidUTF8(s[:512], "") + "…"
	}
	return s
}

func retryAfter(s string) time.Duration {
	if n, err := strconv.Atoi(s); err == nil && n >= 0 {
		return time.Duration(min(n, 3600)) * time.Second
	}
	if at, err := http.ParseTime(s); err == nil {
		return min(max(time.Until(at), 0), time.Hour)
	}
	return 0
}

// partialSuccess reads ExportTraceServiceResponse{1: {1: rejected_spans, 2:
// error_message}} by hand, for the reason in UploadTraces.
func partialSuccess(body []byte) (rejected int64, message string) {
	inner, ok := field(body, 1)
	if !ok {
		return 0, ""
	}
	text, _ := field(inner, 2)
	for b := inner; len(b) > 0; {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			break
		}
		b = b[n:]
		if num == 1 && typ == protowire.VarintType {
			v, n := protowire.ConsumeVarint(b)
			if n > 0 {
				rejected = int64(v)
			}
		}
		if n = protowire.ConsumeFieldValue(num, typ, b); n < 0 {
			break
		}
		b = b[n:]
	}
	return rejected, strings.ToValidUTF8(string(text), "?")
}

// field returns the first length-delimited field of that number.
func field(b []byte, want protowire.Number) ([]byte, bool) {
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return nil, false
		}
		b = b[n:]
		if num == want && typ == protowire.BytesType {
			v, n := protowire.ConsumeBytes(b)
			return v, n >= 0
		}
		if n = protowire.ConsumeFieldValue(num, typ, b); n < 0 {
			return nil, false
		}
		b = b[n:]
	}
	return nil, false
}
