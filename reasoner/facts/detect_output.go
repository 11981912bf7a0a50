package facts

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/xraytrace/xray"
)

var cutReasons = newSet("length max_tokens max_output_tokens model_length incomplete token_limit")

// detectTruncated finds answers that stop before their end.
func (f *finder) detectTruncated(s *stepInfo) {
	reason := s.d.FinishReason
	ptr := ""
	if s.out != nil && s.out.kind == array {
		for i := range s.out.elems {
			if r := s.out.elems[i].get("finish_reason"); r != nil && r.kind == text {
				reason, ptr = r.str, fmt.Sprintf("/output/%d/finish_reason", i)
			}
		}
	}
	low := strings.ToLower(reason)
	var cutAt []string
	for _, p := range s.cuts {
		if strings.HasPrefix(p, "/output") {
			cutAt = append(cutAt, p)
		}
	}
	if f.recordCut(s) {
		return
	}
	switch {
	case cutReasons[low]:
		d := draft{kind: KindTruncated, sev: xray.SeverityAlarm, step: s.idx, weight: 72, ptrs: append(cutAt, ptr, "/output", "/attributes/gen_ai.response.finish_reasons"), vals: vals{"finishReason": reason, "brokenJSON": len(cutAt) > 0}}
		d.text = fmt.Sprintf("%s stopped at its token limit (finish reason %s)", f.name(s.idx), quote(reason, 30))
		if len(cutAt) > 0 {
			d.text += "; the JSON in its output is broken off"
			d.weight += 8
		} else if f.endsWell(s) {
			d.sev, d.weight = xray.SeverityNotice, 40
		}
		d.text += "."
		d.short = f.name(s.idx) + " was cut off at its token limit"
		f.add(d)
	case len(cutAt) > 0 && f.preview(s, cutAt[0]):
		f.add(draft{kind: KindRecordCut, sev: xray.SeverityInfo, step: s.idx, weight: 15, ptrs: cutAt, vals: vals{"parts": cutAt},
			text: fmt.Sprintf("The output of %s was recorded only in part; what follows the cut is not known.", f.name(s.idx))})
	case len(cutAt) > 0:
		f.add(draft{kind: KindTruncated, sev: xray.SeverityAlarm, step: s.idx, weight: 74, ptrs: cutAt, vals: vals{"finishReason": reason, "brokenJSON": true},
			text: fmt.Sprintf("%s put out JSON that breaks off before its end.", f.name(s.idx)), short: f.name(s.idx) + " put out broken-off JSON"})
	case strings.Contains(low, "filter") || low == "safety" || low == "refusal":
		f.add(draft{kind: KindFiltered, sev: xray.SeverityAlarm, step: s.idx, weight: 70, ptrs: []string{ptr, "/output", "/attributes/gen_ai.response.finish_reasons"}, vals: vals{"finishReason": reason},
			text: fmt.Sprintf("%s was stopped by a content filter (finish reason %s).", f.name(s.idx), quote(reason, 30)), short: f.name(s.idx) + " was stopped by a content filter"})
	}
}

// preview tells whether a text looks cut by whoever recorded it: it says so,
// or has a round length.
func (f *finder) preview(s *stepInfo, ptr string) bool {
	v := f.lookup(s.idx, ptr)
	if v == nil || s.d.Type == xray.TypeLLM {
		return false
	}
	t := strings.TrimSpace(v.str)
	n := len([]rune(v.str))
	return strings.HasSuffix(t, "…") || strings.HasSuffix(t, "...") || strings.HasSuffix(strings.ToLower(t), "truncated]") || strings.HasSuffix(strings.ToLower(t), "truncated)") ||
		n >= 100 && (n%100 == 0 || n&(n-1) == 0)
}

// endsWell tells whether the answer reads as complete all the same: whole
// JSON, or a short label.
func (f *finder) endsWell(s *stepInfo) bool {
	for _, l := range s.lists {
		if l.side == sideOutput {
			return true
		}
	}
	for _, p := range s.passages {
		if p.side == sideOutput && len(p.s) > 0 {
			return len(p.s) < 20 && !strings.ContainsRune(p.s, ' ')
		}
	}
	return false
}

