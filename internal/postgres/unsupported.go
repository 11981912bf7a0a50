//go:build !unix

package postgres

import (
	"context"

	"github.com/xraytrace/xray"
)

// Server is a running PostgreSQL; on this system there is none.
type Server struct{}

func start(context.Context, Options) (*Server, error) {
	return nil, xray.Errorf(xray.CodeInvalid, "X-Ray runs its own PostgreSQL on Linux and macOS only: set DATABASE_URL to use a server of yours (PostgreSQL %d or newer)", MinMajor)
}

func running(string) (string, bool) { return "", false }

// URL is "".
func (*Server) URL() string { return "" }

// Dir is "".
func (*Server) Dir() string { return "" }

// Done never ends.
func (*Server) Done() <-chan struct{} { return nil }

// Err is nil.
func (*Server) Err() error { return nil }

// Stop does nothing.
func (*Server) Stop(context.Context) error { return nil }
