package facts

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xraytrace/xray"
)

// detectArguments finds a tool argument that names something (a place, a
// number, an id) which stands in nothing that came before: not in the request,
// not in an earlier result.
func (f *finder) detectArguments(s *stepInfo) {
	if f.detectAddress(s) {
		return
	}
	if s.d.Type != xray.TypeTool || s.parent < 0 || f.seen.full || f.request() == nil {
		return
	}
	for _, p := range s.params {
		if p.side != sideInput || p.list != nil || !p.v.scalar() || !entity(p.v) || queryWords.anyOf(words(p.name)) || notArgument[lowerName(p.name)] {
			continue
		}
		from, ok := f.origin(s, p.v.str)
		if !ok || from < 0 && !f.lookalike(p.v.str) {
			continue // what the program itself fills in (who is logged in) is its own business
		}
		ptr, step := p.ptr, s.idx
		d := draft{kind: KindInvented, sev: xray.SeverityNotice, step: step, weight: 53, ptrs: []string{ptr}, vals: vals{"parameter": p.name, "value": p.v.str},
			text:  fmt.Sprintf("%s was called with %s %s, which stands neither in the request nor in any earlier result.", f.name(s.idx), p.name, showValue(p.v, 60)),
			short: fmt.Sprintf("%s was called with %s %s, which nobody had asked for", f.name(s.idx), p.name, showValue(p.v, 40))}
		if from >= 0 {
			d.vals["writtenBy"] = f.steps[from].d.SpanID.String()
			d.text = strings.TrimSuffix(d.text, ".") + "; " + f.name(from) + " wrote it."
		}
		f.add(d)
		return
	}
}

var address = regexp.MustCompile(`^[^\s@]+@[^\s@]+\.[a-zA-Z]{2,}$`)

// detectAddress finds an e-mail address that stands in nothing before, where
// another one does.
func (f *finder) detectAddress(s *stepInfo) bool {
	if s.d.Type != xray.TypeTool || s.parent < 0 || f.seen.full {
		return false
	}
	for _, p := range s.params {
		if p.side != sideInput || p.v.kind != text || !address.MatchString(p.v.str) || f.seen.known(p.v.str, f.putOut(s.idx)-1) {
			continue
		}
		for _, o := range f.givenBefore(s) {
			if o.v.kind != text || !address.MatchString(o.v.str) {
				continue
			}
			f.add(draft{kind: KindInvented, sev: xray.SeverityNotice, step: s.idx, weight: 70, ptrs: []string{p.ptr}, vals: vals{"parameter": p.name, "value": p.v.str, "known": o.v.str},
				text:  fmt.Sprintf("%s was called with %s %s, which stands in nothing before; %s is %s.", f.name(s.idx), p.name, showValue(p.v, 60), f.whereParam(s.idx, o), showValue(o.v, 60)),
				short: fmt.Sprintf("%s used the address %s, which nobody had given", f.name(s.idx), showValue(p.v, 40))})
			return true
		}
	}
	return false
}

var notArgument = newSet("date from to start end since until day month year time format unit units lang language locale currency timezone tz limit k page size temperature model version method url path sql command code body text content message subject title name description summary id request_id session_id idempotency_key")

// entity tells whether a value names something particular rather than an
// option: a capitalised word or two, or a code with digits.
func entity(v *value) bool {
	if v.kind != text || len(v.str) < 3 || len(v.str) > 60 || strings.Count(v.str, " ") > 4 {
		return false
	}
	r, _ := utf8.DecodeRuneInString(v.str)
	return unicode.IsUpper(r) && strings.ToUpper(v.str) != v.str || strings.ContainsAny(v.str, "0123456789") && strings.ContainsFunc(v.str, unicode.IsLetter)
}

// lookalike tells whether the request has a code of the same pattern, which
// is then the one that was meant.
func (f *finder) lookalike(v string) bool {
	want := pattern(v)
	if !strings.ContainsAny(want, "9") {
		return false
	}
	for w := range strings.FieldsSeq(f.request().v.str) {
		if w = strings.Trim(w, ".,;:!?()\"'"); w != v && pattern(w) == want {
			return true
		}
	}
	return false
}

