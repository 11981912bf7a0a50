package mask_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/mask"
)

// Whatever the text and whatever the pattern: masking ends, what was JSON stays
// JSON, masking again changes nothing, and in no text that comes out does a
// rule find anything outside of a marker.
func FuzzMasking(f *testing.F) {
	for _, text := range []string{
		`{"a":"ann@example.com","b":[1,{"password":"x","c":"{\"d\":\"4111111111111111\"}"}],"a@b.co":1,"c@d.co":2}`,
		`"{\"pin\":\"\\u0061\"}"`, `password=hunter2&x=[masked:p]`, "[masked:p#0123456789ab]", "aaaa", `[]`, `{"pin":1,"pin":2}`, "\xff\x00",
	} {
		f.Add(text, `[a-z]+\d`, "pin", uint8(0))
		f.Add(text, `\ba`, "*i*/x", uint8(1))
		f.Add(text, `(?s).+`, "/in/a/*", uint8(2))
	}
	f.Fuzz(func(t *testing.T, text, pattern, field string, action uint8) {
		actions := []xray.MaskAction{xray.MaskReplace, xray.MaskHash, xray.MaskRemove}
		rules := []xray.MaskRule{
			{Name: "p", Pattern: pattern, Action: actions[action%3]},
			{Name: "f", Fields: []string{field}, Action: actions[action/3%3]},
			{Name: "w", Pattern: `\d\d`, Fields: []string{field}, Action: actions[action/9%3]},
		}
		for _, p := range xray.MaskPresets() {
			rules = append(rules, xray.MaskRule{Preset: p, Action: actions[action/27%3]})
		}
		m, err := mask.New(rules, []byte("key"))
		if err != nil {
			return // a rule that cannot be
		}
		got := masked(m, "in", text)
		if json.Valid([]byte(text)) && isComposite(text) && got != "" && !json.Valid([]byte(got)) && !isWhole(got) {
			t.Fatalf("%q became %q, which is no JSON", text, got)
		}
		if again := masked(m, "in", got); again != got {
			t.Fatalf("%q became %q and then %q", text, got, again)
		}
		re := regexp.MustCompile(pattern)
		for _, part := range texts(got) {
			for _, found := range re.FindAllStringIndex(part, -1) {
				if found[0] < found[1] && !inMarker(part, found) {
					t.Fatalf("%q became %q, where %q still is", text, got, part[found[0]:found[1]])
				}
			}
		}
	})
}

var markers = regexp.MustCompile(`\[masked:(?:p|f|w|email|card|credentials|phone|iban)(?:#(?:[0-9a-f]{12}|[0-9]+))?(?:~[0-9]+)?\]`)

func inMarker(text string, at []int) bool {
	for _, m := range markers.FindAllStringIndex(text, -1) {
		if at[0] >= m[0] && at[1] <= m[1] {
			return true
		}
	}
	return false
}

func isWhole(text string) bool { return markers.FindString(text) == text }

func isComposite(text string) bool {
	text = strings.TrimLeft(text, " \t\r\n")
	return text != "" && strings.IndexByte(`{["`, text[0]) >= 0
}

// texts are what rules see of a text: its names and values if it is JSON.
func texts(text string) []string {
	if !isComposite(text) || !json.Valid([]byte(text)) {
		return []string{text}
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var out []string
	for {
		token, err := d.Token()
		if err != nil {
			return out
		}
		switch v := token.(type) {
		case string:
			if isComposite(v) && json.Valid([]byte(v)) {
				out = append(out, texts(v)...)
			} else if utf8.ValidString(v) {
				out = append(out, v)
			}
		case json.Number:
			out = append(out, v.String())
		}
	}
}
