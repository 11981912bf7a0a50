package receiver

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/xraytrace/xray"
)

const (
	typeProtobuf = "application/x-protobuf"
	typeJSON     = "application/json"
)

// bases are where clients expect /v1/traces and its siblings: OTLP's own
// place, Langfuse's SDKs, LangSmith's SDKs.
var bases = []string{"", "/api/public/otel", "/otel"}

// Routes mounts the OTLP/HTTP endpoints. Every method is routed here, so that
// a wrong one gets OTLP's kind of answer.
func (r *Receiver) Routes(router gin.IRouter) {
	for _, base := range bases {
		for _, s := range signals {
			router.Any(base+"/v1/"+s.name, func(c *gin.Context) { r.serveHTTP(c, s) })
		}
	}
}

func (r *Receiver) serveHTTP(c *gin.Context, s signal) {
	kind := contentType(c.Request)
	defer func() {
		if p := recover(); p != nil {
			r.log.Error("panic in receiver", "signal", s.name, "panic", p, "stack", string(debug.Stack()))
			r.refuseHTTP(c, s, kind, fmt.Errorf("panic: %v", p))
		}
	}()
	part, err := r.handleHTTP(c.Request, s, kind)
	if err != nil {
		r.refuseHTTP(c, s, kind, err)
		return
	}
	r.metrics.requests.WithLabelValues("http", s.name, "OK").Inc()
	if kind == typeJSON {
		c.Data(http.StatusOK, kind, part.json(s))
		return
	}
	c.Data(http.StatusOK, kind, part.protobuf())
}

func (r *Receiver) handleHTTP(req *http.Request, s signal, kind string) (part partial, err error) {
	if req.Method != http.MethodPost {
		return partial{}, &httpOnly{http.StatusMethodNotAllowed, "send OTLP with POST"}
	}
	principal, err := r.authenticate(req.Context(), req.Header.Get)
	if err != nil {
		return partial{}, err
	}
	v, err := r.enter(principal)
	defer func() { v.end(part, err) }()
	if err != nil {
		return partial{}, err
	}
	if kind == "" {
		return partial{}, &httpOnly{http.StatusUnsupportedMediaType,
			fmt.Sprintf("unknown content type %q: use %s or %s", req.Header.Get("Content-Type"), typeProtobuf, typeJSON)}
	}
	l := &lease{flight: r.flight}
	defer l.release()
	most := v.most(r.opts.MaxDecompressed)
	body, err := r.readBody(req, most, l)
	if most < r.opts.MaxDecompressed && xray.ErrorCode(err) == xray.CodeTooLarge {
		return partial{}, v.tooLarge(most)
	}
	if err != nil {
		return partial{}, err
	}
	if err := v.arrived(len(body), most); err != nil {
		return partial{}, err
	}
	return s.accept(r, req.Context(), incoming{
		signal: s, project: principal.Project, body: body, json: kind == typeJSON, lease: l, visit: v,
	})
}

// contentType is typeProtobuf, typeJSON, or "" for one that we do not read.
// Parameters such as charset do not matter.
func contentType(req *http.Request) string {
	kind, _, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	switch kind {
	case typeProtobuf, "application/protobuf":
		return typeProtobuf
	case typeJSON:
		return typeJSON
	}
	return ""
}

// readBody reads and unpacks the body, to at most so many bytes.
func (r *Receiver) readBody(req *http.Request, most int64, l *lease) ([]byte, error) {
	if req.ContentLength > r.opts.MaxBody {
		return nil, xray.Errorf(xray.CodeTooLarge, "the body is larger than %d bytes: send smaller batches", r.opts.MaxBody)
	}
	encoding := strings.ToLower(strings.TrimSpace(req.Header.Get("Content-Encoding")))
	counted := &countingReader{r: req.Body, limit: r.opts.MaxBody}
	defer func() { r.metrics.bytes.WithLabelValues("http", "received").Add(float64(counted.n)) }()

	plain, known, err := decompressor(encoding, counted)
	if !known {
		return nil, &httpOnly{http.StatusUnsupportedMediaType,
			fmt.Sprintf("unknown content encoding %q: use gzip, zstd, deflate or none", encoding)}
	}
	if err != nil {
		return nil, bodyError(counted, encoding, err)
	}
	defer plain.Close()
	size := int64(-1)
	if encoding == "" || encoding == "identity" {
		size = req.ContentLength
	}
	body, err := readAll(plain, size, most, l)
	if err != nil {
		return nil, bodyError(counted, encoding, err)
	}
	r.metrics.bytes.WithLabelValues("http", "unpacked").Add(float64(len(body)))
	return body, nil
}

// bodyError tells our own refusals, a broken connection and a broken encoding
// apart.
func bodyError(counted *countingReader, encoding string, err error) error {
	if counted.err != nil {
		err = counted.err // the cause, not what the decompressor made of it
	}
	if _, ours := errors.AsType[*xray.Error](err); ours {
		return err
	}
	if counted.err != nil {
		return xray.Errorf(xray.CodeInvalid, "the body did not arrive whole")
	}
	return xray.Errorf(xray.CodeInvalid, "the body is not %s: %v", encoding, err)
}

// countingReader counts what comes over the wire and keeps it under the limit
// for bodies as sent, whose length need not be declared.
type countingReader struct {
	r     io.Reader
	n     int64
	limit int64
	err   error // what ended the stream early
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if c.n > c.limit {
		err = xray.Errorf(xray.CodeTooLarge, "the body is larger than %d bytes: send smaller batches", c.limit)
	}
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}

// refuseHTTP answers with a google.rpc.Status in the request's own form.
func (r *Receiver) refuseHTTP(c *gin.Context, s signal, kind string, err error) {
	a := answerTo(err)
	r.metrics.requests.WithLabelValues("http", s.name, a.grpc.String()).Inc()
	if a.http >= http.StatusInternalServerError && c.Request.Context().Err() == nil {
		r.outages.note("http", s, a, err)
	}
	if a.retryAfter > 0 {
		c.Header("Retry-After", strconv.Itoa(a.seconds()))
	}
	switch a.http {
	case http.StatusUnauthorized:
		c.Header("WWW-Authenticate", `Bearer realm="xray"`)
	case http.StatusMethodNotAllowed:
		c.Header("Allow", http.MethodPost)
	}
	if kind == typeProtobuf {
		body, _ := proto.Marshal(a.rpc()) // fails on invalid UTF-8 only; see answer.rpc
		c.Data(a.http, typeProtobuf, body)
		return
	}
	body, _ := protojson.Marshal(a.rpc())
	c.Data(a.http, typeJSON, body)
}
