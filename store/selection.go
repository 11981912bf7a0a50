package store

import (
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// selection is a filter as SQL over executions e. The anchor stands in the
// innermost WHERE and is on an index together with the order of the list, so
// that reading n rows of it costs n rows. The rest is asked of each of them, and
// what no column knows is left for Go to look at.
type selection struct {
	args   pgx.NamedArgs
	anchor string
	rest   string // one boolean expression; "" for none
	steps  stepSieve
	sought []xray.Condition // on attributes and text
	said   []string         // queries for the executions of which something wanted was said
	since  xray.Nano        // 0 if there is no bound
}

// inSQL reports whether SQL alone decides.
func (s *selection) inSQL() bool { return s.steps.empty() && len(s.sought) == 0 }

// direct reports whether every row of the anchor is selected.
func (s *selection) direct() bool { return s.rest == "" && s.inSQL() }

func (s *selection) project() int32 { return s.args["project"].(int32) }

// selects compiles a filter. The text of conditions only ever becomes
// arguments.
func selects(project int32, f xray.Filter, now time.Time) (selection, error) {
	b := builder{compiler: compiler{args: pgx.NamedArgs{"project": project}, now: now}}
	b.selection.since = f.Since
	if f.Since != 0 {
		b.anchors = append(b.anchors, "e.start_nano >= "+b.arg(int64(f.Since)))
	}
	if f.Until != 0 {
		b.anchors = append(b.anchors, "e.start_nano < "+b.arg(int64(f.Until)))
	}
	best := anchorOf(f.Where)
	for i, w := range f.Where {
		if err := b.add(w, i == best || bounds(&w)); err != nil {
			return selection{}, err
		}
	}
	for _, step := range f.Steps {
		if err := b.onStep(step, false); err != nil {
			return selection{}, err
		}
	}
	out := b.selection
	out.args, out.rest = b.args, strings.Join(b.rest, "\n  AND ")
	for _, a := range b.anchors {
		out.anchor += "\n  AND " + a
	}
	return out, nil
}

// builder puts a selection together.
type builder struct {
	compiler
	selection     selection
	anchors, rest []string
}

// add puts one condition where it is decided.
func (b *builder) add(w xray.Condition, anchors bool) error {
	switch {
	case anchors:
		sql, err := b.anchor(&w)
		b.anchors = append(b.anchors, sql)
		return err
	case w.Field.OfStep():
		none := w.Not
		w.Not = false
		return b.onStep([]xray.Condition{w}, none)
	case w.Field == xray.FieldAttr || inTexts(w.Field):
		b.selection.sought = append(b.selection.sought, w)
		return nil
	}
	sql, err := b.condition(&w)
	b.rest = append(b.rest, sql)
	if isSaid(w.Field) && !w.Not {
		b.selection.said = append(b.selection.said, b.whereSaid(&w))
	}
	return err
}

// onStep adds conditions that one step must hold, or none may.
func (b *builder) onStep(conditions []xray.Condition, none bool) error {
	before, err := b.selection.steps.add(&b.compiler, conditions, none)
	b.rest = append(b.rest, before...)
	return err
}

func notSearchable(f xray.Field) error {
	return xray.Errorf(xray.CodeInvalid, "%s is no condition on executions: GET /api/query lists those that there are", f)
}

// bounds reports whether c is about the start: such conditions narrow every
// index.
func bounds(c *xray.Condition) bool {
	return !c.Not && (c.Field == xray.FieldStarted || c.Field == xray.FieldAge) && c.Op != xray.OpHas && (c.Op != xray.OpIs || len(c.Values) == 1)
}

// anchorOf chooses the condition whose index is read: the one that usually
// leaves least. -1 stands for none.
func anchorOf(where []xray.Condition) int {
	best, rank := -1, 0
	for i := range where {
		if r := anchorRank(&where[i]); r > rank {
			best, rank = i, r
		}
	}
	return best
}

func anchorRank(c *xray.Condition) int {
	if c.Not {
		return 0
	}
	if c.Field == xray.FieldDuration {
		switch low := leastDuration(c); {
		case low >= 100e9:
			return 6
		case low >= 10e9:
			return 5
		case low >= 1e8:
			return 2
		}
		return 0
	}
	if c.Op != xray.OpIs || len(c.Values) != 1 || c.Values[0].Prefix {
		return 0
	}
	switch v := c.Values[0].Text; c.Field {
	case xray.FieldID:
		return 10
	case xray.FieldSession:
		return 9
	case xray.FieldUser:
		return 8
	case xray.FieldStatus:
		if v == xray.StatusOK.String() {
			return 0 // most are
		}
		return 7
	case xray.FieldName:
		return 4
	case xray.FieldService:
		return 1
	}
	return 0
}

// leastDuration is the bound below which no row can be, 0 for none.
func leastDuration(c *xray.Condition) int64 {
	switch c.Op {
	case xray.OpMore, xray.OpAtLeast, xray.OpBetween:
		return c.Values[0].Nano
	}
	return 0
}

// compiler turns conditions into SQL and collects their arguments.
type compiler struct {
	args pgx.NamedArgs
	now  time.Time
}

// arg adds an argument and returns its name in SQL.
func (c *compiler) arg(value any) string {
	name := fmt.Sprintf("c%d", len(c.args))
	c.args[name] = value
	return "@" + name
}

// anchor is a condition in the form that its index knows.
func (c *compiler) anchor(w *xray.Condition) (string, error) {
	sql, err := c.condition(w)
	if err != nil || w.Field != xray.FieldDuration {
		return sql, err
	}
	for _, bound := range slowBounds() {
		if leastDuration(w) >= bound { // a literal: partial indexes match constants only
			return fmt.Sprintf("%s AND e.end_nano - e.start_nano >= %d", sql, bound), nil
		}
	}
	return sql, nil
}

// slowBounds are those of the indexes executions_100s, _10s, _1s and _100ms.
func slowBounds() [4]int64 { return [...]int64{100e9, 10e9, 1e9, 1e8} }
