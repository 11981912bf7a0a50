package store

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/xraytrace/xray"
)

// condition is the SQL of one condition on the columns of executions e. It may
// be NULL where it does not hold.
func (c *compiler) condition(w *xray.Condition) (string, error) {
	sql, err := c.positive(w)
	if err != nil {
		return "", err
	}
	if w.Not {
		return "NOT coalesce(" + sql + ", false)", nil
	}
	return sql, nil
}

func (c *compiler) positive(w *xray.Condition) (string, error) {
	switch w.Field {
	case xray.FieldStatus:
		return c.status(w)
	case xray.FieldName:
		return c.text("e.name", w, maxName), nil
	case xray.FieldService:
		return c.text("e.service", w, maxName), nil
	case xray.FieldSession:
		return c.text("e.session_id", w, maxHint), nil
	case xray.FieldUser:
		return c.text("e.user_id", w, maxHint), nil
	case xray.FieldEnvironment:
		return c.text("e.environment", w, maxHint), nil
	case xray.FieldRelease:
		return c.text("e.release", w, maxHint), nil
	case xray.FieldTag:
		return c.list("e.tags", w), nil
	case xray.FieldModel:
		return c.list("e.models", w), nil
	case xray.FieldID:
		return c.id(w), nil
	case xray.FieldHeadline:
		return c.holds("e.headline", w), nil
	case xray.FieldMeta:
		return c.metadata(w), nil
	case xray.FieldDuration:
		return "(e.status <> 0 AND " + c.number("e.end_nano - e.start_nano", w, nanoOf) + ")", nil
	case xray.FieldStarted:
		return c.number("e.start_nano", w, nanoOf), nil
	case xray.FieldAge:
		return c.number("("+c.arg(c.now.UnixNano())+"::bigint - e.start_nano)", w, nanoOf), nil
	case xray.FieldCost:
		return c.number("e.cost_usd", w, numberOf), nil
	case xray.FieldTokens:
		return c.number("coalesce(e.input_tokens + e.output_tokens, e.input_tokens, e.output_tokens)", w, numberOf), nil
	case xray.FieldInputTokens:
		return c.number("e.input_tokens", w, numberOf), nil
	case xray.FieldOutputTokens:
		return c.number("e.output_tokens", w, numberOf), nil
	case xray.FieldSteps:
		return c.number("e.step_count", w, numberOf), nil
	case xray.FieldErrors:
		return c.number("e.error_count", w, numberOf), nil
	case xray.FieldScore, xray.FieldFeedback, xray.FieldNote:
		from, holds := c.said(w)
		return "(SELECT true FROM " + from + " s WHERE s.project_id = e.project_id AND s.trace_id = e.trace_id AND " + holds + " LIMIT 1)", nil
	}
	return "", notSearchable(w.Field)
}

// status writes literals: the partial indexes match constants only.
func (c *compiler) status(w *xray.Condition) (string, error) {
	if w.Op != xray.OpIs {
		return "true", nil
	}
	var codes []string
	for _, v := range w.Values {
		status, err := xray.ParseStatus(v.Text)
		if err != nil {
			return "", err
		}
		codes = append(codes, fmt.Sprint(uint8(status)))
	}
	if len(codes) == 1 {
		return "e.status = " + codes[0], nil
	}
	return "e.status IN (" + strings.Join(codes, ", ") + ")", nil
}

// text compares a column that is "" where there is no value.
func (c *compiler) text(column string, w *xray.Condition, limit int) string {
	if w.Op != xray.OpIs {
		return column + " <> ''"
	}
	whole, begins := split(w, limit)
	var any []string
	if len(whole) == 1 {
		any = append(any, column+" = "+c.arg(whole[0]))
	} else if len(whole) > 1 {
		any = append(any, column+" = ANY("+c.arg(whole)+"::text[])")
	}
	for _, b := range begins {
		any = append(any, column+" ^@ "+c.arg(b))
	}
	if len(any) == 1 && partialOn(column) { // its index holds no empty values
		return any[0] + " AND " + column + " <> ''"
	}
	return either(any)
}

func partialOn(column string) bool { return column == "e.session_id" || column == "e.user_id" }

// split divides values into those to compare whole and those that a text
// begins with.
func split(w *xray.Condition, limit int) (whole, begins []string) {
	for _, v := range w.Values {
		t := cleanText(v.Text, limit)
		if v.Prefix {
			begins = append(begins, t)
		} else {
			whole = append(whole, t)
		}
	}
	return whole, begins
}

func either(any []string) string {
	switch len(any) {
	case 0:
		return "false"
	case 1:
		return any[0]
	}
	return "(" + strings.Join(any, " OR ") + ")"
}

