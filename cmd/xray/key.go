package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"text/tabwriter"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/store"
)

type keyCommand struct {
	Create keyCreate `cmd:"" help:"Make a key and show it once."`
	List   keyList   `cmd:"" help:"List a project's keys, without their secrets."`
	Revoke keyRevoke `cmd:"" help:"End a key for good."`
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
		project, err := projectNamed(ctx, s, c.Project)
		if err != nil {
			return err
		}
		secret, key, err := s.CreateKey(ctx, project.ID, c.Name, scope)
		if err != nil {
			return err
		}
		if err := recordAct(ctx, s, project.ID, "key.create", fmt.Sprint(key.ID), keyTold(key)); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "Key for project %s with scope %s. It is shown only this once:\n", project.Slug, scope)
		fmt.Println(secret)
		return nil
	})
}

// keyTold is what the audit log keeps of a key.
func keyTold(k xray.APIKey) map[string]any {
	return map[string]any{"name": k.Name, "scope": k.Scope, "prefix": k.Prefix}
}

// projectNamed finds a project, and says how to make it if it is not there.
func projectNamed(ctx context.Context, s *store.Store, slug string) (xray.Project, error) {
	p, err := s.ProjectBySlug(ctx, slug)
	if xray.ErrorCode(err) == xray.CodeNotFound {
		return p, xray.Errorf(xray.CodeNotFound, "there is no project %q: make it with 'xray project create %s'", slug, slug)
	}
	return p, err
}

type keyList struct {
	databaseFlags
	Project string `default:"default" help:"The project whose keys are listed."`
}

func (c *keyList) Run(ctx context.Context, log *slog.Logger) error {
	return c.withStore(ctx, log, func(s *store.Store) error {
		project, err := projectNamed(ctx, s, c.Project)
		if err != nil {
			return err
		}
		keys, err := s.Keys(ctx, project.ID)
		if err != nil {
			return err
		}
		out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(out, "NUMBER\tNAME\tSCOPE\tSTARTS WITH\tCREATED\tREVOKED")
		for _, k := range keys {
			revoked := ""
			if k.RevokedAt != nil {
				revoked = k.RevokedAt.UTC().Format(time.DateTime)
			}
			fmt.Fprintf(out, "%d\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Name, k.Scope, k.Prefix, k.CreatedAt.UTC().Format(time.DateTime), revoked)
		}
		return out.Flush()
	})
}

type keyRevoke struct {
	databaseFlags
	Number  int64  `arg:"" help:"The key's number, as 'xray key list' shows it."`
	Project string `default:"default" help:"The project that the key belongs to."`
}

func (c *keyRevoke) Run(ctx context.Context, log *slog.Logger) error {
	return c.withStore(ctx, log, func(s *store.Store) error {
		project, err := projectNamed(ctx, s, c.Project)
		if err != nil {
			return err
		}
		if err := s.RevokeKey(ctx, project.ID, c.Number); xray.ErrorCode(err) == xray.CodeNotFound {
			return xray.Errorf(xray.CodeNotFound, "project %s has no key %d in force: see 'xray key list --project %s'", project.Slug, c.Number, project.Slug)
		} else if err != nil {
			return err
		}
		if err := recordAct(ctx, s, project.ID, "key.revoke", fmt.Sprint(c.Number), nil); err != nil {
			return err
		}
		fmt.Println("Revoked. A running server stops taking it within seconds.")
		return nil
	})
}
