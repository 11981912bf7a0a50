package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
)

// RegisterUI serves the built UI: its files, compressed where that pays and
// the client takes it, and its index for every other path that a person may
// have bookmarked. base is the path that the page lives under, "" for the root.
func RegisterUI(e *gin.Engine, dist fs.FS, base string) {
	files := assets(dist, base)
	e.NoRoute(func(c *gin.Context) {
		name := strings.TrimPrefix(path.Clean(c.Request.URL.Path), "/")
		file, found := files[name]
		switch {
		case c.Request.Method != http.MethodGet && c.Request.Method != http.MethodHead,
			strings.HasPrefix(name, "api/"), strings.HasPrefix(name, "v1/"), strings.HasPrefix(name, ".well-known/"):
			c.Header("Content-Type", "application/problem+json")
			c.JSON(http.StatusNotFound, gin.H{"type": "about:blank", "title": "Not Found", "status": 404, "code": "not_found",
				"detail": "there is nothing at this address: see /api/docs"})
			return
		case strings.HasPrefix(name, "assets/"):
			if !found { // a page of an older version asks
				c.String(http.StatusNotFound, "not found\n")
				return
			}
			c.Header("Cache-Control", "public, max-age=31536000, immutable") // named by content
		default:
			if !found {
				name = "index.html"
				if file, found = files[name]; !found {
					c.String(http.StatusNotFound, "this server was built without the UI\n")
					return
				}
			}
			c.Header("Cache-Control", "no-cache")
		}
		c.Status(http.StatusOK) // gin has set 404 before NoRoute
		serveAsset(c, name, file())
	})
}

// asset is one file of the UI in memory.
type asset struct {
	plain, gzipped []byte // gzipped is nil where it would save little
	hash           string
}

// assets names the files of the UI. Each is read and compressed when it is
// first asked for, so that starting the server costs nothing.
func assets(dist fs.FS, base string) map[string]func() asset {
	files := map[string]func() asset{}
	// An embedded tree cannot fail to be walked; of another the rest is served.
	_ = fs.WalkDir(dist, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files[name] = sync.OnceValue(func() asset { return newAsset(dist, name, base) })
		}
		return nil
	})
	return files
}

func newAsset(dist fs.FS, name, base string) asset {
	plain, _ := fs.ReadFile(dist, name) // it was there when the tree was walked
	if name == "index.html" {
		plain = at(base, plain)
	}
	hash := sha256.Sum256(plain)
	a := asset{plain: plain, hash: hex.EncodeToString(hash[:8])}
	switch path.Ext(name) {
	case ".js", ".css", ".html", ".svg", ".txt":
		var b bytes.Buffer
		zw, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
		_, _ = zw.Write(plain) // a buffer takes everything
		_ = zw.Close()
		if b.Len() < len(plain)*9/10 {
			a.gzipped = b.Bytes()
		}
	}
	return a
}

// at makes the page's relative addresses absolute, since it is served for every
// path, and tells its script the base.
func at(base string, page []byte) []byte {
	page = bytes.ReplaceAll(page, []byte(`="./`), []byte(`="`+base+`/`))
	return bytes.Replace(page, []byte(`name="xray-base" content=""`), []byte(`name="xray-base" content="`+base+`"`), 1)
}

// serveAsset answers with the file, honouring HEAD, If-None-Match and Range. A
// range is always one of the plain bytes.
func serveAsset(c *gin.Context, name string, a asset) {
	h := c.Writer.Header()
	body, tag := a.plain, a.hash
	if a.gzipped != nil {
		h.Add("Vary", "Accept-Encoding")
		if acceptsGzip(c.Request) && c.GetHeader("Range") == "" {
			body, tag = a.gzipped, a.hash+"-gzip"
			h.Set("Content-Encoding", "gzip")
			h.Set("Content-Length", strconv.Itoa(len(body))) // ServeContent leaves it out for encoded bodies
		}
	}
	h.Set("ETag", strconv.Quote(tag))
	http.ServeContent(c.Writer, c.Request, name, time.Time{}, bytes.NewReader(body))
}
