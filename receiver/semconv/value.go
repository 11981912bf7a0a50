package semconv

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// This file is the one place that reads values leniently: numbers come as int,
// double or text; JSON comes as text, as text quoted twice, cut off in the
// middle, or as OTLP arrays and kvlists; lists come as arrays, JSON or text
// with commas. Nothing here fails: what cannot be read better stays text.

// plainText is the text of a value, out of its quotes if it is a JSON string.
func plainText(v pcommon.Value) string {
	if v.Type() == pcommon.ValueTypeStr {
		return unquote(v.Str())
	}
	if v.Type() == pcommon.ValueTypeEmpty {
		return ""
	}
	return v.AsString()
}

// unquote takes a JSON string out of its quotes; other text stays as it is.
func unquote(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	var inner string
	if json.Unmarshal([]byte(s), &inner) != nil {
		return s
	}
	return inner
}

func numberOf(v pcommon.Value) (float64, bool) {
	switch v.Type() {
	case pcommon.ValueTypeInt:
		return float64(v.Int()), true
	case pcommon.ValueTypeDouble:
		return v.Double(), isFinite(v.Double())
	case pcommon.ValueTypeStr:
		return numberOfText(v.Str())
	}
	return 0, false
}

func numberOfText(s string) (float64, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(unquote(s)), 64)
	return n, err == nil && isFinite(n)
}

func numberOfJSON(raw json.RawMessage) (float64, bool) {
	if len(raw) == 0 || raw[0] == '{' || raw[0] == '[' {
		return 0, false
	}
	return numberOfText(string(raw))
}

func isFinite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }

func boolOf(v pcommon.Value) (value, ok bool) {
	if v.Type() == pcommon.ValueTypeBool {
		return v.Bool(), true
	}
	b, err := strconv.ParseBool(strings.ToLower(strings.TrimSpace(plainText(v))))
	return b, err == nil
}

// listOf reads a list of texts.
func listOf(v pcommon.Value) []string {
	var texts []string
	switch v.Type() {
	case pcommon.ValueTypeSlice:
		for _, e := range v.Slice().All() {
			texts = appendText(texts, plainText(e))
		}
	case pcommon.ValueTypeStr:
		s := strings.TrimSpace(v.Str())
		if list, ok := asArray(json.RawMessage(s)); ok {
			for _, e := range list {
				texts = appendText(texts, textOfJSON(e))
			}
			return texts
		}
		for part := range strings.SplitSeq(unquote(s), ",") {
			texts = appendText(texts, part)
		}
	default:
		texts = appendText(texts, plainText(v))
	}
	return texts
}

func listOfJSON(raw json.RawMessage) []string {
	v := pcommon.NewValueStr(string(raw))
	return listOf(v)
}

func appendText(texts []string, s string) []string {
	if s = strings.TrimSpace(s); s != "" {
		texts = append(texts, clean(s))
	}
	return texts
}

// isBlank reports that a value holds nothing: conventions write "", {} or []
// where content was not to be recorded.
func isBlank(v pcommon.Value) bool {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		s := v.Str()
		if len(s) > 8 {
			return false
		}
		switch strings.TrimSpace(s) {
		case "", "{}", "[]", "null", `""`, "N/A":
			return true
		}
		return false
	case pcommon.ValueTypeMap:
		return v.Map().Len() == 0
	case pcommon.ValueTypeSlice:
		return v.Slice().Len() == 0
	}
	return v.Type() == pcommon.ValueTypeEmpty
}

// jsonOf is a value as JSON: a text that holds a JSON object or array, even
// quoted once more, becomes that; other text becomes a JSON string.
func jsonOf(v pcommon.Value) json.RawMessage {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		return jsonOfText(v.Str())
	case pcommon.ValueTypeEmpty:
		return nil
	}
	return appendJSON(nil, v)
}

func jsonOfText(s string) json.RawMessage {
	s = clean(s)
	trimmed := strings.TrimSpace(s)
	if inner := unquote(trimmed); inner != trimmed || strings.HasPrefix(trimmed, `"`) && inner == "" {
		s, trimmed = inner, strings.TrimSpace(inner)
	}
	if looksStructured(trimmed) && json.Valid([]byte(trimmed)) {
		return json.RawMessage(trimmed)
	}
	return quote(s)
}

// looksStructured tells objects and arrays from text. Bare numbers, true and
// null stay text: an answer of "42" is a text.
func looksStructured(s string) bool {
	return len(s) > 1 && (s[0] == '{' && s[len(s)-1] == '}' || s[0] == '[' && s[len(s)-1] == ']')
}

// strictJSON is the value of an attribute that is JSON by definition
// (xray.input and its like): any JSON value, or the text if it is none.
func strictJSON(v pcommon.Value) json.RawMessage {
	if v.Type() != pcommon.ValueTypeStr {
		return jsonOf(v)
	}
	s := clean(strings.TrimSpace(v.Str()))
	if s == "" {
		return nil
	}
	if json.Valid([]byte(s)) {
		return json.RawMessage(s)
	}
	return quote(s)
}

func quote(s string) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil { // a string always encodes
		return json.RawMessage(`""`)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// appendJSON writes a value as it is: texts as strings, bytes as base64, and
// NaN and infinities, which JSON has not, as strings.
func appendJSON(b []byte, v pcommon.Value) []byte {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		return append(b, quote(clean(v.Str()))...)
	case pcommon.ValueTypeBool:
		return strconv.AppendBool(b, v.Bool())
	case pcommon.ValueTypeInt:
		return strconv.AppendInt(b, v.Int(), 10)
	case pcommon.ValueTypeDouble:
		return appendFloat(b, v.Double())
	case pcommon.ValueTypeBytes:
		b = append(b, '"')
		b = base64.StdEncoding.AppendEncode(b, v.Bytes().AsRaw())
		return append(b, '"')
	case pcommon.ValueTypeSlice:
		b = append(b, '[')
		for i, e := range v.Slice().All() {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, e)
		}
		return append(b, ']')
	case pcommon.ValueTypeMap:
		return appendMap(b, v.Map())
	}
	return append(b, "null"...)
}

// appendMap writes attributes as a JSON object. Of a key that is there twice
// the last value is written, once: readers disagree about such objects.
func appendMap(b []byte, m pcommon.Map) []byte {
	last := make(map[string]pcommon.Value, m.Len())
	for key, v := range m.All() {
		last[key] = v
	}
	b = append(b, '{')
	first := true
	for key := range m.All() {
		v, left := last[key]
		if !left {
			continue
		}
		delete(last, key)
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(append(b, quote(clean(key))...), ':')
		b = appendJSON(b, v)
	}
	return append(b, '}')
}

func appendFloat(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, `"NaN"`...)
	case math.IsInf(f, 1):
		return append(b, `"Infinity"`...)
	case math.IsInf(f, -1):
		return append(b, `"-Infinity"`...)
	}
	if text, err := json.Marshal(f); err == nil {
		return append(b, text...)
	}
	return append(b, "null"...)
}

// clean makes text safe for JSON and for the database: invalid UTF-8 becomes
// U+FFFD. The segment keeps the bytes that came.
func clean(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// cleanColumn is clean for text that goes into a column: PostgreSQL's text
// cannot hold NUL, JSON's strings can.
func cleanColumn(s string) string {
	s = clean(s)
	if strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(s, "\x00", "\uFFFD")
}
