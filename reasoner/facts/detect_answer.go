package facts

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/xraytrace/xray"
)

var (
	refusal  = regexp.MustCompile(`(?i)^\W*(?:i['’]?m sorry,? (?:but )?(?:i )?(?:can(?:no|['’])t|am (?:not able|unable))|i (?:can(?:no|['’])t|am unable to|won['’]t) (?:help|assist|comply|fulfil|provide|do that|answer)|as an ai\b|sorry, (?:but )?i can(?:no|['’])t|es tut mir leid,? (?:aber )?(?:ich kann|dabei kann)|lo siento,? (?:pero )?no puedo|je suis désolé,? (?:mais )?je ne (?:peux|puis))`)
	openWord = newSet("and or the a an of to with their its his her for in on by from that which because but if as than into und oder der die das ein eine mit von zu y o el la los las de con para et ou le les des du avec pour")
)

// detectAnswer reads what a model said as a whole: that it refuses, or a
// sentence that ends in the middle.
func (f *finder) detectAnswer(s *stepInfo) {
	if s.d.Type != xray.TypeLLM || len(s.kids) > 0 {
		return
	}
	for _, p := range s.passages {
		if p.side != sideOutput {
			continue
		}
		t := strings.TrimSpace(p.s)
		switch {
		case len(t) < 400 && refusal.MatchString(t):
			f.add(draft{kind: KindFiltered, sev: xray.SeverityNotice, step: s.idx, weight: 68, ptrs: []string{p.ptr}, vals: vals{"answer": cut(t, 200)},
				text:  fmt.Sprintf("%s refused to answer: %s.", f.name(s.idx), quote(t, 120)),
				short: fmt.Sprintf("%s refused to answer", f.name(s.idx))})
			return
		case len(t) > 40 && openEnded(t) && !f.toldCut(s):
			f.add(draft{kind: KindTruncated, sev: xray.SeverityNotice, step: s.idx, weight: 58, ptrs: []string{p.ptr}, vals: vals{"end": t[max(0, len(t)-60):]},
				text:  fmt.Sprintf("The answer of %s ends in the middle of a sentence: %s.", f.name(s.idx), quote("…"+strings.ToValidUTF8(t[max(0, len(t)-50):], ""), 80)),
				short: fmt.Sprintf("the answer of %s breaks off", f.name(s.idx))})
			return
		}
	}
}

// openEnded tells whether a text ends with a word that another must follow.
func openEnded(t string) bool {
	at := strings.LastIndexByte(t, ' ')
	return at > 0 && openWord[strings.ToLower(t[at+1:])] && t[at+1:] == strings.ToLower(t[at+1:])
}

func (f *finder) toldCut(s *stepInfo) bool {
	for _, d := range f.drafts {
		if d.step == s.idx && (d.kind == KindTruncated || d.kind == KindRecordCut) {
			return true
		}
	}
	return false
}
