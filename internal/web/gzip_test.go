package web_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/xraytrace/xray/internal/web"
)

func ask(h http.Handler, method, url string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, url, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

func unzip(t *testing.T, body io.Reader) string {
	t.Helper()
	zr, err := gzip.NewReader(body)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(zr)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

func TestAssetsAreCompressedWhereThatPays(t *testing.T) {
	code := strings.Repeat("const answer = 42;\n", 500)
	engine := web.NewEngine(web.Options{Logger: quiet})
	web.RegisterUI(engine, fstest.MapFS{
		"index.html":           {Data: []byte("<p>")},
		"assets/app-1a.js":     {Data: []byte(code)},
		"assets/font-1a.woff2": {Data: []byte(code)},
	}, "")
	const app = "/assets/app-1a.js"

	for _, accepted := range []string{"gzip, deflate, br", "br, GZIP ; q=0.5"} {
		rec := ask(engine, "GET", app, "Accept-Encoding", accepted)
		if rec.Header().Get("Content-Encoding") != "gzip" || rec.Header().Get("Vary") != "Accept-Encoding" {
			t.Fatalf("for %q: headers %v", accepted, rec.Header())
		}
		if !strings.Contains(rec.Header().Get("Content-Type"), "javascript") || rec.Header().Get("Content-Security-Policy") == "" {
			t.Errorf("for %q: headers %v", accepted, rec.Header())
		}
		if unzip(t, rec.Body) != code {
			t.Errorf("for %q: another body", accepted)
		}
	}
	for _, refused := range []string{"", "identity", "gzip;q=0", "br", "xgzip"} {
		rec := ask(engine, "GET", app, "Accept-Encoding", refused)
		if rec.Header().Get("Content-Encoding") != "" || rec.Body.String() != code {
			t.Errorf("for %q: compressed", refused)
		}
	}
	for path, what := range map[string]string{"/assets/font-1a.woff2": "a font", "/": "a page that would not shrink"} {
		if rec := ask(engine, "GET", path, "Accept-Encoding", "gzip"); rec.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s is compressed", what)
		}
	}
}

func TestAssetsKeepRangeHeadAndETag(t *testing.T) {
	code := strings.Repeat("const answer = 42;\n", 500)
	engine := web.NewEngine(web.Options{Logger: quiet})
	web.RegisterUI(engine, fstest.MapFS{"index.html": {}, "assets/app-1a.js": {Data: []byte(code)}}, "")
	const app = "/assets/app-1a.js"

	whole := ask(engine, "GET", app, "Accept-Encoding", "gzip")
	head := ask(engine, "HEAD", app, "Accept-Encoding", "gzip")
	if head.Body.Len() != 0 || head.Header().Get("Content-Length") != whole.Header().Get("Content-Length") {
		t.Errorf("HEAD: %d bytes, Content-Length %q", head.Body.Len(), head.Header().Get("Content-Length"))
	}
	tag, plainTag := whole.Header().Get("ETag"), ask(engine, "GET", app).Header().Get("ETag")
	if tag == "" || tag == plainTag {
		t.Errorf("ETag %s compressed and %s plain: two bodies need two tags", tag, plainTag)
	}
	again := ask(engine, "GET", app, "Accept-Encoding", "gzip", "If-None-Match", tag)
	if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("If-None-Match: %d with %d bytes", again.Code, again.Body.Len())
	}
	part := ask(engine, "GET", app, "Accept-Encoding", "gzip", "Range", "bytes=6-11")
	if part.Code != http.StatusPartialContent || part.Body.String() != "answer" || part.Header().Get("Content-Encoding") != "" {
		t.Errorf("Range: %d %q %v", part.Code, part.Body, part.Header())
	}
}

func TestLargeJSONIsCompressed(t *testing.T) {
	engine := web.NewEngine(web.Options{Logger: quiet})
	large := strings.Repeat("x", 50_000)
	engine.GET("/large", func(c *gin.Context) { c.JSON(200, large) })
	engine.GET("/small", func(c *gin.Context) { c.JSON(200, "little") })
	engine.GET("/none", func(c *gin.Context) { c.Status(204) })
	engine.GET("/text", func(c *gin.Context) { c.String(200, large) })
	engine.GET("/problem", func(c *gin.Context) {
		c.Header("Content-Type", "application/problem+json")
		c.JSON(404, large)
	})
	engine.GET("/parts", func(c *gin.Context) {
		c.Header("Content-Type", "application/json")
		for range 100 {
			_, _ = c.Writer.WriteString(strings.Repeat("1", 100))
		}
	})
	for _, tc := range []struct {
		name, path string
		status     int
		compressed bool
		body       string
	}{
		{"a large answer", "/large", 200, true, `"` + large + `"`},
		{"a large answer in parts", "/parts", 200, true, strings.Repeat("1", 10_000)},
		{"a large problem", "/problem", 404, true, `"` + large + `"`},
		{"a small answer", "/small", 200, false, `"little"`},
		{"an answer without a body", "/none", 204, false, ""},
		{"what is no JSON", "/text", 200, false, large},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rec := ask(engine, "GET", tc.path, "Accept-Encoding", "gzip")
			body := rec.Body.String()
			if compressed := rec.Header().Get("Content-Encoding") == "gzip"; compressed != tc.compressed {
				t.Fatalf("compressed is %v", compressed)
			} else if compressed {
				body = unzip(t, bytes.NewReader(rec.Body.Bytes()))
			}
			if rec.Code != tc.status || body != tc.body {
				t.Errorf("got %d with %d bytes, want %d with %d", rec.Code, len(body), tc.status, len(tc.body))
			}
			if plain := ask(engine, "GET", tc.path); plain.Header().Get("Content-Encoding") != "" || plain.Body.String() != tc.body {
				t.Error("who does not ask for gzip gets another answer")
			}
		})
	}
}

func TestAStreamOfEventsIsSentAsItHappens(t *testing.T) {
	engine := web.NewEngine(web.Options{Logger: quiet})
	goOn := make(chan struct{})
	engine.GET("/events", func(c *gin.Context) {
		c.Header("Content-Type", "text/event-stream")
		if err := http.NewResponseController(c.Writer).SetWriteDeadline(time.Time{}); err != nil {
			t.Errorf("the deadline cannot be lifted: %v", err)
		}
		_, _ = c.Writer.WriteString("event: ready\n\n")
		c.Writer.Flush()
		<-goOn
	})
	server := httptest.NewServer(engine)
	defer server.Close()
	defer close(goOn)
	r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	first := make([]byte, len("event: ready\n\n"))
	if _, err := io.ReadFull(answer.Body, first); err != nil || answer.Header.Get("Content-Encoding") != "" {
		t.Errorf("got %q, %v, headers %v", first, err, answer.Header)
	}
}

func TestABrokenOffAnswerDoesNotLookWhole(t *testing.T) {
	engine := web.NewEngine(web.Options{Logger: quiet})
	engine.GET("/", func(c *gin.Context) {
		c.Header("Content-Type", "application/json")
		_, _ = c.Writer.WriteString(`"` + strings.Repeat("x", 5_000))
		panic(http.ErrAbortHandler)
	})
	server := httptest.NewServer(engine)
	defer server.Close()
	answer, err := server.Client().Get(server.URL) // its transport asks for gzip
	if err == nil {
		defer func() { _ = answer.Body.Close() }()
		_, err = io.ReadAll(answer.Body)
	}
	if err == nil {
		t.Error("it reads as if it were complete")
	}
}
