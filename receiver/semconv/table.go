package semconv

import (
	"slices"
	"strings"
)

// A source is one place where a concept may stand on a span.
type source struct {
	by  Convention
	key string // attribute key; "a.b.*" is the family of all keys under "a.b."
	// in names the member to take when the attribute holds a JSON object;
	// "usage.inputTokens" goes two levels down.
	in string
}

// A table lists the sources of one concept, best first. The tables are the
// whole knowledge of this package about keys: the one pass over a span, the
// mapping and docs/conventions.md are all made from them.
type table struct {
	concept string
	sources []source
	ids     []keyID // of the sources, once compiled
}

// keyID numbers the known keys and families.
type keyID uint16

// vocabulary is the tables in compiled form: which key is which, and which
// keys belong to a family. It does not change after newVocabulary.
type vocabulary struct {
	ids      map[string]keyID // exact keys and "a.b.*" families
	count    int
	families [256][]family // by the first byte of their prefix
	payload  []bool        // by keyID: is it an input or output?
	hint     []bool        // by keyID: does it speak of the whole execution?
	tables   []*table      // in the order of docs/conventions.md

	concepts
}

type family struct {
	prefix string
	id     keyID
}

func newVocabulary() *vocabulary {
	v := &vocabulary{ids: map[string]keyID{}, concepts: newConcepts()}
	for _, t := range v.concepts.all() {
		v.compile(t)
	}
	for _, families := range v.families {
		// The longer prefix is the narrower family: ai.settings.context.* before ai.settings.*.
		slices.SortFunc(families, func(a, b family) int { return len(b.prefix) - len(a.prefix) })
	}
	v.payload = v.members(v.input, v.output, v.system)
	v.hint = v.members(v.execution, v.name, v.rootName, v.session, v.user, v.tags, v.metadata, v.environment, v.release)
	return v
}

func (v *vocabulary) members(tables ...*table) []bool {
	in := make([]bool, v.count)
	for _, t := range tables {
		for _, id := range t.ids {
			in[id] = true
		}
	}
	return in
}

func (v *vocabulary) compile(t *table) {
	v.tables = append(v.tables, t)
	t.ids = make([]keyID, len(t.sources))
	for i, s := range t.sources {
		id, known := v.ids[s.key]
		if !known {
			id = keyID(v.count)
			v.count++
			v.ids[s.key] = id
			if prefix, ok := strings.CutSuffix(s.key, "*"); ok {
				v.families[prefix[0]] = append(v.families[prefix[0]], family{prefix, id})
			}
		}
		t.ids[i] = id
	}
}

// lookup says which known key or family an attribute key is; rest is what
// follows a family's prefix. A key that is known by itself is never given to
// a family, so that a session id is not repeated in the metadata.
func (v *vocabulary) lookup(key string) (id keyID, rest string, ok bool) {
	if id, ok = v.ids[key]; ok {
		return id, "", true
	}
	if key == "" {
		return 0, "", false
	}
	for _, f := range v.families[key[0]] {
		if len(key) > len(f.prefix) && key[:len(f.prefix)] == f.prefix {
			return f.id, key[len(f.prefix):], true
		}
	}
	return 0, "", false
}
