package verify

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Resolve follows an RFC 6901 pointer into a value as [Decode] makes it. The
// error says, for people, where the way ended. A pointer does not go on inside
// a text that happens to hold JSON: it points at the text, and the quote says
// which part is meant.
func Resolve(value any, pointer string) (any, error) {
	tokens, err := splitPointer(pointer)
	if err != nil {
		return nil, err
	}
	for i, token := range tokens {
		next, ok := child(value, token)
		if !ok {
			return nil, fmt.Errorf("%s does not exist: there is no %q at %q", pointer, token, joinPointer(tokens[:i]))
		}
		value = next
	}
	return value, nil
}

// Decode reads one JSON value and keeps numbers as they were written.
func Decode(data []byte) (any, error) {
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	return v, nil
}

func child(value any, token string) (any, bool) {
	switch v := value.(type) {
	case map[string]any:
		c, ok := v[token]
		return c, ok
	case []any:
		i, ok := arrayIndex(token)
		if !ok || i >= len(v) {
			return nil, false
		}
		return v[i], true
	}
	return nil, false
}

// arrayIndex reads an RFC 6901 array index: digits without leading zeros.
func arrayIndex(token string) (int, bool) {
	if token == "" || len(token) > 9 || (len(token) > 1 && token[0] == '0') {
		return 0, false
	}
	for _, c := range []byte(token) {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	i, err := strconv.Atoi(token)
	return i, err == nil
}

func splitPointer(pointer string) ([]string, error) {
	if pointer == "" {
		return nil, nil
	}
	if pointer[0] != '/' {
		return nil, fmt.Errorf("%q is not a JSON pointer: it must begin with /", pointer)
	}
	tokens := strings.Split(pointer[1:], "/")
	for i, t := range tokens {
		// The order matters: ~01 is "~1", not "/".
		tokens[i] = strings.ReplaceAll(strings.ReplaceAll(t, "~1", "/"), "~0", "~")
	}
	return tokens, nil
}

func joinPointer(tokens []string) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteByte('/')
		b.WriteString(strings.ReplaceAll(strings.ReplaceAll(t, "~", "~0"), "/", "~1"))
	}
	return b.String()
}