// list compares the elements of an array, which may be NULL.
func (c *compiler) list(column string, w *xray.Condition) string {
	if w.Op != xray.OpIs {
		return "coalesce(cardinality(" + column + "), 0) > 0"
	}
	whole, begins := split(w, maxHint)
	var any []string
	if len(whole) > 0 {
		any = append(any, "coalesce("+column+" && "+c.arg(whole)+"::text[], false)")
	}
	for _, b := range begins {
		any = append(any, "EXISTS (SELECT FROM unnest("+column+") v WHERE v ^@ "+c.arg(b)+")")
	}
	return either(any)
}

// id compares the trace id and the client's own id. Rides on executions_pkey
// and executions_own_id.
func (c *compiler) id(w *xray.Condition) string {
	var any []string
	for _, v := range w.Values {
		own := cleanText(v.Text, maxHint)
		if v.Prefix {
			if low, high, ok := traceRange(v.Text); ok {
				any = append(any, "e.trace_id BETWEEN "+c.arg(low)+"::uuid AND "+c.arg(high)+"::uuid")
			}
			any = append(any, "(e.execution_id <> '' AND e.execution_id ^@ "+c.arg(own)+")")
			continue
		}
		traces := "ARRAY(SELECT o.trace_id FROM executions o WHERE o.project_id = @project AND o.execution_id = " +
			c.arg(own) + " AND o.execution_id <> '')"
		if id, err := xray.ParseTraceID(v.Text); err == nil {
			traces += " || " + c.arg(id[:]) + "::uuid"
		}
		any = append(any, "e.trace_id = ANY("+traces+")")
	}
	if len(any) == 0 { // every execution has one
		return "true"
	}
	return either(any)
}

// traceRange is the range of trace ids that begin with some hex digits.
func traceRange(digits string) (low, high []byte, ok bool) {
	if len(digits) == 0 || len(digits) > 32 {
		return nil, nil, false
	}
	low, errLow := hex.DecodeString(digits + strings.Repeat("0", 32-len(digits)))
	high, errHigh := hex.DecodeString(digits + strings.Repeat("f", 32-len(digits)))
	return low, high, errLow == nil && errHigh == nil
}

// holds looks for texts inside a column, in any letter case.
func (c *compiler) holds(column string, w *xray.Condition) string {
	if w.Op != xray.OpIs {
		return column + " <> ''"
	}
	var any []string
	for _, v := range w.Values {
		any = append(any, column+" ~ "+c.arg(foldPattern(v.Text)))
	}
	return either(any)
}

// foldPattern is a regular expression that finds text in any letter case. That
// of the database depends on its locale; "C" knows ASCII alone.
func foldPattern(text string) string {
	var b strings.Builder
	for _, r := range cleanText(text, maxHint) {
		if unicode.SimpleFold(r) == r {
			b.WriteString(regexp.QuoteMeta(string(r)))
			continue
		}
		b.WriteByte('[')
		for f := unicode.SimpleFold(r); ; f = unicode.SimpleFold(f) {
			b.WriteRune(f)
			if f == r {
				break
			}
		}
		b.WriteByte(']')
	}
	return b.String()
}

// metadata compares a value of the metadata; hints.go says how it is stored. A
// number is found by its digits too.
func (c *compiler) metadata(w *xray.Condition) string {
	value := "e.hints->'metadata'->" + c.arg(cleanText(w.Key, maxHint)) + "::text->>'v'"
	switch w.Op {
	case xray.OpHas:
		return value + " IS NOT NULL"
	case xray.OpIs:
		return "coalesce(" + c.text("("+value+")", w, maxMetaText) + ", false)"
	}
	// Only what surely fits: SQL may not fail on what somebody sent.
	const isNumber = `'^-?[0-9]{1,30}(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,2})?$'`
	number := "CASE WHEN (" + value + ") ~ " + isNumber + " THEN (" + value + ")::double precision END"
	return "coalesce(" + c.number(number, w, numberOf) + ", false)"
}

func nanoOf(v xray.Value) any   { return v.Nano }
func numberOf(v xray.Value) any { return v.Number }

// number compares a column that holds a number.
func (c *compiler) number(column string, w *xray.Condition, of func(xray.Value) any) string {
	arg := func(i int) string {
		value := of(w.Values[i])
		if _, whole := value.(int64); whole {
			return c.arg(value) + "::bigint"
		}
		return c.arg(value) + "::double precision"
	}
	switch w.Op {
	case xray.OpHas:
		return "coalesce(" + column + ", 0) <> 0"
	case xray.OpLess:
		return column + " < " + arg(0)
	case xray.OpAtMost:
		return column + " <= " + arg(0)
	case xray.OpMore:
		return column + " > " + arg(0)
	case xray.OpAtLeast:
		return column + " >= " + arg(0)
	case xray.OpBetween:
		return column + " BETWEEN " + arg(0) + " AND " + arg(1)
	}
	var any []string
	for i := range w.Values {
		any = append(any, column+" = "+arg(i))
	}
	return either(any)
}
