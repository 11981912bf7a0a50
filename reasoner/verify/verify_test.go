package verify_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner/verify"
)

func TestPointersResolveAsRFC6901Says(t *testing.T) {
	doc, err := verify.Decode([]byte(`{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8,"o":{"10":{"x":9}}}`))
	if err != nil {
		t.Fatal(err)
	}
	for ptr, want := range map[string]string{
		"/foo/0": `"bar"`, "/": "0", "/a~1b": "1", "/c%d": "2", "/e^f": "3", "/g|h": "4", `/i\j`: "5", `/k"l`: "6",
		"/ ": "7", "/m~0n": "8", "/o/10/x": "9", "/foo": `["bar","baz"]`,
	} {
		v, err := verify.Resolve(doc, ptr)
		got, _ := json.Marshal(v)
		if err != nil || string(got) != want {
			t.Errorf("%s is %s (%v), want %s", ptr, got, err, want)
		}
	}
	for _, ptr := range []string{"foo", "/foo/2", "/foo/-", "/foo/00", "/foo/01", "/foo/-1", "/foo/+1", "/foo/ 0", "/foo/0/x", "/nothing", "/foo/99999999999999999999", "//"} {
		if v, err := verify.Resolve(doc, ptr); err == nil {
			t.Errorf("%s resolves to %v", ptr, v)
		}
	}
}

func TestQuotes(t *testing.T) {
	for _, c := range []struct {
		name, value, quote string
		want               bool
	}{
		{"a text", `"phone case"`, "phone case", true},
		{"white space is one space", `"phone \n\t case"`, "phone case", true},
		{"composed and decomposed", `"Stra\u0308nde"`, "Str\u00e4nde", true},
		{"a part on word boundaries", `"a phone case for you"`, "phone case", true},
		{"a part of a word", `"a phone case"`, "hone", false},
		{"another case of letters", `"phone case"`, "Phone case", false},
		{"words in another order", `"phone case"`, "case phone", false},
		{"words with a gap", `"phone and case"`, "phone case", false},
		{"a hyphenated word in half", `"non-refundable"`, "refundable", false},
		{"a version in half", `"gpt-4.1"`, "4.1", false},
		{"a negation left out before", `"It was not approved."`, "approved", false},
		{"a negation left out behind", `"approved? Not at all"`, "approved", true}, // another sentence
		{"a negation in the same sentence behind", `"approved by nobody, never"`, "approved", false},
		{"nothing of something", `"phone"`, "", false},
		{"nothing of nothing", `""`, "", true},
		{"a number", `152`, "152", true},
		{"a number with a group", `1520`, "1,520", true},
		{"a number with a false group", `1520`, "15,20", false},
		{"a number in scientific notation", `1520`, "1.52e3", true},
		{"a number written in full", `1.52e3`, "1520", true},
		{"a number with zeros", `99.90`, "99.9", true},
		{"a negative zero", `-0.0`, "0", true},
		{"another number", `152`, "153", false},
		{"a part of a number", `152`, "15", false},
		{"a rounded number", `0.30000000000000004`, "0.3", false},
		{"a huge exponent", `1e999999999`, "1e999999999", true},
		{"a number beyond float64", `12345678901234567891`, "12345678901234567890", false},
		{"a Unicode minus", `-5`, "−5", true},
		{"true", `true`, "true", true},
		{"false for true", `true`, "false", false},
		{"null", `null`, "null", true},
		{"nothing for null", `null`, "", false},
		{"an object as JSON", `{"b":1,"a":2}`, `{"a": 2, "b": 1}`, true},
		{"an object in part", `{"b":1,"a":2}`, `{"a":2}`, false},
		{"an empty list", `[]`, "[]", true},
		{"a text in a list", `["a"]`, "a", false},
		{"a text that is a number", `"152"`, "152", true},
		{"a number in a text", `"costs 152 today"`, "152", true},
		{"a number in a number in a text", `"costs 1520 today"`, "152", false},
		{"a number with its fraction cut", `"costs 15.20"`, "15", false},
		{"invalid UTF-8", `"ok"`, "ok\xff", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			step := xray.StepDetail{Step: xray.Step{SpanID: xray.SpanID{1}}, Output: json.RawMessage(`{"v":` + c.value + `}`)}
			record := verify.NewRecord([]xray.StepDetail{step}, nil)
			err := record.Cites(xray.Evidence{StepID: step.SpanID.String(), Pointer: "/output/v", Quote: c.quote})
			if (err == nil) != c.want {
				t.Errorf("quoting %q of %s gives %v", c.quote, c.value, err)
			}
		})
	}
}

func TestTextsThatAreNotPlain(t *testing.T) {
	for _, text := range []string{
		"", " ", strings.Repeat("a", 601), "see http://x.example", "see HTTPS://x.example", "www.example.com", "[x](y)", "![x](y)", "<img src=x>",
		"<script>", "</div>", "<!-- -->", "javascript:alert(1)", "data:text/html,x", "a\u202eb", "a\u200bb", "a\x00b", "a\x1b[31mb", "&lt;b&gt;", "```x```", "mailto:a@b.c",
		"\u2066x", "a\u00adb",
	} {
		if verify.Plain(text) == nil {
			t.Errorf("%q counts as plain", text)
		}
	}
	for _, text := range []string{"3 < 4 and 5 > 2", "The price was 8.", "größer als 結果", "a & b", "rating >= 7"} {
		if err := verify.Plain(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestHeadlinesRestOnAcceptedClaims(t *testing.T) {
	c, record, ids := readCorpus(t)
	var accepted, rejected []xray.Claim
	for _, item := range c.Claims {
		got := record.Claim(item.claim(ids), "")
		if got.Verdict != xray.VerdictUnverified {
			accepted = append(accepted, got)
		} else {
			rejected = append(rejected, got)
		}
	}
	if err := record.Headline("The category filter got no category.", accepted, ""); err != nil {
		t.Error(err)
	}
	if err := record.Headline("The search returned Samsung.", accepted, ""); err == nil {
		t.Error("a headline may say what no claim does")
	}
	if err := record.Headline("The category filter got no category.", rejected, ""); err == nil {
		t.Error("a headline may rest on claims that were not accepted")
	}
	if err := record.Headline("The category filter got no category.", nil, ""); err == nil {
		t.Error("a headline may rest on nothing")
	}
}

func TestRateCountsWhatWasAccepted(t *testing.T) {
	claims := []xray.Claim{{Verdict: xray.VerdictVerified}, {Verdict: xray.VerdictDerived}, {Verdict: xray.VerdictUnverified}, {Verdict: xray.VerdictUnverified}}
	if got := verify.Rate(claims); got != 0.5 {
		t.Errorf("got %v", got)
	}
	if got := verify.Rate(nil); got != 1 {
		t.Errorf("without claims it is %v", got)
	}
}