// recordCut notices that the SDK shortened the record; then a broken end says
// nothing about the program.
func (f *finder) recordCut(s *stepInfo) bool {
	t := s.attr.get("xray.truncated")
	if t == nil || t.empty() {
		return false
	}
	f.add(draft{kind: KindRecordCut, sev: xray.SeverityInfo, step: s.idx, weight: 15, ptrs: []string{"/attributes/xray.truncated"}, vals: vals{"parts": string(t.raw())},
		text: fmt.Sprintf("The record of %s was shortened by the SDK; counts and items beyond the cut are not known.", f.name(s.idx))})
	return true
}

// detectEmptyOutput finds steps that were to bring something and brought
// nothing.
func (f *finder) detectEmptyOutput(s *stepInfo) {
	if s.out == nil || f.byStep[s.idx] != nil || s.d.Status == xray.StatusError || len(s.kids) > 0 && f.emptyBelow(s) {
		return
	}
	ptr, what := f.emptyPart(s)
	if what == "" {
		return
	}
	d := draft{kind: KindEmptyOutput, sev: xray.SeverityNotice, step: s.idx, weight: 55, ptrs: []string{ptr}, vals: vals{"what": what}}
	for _, p := range s.params {
		if p.side == sideInput && queryWords.anyOf(p.words) && p.v.kind == text && !p.v.empty() {
			d.text = fmt.Sprintf("%s found nothing for %s.", f.name(s.idx), quote(p.v.str, 100))
			d.ptrs = append(d.ptrs, p.ptr)
			d.vals["query"] = cut(p.v.str, 200)
			break
		}
	}
	if d.text == "" {
		d.text = fmt.Sprintf("%s put out nothing: its output is %s.", f.name(s.idx), what)
	}
	d.short = f.name(s.idx) + " came back empty"
	if s.d.Type == xray.TypeLLM {
		d.weight = 65
	}
	d.effect = f.emptyBefore(s)
	f.add(d)
}

func (f *finder) emptyPart(s *stepInfo) (ptr, what string) {
	works := s.source() || s.d.Type == xray.TypeLLM || s.d.Type == xray.TypeTool || s.d.Type == xray.TypeAgent
	switch {
	case s.out.kind == text && s.out.empty():
		if works || s.parent < 0 {
			return "/output", "an empty text"
		}
	case s.out.kind == null:
		if works {
			return "/output", "null"
		}
	case s.out.kind == array && len(s.out.elems) == 0:
		return "/output", "an empty list"
	case s.out.kind == array && isMessage(&s.out.elems[0]):
		if m := &s.out.elems[0]; len(s.out.elems) == 1 && m.get("tool_calls") == nil && silent(m) {
			return "/output/0", "an empty message"
		}
	case s.out.kind == object && len(s.out.elems) == 0:
		if works {
			return "/output", "an empty object"
		}
	default:
		if o := emptyList(s.side(sideOutput, false)); o != nil && works && !errorKeys[strings.ToLower(o.name)] && onlyList(s, o) {
			return o.home(), "an empty list"
		}
	}
	return "", ""
}

// onlyList tells whether the empty list is the step's only list, so that its
// emptiness is the result rather than a detail.
func onlyList(s *stepInfo, o *list) bool {
	for _, l := range s.lists {
		if l.side == sideOutput && l != o && !l.single && l.len() > 0 {
			return false
		}
	}
	return !dropWords.anyOf(words(o.name)) && !slices.Contains([]string{"warnings", "messages", "tool_calls", "notes", "issues", "flags", "violations", "tags", "citations"}, o.name)
}

func silent(m *value) bool {
	c := m.get("content")
	if c == nil {
		c = m.get("parts")
	}
	if c == nil || c.empty() {
		return true
	}
	if c.kind != array {
		return false
	}
	for i := range c.elems {
		p := &c.elems[i]
		if t := p.get("type"); t == nil || t.str != "text" || !p.get("content").blank() {
			return false
		}
	}
	return true
}

func (v *value) blank() bool { return v == nil || v.empty() }

func (f *finder) emptyBelow(s *stepInfo) bool {
	for _, k := range s.kids {
		if o := f.steps[k]; o.out != nil && o.out.empty() || f.byStep[k] != nil {
			return true
		}
	}
	return false
}

