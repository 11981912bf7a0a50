package xray_test

import (
	"strings"
	"testing"

	"github.com/xraytrace/xray"
)

func TestQuestionsAreCleaned(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "Why not P7?", "Why not P7?"},
		{"lines become one", " Why\nnot\t P7?\x00 ", "Why not  P7?"},
		{"invisible signs go", "Why\u200b not \u202eP7?", "Why not P7?"},
		{"invalid UTF-8 is replaced", "Why not P\xff7?", "Why not P\uFFFD7?"},
		{"other languages stay", "为什么没有 P7？", "为什么没有 P7？"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := xray.NewQuestion(c.in, xray.SpanID{1})
			if err != nil || got.Text != c.want || got.StepID != (xray.SpanID{1}) {
				t.Errorf("%q became %q, %v", c.in, got.Text, err)
			}
		})
	}
	for name, in := range map[string]string{
		"nothing": "", "white space": " \n ", "signs alone": "?!", "too long": strings.Repeat("é", xray.MaxQuestion+1),
	} {
		if _, err := xray.NewQuestion(in, xray.SpanID{}); xray.ErrorCode(err) != xray.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := xray.NewQuestion(strings.Repeat("é", xray.MaxQuestion), xray.SpanID{}); err != nil {
		t.Errorf("the longest question: %v", err)
	}
}
