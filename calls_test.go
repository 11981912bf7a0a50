package xray_test

import (
	"testing"

	"github.com/xraytrace/xray"
)

func TestACallThatTwoSpansDescribeIsCountedOnce(t *testing.T) {
	t.Parallel()
	type step struct {
		id, parent byte
		kind       xray.StepType
		in, out    int64 // below zero: not reported
	}
	const llm, embedding, chain = xray.TypeLLM, xray.TypeEmbedding, xray.TypeChain
	for name, test := range map[string]struct {
		steps []step
		want  []byte // the repeating ones
	}{
		"a wrapper without tokens":                 {[]step{{1, 0, embedding, -1, -1}, {2, 1, embedding, 6, -1}}, []byte{1}},
		"a wrapper with the same tokens":           {[]step{{1, 0, llm, 10, 5}, {2, 1, llm, 10, 5}}, []byte{1}},
		"a wrapper with the sum of two calls":      {[]step{{1, 0, embedding, 10, -1}, {2, 1, embedding, 6, -1}, {3, 1, embedding, 4, -1}}, []byte{1}},
		"a wrapper of a wrapper":                   {[]step{{1, 0, llm, 10, 5}, {2, 1, llm, 10, 5}, {3, 2, llm, 10, 5}}, []byte{1, 2}},
		"a call under a call with its own tokens":  {[]step{{1, 0, llm, 100, 5}, {2, 1, llm, 10, 5}}, nil},
		"a call of another type":                   {[]step{{1, 0, llm, -1, -1}, {2, 1, embedding, 6, -1}}, nil},
		"two calls side by side":                   {[]step{{1, 0, chain, 10, 5}, {2, 1, llm, 10, 5}, {3, 1, llm, 10, 5}}, nil},
		"a failed wrapper of a failed call":        {[]step{{1, 0, llm, -1, -1}, {2, 1, llm, -1, -1}}, []byte{1}},
		"a span that is its own parent":            {[]step{{1, 1, llm, 10, 5}}, nil},
		"a call alone without tokens is still one": {[]step{{1, 0, llm, -1, -1}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			given := func(n int64) *int64 {
				if n < 0 {
					return nil
				}
				return &n
			}
			var steps []*xray.Step
			for _, s := range test.steps {
				steps = append(steps, &xray.Step{
					SpanID: xray.SpanID{s.id}, ParentID: xray.SpanID{s.parent}, Type: s.kind, ModelCall: s.kind != chain,
					Tokens: xray.Tokens{Input: given(s.in), Output: given(s.out)},
				})
			}
			got := xray.RepeatedCalls(steps)
			if len(got) != len(test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
			for _, id := range test.want {
				if !got[xray.SpanID{id}] {
					t.Errorf("%d does not repeat: %v", id, got)
				}
			}
		})
	}
}