func (f *finder) emptyBefore(s *stepInfo) bool {
	for _, d := range f.drafts {
		if (d.kind == KindEmptyOutput || d.kind == KindAllDropped) && d.step != s.idx && f.before(d.step, s.idx) {
			return true
		}
	}
	return false
}

var moreWords = []string{"next_cursor", "nextcursor", "next_page_token", "nextpagetoken", "next_page", "nextpage", "next", "has_more", "hasmore", "has_next", "hasnextpage", "continuation", "continuation_token", "next_token", "nexttoken", "is_truncated", "istruncated", "truncated", "more", "has_more_results", "hasmoreresults", "more_available", "next_url", "next_link", "nextlink", "scroll_id"}
var totalWords = []string{"total", "total_count", "totalcount", "total_results", "totalresults", "total_hits", "totalhits", "found", "num_found", "numfound", "count_total", "nb_hits", "nbhits", "total_items", "totalitems", "total_size", "available", "matches", "total_matches", "totalmatches", "total_found", "total_available", "estimated_total", "hits_total", "total_records", "totalrecords", "total_rows"}
var pagesWords = []string{"total_pages", "totalpages", "page_count", "pagecount", "pages", "num_pages", "numpages", "last_page", "lastpage"}

// detectPagination finds a list that has more pages which no later step reads.
func (f *finder) detectPagination(s *stepInfo) {
	if s.out == nil {
		return
	}
	l := s.found()
	var more, total *param
	for _, p := range s.params {
		if p.side != sideOutput {
			continue
		}
		name := strings.ToLower(p.name)
		switch {
		case slices.Contains(moreWords, name) && !p.v.empty() && p.v.str != "false" && p.v.str != "0" && p.v.scalar():
			more = p
		case slices.Contains(totalWords, name), name == "value" && len(p.words) > 1 && p.words[1] == "total":
			total = p
		case slices.Contains(pagesWords, name) && p.v.kind == number:
			if n, ok := p.v.float(); ok && n > f.pageNumber(s) {
				more = p
			}
		}
	}
	n := 0
	if l != nil {
		n = l.len()
	}
	sum, isNumber := 0.0, false
	if total != nil {
		sum, isNumber = total.v.float()
	}
	short := l != nil && isNumber && sum > float64(n)
	if more == nil && !short || f.pagesRead(s, more) || l == nil && more != nil && more.name == "next" {
		return
	}
	f.paginationFact(s, l, more, total, n, sum, short)
}

// pageNumber is the page that the answer, or the question, says it is.
func (f *finder) pageNumber(s *stepInfo) float64 {
	for _, p := range s.params {
		if name := lowerName(p.name); name == "page" || name == "page_number" || name == "pagenumber" || name == "current_page" || name == "currentpage" {
			if n, ok := p.v.float(); ok {
				return n
			}
		}
	}
	return 1
}

func (f *finder) paginationFact(s *stepInfo, l *list, more, total *param, n int, sum float64, short bool) {
	d := draft{kind: KindPagination, sev: xray.SeverityNotice, step: s.idx, weight: 58, vals: vals{"items": n}}
	d.text = fmt.Sprintf("%s returned %s", f.name(s.idx), plural(n, "item"))
	if short {
		d.text += fmt.Sprintf(" of %s", showNumber(sum))
		d.vals["total"] = sum
		d.ptrs = append(d.ptrs, total.ptr)
	}
	if more != nil {
		d.text += fmt.Sprintf("; the answer says that there are more (%s) and no later step asked for them", strings.TrimPrefix(more.ptr, "/output/"))
		d.ptrs = append(d.ptrs, more.ptr)
		d.weight += 8
	} else if f.asked(s, n) {
		// The step asked for so many and got them: a chosen page size.
		d.sev, d.weight = xray.SeverityInfo, 22
		d.text += ", as many as it asked for"
	} else {
		d.text += "; the others were never read"
	}
	if l != nil {
		d.ptrs = append(d.ptrs, l.home())
	}
	d.text += "."
	d.short = fmt.Sprintf("%s read only %d", f.name(s.idx), n)
	if short {
		d.short += " of " + showNumber(sum)
	}
	f.add(d)
}

