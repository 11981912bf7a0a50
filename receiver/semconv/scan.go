package semconv

import (
	"encoding/json"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// found is what one pass over a span's attributes brought to light. It is
// reused from span to span; nothing may keep its slices.
type found struct {
	v       *vocabulary
	values  []pcommon.Value // by keyID
	has     []bool
	used    []keyID
	members []member // of families, in the order of the span
	objects []object // attributes that were parsed as JSON objects
	payload bool     // some input or output is there
	hint    bool     // something about the whole execution is there
	bodies  bool     // inputs and outputs may be parsed for what else they hold
}

// member is an attribute of a family.
type member struct {
	family keyID
	rest   string // the key after the family's prefix
	value  pcommon.Value
}

type object struct {
	id      keyID
	members map[string]json.RawMessage
}

func newFound(v *vocabulary) *found {
	return &found{v: v, values: make([]pcommon.Value, v.count), has: make([]bool, v.count)}
}

// scan is the one pass. Of a key that is there twice the last value counts, as
// in a JSON object.
func (f *found) scan(attributes pcommon.Map) {
	for key, value := range attributes.All() {
		id, rest, ok := f.v.lookup(key)
		if !ok || value.Type() == pcommon.ValueTypeEmpty {
			continue
		}
		if !f.has[id] {
			f.has[id] = true
			f.used = append(f.used, id)
		}
		f.values[id] = value
		if rest != "" {
			f.members = append(f.members, member{id, rest, value})
		}
		if f.v.payload[id] && !isBlank(value) {
			f.payload = true
		}
		f.hint = f.hint || f.v.hint[id]
	}
}

// reset forgets the span, so that the pool keeps no request alive.
func (f *found) reset() {
	for _, id := range f.used {
		f.values[id], f.has[id] = pcommon.Value{}, false
	}
	clear(f.members)
	clear(f.objects)
	f.used, f.members, f.objects = f.used[:0], f.members[:0], f.objects[:0]
	f.payload, f.hint, f.bodies = false, false, false
}

// is reports whether any source of the table is on the span.
func (f *found) is(t *table) bool {
	for _, id := range t.ids {
		if f.has[id] {
			return true
		}
	}
	return false
}

// text returns the first source of a table that gives a text, trimmed.
func (f *found) text(t *table) string {
	for i, id := range t.ids {
		if !f.has[id] {
			continue
		}
		if s := f.textOf(id, t.sources[i].in); s != "" {
			return s
		}
	}
	return ""
}

func (f *found) textOf(id keyID, in string) string {
	if in != "" {
		return strings.TrimSpace(textOfJSON(f.inside(id, in)))
	}
	return strings.TrimSpace(plainText(f.values[id]))
}

// number returns the first source of a table that gives a number.
func (f *found) number(t *table) (float64, source, bool) {
	for i, id := range t.ids {
		if !f.has[id] {
			continue
		}
		s := t.sources[i]
		if s.in != "" {
			if n, ok := numberOfJSON(f.inside(id, s.in)); ok {
				return n, s, true
			}
			continue
		}
		if n, ok := numberOf(f.values[id]); ok {
			return n, s, true
		}
	}
	return 0, source{}, false
}

// inside returns a member of an attribute that holds a JSON object (or is a
// kvlist); the attribute is parsed once for all concepts that ask. Inputs and
// outputs are parsed for model calls alone: elsewhere they hold no usage, and
// they can be large.
func (f *found) inside(id keyID, path string) json.RawMessage {
	if f.v.payload[id] && !f.bodies {
		return nil
	}
	head, tail, deeper := strings.Cut(path, ".")
	value := f.object(id)[head]
	for deeper && value != nil {
		head, tail, deeper = strings.Cut(tail, ".")
		value = objectOrFirst(value)[head]
	}
	return value
}

func (f *found) object(id keyID) map[string]json.RawMessage {
	for _, o := range f.objects {
		if o.id == id {
			return o.members
		}
	}
	members := objectOrFirst(jsonOf(f.values[id]))
	f.objects = append(f.objects, object{id, members})
	return members
}

// list returns the texts of the first source of a table that gives any.
func (f *found) list(t *table) []string {
	for i, id := range t.ids {
		if !f.has[id] {
			continue
		}
		var texts []string
		if in := t.sources[i].in; in != "" {
			texts = listOfJSON(f.inside(id, in))
		} else {
			texts = listOf(f.values[id])
		}
		if len(texts) > 0 {
			return texts
		}
	}
	return nil
}

// each calls do for the members of a family.
func (f *found) each(id keyID, do func(rest string, value pcommon.Value)) {
	for _, m := range f.members {
		if m.family == id {
			do(m.rest, m.value)
		}
	}
}
