package xray

import (
	"strings"
	"time"
	"unicode/utf8"
)

// View is a saved way to look at a project's executions. What Columns, Range
// and Sort mean is the business of whoever shows them.
type View struct {
	ID        int64
	Name      string // unique in its project
	Query     string // in the language of package query
	Columns   []string
	Range     string // of time
	Sort      string
	UpdatedAt time.Time
}

// Bounds of a [View].
const (
	MaxViews       = 200 // in one project
	maxViewName    = 100 // characters
	maxViewColumns = 50
	maxViewText    = 200 // bytes of a column, of Range and of Sort
)

// Check trims v's name and returns CodeInvalid for what cannot be saved. It does
// not read the query.
func (v *View) Check() error {
	v.Name = strings.TrimSpace(v.Name)
	if n := utf8.RuneCountInString(v.Name); n == 0 || n > maxViewName {
		return Errorf(CodeInvalid, "a view needs a name of 1 to %d characters", maxViewName)
	}
	if len(v.Columns) > maxViewColumns {
		return Errorf(CodeInvalid, "a view has at most %d columns, and this one has %d", maxViewColumns, len(v.Columns))
	}
	for _, text := range append([]string{v.Range, v.Sort}, v.Columns...) {
		if len(text) > maxViewText {
			return Errorf(CodeInvalid, "columns, range and sort of a view have at most %d bytes each", maxViewText)
		}
	}
	return nil
}
