package mask

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"unicode/utf8"
)

// fieldName is what a name of a field looks like. Other keys are data: titles,
// addresses, ids.
var fieldName = regexp.MustCompile(`^[\pL_$@][\pL\pN_.$@-]{0,63}$`)

const maxFieldNames = 60 // an object with more fields is a table of something, and its keys are data

// Structure is what a JSON value shows of itself without any text: objects with
// the names of their fields, lists with their lengths, numbers, true, false and
// null; of each text its length. Pointers into it are pointers into the value.
// What is not JSON is a text.
func Structure(raw json.RawMessage) json.RawMessage {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if !json.Valid(raw) || d.Decode(&v) != nil {
		v = string(raw)
	}
	return marshal(structure(v))
}

func structure(v any) any {
	switch v := v.(type) {
	case string:
		return TextShape(v)
	case []any:
		for i := range v {
			v[i] = structure(v[i])
		}
	case map[string]any:
		return structureOf(v)
	}
	return v
}

func structureOf(fields map[string]any) any {
	if len(fields) > maxFieldNames {
		return fmt.Sprintf("…[object of %d fields]", len(fields))
	}
	unnamed := 0
	for key, v := range fields {
		if !fieldName.MatchString(key) {
			delete(fields, key)
			unnamed++
			continue
		}
		fields[key] = structure(v)
	}
	if unnamed > 0 {
		fields["…"] = fmt.Sprintf("…[%d fields whose names are data]", unnamed)
	}
	return fields
}

// TextShape is what is told of a text.
func TextShape(text string) string {
	if text == "" {
		return ""
	}
	return fmt.Sprintf("…[text, %d characters]", utf8.RuneCountInString(text))
}

// marshal writes JSON in which <, > and & stay as they are. v came from a
// decoder, so it can be written.
func marshal(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return json.RawMessage(`"…[unreadable]"`)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
