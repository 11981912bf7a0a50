package main

import (
	"context"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/limit"
	"github.com/xraytrace/xray/store"
)

// limiting saves limits and does not return before this process goes by them;
// others do within two seconds.
type limiting struct {
	*store.Store
	book *limit.Book
}

func (l limiting) SetLimits(ctx context.Context, project int32, set xray.LimitSettings) error {
	if err := l.Store.SetLimits(ctx, project, set); err != nil {
		return err
	}
	return l.book.Refresh(ctx)
}
