package payload

import (
	"bytes"
	"encoding/json"
	"strings"
)

// MaskMembers replaces the values of all members whose name is hidden.
// Text that is not JSON is returned as it is.
func MaskMembers(value, replacement string, hidden func(key string) bool) string {
	var compact bytes.Buffer
	if json.Compact(&compact, []byte(value)) != nil {
		return value
	}
	text := compact.Bytes()
	root := parse(text)
	var out []byte
	done := 0
	var walk func(n *node)
	walk = func(n *node) {
		for i := range n.children {
			c := &n.children[i]
			if c.keyEnd > c.keyStart && hidden(c.key(text)) {
				out = append(append(out, text[done:c.start]...), replacement...)
				done = c.end
				continue
			}
			walk(c)
		}
	}
	walk(&root)
	return string(append(out, text[done:]...))
}

// Member returns the value of an object's member as JSON text, and whether
// the text is an object that has it. The first of the names that is there,
// ignoring letter case, wins.
func Member(object string, names ...string) (string, bool) {
	if object == "" || object[0] != '{' {
		return "", false
	}
	text := []byte(object)
	root := parse(text)
	for _, name := range names {
		for i := range root.children {
			c := &root.children[i]
			if strings.EqualFold(c.key(text), name) {
				return string(text[c.start:c.end]), true
			}
		}
	}
	return "", false
}
