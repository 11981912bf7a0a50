package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/store"
)

type keyCommand struct {
	Create keyCreate `cmd:"" help:"Make a key and show it once."`
	List   keyList   `cmd:"" help:"List a project's keys, without their secrets."`
	Rotate keyRotate `cmd:"" help:"Make a key that takes over from another, and show it once."`
	Revoke keyRevoke `cmd:"" help:"End a key for good."`
}

type keyCreate struct {
	databaseFlags
	Project string `required:"" help:"The project that the key belongs to."`
	Scope   string `required:"" help:"What the key may do: ingest (send), read (look) or admin (both)."`
	Name    string `help:"A name to tell keys apart."`
	Expires string `help:"When it ends: a duration such as 90d or 12h, or a day such as 2027-01-31 (its midnight UTC). Never without."`
}

// Run prints the secret alone on standard output, so that a script can take
// it, and the words around it on standard error.
func (c *keyCreate) Run(ctx context.Context, log *slog.Logger) error {
	scope, err := xray.ParseScope(c.Scope)
	if err != nil {
		return err
	}
	expires, err := moment("expires", c.Expires, time.Now())
	if err != nil {
		return err
	}
	return c.withStore(ctx, log, func(s *store.Store) error {
		project, err := projectNamed(ctx, s, c.Project)
		if err != nil {
			return err
		}
		secret, key, err := s.CreateKey(ctx, project.ID, xray.NewKey{Name: c.Name, Scope: scope, ExpiresAt: expires})
		if err != nil {
			return err
		}
		if err := recordAct(ctx, s, project.ID, "key.create", fmt.Sprint(key.ID), keyTold(key)); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "Key %d for project %s with scope %s%s. It is shown only this once:\n", key.ID, project.Slug, scope, until(key.ExpiresAt))
		fmt.Println(secret)
		return nil
	})
}

// keyTold is what the audit log keeps of a key.
func keyTold(k xray.APIKey) map[string]any {
	told := map[string]any{"id": fmt.Sprint(k.ID), "name": k.Name, "scope": k.Scope, "prefix": k.Prefix}
	if k.ExpiresAt != nil {
		told["expiresAt"] = k.ExpiresAt
	}
	return told
}

func until(t *time.Time) string {
	if t == nil {
		return ""
	}
	return ", until " + t.UTC().Format(time.DateTime) + " UTC"
}

// moment reads a time from now on, or a day; nil for "".
func moment(flag, text string, now time.Time) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return &day, nil
	}
	plain := text
	if days, found := strings.CutSuffix(text, "d"); found {
		n, err := strconv.Atoi(days)
		if err != nil || n < 0 || n > 36500 {
			plain = "?"
		} else {
			plain = fmt.Sprintf("%dh", 24*n)
		}
	}
	d, err := time.ParseDuration(plain)
	if err != nil || d < 0 {
		return nil, xray.Errorf(xray.CodeInvalid, "--%s is %q: write a duration such as 90d or 12h, or a day such as 2027-01-31", flag, text)
	}
	return new(now.Add(d)), nil
}

type keyRotate struct {
	databaseFlags
	Number  int64  `arg:"" help:"The key's number, as 'xray key list' shows it."`
	Project string `default:"default" help:"The project that the key belongs to."`
	Overlap string `default:"1d" help:"How long the old secret works beside the new one, at most 30d; 0s: it ends at once."`
	Expires string `help:"When the new key ends, as for create. Never without."`
}

// Run prints the new secret alone on standard output.
func (c *keyRotate) Run(ctx context.Context, log *slog.Logger) error {
	now := time.Now()
	overlap, err := moment("overlap", c.Overlap, now)
	if err != nil {
		return err
	}
	expires, err := moment("expires", c.Expires, now)
	if err != nil {
		return err
	}
	return c.withStore(ctx, log, func(s *store.Store) error {
		project, err := projectNamed(ctx, s, c.Project)
		if err != nil {
			return err
		}
		rotation := xray.Rotation{OldWorksUntil: now, ExpiresAt: expires}
		if overlap != nil {
			rotation.OldWorksUntil = *overlap
		}
		secret, key, old, err := s.RotateKey(ctx, project.ID, c.Number, rotation)
		if xray.ErrorCode(err) == xray.CodeNotFound {
			return noSuchKey(project, c.Number)
		}
		if err != nil {
			return err
		}
		told := keyTold(key)
		told["oldWorksUntil"] = old.ExpiresAt
		if err := recordAct(ctx, s, project.ID, "key.rotate", fmt.Sprint(old.ID), told); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "Key %d takes over from key %d, which works%s. It is shown only this once:\n", key.ID, old.ID, until(old.ExpiresAt))
		fmt.Println(secret)
		return nil
	})
}

func noSuchKey(project xray.Project, number int64) error {
	return xray.Errorf(xray.CodeNotFound, "project %s has no key %d in force: see 'xray key list --project %s'", project.Slug, number, project.Slug)
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
		fmt.Fprintln(out, "NUMBER\tNAME\tSCOPE\tSTARTS WITH\tSTATE\tCREATED\tEXPIRES\tLAST USED")
		now := time.Now()
		for _, k := range keys {
			fmt.Fprintf(out, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Name, k.Scope, k.Prefix, k.State(now),
				k.CreatedAt.UTC().Format(time.DateTime), timeOrNever(k.ExpiresAt), timeOrNever(k.LastUsedAt))
		}
		return out.Flush()
	})
}

func timeOrNever(t *time.Time) string {
	if t == nil {
		return "never"
	}
	return t.UTC().Format(time.DateTime)
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
			return noSuchKey(project, c.Number)
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
