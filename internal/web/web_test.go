package web_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gin-gonic/gin"

	"github.com/xraytrace/xray/internal/web"
)

var quiet = slog.New(slog.DiscardHandler)

func get(h http.Handler, url string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest("GET", url, nil))
	return rec
}

func TestHostGuard(t *testing.T) {
	engine := web.NewEngine(web.Options{Logger: quiet, LoopbackOnly: true})
	engine.GET("/", func(c *gin.Context) { c.Status(200) })
	for host, want := range map[string]int{
		"localhost:8080": 200, "127.0.0.1:8080": 200, "127.9.9.9": 200, "[::1]:8080": 200, "[::1]": 200,
		"LOCALHOST": 200, "xray.localhost:80": 200,
		"evil.example:8080": 403, "localhost.evil.example": 403, "10.0.0.1": 403, "": 403, "0.0.0.0:8080": 403,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = host
		rec := httptest.NewRecorder()
		engine.ServeHTTP(rec, r)
		if rec.Code != want {
			t.Errorf("Host %q: %d, want %d", host, rec.Code, want)
		}
	}
}

func TestPagesOfOtherOriginsCannotSend(t *testing.T) {
	engine := web.NewEngine(web.Options{Logger: quiet})
	engine.Any("/", func(c *gin.Context) { c.Status(200) })
	for _, tc := range []struct {
		name, method, site string
		want               int
	}{
		{"our own page sends", "POST", "same-origin", 200},
		{"a program, which has no origin, sends", "POST", "", 200},
		{"another page sends", "POST", "cross-site", 403},
		{"another page links here", "GET", "cross-site", 200},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := httptest.NewRequest(tc.method, "/", nil)
			if tc.site != "" {
				r.Header.Set("Sec-Fetch-Site", tc.site)
			}
			rec := httptest.NewRecorder()
			engine.ServeHTTP(rec, r)
			if rec.Code != tc.want {
				t.Errorf("%d, want %d", rec.Code, tc.want)
			}
		})
	}
}

func TestNothingInlineRuns(t *testing.T) {
	engine := web.NewEngine(web.Options{Logger: quiet})
	engine.GET("/", func(c *gin.Context) { c.Status(200) })
	csp := get(engine, "/").Header().Get("Content-Security-Policy")
	if !strings.Contains(csp, "script-src 'self'") || strings.Contains(csp, "unsafe") {
		t.Errorf("Content-Security-Policy %q", csp)
	}
}

func TestAPanicIsA500(t *testing.T) {
	engine := web.NewEngine(web.Options{Logger: quiet})
	engine.GET("/", func(*gin.Context) { panic("boom") })
	if rec := get(engine, "/"); rec.Code != 500 || strings.Contains(rec.Body.String(), "boom") {
		t.Errorf("got %d %q", rec.Code, rec.Body)
	}
}

func TestHealth(t *testing.T) {
	engine := web.NewEngine(web.Options{Logger: quiet})
	var health web.Health
	health.Register(engine)
	expect := func(when string, ready int) {
		t.Helper()
		if rec := get(engine, "/healthz"); rec.Code != 200 {
			t.Errorf("%s: /healthz is %d", when, rec.Code)
		}
		if rec := get(engine, "/readyz"); rec.Code != ready {
			t.Errorf("%s: /readyz is %d, want %d", when, rec.Code, ready)
		}
	}
	expect("while migrating", 503)
	var database error
	health.SetReady(func(context.Context) error { return database })
	expect("started", 200)
	database = errors.New("connection refused")
	expect("database away", 503)
	database = nil
	expect("database back", 200)
	health.SetStopping()
	expect("stopping", 503)
}

func TestUI(t *testing.T) {
	engine := web.NewEngine(web.Options{Logger: quiet})
	web.RegisterUI(engine, fstest.MapFS{
		"index.html":       {Data: []byte("the page")},
		"favicon.svg":      {Data: []byte("<svg/>")},
		"assets/app-1a.js": {Data: []byte("code")},
	}, "")
	for _, tc := range []struct {
		name, path   string
		status       int
		body, caches string
	}{
		{"the root is the page", "/", 200, "the page", "no-cache"},
		{"so is every address of the app", "/executions/abc/steps", 200, "the page", "no-cache"},
		{"so is the index by its name", "/index.html", 200, "the page", "no-cache"},
		{"files named by content are kept for ever", "/assets/app-1a.js", 200, "code", "immutable"},
		{"other files are asked for again", "/favicon.svg", 200, "<svg/>", "no-cache"},
		{"an asset of another version is not the page", "/assets/app-0b.js", 404, "not found", ""},
		{"a folder is the page, not a listing", "/assets", 200, "the page", "no-cache"},
		{"an unknown API address is a problem", "/api/nothing", 404, "/api/docs", ""},
		{"climbing out finds nothing", "/assets/../../etc/passwd", 200, "the page", "no-cache"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rec := get(engine, tc.path)
			if rec.Code != tc.status || !strings.Contains(rec.Body.String(), tc.body) {
				t.Errorf("got %d %q, want %d %q", rec.Code, rec.Body, tc.status, tc.body)
			}
			if c := rec.Header().Get("Cache-Control"); !strings.Contains(c, tc.caches) {
				t.Errorf("Cache-Control %q, want %q", c, tc.caches)
			}
		})
	}
}
