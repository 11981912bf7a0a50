package api

import (
	_ "embed"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/swaggest/swgui/v5emb"
)

//go:embed openapi.yaml
var spec []byte

//go:embed docs.html
var docsPage []byte

//go:embed docs.js
var docsScript []byte

// registerDocs serves the contract and a browsable reference made of it. The
// assets are embedded, and the page and its script are our own files, so that
// it works offline and under a Content-Security-Policy without unsafe-inline.
func registerDocs(engine *gin.Engine) {
	assets := v5emb.New("X-Ray", "/api/openapi.yaml", "/api/docs/")
	serve := func(contentType string, body []byte) gin.HandlerFunc {
		return func(c *gin.Context) { c.Data(http.StatusOK, contentType, body) }
	}
	engine.GET("/api/openapi.yaml", serve("application/yaml", spec))
	page := serve("text/html; charset=utf-8", docsPage)
	script := serve("text/javascript; charset=utf-8", docsScript)
	engine.GET("/api/docs", page)
	engine.GET("/api/docs/*file", func(c *gin.Context) {
		switch c.Param("file") {
		case "/":
			c.Header("Location", "../docs") // relative: the server may live under a path
			c.Status(http.StatusPermanentRedirect)
		case "/docs.js":
			script(c)
		default:
			assets.ServeHTTP(c.Writer, c.Request)
		}
	})
}