// origin tells who wrote a value that no step was given: the step whose output
// had it first, if that is a model, or -1 if it first stands in this very
// input. ok is false if it was known before.
func (f *finder) origin(s *stepInfo, v string) (from int, ok bool) {
	first := int32(-1)
	all := true
	eachWord(v, func(w string) {
		m, known := f.seen.at(w)
		if !known {
			all = false
			return
		}
		first = max(first, m.first)
	})
	if !all || first < 0 {
		return 0, false
	}
	if first >= f.putOut(s.idx)-1 {
		return -1, true
	}
	if first%2 == 1 && int(first/2) < len(f.order) {
		if w := f.order[first/2]; f.steps[w].d.Type == xray.TypeLLM && len(f.steps[w].kids) == 0 {
			return w, true
		}
	}
	return 0, false
}

var (
	atMost  = regexp.MustCompile(`(?i)\b(?:under|below|less than|at most|up to|no more than|max(?:imum)?|cheaper than|within)\s+(?:of\s+)?[$€£]?\s?(\d+(?:\.\d+)?)\s*([$€£]|[a-z]+)?`)
	atLeast = regexp.MustCompile(`(?i)\b(?:over|above|more than|at least|min(?:imum)?|no less than)\s+(?:of\s+)?[$€£]?\s?(\d+(?:\.\d+)?)\s*([$€£]|[a-z]+)?`)
	priced  = newSet("price cost amount fee total fare rate")
	coins   = newSet("$ € £ dollar usd eur euro pound gbp buck")
)

// detectConstraint checks what was picked against a bound that the request
// states in words: "under $50", "at least 4 stars".
func (f *finder) detectConstraint(s *stepInfo) {
	st := f.byStep[s.idx]
	if st == nil || st.nKept == 0 || st.nKept > 10 || len(f.stations) == 0 || f.stations[len(f.stations)-1] != st {
		return
	}
	ask := f.request()
	if ask == nil || len(ask.v.str) > 1000 {
		return
	}
	for _, bound := range []struct {
		re *regexp.Regexp
		op string
	}{{atMost, "<="}, {atLeast, ">="}} {
		for _, m := range bound.re.FindAllStringSubmatch(ask.v.str, 4) {
			n := &value{kind: number, str: m[1]}
			limit, _ := n.float()
			money := strings.ContainsAny(m[0], "$€£") || coins[singular(strings.ToLower(m[2]))]
			for _, c := range st.in.columns() {
				named := m[2] != "" && sharesWord(c.words, words(m[2]))
				if !named && !(money && priced.anyOf(c.words)) {
					continue
				}
				f.constraintFact(st, ask, c, &rule{col: c, op: bound.op, num: limit}, m[0])
			}
		}
	}
}

func (f *finder) constraintFact(st *station, ask *param, c *column, r *rule, said string) {
	nums, ok := c.numbers()
	if !ok || c.dates {
		return
	}
	for i, kept := range st.kept {
		if !kept || r.passes(i) || nums[i] != nums[i] {
			continue
		}
		f.add(draft{kind: KindViolated, sev: xray.SeverityNotice, step: st.step, weight: 64, ptrs: []string{cellHere(st.step, st.in, i, c), home(st.step, st.out)},
			vals:  vals{"field": c.label(), "value": nums[i], "bound": r.num, "requestStep": f.steps[ask.step].d.SpanID.String(), "requestPointer": ask.ptr},
			text:  fmt.Sprintf("The request says %s, but %s kept %s with %s %s.", quote(strings.TrimSpace(said), 40), f.name(st.step), st.in.itemName(i), c.label(), showNumber(nums[i])),
			short: fmt.Sprintf("%s kept %s against %s", f.name(st.step), st.in.itemName(i), quote(strings.TrimSpace(said), 30))})
		return
	}
}
