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

type projectCommand struct {
	Create projectCreate `cmd:"" help:"Make a project."`
	List   projectList   `cmd:"" help:"List the projects."`
	Set    projectSet    `cmd:"" help:"Set which executions a model explains, which model, and what it may cost."`
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
		if err := recordAct(ctx, s, 0, "project.create", p.Slug, nil); err != nil {
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

type projectSet struct {
	databaseFlags
	Name          string   `arg:"" help:"The project."`
	Policy        string   `help:"Which executions a model explains: default, off, on_demand, failures, sample or all."`
	SamplePercent *float64 `help:"The share that the policy sample takes, 0 to 100."`
	DailyCap      *float64 `name:"daily-cap-usd" help:"What models may cost in a day (UTC); -1 for no cap."`
	MonthlyCap    *float64 `name:"monthly-cap-usd" help:"What models may cost in a month (UTC); -1 for no cap."`
	Concurrency   *int     `help:"How many calls to a model may be under way at once, 1 to 64; 0 for the server's number."`
	Model         *string  `help:"The model that is asked; empty for the server's."`
	BaseURL       *string  `name:"base-url" help:"The endpoint that is asked, one of the server's XRAY_MODEL_ENDPOINTS; empty for the server's own."`
}

// Run changes what was given and leaves the rest as it is.
func (c *projectSet) Run(ctx context.Context, log *slog.Logger) error {
	return c.withStore(ctx, log, func(s *store.Store) error {
		p, err := s.ProjectBySlug(ctx, c.Name)
		if err != nil {
			return err
		}
		set, err := s.ReasoningSettings(ctx, p.ID)
		if err != nil {
			return err
		}
		before := set
		if c.Policy != "" {
			set.Policy = xray.ReasoningPolicy(c.Policy)
		}
		setIf(&set.SamplePercent, c.SamplePercent)
		setIf(&set.Concurrency, c.Concurrency)
		setIf(&set.Model, c.Model)
		setIf(&set.BaseURL, c.BaseURL)
		set.DailyCapUSD = newCap(set.DailyCapUSD, c.DailyCap)
		set.MonthlyCapUSD = newCap(set.MonthlyCapUSD, c.MonthlyCap)
		if err := s.SetReasoningSettings(ctx, p.ID, set); err != nil {
			return err
		}
		if err := recordChange(ctx, s, p.ID, "reasoning.set", before, set); err != nil {
			return err
		}
		fmt.Printf("Project %s: policy %s, sample %g %%, daily cap %s, monthly cap %s, %s, %s.\n",
			p.Slug, set.Policy, set.SamplePercent, capText(set.DailyCapUSD), capText(set.MonthlyCapUSD), callsText(set.Concurrency), modelText(set))
		return nil
	})
}

// newCap is a cap after a flag that may be absent or take it away.
func newCap(old, flag *float64) *float64 {
	switch {
	case flag == nil:
		return old
	case *flag == -1:
		return nil
	}
	return flag
}

func setIf[T any](value, flag *T) {
	if flag != nil {
		*value = *flag
	}
}

func callsText(n int) string {
	if n == 0 {
		return "as many calls at once as the server says"
	}
	return fmt.Sprintf("%d calls at once", n)
}

func modelText(set xray.ReasoningSettings) string {
	switch {
	case set.Model == "" && set.BaseURL == "":
		return "the server's model"
	case set.BaseURL == "":
		return "model " + set.Model
	case set.Model == "":
		return "the server's model at " + set.BaseURL
	}
	return "model " + set.Model + " at " + set.BaseURL
}

func capText(usd *float64) string {
	if usd == nil {
		return "none"
	}
	return fmt.Sprintf("$%g", *usd)
}