func (f *finder) asked(s *stepInfo, n int) bool {
	for _, p := range s.params {
		if x, ok := p.v.float(); ok && p.side != sideOutput && p.v.scalar() && x == float64(n) && limitWords.anyOf(p.words) {
			return true
		}
	}
	return false
}

// pagesRead tells whether a later call of the same step went on: it has the
// cursor in its input, or another page number.
func (f *finder) pagesRead(s *stepInfo, more *param) bool {
	for _, o := range f.steps {
		if o.idx == s.idx || o.in == nil {
			continue
		}
		if o.d.Name == s.d.Name && o.parent == s.parent && anotherPage(o.in, s.in) {
			return true
		}
		if more != nil && more.v.kind == text && len(more.v.str) > 2 {
			for _, p := range o.params {
				if p.side == sideInput && p.v.str == more.v.str {
					return true
				}
			}
		}
	}
	return len(s.kids) > 0 && slices.ContainsFunc(s.kids, func(k int) bool { return f.steps[k].found() != nil })
}

var pageNames = newSet("cursor next_cursor nextcursor page page_number pagenumber page_token pagetoken next_token nexttoken offset skip start after before from continuation marker token starting_after")

// anotherPage tells whether two inputs are the same request but for the page.
func anotherPage(a, b *value) bool {
	if a == nil || b == nil || a.kind != object || b.kind != object {
		return false
	}
	differs := false
	for _, pair := range [2][2]*value{{a, b}, {b, a}} {
		for i := range pair[0].elems {
			m := &pair[0].elems[i]
			o := pair[1].get(m.key)
			switch {
			case o != nil && same(m, o):
			case pageNames[lowerName(m.key)]:
				differs = true
			default:
				return false
			}
		}
	}
	return differs
}

// detectIgnored finds steps whose result left no word in anything later.
func (f *finder) detectIgnored() {
	if f.seen.full {
		return
	}
	f.ignoredDrops()
	lastRead := -1 // the last step in time that recorded any payload
	for _, i := range f.order {
		if f.steps[i].in != nil || f.steps[i].out != nil {
			lastRead = f.pos[i]
		}
	}
	for _, s := range f.steps {
		if s.out == nil || len(s.kids) > 0 || s.parent < 0 || f.pos[s.idx] == lastRead || s.d.Status == xray.StatusError || !f.hasConsumer(s) {
			continue
		}
		if f.byStep[s.idx] != nil {
			continue // its items are followed; see ignoredDrop
		}
		own := f.ownWords(s)
		if len(own) < 3 || f.seen.usedAfter(own, f.putOut(s.idx)) {
			continue
		}
		if !s.source() && s.d.Type != xray.TypeTool && s.found() == nil {
			continue // models and functions may well speak to nobody in particular
		}
		d := draft{kind: KindIgnored, sev: xray.SeverityNotice, step: s.idx, weight: 47, ptrs: []string{"/output"}, vals: vals{"newWords": len(own), "example": own[:min(3, len(own))]}}
		d.text = fmt.Sprintf("Nothing that %s put out appears in any later step: its result seems to be ignored.", f.name(s.idx))
		if late := f.lateFor(s); late >= 0 {
			d.text += fmt.Sprintf(" It ended after %s had started.", f.name(late))
		}
		d.short = fmt.Sprintf("the result of %s was not used", f.name(s.idx))
		f.add(d)
	}
}

// hasConsumer asks that a later step recorded an input that is more than a
// word or two; otherwise nothing can be said.
func (f *finder) hasConsumer(s *stepInfo) bool {
	for _, o := range f.steps {
		if o.idx != s.idx && f.pos[o.idx] > f.pos[s.idx] && (len(o.d.Input) > 40 && len(o.kids) == 0 || o.parent < 0 && len(o.d.Output) > 20) {
			return true
		}
	}
	return false
}

// ownWords are the telling words that a step was the first to say.
func (f *finder) ownWords(s *stepInfo) []string {
	var own []string
	at := f.putOut(s.idx)
	var visit func(v *value)
	visit = func(v *value) {
		if len(own) >= 400 {
			return
		}
		if v.kind == text || v.kind == number {
			eachWord(v.str, func(w string) {
				if m, _ := f.seen.at(w); len(w) >= 3 && m.first == at && len(own) < 400 {
					own = append(own, w)
				}
			})
		}
		for i := range v.elems {
			visit(&v.elems[i])
		}
	}
	visit(s.out)
	return own
}

