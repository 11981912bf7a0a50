package semconv_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// unread are attributes that the pages name to say that they are not read.
var unread = map[string]bool{
	"langsmith.trace.session_name": true, "gen_ai.aggregated_usage.*": true, "langfuse.observation.metadata.*": true,
}

var (
	codeSpan  = regexp.MustCompile("`([^`\n]+)`")
	keyLike   = regexp.MustCompile(`^(gen_ai|langfuse\.|langsmith\.|mlflow\.|traceloop\.|ai\.[a-z]|lk\.|mcp\.|gcp\.|mastra\.|genkit:|haystack\.|llm\.|logfire\.|openinference\.|xray\.|session\.|user\.|tag\.|operation\.cost)`)
	pageLinks = regexp.MustCompile(`\]\(([^)#]+)\)`)
)

// TestClientPagesNameOnlyWhatIsRead keeps docs/clients true: every attribute
// they name is one that the mapper knows, and every link leads somewhere.
func TestClientPagesNameOnlyWhatIsRead(t *testing.T) {
	t.Parallel()
	m := mapper(t)
	pages, err := filepath.Glob("../../docs/clients/*.md")
	if err != nil || len(pages) < 12 {
		t.Fatalf("only %d pages: %v", len(pages), err)
	}
	for _, page := range pages {
		b, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		text := string(b)
		for _, match := range codeSpan.FindAllStringSubmatch(text, -1) {
			key := strings.TrimSuffix(strings.TrimSpace(match[1]), " = ")
			if !keyLike.MatchString(key) || strings.ContainsAny(key, " =(…") || unread[key] {
				continue
			}
			key = strings.ReplaceAll(strings.TrimSuffix(key, "*")+suffix(key), ".N.", ".0.")
			if _, known := m.Known(key); !known && !operation(key) {
				t.Errorf("%s names %s, which is not read", filepath.Base(page), key)
			}
		}
		for _, match := range pageLinks.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join("../../docs/clients", match[1])); err != nil {
				t.Errorf("%s links to %s: %v", filepath.Base(page), match[1], err)
			}
		}
	}
}

// suffix makes a member of a family of its pattern.
func suffix(key string) string {
	if strings.HasSuffix(key, "*") {
		return "x"
	}
	return ""
}

// operation reports values that look like keys: the AI SDK's operation names.
func operation(key string) bool { return key == "ai.generateText" }
