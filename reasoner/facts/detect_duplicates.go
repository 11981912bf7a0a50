package facts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

// detectDuplicates finds two items with one id, where the list first appears.
func (f *finder) detectDuplicates(s *stepInfo) {
	for _, l := range s.lists {
		if l.single || l.scalar || l.len() < 2 || l.side == sideAttributes || l == s.decisions {
			continue
		}
		c := l.primary()
		if i := slices.IndexFunc(l.columns(), (*column).idish); c == nil && i >= 0 && repeated(l) {
			c = l.columns()[i]
		}
		if c == nil {
			continue
		}
		c.index()
		if c.uniq == 1 || c.uniq < 0.5 && !repeated(l) || c.present*10 < l.len()*9 || f.listedBefore(l, c) {
			continue
		}
		var twice []int
		for i := range l.elems {
			if n := c.next[i]; n >= 0 {
				twice = append(twice, int(n))
			}
		}
		if len(twice) == 0 {
			continue
		}
		f.duplicateFact(s, l, c, twice)
	}
}

// repeated tells whether all elements are the first over again. Many items
// that only share an id are parts of one thing.
func repeated(l *list) bool {
	for _, e := range l.elems[1:] {
		if !same(l.elems[0], e) {
			return false
		}
	}
	return true
}

// primary is the column that names itself the key of these items: id, sku,
// url; not a reference to something else (customer_id).
func (l *list) primary() *column {
	for _, c := range l.keyColumns() {
		if len(c.words) == 0 || strings.Count(c.path, "/") != 1 {
			continue
		}
		if len(c.words) == 1 && idWords[c.words[0]] || len(c.words) == 2 && idWords[c.words[1]] && sharesWord(c.words[:1], words(l.name)) {
			return c
		}
	}
	// A key of two words that the items put first: {"product_id": …, "title": …}.
	if cs := l.columns(); len(cs) > 2 && len(cs[0].words) == 2 && idWords[cs[0].words[1]] && slices.Contains(l.keyColumns(), cs[0]) {
		return cs[0]
	}
	return nil
}

func (f *finder) duplicateFact(s *stepInfo, l *list, c *column, twice []int) {
	i := twice[0]
	first := int(c.index()[cellKey(c.at(i))])
	equal := same(l.elems[first], l.elems[i])
	d := draft{kind: KindDuplicates, sev: xray.SeverityNotice, step: s.idx, weight: 52, ptrs: []string{l.cellPtr(first, c), l.cellPtr(i, c)},
		vals: vals{"field": c.label(), "key": c.at(i).str, "repeats": len(twice), "of": l.len(), "equal": equal}}
	d.text = fmt.Sprintf("%s has %s more than once in its %s: %s of %d repeat an earlier %s", f.name(s.idx), quote(c.at(i).str, 40), l.side, plural(len(twice), "item"), l.len(), c.label())
	if !equal {
		d.text += ", with different content"
		d.weight += 6
	}
	for _, st := range f.stations {
		if f.removes(st, l) {
			d.sev, d.weight = xray.SeverityInfo, 18
			d.text += fmt.Sprintf("; %s removed repeats later", f.name(st.step))
			break
		}
	}
	d.text += "."
	d.short = fmt.Sprintf("%s repeats %s %s", f.name(s.idx), c.label(), cut(c.at(i).str, 30))
	f.add(d)
}

// removes tells whether a station dedupes a list, or what came of it.
func (f *finder) removes(st *station, l *list) bool {
	if st.why.kind != whyDedupe && st.in.len() > 0 {
		if c := st.in.primary(); c == nil || st.out == nil || st.out.primary() == nil || st.dropped() == 0 {
			return false
		} else if c.index(); c.uniq == 1 {
			return false
		}
		o := st.out.primary()
		if o.index(); o.uniq < 1 {
			return false
		}
	}
	return st.step == l.step || f.before(l.step, st.step)
}

// listedBefore tells whether an earlier list already had the duplicates.
func (f *finder) listedBefore(l *list, c *column) bool {
	for _, b := range f.lists {
		if b == l || b.single || b.scalar || b.refs != nil || b.len() < l.len() || !(b.step == l.step && b.side < l.side || b.step != l.step && f.pos[b.step] < f.pos[l.step] || f.within(l.step, b.step) && b.side == sideInput) {
			continue
		}
		if p := b.primary(); p != nil {
			if p.index(); p.uniq < 1 {
				for i := range l.elems {
					if n := c.next[i]; n >= 0 {
						if at, ok := p.indexed[cellKey(c.at(int(n)))]; ok && p.next[at] >= 0 {
							return true
						}
					}
				}
			}
		}
	}
	return false
}
