package web

import (
	"compress/gzip"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
)

// compressFrom is the size from which an answer is compressed: below it one
// packet carries it anyway.
const compressFrom = 1 << 10

// acceptsGzip reports whether the client takes gzip; `gzip;q=0` says it does not.
func acceptsGzip(r *http.Request) bool {
	for _, coding := range strings.Split(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, params, _ := strings.Cut(coding, ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		q, given := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		weight, err := strconv.ParseFloat(q, 64)
		return !given || err == nil && weight > 0
	}
	return false
}

// compressJSON compresses JSON answers of more than compressFrom bytes: the
// steps of a large execution shrink to a tenth. Everything else, the event
// stream above all, passes through as it is written.
func compressJSON() gin.HandlerFunc {
	writers := &sync.Pool{New: func() any {
		zw, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is valid
		return zw
	}}
	return func(c *gin.Context) {
		if !acceptsGzip(c.Request) || c.Request.Method == http.MethodHead {
			return
		}
		w := &jsonWriter{ResponseWriter: c.Writer, writers: writers}
		c.Writer = w
		c.Next()
		// Not deferred: an answer that a panic breaks off must not look whole.
		w.end()
		c.Writer = w.ResponseWriter
	}
}

// jsonWriter holds back the first bytes of a JSON answer until it is known
// whether compressing them pays.
type jsonWriter struct {
	gin.ResponseWriter
	writers *sync.Pool
	held    []byte
	decided bool
	zw      *gzip.Writer // nil while undecided, and for what passes as it is
}

// Unwrap lets http.ResponseController find the connection.
func (w *jsonWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *jsonWriter) Write(p []byte) (int, error) {
	if !w.decided {
		if w.pays() && len(w.held)+len(p) < compressFrom {
			w.held = append(w.held, p...)
			return len(p), nil
		}
		if err := w.decide(w.pays()); err != nil {
			return 0, err
		}
	}
	if w.zw != nil {
		return w.zw.Write(p)
	}
	return w.ResponseWriter.Write(p)
}

func (w *jsonWriter) WriteString(s string) (int, error) { return w.Write([]byte(s)) }

// WriteHeaderNow sends the head, after which no encoding can be named.
func (w *jsonWriter) WriteHeaderNow() {
	_ = w.decide(false) // an error comes again with the next write
	w.ResponseWriter.WriteHeaderNow()
}

// Flush sends what there is: whoever flushes wants it to be read now.
func (w *jsonWriter) Flush() {
	_ = w.decide(false)
	if w.zw != nil {
		_ = w.zw.Flush()
	}
	w.ResponseWriter.Flush()
}

// pays reports whether the answer is JSON that nobody has encoded yet.
func (w *jsonWriter) pays() bool {
	h := w.Header()
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	return (kind == "application/json" || strings.HasSuffix(kind, "+json")) &&
		h.Get("Content-Encoding") == "" && !w.ResponseWriter.Written()
}

// decide begins the answer, once, and sends what was held back.
func (w *jsonWriter) decide(compress bool) error {
	if w.decided {
		return nil
	}
	w.decided = true
	held := w.held
	w.held = nil
	if compress {
		h := w.Header()
		h.Set("Content-Encoding", "gzip")
		h.Add("Vary", "Accept-Encoding")
		h.Del("Content-Length")
		w.zw = w.writers.Get().(*gzip.Writer)
		w.zw.Reset(w.ResponseWriter)
		_, err := w.zw.Write(held)
		return err
	}
	if len(held) == 0 {
		return nil
	}
	_, err := w.ResponseWriter.Write(held)
	return err
}

func (w *jsonWriter) end() {
	_ = w.decide(false) // the client is gone, then nobody misses the rest
	if w.zw != nil {
		_ = w.zw.Close()
		w.writers.Put(w.zw)
		w.zw = nil
	}
}
