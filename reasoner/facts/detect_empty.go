package facts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

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
		if (s.source() || s.d.Type == xray.TypeTool) && p.side == sideInput && queryWords.anyOf(p.words) && p.v.kind == text && !p.v.empty() {
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
	works := s.source() || f.readsMuch(s) || s.d.Type == xray.TypeLLM || s.d.Type == xray.TypeTool || s.d.Type == xray.TypeAgent
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

var parseWords = newSet("parse parser extract extractor decode load read deserialize unmarshal scrape")

// readsMuch tells whether a step is to make something of what it was given,
// and was given something.
func (f *finder) readsMuch(s *stepInfo) bool {
	return s.in != nil && !s.in.empty() && len(s.d.Input) > 20 && parseWords.anyOf(s.words)
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
