package facts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

var queryWords = newSet("query q search keyword keywords prompt question request term text phrase suchbegriff consulta requete vraag")

// detectEmptyParams finds inputs that say nothing where the step needs them.
func (f *finder) detectEmptyParams(s *stepInfo) {
	st := f.byStep[s.idx]
	for _, p := range s.params {
		if p.side == sideOutput || !p.v.empty() || p.name == "" {
			continue
		}
		if p.list != nil && st != nil && slices.Contains(st.lists(), p.list) {
			continue
		}
		if p.side == sideAttributes && !strings.Contains(p.ptr, ".") && f.paramNamed(s, p.name) {
			continue
		}
		f.emptyParam(s, st, p)
	}
	f.missingParam(s, st)
}

func (f *finder) paramNamed(s *stepInfo, name string) bool {
	return slices.ContainsFunc(s.params, func(o *param) bool { return o.side == sideInput && o.name == name })
}

func (f *finder) emptyParam(s *stepInfo, st *station, p *param) {
	inName := namedAfter(s, p)
	field := f.fieldFor(st, s, p)
	dropsNone := st != nil && st.dropped() == 0 && len(st.kept) > 1
	given := f.givenAbove(s, p)
	query := s.source() && queryWords.anyOf(words(p.name)) && !f.otherQuery(s, p)
	d := draft{kind: KindEmptyParam, sev: xray.SeverityNotice, step: s.idx, ptrs: []string{p.ptr}, vals: vals{"parameter": p.name, "value": string(p.v.raw())}}
	what := map[kind]string{null: "null", text: "empty", array: "an empty list", object: "an empty object"}[p.v.kind]
	d.text = fmt.Sprintf("%s got no %s: %s is %s", f.name(s.idx), p.name, strings.TrimPrefix(p.ptr, "/"), what)
	d.short = fmt.Sprintf("%s had no %s", f.name(s.idx), p.name)
	switch {
	case given != nil:
		d.sev, d.weight = xray.SeverityAlarm, 84
		d.text += fmt.Sprintf(", although %s says %s", f.whereParam(s.idx, given), showValue(given.v, 60))
		d.vals["givenStep"], d.vals["givenPointer"], d.vals["given"] = f.steps[given.step].d.SpanID.String(), given.ptr, string(given.v.raw())
	case inName && (dropsNone || st == nil && filterWords.anyOf(s.words)) && s.parent >= 0:
		d.sev, d.weight = xray.SeverityAlarm, 82
	case query && (s.d.Type == xray.TypeRetriever || searchWords.anyOf(s.words)):
		d.sev, d.weight = xray.SeverityAlarm, 80
	case query:
		d.weight = 50
	case dropsNone && field != nil && f.onlyParam(s, st, p):
		d.weight = 78
	case inName && st != nil:
		d.weight = 60
	case s.kids == nil && f.onlyInput(s, p):
		d.weight = 56
	default:
		return
	}
	if dropsNone {
		d.text += fmt.Sprintf(", and it dropped none of %d items", st.in.len())
		d.short += " and dropped nothing"
		d.vals["in"], d.vals["dropped"] = st.in.len(), 0
	} else if query {
		d.text += ", so it searched for nothing in particular"
	}
	d.text += "."
	f.add(d)
}

var searchWords = newSet("search retrieve retrieval suche recherche buscar find")

// namedAfter tells whether the step is named after the parameter: all its
// telling words stand in the step's name (category_filter, category).
func namedAfter(s *stepInfo, p *param) bool {
	n := 0
	for _, w := range words(p.name) {
		if modifiers[w] || lowerBound[w] || upperBound[w] {
			continue
		}
		if !slices.Contains(s.words, w) {
			return false
		}
		n++
	}
	return n > 0
}

func sharesWord(a, b []string) bool {
	for _, w := range a {
		if !modifiers[w] && !countWords[w] && !filterWords[w] && len(w) > 2 && slices.Contains(b, w) {
			return true
		}
	}
	return false
}

// fieldFor is the field of the items that a parameter speaks of.
func (f *finder) fieldFor(st *station, s *stepInfo, p *param) *column {
	l := s.found()
	if st != nil {
		l = st.in
	}
	if l == nil {
		return nil
	}
	for _, c := range l.columns() {
		if closeness(p, c) == 2 {
			return c
		}
	}
	return nil
}

