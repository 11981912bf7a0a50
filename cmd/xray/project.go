package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"text/tabwriter"
	"time"

	"github.com/xraytrace/xray/store"
)

type projectCommand struct {
	Create projectCreate `cmd:"" help:"Make a project."`
	List   projectList   `cmd:"" help:"List the projects."`
}

type projectCreate struct {
	databaseFlags
	Name string `arg:"" help:"Its name: a-z, 0-9, '.', '_' and '-'."`
}

func (c *projectCreate) Run(ctx context.Context, log *slog.Logger) error {
	return c.withStore(ctx, log, func(s *store.Store) error {
		p, err := s.CreateProject(ctx, c.Name)
		if err != nil {
			return err
		}
		fmt.Printf("Made project %s. Make a key for it with 'xray key create --project %s --scope ingest'.\n", p.Slug, p.Slug)
		return nil
	})
}

type projectList struct {
	databaseFlags
}

func (c *projectList) Run(ctx context.Context, log *slog.Logger) error {
	return c.withStore(ctx, log, func(s *store.Store) error {
		projects, err := s.Projects(ctx)
		if err != nil {
			return err
		}
		out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(out, "PROJECT\tCREATED")
		for _, p := range projects {
			fmt.Fprintf(out, "%s\t%s\n", p.Slug, p.CreatedAt.UTC().Format(time.DateTime))
		}
		return out.Flush()
	})
}
