package facts

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/xraytrace/xray"
)

// unknowing is how an answer says that it has none.
var unknowing = regexp.MustCompile(`(?i)\b(?:no|not|none|nothing|unknown|unable|cannot|can't|couldn't|don't|doesn't|isn't|unclear|kein\w*|nicht|unbekannt|pas|aucun\w*|ningún\w*|desconocid\w*|non)\b`)

// detectLost finds a word of the request that an earlier result had and that a
// shortening step left out, so that whoever answered never saw it and said that it
// does not know: a summary without the deadline that was asked for.
func (f *finder) detectLost(s *stepInfo) {
	ask := f.request()
	if ask == nil || s.idx == ask.step || len(s.kids) > 0 || s.parent < 0 || s.out == nil || f.pos[s.idx] == len(f.order)-1 {
		return
	}
	given, put := proseOf(s, sideInput), proseOf(s, sideOutput)
	if len(put) < 20 || len(given) < len(put)*4/3 || len(given) > 64<<10 {
		return
	}
	reader := f.readerOf(s, put)
	if reader == nil || !unknowing.MatchString(proseOf(reader, sideOutput)) {
		return
	}
	has := func(text string) map[string]bool {
		in := map[string]bool{}
		for _, w := range contentWords(text) {
			in[w] = true
		}
		return in
	}
	in, out, read := has(withoutText(given, ask.v.str)), has(put), has(withoutText(proseOf(reader, sideInput), ask.v.str))
	var lost []string
	for _, w := range contentWords(ask.v.str) {
		if len(w) > 3 && in[w] && !out[w] && !read[w] {
			lost = append(lost, wholeWord(ask.v.str, w))
		}
	}
	if len(lost) == 0 {
		return
	}
	f.add(draft{kind: KindLost, sev: xray.SeverityNotice, step: s.idx, weight: 49, ptrs: []string{"/input", "/output"},
		vals:  vals{"words": lost, "readBy": reader.d.SpanID.String()},
		text:  fmt.Sprintf("%s was given text on %s, which the request asks about, but left it out; %s worked on what was left.", f.name(s.idx), quote(and(lost, 3), 80), f.name(reader.idx)),
		short: fmt.Sprintf("%s left out %s", f.name(s.idx), quote(and(lost, 2), 60))})
}

// proseOf is all the text that a step was given or put out.
func proseOf(s *stepInfo, sd side) string {
	var b strings.Builder
	for _, p := range s.passages {
		if p.side == sd && b.Len() < 64<<10 {
			b.WriteString(p.s)
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func withoutText(s, part string) string { return strings.ReplaceAll(s, part, " ") }

// readerOf is a later model call that was given what a step put out, and none
// of what the step was given.
func (f *finder) readerOf(s *stepInfo, put string) *stepInfo {
	head := strings.TrimSpace(put)
	head = head[:min(len(head), 60)]
	for _, k := range f.order[f.pos[s.idx]+1:] {
		if o := f.steps[k]; o.d.Type == xray.TypeLLM && len(o.kids) == 0 && f.before(s.idx, k) && strings.Contains(proseOf(o, sideInput), head) {
			return o
		}
	}
	return nil
}

// wholeWord is the word of a text that a shortened one stands for.
func wholeWord(s, short string) string {
	found := short
	eachWord(s, func(w string) {
		if strings.HasPrefix(w, short) && found == short {
			found = w
		}
	})
	return found
}
