// Package sample cuts a payload of any size and shape down to what a prompt
// can hold. The result is always valid JSON of the same structure: arrays keep
// their first and last elements and those that a fact names, long texts are
// cut in the middle, vectors and base64 become a note of their kind and size.
// A [Map] leads from a pointer into the sample to the pointer into the
// original, so that evidence found in a sample resolves in what is stored.
//
// It deliberately does not summarise or choose by meaning: what was left out
// is said in place ("…[4980 elements]"), and nothing is rewritten. Secrets are
// masked before, where no text has been cut in two yet.
package sample

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Result is a sample. JSON is at most as large as was asked for.
type Result struct {
	JSON json.RawMessage
	Map  Map
	Cut  bool // something was left out
}

// MinTokens is the smallest limit that is kept to.
const MinTokens = 32

// Value samples one payload to at most limit tokens as [Tokens] counts them.
// named are RFC 6901 pointers into it that should survive if at all possible.
// What is not JSON is taken as a text.
func Value(raw json.RawMessage, named []string, limit int) Result {
	limit = max(limit, MinTokens)
	value := decode(raw)
	wanted := newNames(named)
	for _, size := range sizes {
		s := sampler{size: size, arrays: map[string][]int{}}
		b := marshal(s.value(value, "", wanted, 0))
		if Tokens(string(b)) <= limit {
			return Result{JSON: b, Map: Map{s.arrays}, Cut: s.cut}
		}
	}
	return Result{JSON: marshal(fmt.Sprintf("…[%s, %d bytes]", kindOf(value), len(raw))), Cut: true}
}

func kindOf(v any) string {
	switch v := v.(type) {
	case []any:
		return fmt.Sprintf("array of %d", len(v))
	case map[string]any:
		return fmt.Sprintf("object of %d", len(v))
	}
	return "text"
}

// size says how much of each kind is kept. The sizes are tried from generous
// to tiny until the sample fits.
type size struct{ head, tail, text, depth, keys int }

var sizes = []size{
	{head: 200, tail: 20, text: 16000, depth: 32, keys: 400},
	{head: 40, tail: 8, text: 4000, depth: 16, keys: 120},
	{head: 12, tail: 4, text: 1200, depth: 12, keys: 60},
	{head: 6, tail: 2, text: 500, depth: 10, keys: 40},
	{head: 3, tail: 1, text: 240, depth: 8, keys: 24},
	{head: 2, tail: 1, text: 120, depth: 7, keys: 14},
	{head: 1, tail: 1, text: 60, depth: 6, keys: 8},
	{head: 1, tail: 0, text: 30, depth: 4, keys: 4},
}

const (
	vector    = 16  // arrays of more numbers than this become a note
	maxKey    = 120 // bytes; fields with longer names are left out
	maxNamed  = 12  // elements of one array that are kept because a fact names them
	minBase64 = 120 // shorter ones are left alone
)

type sampler struct {
	size
	arrays map[string][]int
	cut    bool
}

func (s *sampler) value(v any, ptr string, wanted names, depth int) any {
	switch v := v.(type) {
	case string:
		return s.textOf(v)
	case []any:
		if depth >= s.depth && len(v) > 0 {
			return s.note("%d elements", len(v))
		}
		return s.array(v, ptr, wanted, depth)
	case map[string]any:
		if depth >= s.depth && len(v) > 0 {
			return s.note("object of %d fields", len(v))
		}
		return s.object(v, ptr, wanted, depth)
	case json.Number:
		return s.number(v)
	}
	return v
}

func (s *sampler) note(format string, args ...any) string {
	s.cut = true
	return "…[" + fmt.Sprintf(format, args...) + "]"
}

// number keeps a number as it was written, unless somebody wrote a book of it.
func (s *sampler) number(n json.Number) any {
	if len(n) > 40 {
		return s.note("number of %d digits", len(n))
	}
	return n
}

func (s *sampler) array(list []any, ptr string, wanted names, depth int) any {
	if note, ok := statistics(list); ok {
		return s.note("%s", note)
	}
	out, at, last := []any{}, []int{}, -1
	for _, i := range s.keep(len(list), wanted) {
		if gap := i - last - 1; gap > 0 {
			out, at = append(out, s.note("%d elements", gap)), append(at, -1)
		}
		here := ptr + "/" + strconv.Itoa(len(out))
		at = append(at, i)
		out = append(out, s.value(list[i], here, wanted.at(strconv.Itoa(i)), depth+1))
		last = i
	}
	if gap := len(list) - last - 1; gap > 0 {
		out, at = append(out, s.note("%d elements", gap)), append(at, -1)
	}
	if !straight(at) {
		s.arrays[ptr] = at
	}
	return out
}

// straight reports whether every element stands at its own index.
func straight(at []int) bool {
	for i, original := range at {
		if i != original {
			return false
		}
	}
	return true
}

// keep chooses the elements of an array of n, in order.
func (s *sampler) keep(n int, wanted names) []int {
	chosen := map[int]bool{}
	for i := range min(n, s.head) {
		chosen[i] = true
	}
	for i := max(0, n-s.tail); i < n; i++ {
		chosen[i] = true
	}
	for i, token := range slices.Sorted(maps.Keys(wanted)) {
		if index, err := strconv.Atoi(token); err == nil && index >= 0 && index < n && i < min(maxNamed, 4*s.head) {
			chosen[index] = true
		}
	}
	return slices.Sorted(maps.Keys(chosen))
}

func (s *sampler) object(fields map[string]any, ptr string, wanted names, depth int) any {
	out, left := map[string]any{}, 0
	keys := slices.SortedFunc(maps.Keys(fields), func(a, b string) int {
		// Named fields first; then by name, so that the same payload gives the same prompt.
		if wanted.has(a) != wanted.has(b) {
			if wanted.has(a) {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	for i, key := range keys {
		if i >= s.keys || len(key) > maxKey {
			left++
			continue
		}
		out[key] = s.value(fields[key], ptr+"/"+escape(key), wanted.at(key), depth+1)
	}
	if left > 0 {
		out["…"] = s.note("%d fields", left)
	}
	return out
}

func escape(token string) string {
	return strings.ReplaceAll(strings.ReplaceAll(token, "~", "~0"), "/", "~1")
}

// names is a tree of the pointers that should survive.
type names map[string]names

func newNames(pointers []string) names {
	root := names{}
	for _, p := range pointers {
		node := root
		for token := range strings.SplitSeq(strings.TrimPrefix(p, "/"), "/") {
			token = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
			if node[token] == nil {
				node[token] = names{}
			}
			node = node[token]
		}
	}
	return root
}

func (n names) at(token string) names { return n[token] }

func (n names) has(token string) bool { _, ok := n[token]; return ok }

func decode(raw json.RawMessage) any {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return string(raw)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return string(raw)
	}
	return v
}

// marshal writes compact JSON in which <, > and & stay readable. Values here
// come from a decoder and from this package, so it cannot fail.
func marshal(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return json.RawMessage(`"…[unreadable]"`)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
