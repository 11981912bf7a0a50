package facts

import (
	"slices"
	"strings"
)

// param is a scalar, or an array of scalars, outside of any list of items:
// what a step was told rather than what it worked on.
type param struct {
	step  int
	side  side
	ptr   string
	name  string   // last named part, or the field that a filter clause names
	words []string // of the last parts of the path
	v     *value
	list  *list // the short list of objects that it stands in, if any
}

// clause reads {"field": "category", "op": "eq", "value": ""} as a parameter
// named category.
func (w *walker) clause(v *value, p place) bool {
	var field *value
	for _, k := range []string{"field", "attribute", "column", "property", "facet", "key"} {
		if f := v.get(k); f != nil && f.kind == text {
			field = f
			break
		}
	}
	if field == nil {
		return false
	}
	for _, k := range []string{"value", "values", "threshold", "operand"} {
		if val := v.get(k); val != nil && val.kind != object {
			q := p.member(k)
			op := ""
			if o := v.get("op"); o != nil {
				op = o.str
			} else if o := v.get("operator"); o != nil {
				op = o.str
			}
			w.addParam(&param{ptr: q.ptr, name: field.str, words: append(words(field.str), opWords(op)...), v: val, list: p.list})
			return true
		}
	}
	return false
}

func opWords(op string) []string {
	switch strings.TrimSpace(op) {
	case ">=", ">":
		return []string{"min"}
	case "<=", "<":
		return []string{"max"}
	case "!=", "<>":
		return []string{"not"}
	}
	return words(op)
}

func (w *walker) param(v *value, p place) {
	if p.inner && (p.list == nil || p.list.len() > shortClauses) || p.role != "" && len(v.str) > 200 {
		return
	}
	w.addParam(&param{ptr: p.ptr, name: p.name, words: pathWords(p), v: v, list: p.list})
}

func pathWords(p place) []string {
	ws := words(p.name)
	if p.up != "" && len(ws) <= 2 {
		ws = append(ws, words(p.up)...)
	}
	return ws
}

const maxParams = 200

func (w *walker) addParam(q *param) {
	if len(w.step.params) >= maxParams {
		return
	}
	q.step, q.side = w.step.idx, w.side
	if slices.ContainsFunc(w.step.params, func(o *param) bool { return o.ptr == q.ptr && o.v == q.v }) {
		return
	}
	w.step.params = append(w.step.params, q)
}
