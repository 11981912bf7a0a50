package facts

import (
	"fmt"
	"strings"

	"github.com/xraytrace/xray"
)

// lostSource finds a step that put several lists together and let some of them
// go whole: a merge whose last source won.
func (f *finder) lostSource(st *station) {
	if st.dropped() == 0 || st.nKept == 0 || st.why.param() {
		return
	}
	type source struct {
		name    string
		ptr     string
		n, kept int
	}
	var all []source
	last := -1
	for i, kept := range st.kept {
		at, name, ptr := f.sourceOf(st.in, i)
		if at != last {
			all = append(all, source{name: name, ptr: ptr})
			last = at
		}
		s := &all[len(all)-1]
		if s.n++; kept {
			s.kept++
		}
	}
	lost := -1
	for i, s := range all {
		if s.kept != 0 && s.kept != s.n {
			return
		}
		if s.kept == 0 && (lost < 0 || s.n > all[lost].n) {
			lost = i
		}
	}
	if len(all) < 2 || lost < 0 || st.in.len() < 3 {
		return
	}
	f.add(draft{kind: KindIgnored, sev: xray.SeverityNotice, step: st.step, weight: 63, ptrs: []string{all[lost].ptr, home(st.step, st.out)},
		vals:  vals{"source": all[lost].name, "items": all[lost].n, "sources": len(all)},
		text:  fmt.Sprintf("%s kept nothing of %s (%s), though it kept all of what else it was given.", f.name(st.step), all[lost].name, plural(all[lost].n, "item")),
		short: fmt.Sprintf("%s lost all of %s", f.name(st.step), all[lost].name)})
}

// sourceOf names the array that element i came from; at tells arrays apart.
func (f *finder) sourceOf(l *list, i int) (at int, name, ptr string) {
	if l.refs != nil {
		of := l.refs[i].l
		return of.id, "what " + f.name(of.step) + " put out", ""
	}
	for k := len(l.segs) - 1; k >= 0; k-- {
		if i >= l.segs[k].from {
			return k, strings.TrimSpace("its " + l.side.String() + " " + strings.TrimPrefix(l.segs[k].base, "/"+l.side.String())), l.segs[k].base
		}
	}
	return 0, "its input", ""
}

// param tells whether a recorded parameter explains the drops.
func (e *explanation) param() bool {
	if e.limit != nil || e.kind == whyRecorded {
		return true
	}
	for _, r := range e.rules {
		if r.param != nil && r.close > 0 {
			return true
		}
	}
	return false
}
