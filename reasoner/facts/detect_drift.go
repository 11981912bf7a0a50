package facts

import (
	"fmt"
	"strings"

	"github.com/xraytrace/xray"
)

// detectDrift compares what was searched for with what the run was asked for.
// It speaks only when not a single content word is shared, and then softly:
// synonyms and translations share none either.
func (f *finder) detectDrift() {
	ask := f.request()
	if ask == nil || len(contentWords(ask.v.str)) < 2 {
		return
	}
	want := contentWords(ask.v.str)
	var strange []func(bool)
	kept := false
	for _, i := range f.order {
		s := f.steps[i]
		if !s.source() || s.parent < 0 && len(f.steps) > 1 || s.idx == ask.step {
			continue
		}
		for _, p := range s.params {
			if p.side != sideInput || !queryWords.anyOf(words(p.name)) && !(p.ptr == "/input") || p.v.kind == null || p.list != nil {
				continue
			}
			q := paramText(p)
			got := contentWords(q)
			if len(got) == 0 || strings.ContainsAny(q, "{}();=") { // a program, not words
				continue
			}
			if share(want, got) || !sameScript(ask.v.str, q) {
				kept = true // the others may widen it
				continue
			}
			strange = append(strange, func(alone bool) { f.driftFact(s, p, ask, q, want, alone) })
		}
	}
	if len(strange) > 0 {
		strange[0](!kept)
	}
}

func paramText(p *param) string {
	if p.v.kind == text {
		return p.v.str
	}
	var parts []string
	for i := range p.v.elems {
		if p.v.elems[i].kind == text {
			parts = append(parts, p.v.elems[i].str)
		}
	}
	return strings.Join(parts, " ")
}

// driftFact puts the blame on the step that first said the strange words.
func (f *finder) driftFact(s *stepInfo, p, ask *param, q string, want []string, alone bool) {
	step, ptr := s.idx, p.ptr
	for _, i := range f.order {
		if i == s.idx || !f.before(i, s.idx) {
			continue
		}
		for _, o := range f.steps[i].params {
			if o.side == sideOutput && share(contentWords(paramText(o)), contentWords(q)) && loosely(&value{kind: text, str: paramText(o)}, &value{kind: text, str: q}) {
				step, ptr = i, o.ptr
				break
			}
		}
		if step != s.idx {
			break
		}
		for _, o := range f.steps[i].passages {
			if o.side == sideOutput && strings.Contains(squashAll(o.s), squashAll(q)) {
				step, ptr = i, o.ptr
				break
			}
		}
		if step != s.idx {
			break
		}
	}
	d := draft{kind: KindDrift, sev: xray.SeverityNotice, step: step, weight: 59, ptrs: []string{ptr}, vals: vals{"query": cut(q, 200), "request": cut(ask.v.str, 200), "requestStep": f.steps[ask.step].d.SpanID.String(), "requestPointer": ask.ptr}}
	d.text = fmt.Sprintf("%s searched for %s, which shares no word with the request %s.", f.name(s.idx), quote(q, 80), quote(ask.v.str, 100))
	if step != s.idx {
		d.text = fmt.Sprintf("%s wrote the search words %s, which share no word with the request %s; %s ran with them.", f.name(step), quote(q, 80), quote(ask.v.str, 100), f.name(s.idx))
	}
	d.short = fmt.Sprintf("the search for %s has nothing of the request", quote(q, 50))
	if l := s.found(); l != nil && !f.resultsFit(l, want) {
		d.weight += 12
		d.text = strings.TrimSuffix(d.text, ".") + "; no result has a word of the request either."
	}
	if !alone {
		d.sev, d.weight = xray.SeverityInfo, 26 // other searches keep to the request
	}
	f.add(d)
}

func squashAll(s string) string { return strings.Join(contentWords(s), " ") }

func (f *finder) resultsFit(l *list, want []string) bool {
	for i := range min(l.len(), 30) {
		fits := false
		var visit func(v *value)
		visit = func(v *value) {
			if v.kind == text && len(v.str) < 2000 && !fits {
				fits = share(want, contentWords(v.str))
			}
			for k := range v.elems {
				visit(&v.elems[k])
			}
		}
		visit(l.elems[i])
		if fits {
			return true
		}
	}
	return false
}

// request is what the run was asked: the main text of the root's input.
func (f *finder) request() *param {
	for _, s := range f.steps {
		if s.parent >= 0 || s.in == nil {
			continue
		}
		if s.in.kind == text {
			return &param{step: s.idx, side: sideInput, ptr: "/input", v: s.in}
		}
		var best *param
		for _, p := range s.passages {
			if p.side != sideInput || p.role != "" && p.role != "user" || len(p.s) > 2000 {
				continue
			}
			if q := queryWords.anyOf(words(p.key)) || requestWords.anyOf(words(p.key)) || p.role == "user"; q && (best == nil || len(p.s) > len(best.v.str)) {
				best = &param{step: s.idx, side: sideInput, ptr: p.ptr, v: &value{kind: text, str: p.s}}
			}
		}
		if best != nil {
			return best
		}
	}
	return nil
}

var requestWords = newSet("request message goal task input ask topic title product description intent utterance anfrage pregunta demande vraag")

var stopWords = newSet("the a an of for and or to in on at with my me i is are was be do does did how what which who when where why can could would should please find show give get want need looking look some any under over less more than from by it this that these those you your we our us best good cheap new der die das ein eine und oder mit ist ich mir bitte für wie was el la los las un una y de que para con le les des et du au est pour avec vs not no about into as if but so search list buy help tell make let all have has")

// contentWords are the words of a text that carry meaning, shortened to their
// first five letters so that endings do not matter.
func contentWords(s string) []string {
	var out []string
	eachWord(s, func(w string) {
		if stopWords[w] || len(w) < 3 || isInteger(w) || len(out) > 200 {
			return
		}
		w = singular(w)
		if r := []rune(w); len(r) > 5 {
			w = string(r[:5])
		}
		out = append(out, w)
	})
	return out
}

func share(a, b []string) bool {
	in := make(map[string]bool, len(a))
	for _, w := range a {
		in[w] = true
	}
	for _, w := range b {
		if in[w] {
			return true
		}
		for _, v := range a { // smartphone and phone
			if len(w) >= 4 && strings.Contains(v, w) || len(v) >= 4 && strings.Contains(w, v) {
				return true
			}
		}
	}
	return false
}

// sameScript asks that both texts be written in ASCII letters, or neither.
func sameScript(a, b string) bool {
	ascii := func(s string) bool {
		for _, r := range s {
			if r > 0x24F {
				return false
			}
		}
		return true
	}
	return ascii(a) == ascii(b)
}
