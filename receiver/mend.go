package receiver

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"strings"
)

// mend rewrites OTLP JSON that the protobuf JSON mapping allows but pdata does
// not read:
//
//   - null for "not given", on any field
//   - integers written 1e9 or 5.0
//   - base64 in the URL alphabet, without padding, or with escaped slashes
//   - unknown fields whose name is empty
//
// It also blanks the ids of a span that has an unusable one, so that it alone
// is refused and not the batch it came in.
func mend(body []byte) ([]byte, bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber() // int64 and uint64 do not fit a float64
	var root any
	if err := d.Decode(&root); err != nil {
		return nil, false
	}
	out, err := json.Marshal(mendValue("", root))
	return out, err == nil
}

func mendValue(key string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, member := range v {
			if member == nil || k == "" {
				delete(v, k)
				continue
			}
			v[k] = mendValue(camel(k), member)
		}
	case []any:
		kept := v[:0]
		for _, element := range v {
			if element == nil {
				continue
			}
			element = mendValue("", element)
			if span, ok := element.(map[string]any); ok && key == "spans" {
				blankBadIDs(span)
			}
			kept = append(kept, element)
		}
		return kept
	case json.Number:
		if isInteger(key) {
			return mendInteger(v)
		}
	case string:
		if key == "bytesValue" {
			return mendBase64(v)
		}
	}
	return v
}

// camel makes lowerCamelCase of the field names as they stand in the .proto
// files; both are legal in JSON.
func camel(name string) string {
	head, rest, found := strings.Cut(name, "_")
	for found && rest != "" {
		var part string
		part, rest, found = strings.Cut(rest, "_")
		if part != "" {
			head += strings.ToUpper(part[:1]) + part[1:]
		}
	}
	return head
}

func isInteger(key string) bool {
	switch key {
	case "intValue", "flags", "kind", "code", "severityNumber":
		return true
	}
	return strings.HasSuffix(key, "UnixNano") || strings.HasPrefix(key, "dropped")
}

// mendInteger writes out an integral number of any notation.
func mendInteger(n json.Number) any {
	const longest = 40 // more digits than any integer of OTLP; keeps 1e999999999 away
	if r, ok := new(big.Rat).SetString(string(n)); len(n) <= longest && ok && r.IsInt() {
		if text := r.Num().String(); len(text) <= longest {
			return json.Number(text)
		}
	}
	return n
}

func mendBase64(s string) string {
	std := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(s, "="))
	raw, err := base64.RawStdEncoding.DecodeString(std)
	if err != nil {
		return s
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// blankBadIDs takes away the span id of a span that has any bad id, its own or
// in a link.
func blankBadIDs(span map[string]any) {
	bad := badIDs(span)
	links, _ := span["links"].([]any)
	for _, l := range links {
		if link, ok := l.(map[string]any); ok && badIDs(link) {
			bad = true
			clear(link)
		}
	}
	if !bad {
		return
	}
	for _, key := range idKeys {
		delete(span, key.name)
	}
}

var idKeys = [...]struct {
	name  string
	bytes int
}{
	{"traceId", 16}, {"trace_id", 16}, {"spanId", 8}, {"span_id", 8}, {"parentSpanId", 8}, {"parent_span_id", 8},
}

func badIDs(object map[string]any) bool {
	for _, key := range idKeys {
		v, given := object[key.name]
		if !given || v == "" {
			continue
		}
		text, _ := v.(string)
		if raw, err := hex.DecodeString(text); err != nil || len(raw) != key.bytes {
			return true
		}
	}
	return false
}
