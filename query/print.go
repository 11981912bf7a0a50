package query

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/xraytrace/xray"
)

// String writes q in the canonical form: parsing that gives q again, if q came
// from [Parse].
func (q Query) String() string {
	var terms []string
	for _, c := range q.Where {
		terms = append(terms, Print(c))
	}
	for _, step := range q.Steps {
		for _, c := range step {
			terms = append(terms, Print(c))
		}
	}
	return strings.Join(terms, " ")
}

// Print writes one condition.
func Print(c xray.Condition) string {
	sign := ""
	if c.Not {
		sign = "-"
	}
	name := fieldName(c.Field, c.Key)
	if c.Op == xray.OpHas {
		return sign + "has:" + name
	}
	f, _ := Lookup(string(c.Field))
	values := make([]string, len(c.Values))
	for i, v := range c.Values {
		values[i] = printValue(&f, c.Op, v)
	}
	var text string
	switch c.Op {
	case xray.OpLess:
		text = "<" + values[0]
	case xray.OpAtMost:
		text = "<=" + values[0]
	case xray.OpMore:
		text = ">" + values[0]
	case xray.OpAtLeast:
		text = ">=" + values[0]
	case xray.OpBetween:
		text = values[0] + ".." + values[1]
	default:
		if text = strings.Join(values, " OR "); len(values) != 1 {
			text = "(" + text + ")"
		}
	}
	return sign + name + ":" + text
}

// fieldName writes a field as it is typed.
func fieldName(f xray.Field, key string) string {
	if !f.Keyed() {
		return string(f)
	}
	if !plain(key) {
		key = `"` + escape(key) + `"`
	}
	return string(f) + "." + key
}

func printValue(f *Field, op xray.Op, v xray.Value) string {
	switch f.Kind {
	case KindDuration:
		return printDuration(v.Nano)
	case KindTime:
		return xray.Nano(v.Nano).Time().Format(time.RFC3339Nano)
	case KindInteger, KindMoney, KindShare:
		return strconv.FormatFloat(v.Number, 'f', -1, 64)
	case KindAny:
		if op != xray.OpIs {
			return v.Text
		}
	}
	text := v.Text
	if !plain(text) {
		text = `"` + escape(text) + `"`
	}
	if v.Prefix {
		text += "*"
	}
	return text
}

// plain reports whether text means itself without quotes.
func plain(text string) bool {
	switch text {
	case "", "OR", "AND", "NOT":
		return false
	}
	return !strings.Contains(text, "..") && strings.IndexFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-./@", r)
	}) < 0
}

func escape(text string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(text)
}

// printDuration writes nanoseconds with the widest unit that gives a short
// number.
func printDuration(n int64) string {
	for _, u := range [...]struct {
		unit int64
		name string
	}{{24 * 3600e9, "d"}, {3600e9, "h"}, {60e9, "m"}, {1e9, "s"}, {1e6, "ms"}, {1e3, "us"}} {
		if n >= u.unit && n%u.unit == 0 {
			return strconv.FormatInt(n/u.unit, 10) + u.name
		}
		if u.unit == 1e9 && n >= u.unit && n%1e6 == 0 {
			return strconv.FormatFloat(float64(n)/1e9, 'f', -1, 64) + "s"
		}
	}
	return strconv.FormatInt(n, 10) + "ns"
}
