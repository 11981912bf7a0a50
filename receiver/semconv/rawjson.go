package semconv

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Payloads are read level by level as json.RawMessage, so that what is passed
// on (tool arguments, metadata) keeps the client's own bytes and order.

// asObject returns the members of a JSON object, nil if it is none. A text
// that holds an object is read as one.
func asObject(raw json.RawMessage) map[string]json.RawMessage {
	raw = structured(raw, '{')
	if raw == nil {
		return nil
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return nil
	}
	return members
}

// asArray returns the elements of a JSON array, or of a text that holds one.
func asArray(raw json.RawMessage) (elements []json.RawMessage, ok bool) {
	raw = structured(raw, '[')
	if raw == nil || json.Unmarshal(raw, &elements) != nil {
		return nil, false
	}
	return elements, true
}

// objectOrFirst is asObject that looks into a list's first element, for
// members that some conventions repeat per choice or per prompt.
func objectOrFirst(raw json.RawMessage) map[string]json.RawMessage {
	if list, ok := asArray(raw); ok && len(list) > 0 {
		return asObject(list[0])
	}
	return asObject(raw)
}

func structured(raw json.RawMessage, open byte) json.RawMessage {
	raw = bytes.TrimSpace(raw)
	if len(raw) > 0 && raw[0] == '"' {
		inner := strings.TrimSpace(unquote(string(raw)))
		raw = json.RawMessage(inner)
	}
	if len(raw) < 2 || raw[0] != open {
		return nil
	}
	return raw
}

// isArray is asArray without reading texts: a string is not a list.
func isArray(raw json.RawMessage) bool {
	raw = bytes.TrimSpace(raw)
	return len(raw) > 0 && raw[0] == '['
}

func isObject(raw json.RawMessage) bool {
	raw = bytes.TrimSpace(raw)
	return len(raw) > 0 && raw[0] == '{'
}

func isString(raw json.RawMessage) bool {
	raw = bytes.TrimSpace(raw)
	return len(raw) > 0 && raw[0] == '"'
}

// isNothing reports a member that is absent or null.
func isNothing(raw json.RawMessage) bool {
	raw = bytes.TrimSpace(raw)
	return len(raw) == 0 || string(raw) == "null"
}

// isEmptyJSON reports a payload without content.
func isEmptyJSON(raw json.RawMessage) bool {
	switch string(bytes.TrimSpace(raw)) {
	case "", "null", "{}", "[]", `""`, `"N/A"`:
		return true
	}
	return false
}

// textOfJSON is the text of a JSON string, or the JSON of anything else; ""
// for null.
func textOfJSON(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	if isNothing(raw) {
		return ""
	}
	if raw[0] == '"' {
		return unquote(string(raw))
	}
	return string(raw)
}

// pick returns the first of several spellings of a member that is there.
func pick(members map[string]json.RawMessage, names ...string) json.RawMessage {
	for _, name := range names {
		if raw := members[name]; !isNothing(raw) {
			return raw
		}
	}
	return nil
}

// pickText is the text of pick.
func pickText(members map[string]json.RawMessage, names ...string) string {
	return textOfJSON(pick(members, names...))
}

// valueOfText is a JSON value from a member that may be JSON in a string, as
// tool arguments are: {"city":"Paris"} or "{\"city\":\"Paris\"}".
func valueOfText(raw json.RawMessage) json.RawMessage {
	if isNothing(raw) {
		return nil
	}
	if isString(raw) {
		return jsonOfText(unquote(string(bytes.TrimSpace(raw))))
	}
	return raw
}

func marshal(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil { // only our own types and valid RawMessages come here
		return nil
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
