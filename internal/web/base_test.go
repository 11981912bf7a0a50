package web_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gin-gonic/gin"

	"github.com/xraytrace/xray/internal/web"
)

func TestBelowABasePathEverythingIsFound(t *testing.T) {
	engine := web.NewEngine(web.Options{Logger: quiet})
	engine.GET("/api/executions", func(c *gin.Context) { c.String(http.StatusOK, "list") })
	web.RegisterUI(engine, fstest.MapFS{
		"index.html":    {Data: []byte(`<meta name="xray-base" content="" /><script src="./assets/app.js"></script>`)},
		"assets/app.js": {Data: []byte("app")},
	}, "/tools/xray")
	h := web.Under("/tools/xray", engine)
	page := `<meta name="xray-base" content="/tools/xray" /><script src="/tools/xray/assets/app.js"></script>`
	for path, want := range map[string]string{
		"/tools/xray/":                 page,
		"/tools/xray/executions/run-1": page, // also deep in the page's own paths
		"/executions/run-1":            page, // of a proxy that has cut the base off
		"/tools/xray/assets/app.js":    "app",
		"/tools/xray/api/executions":   "list",
		"/api/executions":              "list",
	} {
		if rec := ask(h, "GET", path); rec.Code != http.StatusOK || rec.Body.String() != want {
			t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
		}
	}
	if rec := ask(h, "GET", "/tools/xray"); rec.Code != http.StatusPermanentRedirect || rec.Header().Get("Location") != "/tools/xray/" {
		t.Errorf("the base itself: %d %v", rec.Code, rec.Header())
	}
	if rec := ask(h, "GET", "/tools/xrays/api/executions"); strings.Contains(rec.Body.String(), "list") {
		t.Error("another path that begins alike is taken for the base")
	}
}

func TestOnlyATrustedProxySaysWhoTheClientIs(t *testing.T) {
	for trusted, want := range map[string]string{"192.0.2.0/24": "203.0.113.9", "198.51.100.1": "192.0.2.1"} {
		engine := web.NewEngine(web.Options{Logger: quiet, TrustedProxies: []string{trusted}})
		engine.GET("/who", func(c *gin.Context) { c.String(http.StatusOK, c.ClientIP()) })
		// The recorder's requests come from 192.0.2.1.
		if rec := ask(engine, "GET", "/who", "X-Forwarded-For", "203.0.113.9"); rec.Body.String() != want {
			t.Errorf("with %s trusted the client is %s", trusted, rec.Body)
		}
	}
}
