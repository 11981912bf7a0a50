package semconv_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

const pageHead = `# What X-Ray reads

Generated from the tables of receiver/semconv by ` + "`go generate ./receiver/semconv`" + `; do not edit.

Each section is one thing that X-Ray wants to know of a span and the attributes where it may stand, best first: the first one that
says something wins, whatever else is on the span, except where a section says that all are united. A key that ends in ` + "`*`" + ` is a
family: every attribute that begins so. ` + "`key` → `member`" + ` is a member of the JSON object that the attribute holds. Numbers may be text,
JSON may be cut off or quoted twice, lists may be arrays, JSON or text with commas.

*Seen in* names the recorded clients (internal/tracetest) that sent the attribute; a dash means that it is known from the
convention's documents or source only. docs/adr/004-one-vocabulary.md says why it is done this way.
`

// TestConventionsPage keeps docs/conventions.md what the code does.
func TestConventionsPage(t *testing.T) {
	t.Parallel()
	m := mapper(t)
	seen := seenKeys(t, m.Known)
	var b strings.Builder
	b.WriteString(pageHead)
	for _, table := range m.Tables() {
		fmt.Fprintf(&b, "\n## %s\n\n", table.Concept)
		isType := table.Rows[0].Words != ""
		if isType {
			b.WriteString("| Convention | Attribute | Words | Seen in |\n|---|---|---|---|\n")
		} else {
			b.WriteString("| Convention | Attribute | Seen in |\n|---|---|---|\n")
		}
		for _, row := range table.Rows {
			key := "`" + row.Key + "`"
			if row.In != "" {
				key += " → `" + row.In + "`"
			}
			fmt.Fprintf(&b, "| %s | %s ", row.By, key)
			if isType {
				fmt.Fprintf(&b, "| %s ", row.Words)
			}
			in := "–"
			if clients := seen[row.Key]; len(clients) > 0 {
				in = strings.Join(clients, ", ")
			}
			fmt.Fprintf(&b, "| %s |\n", in)
		}
	}
	compareGolden(t, "../../docs/conventions.md", []byte(b.String()))
}

// seenKeys says which recorded clients sent which known key.
func seenKeys(t *testing.T, known func(string) (string, bool)) map[string][]string {
	seen := map[string][]string{}
	for _, folder := range folders(t) {
		note := func(attributes pcommon.Map) {
			for key := range attributes.All() {
				if k, ok := known(key); ok && !slices.Contains(seen[k], folder) {
					seen[k] = append(seen[k], folder)
				}
			}
		}
		recorded := record(t, folder)
		for _, s := range recorded.spans {
			note(s.Span.Attributes())
			note(s.Resource.Attributes())
		}
		for _, records := range recorded.logs {
			for _, r := range records {
				note(r.Attributes())
			}
		}
	}
	return seen
}

func TestTablesNameNoSourceTwice(t *testing.T) {
	t.Parallel()
	for _, table := range mapper(t).Tables() {
		rows := map[string]bool{}
		for _, row := range table.Rows {
			key := row.Key + " " + row.In
			if rows[key] {
				t.Errorf("%s: %s stands twice, the second can never be asked", table.Concept, key)
			}
			rows[key] = true
		}
	}
}
