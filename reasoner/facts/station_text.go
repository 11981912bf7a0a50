package facts

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// whyText is the criterion as a clause, with where its parameter stands.
func (f *finder) whyText(st *station) string {
	e := &st.why
	switch e.kind {
	case whyRule:
		verb := "separates them"
		if len(e.rules) > 1 {
			verb = "together separate them"
		}
		if st.nKept == 0 {
			return f.clauses(st, e.rules) + ", which none fulfils"
		}
		if e.weak {
			return "consistent with " + f.clauses(st, e.rules) + ", but too few items to be sure"
		}
		return f.clauses(st, e.rules) + " " + verb
	case whyPartly:
		return fmt.Sprintf("%s explains %d of %d drops; %s passed and dropped all the same",
			f.clauses(st, e.rules), e.explained, st.dropped(), st.in.names(e.exceptions, 3))
	case whyTop:
		return f.topText(st)
	case whyDedupe:
		return "the dropped repeat the " + e.dedupe.label() + " of kept ones"
	case whyRecorded:
		return f.recordedText(st)
	case whyUnknown:
		if len(st.in.columns()) > 1 && st.dropped() > 0 {
			return "no single field or pair of fields separates kept from dropped"
		}
	}
	return ""
}

func (f *finder) clauses(st *station, rules []rule) string {
	var cs []string
	for i := range rules {
		c := rules[i].clause()
		if p := rules[i].param; p != nil {
			c += " (" + f.whereParam(st.step, p) + ")"
		} else if b := rules[i]; b.op == ">=" || b.op == "<=" {
			c += f.gapText(st, &b)
		}
		cs = append(cs, c)
	}
	return and(cs, 4)
}

// whereParam says where a parameter stands: input /threshold, or another
// step's.
func (f *finder) whereParam(step int, p *param) string {
	at := strings.TrimPrefix(p.ptr, "/"+p.side.String())
	if at == "" {
		at = "itself"
	}
	at = p.side.String() + " " + at
	if p.step != step {
		at += " of " + f.name(p.step)
	}
	return at
}

// gapText gives the other side of a threshold that no parameter names.
func (f *finder) gapText(st *station, r *rule) string {
	if r.col.dates || st.why.kind != whyRule || len(st.why.rules) > 1 {
		return ""
	}
	nums, _ := r.col.numbers()
	b := boundsOf(nums, st.kept, false)
	if b.n == 0 {
		return ""
	}
	if r.op == ">=" {
		return " (the best dropped has " + showNumber(b.hi) + ")"
	}
	return " (the least dropped has " + showNumber(b.lo) + ")"
}

func (f *finder) topText(st *station) string {
	e := &st.why
	what := fmt.Sprintf("the first %d", e.topK)
	if e.by != nil {
		what = fmt.Sprintf("the best %d by %s", e.topK, e.by.label())
	}
	if len(e.rules) > 0 {
		what += " of those with " + f.clauses(st, e.rules)
	}
	if e.limit != nil {
		what += " (" + f.whereParam(st.step, e.limit) + ")"
	}
	if e.weak {
		return "consistent with keeping " + what
	}
	return what
}

// recordedText counts the reasons that the program wrote down.
func (f *finder) recordedText(st *station) string {
	var parts []string
	if len(st.why.rules) > 0 {
		parts = append(parts, f.clauses(st, st.why.rules))
	}
	counts := map[string]int{}
	var order []string
	for i, r := range st.reasons {
		if !st.kept[i] && r != "" {
			if counts[r]++; counts[r] == 1 {
				order = append(order, r)
			}
		}
	}
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
	for _, r := range order[:min(3, len(order))] {
		parts = append(parts, fmt.Sprintf("%d for %s", counts[r], quote(r, 80)))
	}
	if len(order) > 3 {
		parts = append(parts, fmt.Sprintf("%d other reasons", len(order)-3))
	}
	if len(parts) == 0 {
		return "as the program recorded"
	}
	return "recorded: " + strings.Join(parts, "; ")
}
