package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/store"
)

type keyCommand struct {
	Create keyCreate `cmd:"" help:"Make a key and show it once."`
}

type keyCreate struct {
	databaseFlags
	Project string `required:"" help:"The project that the key belongs to."`
	Scope   string `required:"" help:"What the key may do: ingest (send), read (look) or admin (both)."`
	Name    string `help:"A name to tell keys apart."`
}

// Run prints the secret alone on standard output, so that a script can take
// it, and the words around it on standard error.
func (c *keyCreate) Run(ctx context.Context, log *slog.Logger) error {
	scope, err := xray.ParseScope(c.Scope)
	if err != nil {
		return err
	}
	return c.withStore(ctx, log, func(s *store.Store) error {
		project, err := s.ProjectBySlug(ctx, c.Project)
		if xray.ErrorCode(err) == xray.CodeNotFound {
			return xray.Errorf(xray.CodeNotFound, "there is no project %q: make it with 'xray project create %s'", c.Project, c.Project)
		}
		if err != nil {
			return err
		}
		secret, _, err := s.CreateKey(ctx, project.ID, c.Name, scope)
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "Key for project %s with scope %s. It is shown only this once:\n", project.Slug, scope)
		fmt.Println(secret)
		return nil
	})
}
