package facts

import (
	"strings"

	"github.com/xraytrace/xray"
)

const (
	keptAttribute    = "/attributes/xray.items.kept"
	droppedAttribute = "/attributes/xray.items.dropped"
)

// readDecisions turns what the SDK recorded into an input list of its own.
func (a *analysis) readDecisions(s *stepInfo) {
	rec := s.d.Items
	if rec == nil || len(rec.Kept)+len(rec.Dropped) == 0 {
		return
	}
	l := a.newList(s.idx, sideInput, "/items", "items")
	for _, d := range rec.Kept {
		l.elems = append(l.elems, a.decided(d))
	}
	l.segs = []segment{{from: 0, base: keptAttribute, fixed: true}, {from: len(rec.Kept), base: droppedAttribute, fixed: true}}
	for _, d := range rec.Dropped {
		l.elems = append(l.elems, a.decided(d))
	}
	a.elements += l.len()
	s.decisions = l
	s.lists = append(s.lists, l)
}

// decided is the item of a decision with its key and score as members.
func (a *analysis) decided(d xray.ItemDecision) *value {
	v := &value{kind: object}
	item := a.parse(d.Item)
	has := func(name string) bool { return item.get(name) != nil }
	keyed := false
	if item != nil && item.kind == object {
		for i := range item.elems {
			keyed = keyed || cellKey(&item.elems[i]) == foldKey(d.Key)
		}
	}
	if !keyed {
		v.elems = append(v.elems, value{kind: text, key: "key", str: d.Key})
	}
	if item != nil && item.kind == object {
		v.elems = append(v.elems, item.elems...)
	} else if item != nil && item.scalar() {
		v.elems = append(v.elems, value{kind: item.kind, key: "value", str: item.str})
	}
	if d.Score != nil && !has("score") {
		v.elems = append(v.elems, value{kind: number, key: "score", str: showNumber(*d.Score)})
	}
	return v
}

// explicitStation is built from the program's own decisions alone.
func (a *analysis) explicitStation(s *stepInfo) *station {
	if s.decisions == nil {
		return nil
	}
	rec, l := s.d.Items, s.decisions
	st := &station{step: s.idx, in: l, kept: make([]bool, l.len()), nKept: len(rec.Kept), explicit: &explicit{}, reasons: make([]string, l.len())}
	for i := range rec.Kept {
		st.kept[i] = true
	}
	st.m = match{a: l, toB: filled(l.len())}
	recorded := false
	for i, d := range rec.Dropped {
		reason := d.Reason
		if reason == "" && d.Criterion != nil {
			reason = "not " + criterionText(d.Criterion)
		}
		st.reasons[len(rec.Kept)+i] = reason
		recorded = recorded || reason != ""
	}
	if !recorded {
		st.reasons = nil
	}
	for i := range rec.Criteria {
		if r, ok := a.recordedRule(l, &rec.Criteria[i]); ok {
			st.explicit.rules = append(st.explicit.rules, r)
		}
	}
	for _, out := range s.side(sideOutput, false) {
		if m := matchLists(l, out); m.n*2 > out.len() {
			a.unite(m)
		}
	}
	return st
}

func criterionText(c *xray.Criterion) string {
	op := c.Op
	if sign := opSigns[op]; sign != "" {
		op = sign
	}
	return strings.TrimSpace(c.Field + " " + op + " " + string(c.Value))
}

// recordedRule reads a recorded criterion as a rule over the items' fields.
func (a *analysis) recordedRule(l *list, c *xray.Criterion) (rule, bool) {
	r := rule{op: c.Op, val: a.parse(c.Value), close: 2}
	for _, col := range l.columns() {
		if col.label() == c.Field || col.name == c.Field {
			r.col = col
			break
		}
	}
	if r.col == nil || opSigns[c.Op] == "" {
		return rule{}, false
	}
	if c.Op[0] == '<' || c.Op[0] == '>' {
		f, ok := r.val.float()
		if r.col.numbers(); r.col.dates {
			f, ok = dateOf(r.val)
		}
		if !ok {
			return rule{}, false
		}
		r.num = f
		if !r.col.dates {
			r.val = nil
		}
	} else if r.val == nil && c.Op != "missing" && c.Op != "present" || (c.Op == "in" || c.Op == "not_in") && r.val.kind != array {
		return rule{}, false
	}
	return r, true
}