// givenAbove finds a parameter of the same name, with a value, in the input of
// a step around this one or in the output of an earlier one: it was lost on
// the way.
func (f *finder) givenAbove(s *stepInfo, p *param) *param {
	if genericNames[strings.ToLower(p.name)] && !f.particular(s, p) || len(p.name) < 3 {
		return nil
	}
	same := func(o *param, sd side) bool {
		return o.side == sd && o.list == nil && strings.EqualFold(squash(o.name), squash(p.name)) && !o.v.empty()
	}
	for up, n := s.parent, 0; up >= 0 && n < 50; up, n = f.steps[up].parent, n+1 {
		for _, o := range f.steps[up].params {
			if same(o, sideInput) {
				return o
			}
		}
	}
	for k, n := f.pos[s.idx]-1, 0; k >= 0 && n < 30; k, n = k-1, n+1 {
		x := f.order[k]
		if !f.before(x, s.idx) || f.steps[x].d.Type != xray.TypeLLM && len(f.steps[x].lists) > 3 {
			continue
		}
		for _, o := range f.steps[x].params {
			if same(o, sideOutput) {
				return o
			}
		}
	}
	return nil
}

// particular tells whether a parameter of a common name can be told to be
// wrong all the same: the id of somebody nobody had spoken of, or the role
// that a search or filter goes by.
func (f *finder) particular(s *stepInfo, p *param) bool {
	ws := words(p.name)
	switch {
	case p.side != sideInput || strings.Count(p.ptr, "/") != 2:
		return false
	case lowerName(p.name) == "role":
		return s.source() || f.byStep[s.idx] != nil
	}
	return len(ws) > 1 && ws[len(ws)-1] == "id" && !requestIDs[ws[0]] && p.v.kind == text && !f.seen.known(p.v.str, f.putOut(s.idx)-1)
}

// requestIDs are made anew for each call.
var requestIDs = newSet("request call trace span event message run job correlation idempotency transaction session")

var genericNames = newSet("id name type text content role task goal instruction instructions objective value key error errors message messages data result results status code reason next cursor next_cursor page page_token offset parent metadata meta tools tool_calls tags labels notes note description context history options config settings headers body user user_id session session_id trace_id locale language lang model format version timestamp created_at updated_at url")

func (f *finder) otherQuery(s *stepInfo, p *param) bool {
	return slices.ContainsFunc(s.params, func(o *param) bool {
		return o != p && o.side == sideInput && !o.v.empty() && o.v.kind != boolean && (queryWords.anyOf(words(o.name)) || o.v.kind == text && len(o.v.str) > 2)
	})
}

// onlyParam tells whether no other parameter of the step speaks of a field.
func (f *finder) onlyParam(s *stepInfo, st *station, p *param) bool {
	for _, o := range s.params {
		if o == p || o.side == sideOutput || o.v.empty() || o.list != nil && slices.Contains(st.lists(), o.list) {
			continue
		}
		if o.v.kind == array && slices.ContainsFunc(st.lists(), func(l *list) bool { return l.home() == o.ptr }) {
			continue
		}
		for _, c := range st.in.columns() {
			if closeness(o, c) > 0 {
				return false
			}
		}
	}
	return true
}

// onlyInput tells whether the empty parameter is all that the step was given.
func (f *finder) onlyInput(s *stepInfo, p *param) bool {
	if s.in == nil || s.in.kind != object || !(s.source() || s.d.Type == xray.TypeTool || s.d.Type == xray.TypeLLM) {
		return false
	}
	for i := range s.in.elems {
		if m := &s.in.elems[i]; !m.empty() {
			return false
		}
	}
	return p.side == sideInput
}

// missingParam handles a filter named after a field that was told nothing
// about it at all.
func (f *finder) missingParam(s *stepInfo, st *station) {
	if st == nil || st.dropped() > 0 || st.in.len() < 2 || st.inferred && s.in == nil || !filterWords.anyOf(s.words) || s.in == nil || s.in.kind != object {
		return
	}
	for _, c := range st.in.columns() {
		if !sharesWord(c.words, s.words) {
			continue
		}
		for _, p := range s.params {
			if p.side != sideOutput && closeness(p, c) == 2 && (p.list == nil || !slices.Contains(st.lists(), p.list)) {
				return
			}
			if p.side != sideOutput && closeness(p, c) == 1 && !p.v.empty() {
				return
			}
		}
		if len(f.textParams(s, st)) > 0 {
			return
		}
		f.add(draft{kind: KindEmptyParam, sev: xray.SeverityNotice, step: s.idx, weight: 68, ptrs: []string{"/input"}, vals: vals{"parameter": c.name, "missing": true, "in": st.in.len()},
			text:  fmt.Sprintf("%s was told no %s to compare with, and it dropped none of %d items.", f.name(s.idx), c.label(), st.in.len()),
			short: fmt.Sprintf("%s had no %s and dropped nothing", f.name(s.idx), c.label())})
		return
	}
}

// textParams are the other things that the step was told.
func (f *finder) textParams(s *stepInfo, st *station) []*param {
	var out []*param
	for _, p := range s.params {
		if p.side == sideInput && p.list == nil && !p.v.empty() && p.v.scalar() {
			out = append(out, p)
		}
	}
	return out
}