func (f *finder) lateFor(s *stepInfo) int {
	for _, k := range f.siblings(s) {
		if o := f.steps[k]; o.d.Type == xray.TypeLLM && o.d.Start > s.d.Start && o.d.Start < s.d.End {
			return k
		}
	}
	return -1
}

// detectVerdict finds a check that said no while the run went on.
func (f *finder) detectVerdict(s *stepInfo) {
	judge := s.d.Type == xray.TypeGuardrail || s.d.Type == xray.TypeEvaluator || judgeWords.anyOf(s.words)
	if !judge || s.out == nil || s.out.kind != object {
		return
	}
	for i := range s.out.elems {
		m := &s.out.elems[i]
		ws := words(m.key)
		no := m.kind == boolean && (m.str == "false" && yesWords.anyOf(ws) || m.str == "true" && noWords.anyOf(ws)) ||
			m.kind == text && verdictWords.anyOf(ws) && refusals[strings.ToLower(m.str)]
		if !no {
			continue
		}
		next, again := f.after(s)
		d := draft{kind: KindVerdict, sev: xray.SeverityInfo, step: s.idx, weight: 30, ptrs: []string{"/output/" + escape(m.key)}, vals: vals{"verdict": string(m.raw())}}
		d.text = fmt.Sprintf("%s said no (%s is %s)", f.name(s.idx), m.key, cut(string(m.raw()), 40))
		if next >= 0 && !again {
			d.sev, d.weight = xray.SeverityNotice, 60
			d.text += fmt.Sprintf(", and the run went on with %s", f.name(next))
			d.short = fmt.Sprintf("%s said no and the run went on", f.name(s.idx))
		}
		d.text += "."
		f.add(d)
		return
	}
}

var (
	judgeWords   = newSet("guard guardrail check validate validator validation moderate moderation evaluate evaluator judge verify verifier safety policy compliance critic review test")
	yesWords     = newSet("passed pass valid allowed approved safe ok success compliant grounded accepted supported")
	noWords      = newSet("blocked flagged rejected violation unsafe denied failed invalid")
	verdictWords = newSet("verdict decision result status outcome label")
	refusals     = newSet("fail failed reject rejected block blocked deny denied unsafe invalid no")
)

// after is the sibling that follows, and whether the same check ran again and
// a loop may have mended what it found.
func (f *finder) after(s *stepInfo) (next int, again bool) {
	next = -1
	for _, k := range f.siblings(s) {
		o := f.steps[k]
		if k == s.idx || o.d.Start < s.d.End {
			continue
		}
		if o.d.Name == s.d.Name {
			again = true
		}
		if next < 0 && o.d.Status != xray.StatusError {
			next = k
		}
	}
	return next, again
}

// detectInjection looks for instructions to a model inside data that a tool or
// a search brought in.
func (f *finder) detectInjection(s *stepInfo) {
	if s.d.Type == xray.TypeLLM || s.d.Type == xray.TypePrompt || s.parent < 0 {
		return
	}
	for _, p := range s.passages {
		if p.side != sideOutput {
			continue
		}
		low := strings.ToLower(p.s)
		for _, phrase := range injections {
			if strings.Contains(low, phrase) {
				f.add(draft{kind: KindInjection, sev: xray.SeverityNotice, step: s.idx, weight: 64, ptrs: []string{p.ptr}, vals: vals{"phrase": phrase},
					text: fmt.Sprintf("The data that %s brought in contains an instruction to a model: %s.", f.name(s.idx), quote(around(p.s, strings.Index(low, phrase), 120), 140)), short: fmt.Sprintf("%s brought in an instruction to the model", f.name(s.idx))})
				return
			}
		}
	}
}

var injections = []string{"ignore previous instructions", "ignore all previous", "ignore the above", "disregard previous", "disregard all previous", "disregard the above", "ignore your instructions", "you must now", "new instructions:", "system prompt:", "override your"}

func around(s string, at, length int) string {
	if at < 0 || at > len(s) {
		return s
	}
	rest := s[at:]
	return strings.TrimFunc(cut(rest, length), unicode.IsSpace)
}
