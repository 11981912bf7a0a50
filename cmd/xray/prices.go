package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"text/tabwriter"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/receiver/prices"
	"github.com/xraytrace/xray/store"
)

// pricesEvery is how often a server looks whether prices were changed.
const pricesEvery = 5 * time.Second

// newPriceBook makes the book of prices with what is built in.
func newPriceBook() (*prices.Book, error) {
	table, err := prices.Embedded()
	if err != nil {
		return nil, fmt.Errorf("read the price table: %w", err)
	}
	return prices.NewBook(table), nil
}

// fillPriceBook puts the tables of the database into the book.
func fillPriceBook(ctx context.Context, s *store.Store, book *prices.Book) error {
	stored, err := s.PriceTables(ctx)
	if err != nil {
		return err
	}
	own := make([]prices.Own, len(stored))
	for i, t := range stored {
		own[i] = prices.Own{Project: t.ProjectID, Version: t.Version, Data: t.Data}
	}
	return book.Set(own)
}

// followPrices keeps the book like the database until ctx ends.
func followPrices(ctx context.Context, s *store.Store, book *prices.Book, log *slog.Logger) error {
	ticker := time.NewTicker(pricesEvery)
	defer ticker.Stop()
	for seen := ""; ; {
		state, err := s.PriceTablesState(ctx)
		if err == nil && state != seen {
			if err = fillPriceBook(ctx, s, book); err == nil {
				seen = state
				log.Info("prices read", "version", book.Of(0).Version())
			}
		}
		if err != nil && ctx.Err() == nil {
			log.Warn("prices cannot be read; those known hold on", "error", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

type pricesCommand struct {
	Show   pricesShow   `cmd:"" help:"Show which price tables hold."`
	Update pricesUpdate `cmd:"" help:"Bring newer prices, for everybody or for one project."`
	Reset  pricesReset  `cmd:"" help:"Forget the prices that were brought."`
}

// priceScope says whose prices are meant.
type priceScope struct {
	databaseFlags
	Project string `help:"Only for this project; without it, for all that have no own price for a model."`
}

func (c priceScope) id(ctx context.Context, s *store.Store) (int32, error) {
	if c.Project == "" {
		return 0, nil
	}
	p, err := s.ProjectBySlug(ctx, c.Project)
	return p.ID, err
}

type pricesShow struct {
	databaseFlags
}

func (c *pricesShow) Run(ctx context.Context, log *slog.Logger) error {
	return c.withStore(ctx, log, func(s *store.Store) error {
		base, err := prices.Embedded()
		if err != nil {
			return fmt.Errorf("read the price table: %w", err)
		}
		stored, err := s.PriceTables(ctx)
		if err != nil {
			return err
		}
		out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(out, "PROJECT\tVERSION\tSOURCE")
		fmt.Fprintf(out, "(all)\t%s\tbuilt in: %s\n", base.Version(), base.Source())
		for _, t := range stored {
			project := t.Project
			if t.ProjectID == 0 {
				project = "(all)"
			}
			fmt.Fprintf(out, "%s\t%s\tbrought on %s\n", project, t.Version, t.Updated.UTC().Format(time.DateTime))
		}
		return out.Flush()
	})
}

type pricesUpdate struct {
	priceScope
	File string `required:"" type:"existingfile" help:"A price table: genai-prices' data.json, or one of your own in its form (docs/prices.md)."`
}

// Run keeps the table in the database. What it does not know is still looked
// up in the tables below it.
func (c *pricesUpdate) Run(ctx context.Context, log *slog.Logger) error {
	data, err := os.ReadFile(c.File)
	if err != nil {
		return xray.Errorf(xray.CodeInvalid, "cannot read the file: %v", err)
	}
	table, err := prices.Load(bytes.NewReader(data))
	if err != nil {
		return err
	}
	version := table.Version()
	if version == "" {
		version = time.Now().UTC().Format(time.DateOnly)
	}
	return c.withStore(ctx, log, func(s *store.Store) error {
		id, err := c.id(ctx, s)
		if err != nil {
			return err
		}
		if err := s.SetPriceTable(ctx, store.PriceTable{ProjectID: id, Version: version, Data: data}); err != nil {
			return err
		}
		if err := recordAct(ctx, s, id, "prices.update", version, nil); err != nil {
			return err
		}
		fmt.Printf("Prices %s hold from now on; a running server reads them within %v. What is stored keeps its cost until 'xray reindex'.\n", version, pricesEvery)
		return nil
	})
}

type pricesReset struct {
	priceScope
}

func (c *pricesReset) Run(ctx context.Context, log *slog.Logger) error {
	return c.withStore(ctx, log, func(s *store.Store) error {
		id, err := c.id(ctx, s)
		if err != nil {
			return err
		}
		if err := s.RemovePriceTable(ctx, id); err != nil {
			return err
		}
		return recordAct(ctx, s, id, "prices.reset", "", nil)
	})
}
