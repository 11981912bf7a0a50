package query_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/xraytrace/xray/query"
)

// TestDocsListTheVocabulary holds docs/query.md against the fields; -update
// writes its table anew.
func TestDocsListTheVocabulary(t *testing.T) {
	path := filepath.Join("..", "docs", "query.md")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(raw), "-update -->\n")
	_, after, ok2 := strings.Cut(rest, "<!-- end of fields -->")
	if !ok || !ok2 {
		t.Fatal("the marks around the table are gone")
	}
	want := before + "-update -->\n" + fieldTable() + "<!-- end of fields -->" + after
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != string(raw) {
		t.Errorf("%s does not list the vocabulary as it is; -update writes it anew:\n%s", path, firstDifference(string(raw), want))
	}
}

func fieldTable() string {
	var b strings.Builder
	b.WriteString("| Field | What it is | Examples |\n| --- | --- | --- |\n")
	for _, f := range query.Fields() {
		name := "`" + string(f.Name) + "`"
		if f.Keyed {
			name = "`" + string(f.Name) + ".KEY`"
		}
		for _, a := range f.Aliases {
			name += ", `" + a + "`"
		}
		doc := f.Doc
		if len(f.Values) > 0 {
			doc += " One of `" + strings.Join(f.Values, "`, `") + "`."
		}
		fmt.Fprintf(&b, "| %s | %s | `%s` |\n", name, doc, strings.Join(f.Examples, "` `"))
	}
	return b.String()
}

// TestDocsParse parses every query that docs/query.md shows.
func TestDocsParse(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "docs", "query.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile("(?s)```json.*?```").ReplaceAllString(string(raw), "")
	shown := 0
	for _, quoted := range regexp.MustCompile("(?s)```query\n.*?```|`[^`\n]+`").FindAllString(text, -1) {
		sentence := strings.TrimSpace(strings.TrimPrefix(strings.Trim(quoted, "`"), "query\n"))
		if !regexp.MustCompile(`^(-|NOT )?[a-z.]+:|^".*" `).MatchString(sentence) || sentence == "step:" || sentence == "text:" {
			continue // a word of the text
		}
		shown++
		checkExample(t, sentence)
	}
	if shown < 70 {
		t.Errorf("only %d queries were found", shown)
	}
}
