package arch

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

var (
	inlineCode = regexp.MustCompile("`[^`]*`")
	heading    = regexp.MustCompile(`^#{1,6}\s+(.*?)\s*#*$`)
	// The address of a link or an image, with or without a title. The text
	// before it is left out: it may hold an image that is a link itself.
	mdLink   = regexp.MustCompile(`\]\(<?([^()<>\s]+(?:\([^()]*\))?)>?(?:\s+"[^"]*")?\)`)
	reLinked = regexp.MustCompile(`\[([^\[\]]*)\]\([^()]*\)`)
	scheme   = regexp.MustCompile(`^([a-z][a-z0-9+.-]*:|//)`)
)

// What one reads leads somewhere: a file that moved, or a heading that got other
// words, breaks the links to it without a sound.
func TestLinksOfTheDocumentationLeadSomewhere(t *testing.T) {
	top := "../.."
	links := 0
	for _, file := range documents(t, top) {
		for _, to := range linksOf(read(t, file)) {
			links++
			if err := follow(file, to); err != nil {
				rel, _ := filepath.Rel(top, file)
				t.Errorf("%s: link to %s: %v", filepath.ToSlash(rel), to, err)
			}
		}
	}
	if links < 100 {
		t.Errorf("found only %d links: does this test still see the documentation?", links)
	}
}

func TestBrokenLinksAreFound(t *testing.T) {
	dir := t.TempDir()
	from := filepath.Join(dir, "a.md")
	text := "# One & two\n\n## `code` _here_\n\n## Same\n\n## Same\n\n```\n# none\n[no](gone.md)\n```\n`[no](gone.md)`\n"
	if err := os.WriteFile(from, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := linksOf(text + "[![i](i.png)](b.md) [c](d.md#e \"t\") [x](https://example.com) <https://example.com>"); strings.Join(got, " ") != "i.png b.md d.md#e" {
		t.Errorf("links: %q", got)
	}
	for _, tc := range []struct {
		to string
		ok bool
	}{
		{"a.md", true}, {"#one--two", true}, {"a.md#code-here", true}, {"#same-1", true}, {"../" + filepath.Base(dir), true},
		{"b.md", false}, {"#none", false}, {"a.md#same-2", false}, {"b.md#one--two", false}, {"/a.md", false},
	} {
		if err := follow(from, tc.to); (err == nil) != tc.ok {
			t.Errorf("%s: %v, want it to lead somewhere: %v", tc.to, err, tc.ok)
		}
	}
}

// documents are the files that users read.
func documents(t *testing.T, top string) []string {
	t.Helper()
	files := []string{filepath.Join(top, "README.md"), filepath.Join(top, "CHANGELOG.md"), filepath.Join(top, "SECURITY.md")}
	err := filepath.WalkDir(filepath.Join(top, "docs"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Ext(path) == ".md" {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// linksOf are the relative addresses that a text links to, in its order.
func linksOf(text string) []string {
	var to []string
	for _, line := range prose(text) {
		for _, m := range mdLink.FindAllStringSubmatch(inlineCode.ReplaceAllString(line, ""), -1) {
			if !scheme.MatchString(m[1]) {
				to = append(to, m[1])
			}
		}
	}
	return to
}

// follow says what is wrong with a link that stands in a file.
func follow(file, to string) error {
	path, anchor, hasAnchor := strings.Cut(to, "#")
	if strings.HasPrefix(path, "/") {
		return fmt.Errorf("make it relative to the file")
	}
	target := file
	if path != "" {
		target = filepath.Join(filepath.Dir(file), filepath.FromSlash(path))
	}
	if _, err := os.Stat(target); err != nil {
		return fmt.Errorf("there is no such file")
	}
	if !hasAnchor || filepath.Ext(target) != ".md" {
		return nil
	}
	text, err := os.ReadFile(target)
	if err != nil {
		return err
	}
	if !anchors(string(text))[anchor] {
		return fmt.Errorf("the file has no heading #%s", anchor)
	}
	return nil
}

// anchors are the names of a text's headings, as GitHub makes them: lower case,
// blanks to hyphens, punctuation dropped, and a number behind those that repeat.
func anchors(text string) map[string]bool {
	seen := map[string]int{}
	names := map[string]bool{}
	for _, line := range prose(text) {
		m := heading.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		name := slug(m[1])
		if n := seen[name]; n > 0 {
			names[fmt.Sprintf("%s-%d", name, n)] = true
		} else {
			names[name] = true
		}
		seen[name]++
	}
	return names
}

func slug(title string) string {
	title = reLinked.ReplaceAllString(title, "$1")
	title = regexp.MustCompile(`(^|\s)_([^_]+)_(\s|$)`).ReplaceAllString(title, "$1$2$3") // emphasis is no part of the name
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, title)
}

// prose are the lines of a text outside of fenced code.
func prose(text string) []string {
	var lines []string
	fence := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		mark := strings.TrimLeft(line, " ")
		switch {
		case fence != "":
			if strings.HasPrefix(mark, fence) {
				fence = ""
			}
		case strings.HasPrefix(mark, "```"), strings.HasPrefix(mark, "~~~"):
			fence = mark[:3]
		default:
			lines = append(lines, line)
		}
	}
	return lines
}
