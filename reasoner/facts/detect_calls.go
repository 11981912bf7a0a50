package facts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

// detectRepeats finds calls made again with the same input, and whether they
// gave the same output.
func (f *finder) detectRepeats() {
	type call struct{ name, input string }
	first := map[call][]int{}
	var order []call
	for _, i := range f.order {
		s := f.steps[i]
		if !s.read || s.in == nil || len(s.d.Input) < 8 || s.in.empty() || len(s.kids) > 0 && s.d.Type != xray.TypeAgent {
			continue
		}
		if s.d.Status == xray.StatusError {
			continue
		}
		c := call{s.d.Name, string(s.d.Input)}
		if len(first[c]) == 0 {
			order = append(order, c)
		}
		first[c] = append(first[c], i)
	}
	for _, c := range order {
		if same := first[c]; len(same) > 1 {
			f.repeatFact(same)
		}
	}
}

func (f *finder) repeatFact(same []int) {
	s := f.steps[same[0]]
	outs := map[string]bool{}
	var spans []string
	for _, i := range same {
		if o := f.steps[i]; o.out != nil {
			outs[string(o.d.Output)] = true
			if sev, ptr, _ := f.errorIn(o); ptr != "" && sev == xray.SeverityAlarm {
				return // a retry after an error in the result
			}
		}
		spans = append(spans, f.steps[i].d.SpanID.String())
	}
	d := draft{kind: KindRepeated, sev: xray.SeverityNotice, step: same[1], weight: 30 + 4*float64(min(len(same), 6)), ptrs: []string{"/input"}, vals: vals{"calls": len(same), "steps": spans[:min(len(spans), 20)]},
		text:  fmt.Sprintf("%s was called %d times with the same input", f.name(s.idx), len(same)),
		short: fmt.Sprintf("%s was called %d times with the same input", f.name(s.idx), len(same))}
	if len(outs) > 1 {
		f.add(draft{kind: KindUnstable, sev: xray.SeverityNotice, step: same[1], weight: 40, ptrs: []string{"/input", "/output"}, vals: vals{"calls": len(same), "outputs": len(outs), "steps": spans[:min(len(spans), 20)]},
			text:  fmt.Sprintf("%s gave %d different outputs for one and the same input (%d calls).", f.name(s.idx), len(outs), len(same)),
			short: fmt.Sprintf("%s answers differently to the same input", f.name(s.idx))})
		d.weight -= 8
	} else if len(outs) == 1 {
		d.text += " and gave the same output"
	}
	d.text += "."
	if len(same) == 2 && len(outs) <= 1 {
		d.weight -= 6
	}
	f.add(d)
}

var tierWords = []string{"mini", "nano", "turbo", "lite", "flash", "haiku", "sonnet", "opus", "pro", "small", "large", "medium", "instruct", "8b", "70b", "instant"}

// detectModel finds an answer from another model than was asked for, and steps
// of one name that used several.
func (f *finder) detectModel(s *stepInfo) {
	request, ptr := f.askedModel(s)
	asked, got := modelName(request), modelName(s.d.Model)
	if asked == "" || got == "" || sameModel(asked, got) {
		return
	}
	d := draft{kind: KindModel, sev: xray.SeverityNotice, step: s.idx, weight: 63, ptrs: []string{ptr, "/attributes/gen_ai.request.model", "/attributes/gen_ai.response.model", "/attributes/llm.model_name"},
		vals: vals{"requested": request, "answered": s.d.Model}}
	if family(asked) == family(got) && strings.ContainsAny(asked, "0123456789") {
		d.sev, d.weight = xray.SeverityAlarm, 76
	}
	d.text = fmt.Sprintf("%s asked for model %s, but %s answered.", f.name(s.idx), quote(request, 60), quote(s.d.Model, 60))
	d.short = fmt.Sprintf("%s was answered by %s instead of %s", f.name(s.idx), s.d.Model, request)
	f.add(d)
}

// askedModel is the model that the call asked for, or that its input, or the
// input of the step around it, names.
func (f *finder) askedModel(s *stepInfo) (name, ptr string) {
	if s.d.RequestModel != "" || s.d.Type != xray.TypeLLM {
		return s.d.RequestModel, ""
	}
	for _, at := range []int{s.idx, s.parent} {
		if at < 0 {
			continue
		}
		for _, p := range f.steps[at].params {
			if p.side == sideInput && p.list == nil && p.v.kind == text && (lowerName(p.name) == "model" || lowerName(p.name) == "model_name") {
				if at != s.idx {
					return p.v.str, ""
				}
				return p.v.str, p.ptr
			}
		}
	}
	return "", ""
}

func modelName(m string) string {
	m = strings.ToLower(strings.TrimSpace(m))
	if at := strings.LastIndexByte(m, '/'); at >= 0 {
		m = m[at+1:]
	}
	for _, region := range []string{"us.", "eu.", "apac.", "anthropic.", "meta.", "amazon.", "mistral.", "cohere."} {
		m = strings.TrimPrefix(m, region)
	}
	return strings.TrimSuffix(m, "-latest")
}

func family(m string) string {
	end := strings.IndexFunc(m, func(r rune) bool { return r == '-' || r == '.' || r >= '0' && r <= '9' })
	if end < 0 {
		return m
	}
	return m[:end]
}

// sameParts allows the parts of a name in another order (claude-sonnet-4 and
// claude-4-sonnet-20250514).
func sameParts(asked, got string) bool {
	split := func(s string) []string {
		return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("-.:@_", r) })
	}
	a, b := split(asked), split(got)
	for _, w := range a {
		if !slices.Contains(b, w) {
			return false
		}
	}
	for _, w := range b {
		if !slices.Contains(a, w) && (slices.Contains(tierWords, w) || len(w) < 4 && w[0] >= '0' && w[0] <= '9' && len(w) < 3) {
			return false
		}
	}
	return true
}

// sameModel allows a dated or otherwise refined name of the same model, but
// not another tier of it (gpt-4o and gpt-4o-mini).
func sameModel(asked, got string) bool {
	long, short := asked, got
	if len(long) < len(short) {
		long, short = short, long
	}
	if !strings.HasPrefix(long, short) {
		return squash(asked) == squash(got) || sameParts(asked, got)
	}
	rest := long[len(short):]
	if rest == "" {
		return true
	}
	if rest[0] != '-' && rest[0] != '@' && rest[0] != ':' && rest[0] != '.' {
		return false
	}
	return !slices.ContainsFunc(tierWords, func(t string) bool {
		return slices.Contains(strings.FieldsFunc(rest, func(r rune) bool { return r == '-' || r == ':' }), t)
	})
}
