package dossier

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Block writes a value in a fence that it cannot close, cut in the middle if it
// is longer than most bytes, and returns how many bytes it took. A text is
// written as it is, anything else as JSON.
func Block(w io.Writer, value json.RawMessage, most int) int {
	text, language := string(value), "json"
	var plain string
	if json.Unmarshal(value, &plain) == nil {
		text, language = plain, "text"
	}
	text = Cut(Clean(text), most)
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	fmt.Fprintf(w, "%s%s\n%s\n%s\n", fence, language, text, fence)
	return len(text)
}

// Cut leaves out the middle of a text of more than most bytes, and says how
// much that was.
func Cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	head, tail := most*2/3, len(text)-most/3
	for head > 0 && !utf8.RuneStart(text[head]) {
		head--
	}
	for tail < len(text) && !utf8.RuneStart(text[tail]) {
		tail++
	}
	return fmt.Sprintf("%s\n… %d bytes left out …\n%s", text[:head], tail-head, text[tail:])
}

// Clean takes out what no reader sees and a model reads all the same: control
// characters, those that turn the direction of writing, and invisible ones that
// spell words (tags, variation selectors beyond the usual sixteen). The joiners
// that scripts and emoji need stay.
func Clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t', r == '\u200c', r == '\u200d':
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r >= 0xE0100 && r <= 0xE01EF:
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

// line is a text of ours on one line. It may quote recorded data, so nothing in
// it begins a heading, a list or a fence.
func line(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(Clean(text)), " "), "```", "'''")
}

// code is recorded text on one line, in backticks that it cannot close; "" for
// none.
func code(text string) string {
	const most = 500
	text = line(text)
	if text == "" {
		return ""
	}
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return "`" + strings.ReplaceAll(text, "`", "'") + "`"
}
