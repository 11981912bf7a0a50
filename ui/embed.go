// Package ui holds the built web UI, so that one binary serves it and a machine
// without Node builds it. The sources are beside it; `make ui` rebuilds dist.
// It serves nothing itself: internal/web does.
package ui

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var files embed.FS

// Dist is the built UI: index.html, and assets named by their content.
func Dist() fs.FS {
	dist, err := fs.Sub(files, "dist")
	if err != nil {
		panic(err) // only for an invalid path, and this one is a constant
	}
	return dist
}
