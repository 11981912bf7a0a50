package mcp

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/xraytrace/xray"
)

var unescape = strings.NewReplacer("~1", "/", "~0", "~")

// valueAt walks a JSON pointer (RFC 6901) through the payload of a step. A
// message says how far it got, and what there is.
func valueAt(payload map[string]json.RawMessage, pointer string) (json.RawMessage, error) {
	if !strings.HasPrefix(pointer, "/") {
		return nil, xray.Errorf(xray.CodeInvalid, "%.200q is no JSON pointer: begin with /input, /output or /attributes", pointer)
	}
	whole, err := json.Marshal(payload)
	if err != nil {
		return nil, err
	}
	at, done := json.RawMessage(whole), ""
	for part := range strings.SplitSeq(pointer[1:], "/") {
		child, names := childOf(at, unescape.Replace(part))
		if child == nil {
			return nil, xray.Errorf(xray.CodeNotFound, "there is no value at %.200q: %s, it has %s", pointer, whereOf(done), names)
		}
		at, done = child, done+"/"+part
	}
	return at, nil
}

func whereOf(done string) string {
	if done == "" {
		return "of the step"
	}
	return "the last that is there is " + shortTo(done, 200)
}

// childOf is the member or element of a value; without one, names says what it
// has.
func childOf(value json.RawMessage, part string) (child json.RawMessage, names string) {
	var object map[string]json.RawMessage
	if json.Unmarshal(value, &object) == nil && object != nil {
		if v, ok := object[part]; ok {
			return v, ""
		}
		return nil, "the members " + strings.Join(shortAll(memberNames(value), 20), ", ")
	}
	var list []json.RawMessage
	if json.Unmarshal(value, &list) == nil && list != nil {
		if i, err := strconv.Atoi(part); err == nil && i >= 0 && i < len(list) {
			return list[i], ""
		}
		return nil, "the elements 0 to " + strconv.Itoa(len(list)-1)
	}
	return nil, "nothing within"
}

// memberNames are the first members of an object, in their own order.
func memberNames(value json.RawMessage) []string {
	const most = 40
	decoder := json.NewDecoder(strings.NewReader(string(value)))
	if t, err := decoder.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	var names []string
	for decoder.More() && len(names) < most {
		t, err := decoder.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			break
		}
		names = append(names, name)
		var skipped json.RawMessage
		if decoder.Decode(&skipped) != nil {
			break
		}
	}
	return names
}

// shapeOf says what a value is, in a few words.
func shapeOf(value json.RawMessage) string {
	if len(value) == 0 {
		return "nothing"
	}
	switch value[0] {
	case '{':
		return "an object with " + strings.Join(shortAll(memberNames(value), 12), ", ")
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(value, &list) == nil && len(list) > 0 {
			return "a list of " + strconv.Itoa(len(list)) + ", the first " + shapeOf(list[0])
		}
		return "an empty list"
	case '"':
		return "a text"
	}
	return "a value"
}
