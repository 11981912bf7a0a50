package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/xraytrace/xray/receiver"
	"github.com/xraytrace/xray/receiver/semconv"
	"github.com/xraytrace/xray/store"
)

type reindexCommand struct {
	databaseFlags
}

// Run maps everything that is stored once more: after an update of X-Ray that
// understands more, or of prices. A server may go on working meanwhile.
func (c *reindexCommand) Run(ctx context.Context, log *slog.Logger) error {
	book, err := newPriceBook()
	if err != nil {
		return err
	}
	opts := store.Options{Codec: receiver.Codec{Mapper: semconv.New(book)}, Logger: log}
	return c.withOptions(ctx, log, opts, func(s *store.Store) error {
		if err := fillPriceBook(ctx, s, book); err != nil {
			return err
		}
		begun, segments := time.Now(), 0
		said := begun
		err := s.Reindex(ctx, func(done, total int) {
			segments = done
			if now := time.Now(); now.Sub(said) >= time.Second {
				said = now
				fmt.Fprintf(os.Stderr, "%d of %d segments\n", done, total)
			}
		})
		if err != nil {
			return err
		}
		fmt.Printf("Mapped %d segments anew in %s, with prices %s.\n", segments, time.Since(begun).Round(time.Millisecond), book.Of(0).Version())
		return nil
	})
}
