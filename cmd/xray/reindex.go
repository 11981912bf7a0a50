package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/xraytrace/xray/reasoner"
	"github.com/xraytrace/xray/receiver"
	"github.com/xraytrace/xray/receiver/semconv"
	"github.com/xraytrace/xray/store"
)

type reindexCommand struct {
	databaseFlags
}

// Run maps everything that is stored once more, and finds the facts of what was
// explained anew: after an update of X-Ray that understands more, or of prices.
// A server may go on working meanwhile. No model is asked.
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
		begun, segments, executions := time.Now(), 0, 0
		said := begun
		say := func(format string, args ...any) {
			if now := time.Now(); now.Sub(said) >= time.Second {
				said = now
				fmt.Fprintf(os.Stderr, format, args...)
			}
		}
		err := s.Reindex(ctx, func(done, total int) {
			segments = done
			say("%d of %d segments\n", done, total)
		})
		if err != nil {
			return err
		}
		err = s.Recompute(ctx, reasoner.New(s, reasoner.Options{Logger: log}), func(done int) {
			executions = done
			say("facts of %d executions\n", done)
		})
		if err != nil {
			return err
		}
		fmt.Printf("Mapped %d segments anew and found the facts of %d executions in %s, with prices %s.\n", segments, executions, time.Since(begun).Round(time.Millisecond), book.Of(0).Version())
		return nil
	})
}
