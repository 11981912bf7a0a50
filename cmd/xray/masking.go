package main

import (
	"context"
	"log/slog"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/mask"
	"github.com/xraytrace/xray/store"
)

// masking keeps the rules of all projects at hand for what receives and for
// what asks models, and saves new ones.
type masking struct {
	*store.Store
	book *mask.Book
	log  *slog.Logger
}

func newMasking(s *store.Store, log *slog.Logger) masking {
	return masking{Store: s, book: mask.NewBook(nil), log: log}
}

// refresh reads the rules of all projects.
func (m masking) refresh(ctx context.Context) error {
	broken, err := m.book.Refresh(ctx, m.MaskedProjects)
	if broken != nil {
		m.log.Error("a project's masking rules cannot be used; what it sends is refused until they can", "error", broken)
	}
	return err
}

// follow keeps the book like the database until ctx ends.
func (m masking) follow(ctx context.Context) error {
	return m.FollowMasking(ctx, m.refresh, m.book.Confirm)
}

// SetMaskSettings saves a project's settings, and does not return before this
// process goes by them; others do a moment later.
func (m masking) SetMaskSettings(ctx context.Context, project int32, set xray.MaskSettings) error {
	if err := m.Store.SetMaskSettings(ctx, project, set); err != nil {
		return err
	}
	return m.refresh(ctx)
}
