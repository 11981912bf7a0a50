package facts

import "slices"

// enrich fills up thin candidates (bare ids, an id and a title) with what
// earlier steps recorded of the same items, so that a step which passes ids
// along can still be explained by a rating that the search returned.
func (a *analysis) enrich(st *station) {
	if st.explicit != nil || st.in.len() == 0 || len(st.in.columns()) > 2 {
		return
	}
	known := a.richest(st.in, a.earlier(st.step))
	if known == nil {
		return
	}
	l := a.newList(st.in.step, st.in.side, st.in.path, st.in.name)
	l.segs, l.rich = st.in.segs, true
	for i, e := range st.in.elems {
		l.refs = append(l.refs, ref{st.in, i})
		l.elems = append(l.elems, joined(e, known[i]))
	}
	a.enroll(l)
	for i := range l.elems {
		a.same.join(int32(l.offset+i), int32(st.in.offset+i))
	}
	st.in = l
}

// richest finds for each element the fullest earlier record of the same item,
// nil if none says more.
func (a *analysis) richest(in *list, before []*list) []*value {
	const most = 24
	byClass := map[int32]*value{}
	n := 0
	for _, b := range before {
		if b.scalar || b.len() == 0 || b == in || n >= most || a.elements > maxElements/2 && b.len() > 5000 {
			continue
		}
		n++
		for i, e := range b.elems {
			class := a.same.find(int32(b.offset + i))
			if old := byClass[class]; old == nil || len(e.elems) > len(old.elems) {
				byClass[class] = e
			}
		}
	}
	out := make([]*value, in.len())
	found := 0
	for i, e := range in.elems {
		if r := byClass[a.same.find(int32(in.offset+i))]; r != nil && r.kind == object && len(r.elems) > len(e.elems) {
			out[i] = r
			found++
		}
	}
	if found*2 < in.len() {
		return nil
	}
	return out
}

// joined is the item with the members that only the earlier record has.
func joined(own, earlier *value) *value {
	if earlier == nil || own.kind != object {
		if earlier != nil {
			return earlier
		}
		return own
	}
	v := &value{kind: object, key: own.key, elems: slices.Clone(own.elems)}
	for i := range earlier.elems {
		if own.get(earlier.elems[i].key) == nil {
			v.elems = append(v.elems, earlier.elems[i])
		}
	}
	return v
}
