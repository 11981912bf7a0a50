package facts

import (
	"fmt"
	"slices"

	"github.com/xraytrace/xray"
)

var negations = newSet("without no not except excluding exclude never avoid ohne kein keine keinen nicht sans pas sin excepto senza zonder")

// detectNegation finds a search for the very thing that the request does not
// want: "laptop without touchscreen" became "laptop touchscreen".
func (f *finder) detectNegation() {
	ask := f.request()
	if ask == nil || len(ask.v.str) > 500 {
		return
	}
	unwanted := negated(ask.v.str)
	if len(unwanted) == 0 {
		return
	}
	for _, i := range f.order {
		s := f.steps[i]
		if !s.source() || s.idx == ask.step {
			continue
		}
		for _, p := range s.params {
			q := paramText(p)
			if p.side != sideInput || p.list != nil || len(q) > 300 || !queryWords.anyOf(words(p.name)) && p.ptr != "/input" || len(negated(q)) > 0 {
				continue
			}
			for _, w := range contentWords(q) {
				if slices.Contains(unwanted, w) {
					f.negationFact(s, p, ask, q, wholeWord(q, w))
					return
				}
			}
		}
	}
}

func (f *finder) negationFact(s *stepInfo, p, ask *param, q, word string) {
	f.add(draft{kind: KindDrift, sev: xray.SeverityNotice, step: s.idx, weight: 68, ptrs: []string{p.ptr},
		vals:  vals{"query": cut(q, 200), "request": cut(ask.v.str, 200), "requestStep": f.steps[ask.step].d.SpanID.String(), "requestPointer": ask.ptr},
		text:  fmt.Sprintf("%s searched for %s, but the request %s does not want %s.", f.name(s.idx), quote(q, 80), quote(ask.v.str, 100), quote(word, 40)),
		short: fmt.Sprintf("the search asks for %s, which is not wanted", quote(word, 40))})
}

// negated are the content words that follow a negation at once.
func negated(s string) []string {
	var out []string
	after := false
	eachWord(s, func(w string) {
		switch {
		case negations[w]:
			after = true
		case after && !stopWords[w]:
			out = append(out, contentWords(w)...)
			after = false
		}
	})
	return out
}
