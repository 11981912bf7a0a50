package semconv

import (
	"maps"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Table is a table as docs/conventions.md shows it.
type Table struct {
	Concept string
	Rows    []Row
}

// Row is a source, with the words that decide the type, if it is of that table.
type Row struct {
	By      Convention
	Key, In string
	Words   string
}

// Tables lists the tables that the page shows.
func (m *Mapper) Tables() []Table {
	var all []Table
	for _, t := range m.vocabulary.tables {
		if t.concept == "" {
			continue
		}
		shown := Table{Concept: t.concept}
		for i, s := range t.sources {
			row := Row{By: s.by, Key: s.key, In: s.in}
			if t == m.vocabulary.kind {
				row.Words = wordsOf(kinds[i])
			}
			shown.Rows = append(shown.Rows, row)
		}
		all = append(all, shown)
	}
	return all
}

func wordsOf(k kind) string {
	if k.means != "" {
		return "→ " + string(k.means)
	}
	byType := map[string][]string{}
	for word, t := range k.words {
		byType[string(t)] = append(byType[string(t)], word)
	}
	var parts []string
	for _, t := range slices.Sorted(maps.Keys(byType)) {
		slices.Sort(byType[t])
		parts = append(parts, "`"+strings.Join(byType[t], " ")+"` → "+t)
	}
	if k.read != nil {
		parts = append(parts, "others by rule")
	}
	return strings.Join(parts, "; ")
}

// Known returns the key or family that an attribute key is read as.
func (m *Mapper) Known(key string) (string, bool) {
	id, _, ok := m.vocabulary.lookup(key)
	if !ok {
		return "", false
	}
	for known, other := range m.vocabulary.ids {
		if other == id {
			return known, true
		}
	}
	return "", false
}

// JSONOf exports the lenient reading of values.
func JSONOf(v pcommon.Value) string { return string(jsonOf(v)) }

// NumberOf exports the lenient reading of numbers.
func NumberOf(v pcommon.Value) (float64, bool) { return numberOf(v) }

// ListOf exports the lenient reading of lists.
func ListOf(v pcommon.Value) []string { return listOf(v) }

// Keys lists the known keys, families with an example of their members.
func (m *Mapper) Keys() []string {
	var keys []string
	for key := range m.vocabulary.ids {
		prefix, isFamily := strings.CutSuffix(key, "*")
		if !isFamily {
			keys = append(keys, key)
			continue
		}
		for _, rest := range []string{"0", "0.message.content", "0.role", "1.message.tool_calls.0.tool_call.function.arguments", "0.document.score", "x.y", "-1.a", "00.content"} {
			keys = append(keys, prefix+rest)
		}
	}
	slices.Sort(keys)
	return keys
}
