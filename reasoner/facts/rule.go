package facts

import (
	"encoding/json"
	"math"
	"strings"
)

// rule is a condition on one field that kept items fulfil.
type rule struct {
	col   *column
	op    string // as in xray.Criterion
	num   float64
	val   *value // what is compared with; an array for in and not_in
	param *param // where the value stands, if it stands anywhere
	close int    // how closely the parameter's name speaks of the field: 2 names it, 1 is a cutoff, 0 only the value fits

	rejects int // dropped items that fail it
}

// passes tells whether element i fulfils the rule. A missing field fulfils
// only negations.
func (r *rule) passes(i int) bool {
	v := r.col.at(i)
	switch r.op {
	case "missing":
		return v == nil || v.empty()
	case "present":
		return v != nil && !v.empty()
	case "=":
		return v != nil && equalLoose(v, r.val)
	case "!=":
		return v == nil || !equalLoose(v, r.val)
	case "in":
		return v != nil && inSet(v, r.val)
	case "not_in":
		return v == nil || !inSet(v, r.val)
	case "contains":
		return v != nil && containsText(v, r.val.str)
	case "not_contains":
		return v == nil || !containsText(v, r.val.str)
	}
	nums, _ := r.col.numbers()
	f := nums[i]
	if math.IsNaN(f) {
		return false
	}
	switch r.op {
	case ">=":
		return f >= r.num
	case ">":
		return f > r.num
	case "<=":
		return f <= r.num
	case "<":
		return f < r.num
	}
	return false
}

// equalLoose compares as programs do that read "7" and 7 alike, and knows case.
func equalLoose(v, w *value) bool {
	if v.kind == array {
		for i := range v.elems {
			if equalLoose(&v.elems[i], w) {
				return true
			}
		}
		return false
	}
	if v.kind == text && w.kind == text {
		return v.str == w.str
	}
	return cellKey(v) != "" && cellKey(v) == cellKey(w) || v.kind == boolean && w.kind == boolean && v.str == w.str
}

func inSet(v, set *value) bool {
	for i := range set.elems {
		if equalLoose(v, &set.elems[i]) {
			return true
		}
	}
	return false
}

func containsText(v *value, part string) bool {
	if v.kind == array {
		for i := range v.elems {
			if strings.EqualFold(v.elems[i].str, part) {
				return true
			}
		}
		return false
	}
	return v.kind == text && strings.Contains(strings.ToLower(v.str), strings.ToLower(part))
}

var opSigns = map[string]string{">=": "≥", "<=": "≤", ">": ">", "<": "<", "=": "=", "!=": "≠", "in": "in", "not_in": "not in",
	"contains": "contains", "not_contains": "does not contain", "missing": "missing", "present": "present"}

// clause says the rule: rating ≥ 7.
func (r *rule) clause() string {
	name := r.col.label()
	switch r.op {
	case "missing", "present":
		return name + " is " + r.op
	}
	return name + " " + opSigns[r.op] + " " + r.show()
}

func (c *column) label() string {
	switch {
	case c.path == keyColumn:
		return "key"
	case c.path == "":
		return "the value"
	}
	return strings.ReplaceAll(strings.TrimPrefix(c.path, "/"), "/", ".")
}

func (r *rule) show() string {
	if r.val != nil {
		return showValue(r.val, 60)
	}
	return showNumber(r.num)
}

// json is the rule as xray.Criterion writes it.
func (r *rule) json() map[string]any {
	out := map[string]any{"field": r.col.label(), "op": r.op}
	switch {
	case r.op == "missing" || r.op == "present":
	case r.val != nil:
		out["value"] = json.RawMessage(r.val.raw())
	default:
		out["value"] = r.num
	}
	return out
}
