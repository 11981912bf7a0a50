package facts

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

var (
	fieldNames = newSet("field column attribute property by sort_by sortby order_by orderby group_by groupby filter_by filterby rank_by rankby dedupe_by sort_key sort_field filter_field")
	fieldText  = regexp.MustCompile(`^[-+]?([A-Za-z_][A-Za-z0-9_.]{0,40})(?:[ :](?:asc|desc)\w*)?$`)
)

// unknownField finds a parameter that names a field which no item has: a
// renamed column, a typing error.
func (f *finder) unknownField(st *station) {
	cols := st.in.columns()
	if st.in.scalar || len(cols) == 0 || len(cols) >= maxColumns || st.nKept > 0 && st.why.kind != whyNothing && st.why.kind != whyUnknown {
		return
	}
	for _, p := range f.paramsFor(st) {
		if p.step != st.step || p.v.kind != text || !fieldNames[lowerName(p.ptr[strings.LastIndexByte(p.ptr, '/')+1:])] {
			continue
		}
		m := fieldText.FindStringSubmatch(p.v.str)
		if m == nil || slices.ContainsFunc(cols, func(c *column) bool { return sameField(c, m[1]) }) {
			continue
		}
		var names []string
		for _, c := range cols {
			names = append(names, c.label())
		}
		f.add(draft{kind: KindMissing, sev: xray.SeverityNotice, step: st.step, weight: 74, ptrs: []string{p.ptr, home(st.step, st.in)},
			vals:  vals{"field": m[1], "fields": names[:min(len(names), 20)], "items": st.in.len()},
			text:  fmt.Sprintf("%s goes by %s (%s), a field that none of %d items has; they have %s.", f.name(st.step), quote(m[1], 40), f.whereParam(st.step, p), st.in.len(), and(names, 5)),
			short: fmt.Sprintf("no item has the field %s", quote(m[1], 40))})
		return
	}
}

func sameField(c *column, name string) bool {
	return squash(c.name) == squash(name) || squash(c.label()) == squash(name)
}
