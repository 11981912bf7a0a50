package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/xraytrace/xray/store"
)

type migrateCommand struct {
	databaseFlags
}

func (c *migrateCommand) Run(ctx context.Context, log *slog.Logger) error {
	return c.withStore(ctx, log, func(*store.Store) error {
		fmt.Println("The database is at this version's schema.")
		return nil
	})
}
