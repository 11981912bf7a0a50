package query

import (
	"slices"

	"github.com/xraytrace/xray"
)

// Choice is what a query says about one value of a field.
type Choice int

const (
	Open     Choice = iota // nothing
	Chosen                 // it is one of those asked for
	Excluded               // it must not be
)

// ChoiceOf tells what q says about a value of one of an execution's fields, by
// whole values: name:shop-* chooses none.
func (q Query) ChoiceOf(field xray.Field, value string) Choice {
	for _, c := range q.Where {
		if !names(c, field, value) {
			continue
		}
		if c.Not {
			return Excluded
		}
		return Chosen
	}
	return Open
}

// Named returns the whole values of a field that q chooses or excludes, in the
// order in which they stand there.
func (q Query) Named(field xray.Field) []string {
	var values []string
	for _, c := range q.Where {
		if c.Field != field || c.Op != xray.OpIs || c.Key != "" {
			continue
		}
		for _, v := range c.Values {
			if !v.Prefix && !slices.Contains(values, v.Text) {
				values = append(values, v.Text)
			}
		}
	}
	return values
}

// With returns q saying choice about a value, and nothing else about it. A
// chosen value joins those of its field that are chosen already: any of them
// may then hold.
func (q Query) With(field xray.Field, value string, choice Choice) Query {
	out := Query{Steps: q.Steps}
	for _, c := range q.Where {
		if names(c, field, value) {
			c.Values = slices.DeleteFunc(slices.Clone(c.Values), func(v xray.Value) bool { return !v.Prefix && v.Text == value })
			if len(c.Values) == 0 {
				continue
			}
		}
		out.Where = append(out.Where, c)
	}
	if choice == Open {
		return out
	}
	not := choice == Excluded
	at := slices.IndexFunc(out.Where, func(c xray.Condition) bool {
		return c.Field == field && c.Op == xray.OpIs && c.Key == "" && c.Not == not
	})
	if at < 0 {
		c := xray.Is(field, value)
		c.Not = not
		out.Where = append(out.Where, c)
		return out
	}
	c := &out.Where[at]
	c.Values = append(slices.Clip(c.Values), xray.Value{Text: value})
	return out
}

// names reports whether c is about this very value.
func names(c xray.Condition, field xray.Field, value string) bool {
	return c.Field == field && c.Op == xray.OpIs && c.Key == "" &&
		slices.ContainsFunc(c.Values, func(v xray.Value) bool { return !v.Prefix && v.Text == value })
}
