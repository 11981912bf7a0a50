package prices

import (
	"bytes"
	"sync/atomic"

	"github.com/xraytrace/xray"
)

// Book holds the tables of an installation: the one that is built in, newer
// prices that somebody brought for everybody, and projects' own. Of the three
// the narrower is asked first. It is safe for concurrent use, and what [Book.Set]
// replaces takes effect with the next call that is priced.
type Book struct {
	base *Table
	now  atomic.Pointer[tables]
}

type tables struct {
	common    *Table
	byProject map[int32]*Table
	tables    []namedTable // those that somebody brought
}

type namedTable struct {
	project int32
	xray.PriceTableName
}

// Own is a table that somebody brought. An installation has at most one for
// everybody and one for each project.
type Own struct {
	Project int32 // 0: for everybody
	Version string
	Data    []byte // as [Load] takes it
}

// NewBook makes a book with nothing but the base table in it.
func NewBook(base *Table) *Book {
	b := &Book{base: base}
	b.now.Store(&tables{common: base})
	return b
}

// Of returns the table that holds for a project; 0 for none in particular.
func (b *Book) Of(project int32) *Table {
	t := b.now.Load()
	if own := t.byProject[project]; own != nil {
		return own
	}
	return t.common
}

// Set replaces all tables that somebody brought. On an error, which is that one
// of them is no price table (CodeInvalid), the book stays as it was.
func (b *Book) Set(all []Own) error {
	next := &tables{common: b.base, byProject: make(map[int32]*Table)}
	for _, own := range all {
		t, err := Load(bytes.NewReader(own.Data))
		if err != nil {
			return err
		}
		t.version = own.Version
		if own.Project == 0 {
			t.from(xray.PriceServer)
			next.common = b.base.With(t)
			next.tables = append(next.tables, namedTable{0, xray.PriceTableName{Origin: xray.PriceServer, Version: own.Version}})
		} else {
			t.from(xray.PriceOwn)
			next.byProject[own.Project] = t
			next.tables = append(next.tables, namedTable{own.Project, xray.PriceTableName{Origin: xray.PriceOwn, Version: own.Version}})
		}
	}
	for project, t := range next.byProject {
		next.byProject[project] = next.common.With(t)
	}
	b.now.Store(next)
	return nil
}

// Of makes a table the table of every project.
func (t *Table) Of(int32) *Table { return t }
