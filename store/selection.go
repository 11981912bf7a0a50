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
	c := compiler{args: pgx.NamedArgs{"project": project}, now: now}
	var anchors, rest []string
	var steps stepSieve
	var sought []xray.Condition
	if f.Since != 0 {
		anchors = append(anchors, "e.start_nano >= "+c.arg(int64(f.Since)))
	}
	if f.Until != 0 {
		anchors = append(anchors, "e.start_nano < "+c.arg(int64(f.Until)))
	}
	best := anchorOf(f.Where)
	for i, w := range f.Where {
		if i != best && !bounds(&w) {
			continue
		}
		sql, err := c.anchor(&w)
		if err != nil {
			return selection{}, err
		}
		anchors = append(anchors, sql)
	}
	for i, w := range f.Where {
		if i == best || bounds(&w) {
			continue
		}
		if w.Field.OfStep() {
			none := w.Not
			w.Not = false
			before, err := steps.add(&c, []xray.Condition{w}, none)
			if err != nil {
				return selection{}, err
			}
			rest = append(rest, before...)
			continue
		}
		if w.Field == xray.FieldAttr || w.Field == xray.FieldText {
			sought = append(sought, w)
			continue
		}
		sql, err := c.condition(&w)
		if err != nil {
			return selection{}, err
		}
		rest = append(rest, sql)
	}
	for _, step := range f.Steps {
		before, err := steps.add(&c, step, false)
		if err != nil {
			return selection{}, err
		}
		rest = append(rest, before...)
	}
	out := selection{args: c.args, steps: steps, sought: sought, since: f.Since, rest: strings.Join(rest, "\n  AND ")}
	for _, a := range anchors {
		out.anchor += "\n  AND " + a
	}
	return out, nil
}

func notSearchable(f xray.Field) error {
	return xray.Errorf(xray.CodeInvalid, "%s cannot be searched for yet: leave it out", f)
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
		case low >= 1e9:
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

// slowBounds are those of the indexes executions_100s, _10s and _1s.
func slowBounds() [3]int64 { return [...]int64{100e9, 10e9, 1e9} }
