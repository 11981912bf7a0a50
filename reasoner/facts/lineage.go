package facts

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

// Lineage follows every item of an execution through its steps.
type Lineage struct {
	f     *finder
	items []*tracked
	byKey map[string]*tracked

	classes map[int32]*tracked // by class of the union
}

// tracked is one class of elements that are the same item.
type tracked struct {
	key, label string
	at         []ref
}

// maxTracked items are followed; beyond it a run has more than anybody reads.
const maxTracked = 50_000

// Follow computes the lineage of an execution.
func Follow(e Execution) *Lineage {
	f := &finder{analysis: analyse(e)}
	for _, st := range f.stations {
		st.why = f.explain(st)
	}
	l := &Lineage{f: f, byKey: map[string]*tracked{}, classes: map[int32]*tracked{}}
	relevant := f.itemLists()
	for _, i := range f.order {
		for _, li := range f.steps[i].lists {
			if relevant[li] {
				l.track(li)
			}
		}
	}
	for _, t := range l.items {
		t.name()
		for _, k := range []string{t.label, t.key} {
			if k != "" {
				l.byKey[foldKey(k)] = t
			}
		}
	}
	return l
}

func (l *Lineage) track(li *list) {
	for i := range li.elems {
		class := l.f.same.find(int32(li.offset + i))
		t := l.classes[class]
		if t == nil {
			if li.single {
				continue
			}
			if len(l.items) >= maxTracked {
				l.f.left.Items++
				continue
			}
			t = &tracked{}
			l.classes[class] = t
			l.items = append(l.items, t)
		}
		t.at = append(t.at, ref{li, i})
	}
}

// itemLists are the lists that hold items rather than settings: those of the
// stations, those that steps brought in, and single objects, which join a
// class only if a list knows it.
func (f *finder) itemLists() map[*list]bool {
	out := map[*list]bool{}
	for _, st := range f.stations {
		for _, l := range st.lists() {
			out[l] = true
		}
	}
	var singles []*list
	for _, s := range f.steps {
		if l := s.found(); l != nil {
			out[l] = true
		}
		for _, l := range s.lists {
			if l.single {
				singles = append(singles, l)
			} else if !l.scalar && l.side != sideAttributes && l.len() > 1 {
				out[l] = true
			}
		}
	}
	for _, l := range singles {
		out[l] = true
	}
	for l := range out {
		if l.refs != nil {
			delete(out, l)
		}
	}
	return out
}

// name takes key and label from the fullest record of the item.
func (t *tracked) name() {
	for _, r := range t.at {
		if t.key == "" || r.l.bestKey() != nil && r.l.bestKey().idish() && !r.l.scalar && t.at[0].l.scalar {
			t.key = firstOf(r.l.itemKey(r.i), t.key)
		}
		if t.label == "" {
			t.label = r.l.itemLabel(r.i)
		}
	}
	if foldKey(t.label) == foldKey(t.key) {
		t.label = ""
	}
}

// LeftOut says what of the execution was not followed.
func (l *Lineage) LeftOut() LeftOut { return l.f.left }

// Funnel lists the stations in order of time.
func (l *Lineage) Funnel() []Station {
	stations, _ := l.f.funnel()
	return stations
}

// Search returns the items whose key or name contains a text, in any letter
// case, those that came furthest first; all for "".
func (l *Lineage) Search(text string) []Item {
	all := l.Items()
	key := foldKey(text)
	if key == "" {
		return all
	}
	return slices.DeleteFunc(all, func(it Item) bool {
		return !strings.Contains(foldKey(it.Key), key) && !strings.Contains(foldKey(it.Label), key)
	})
}

// Items lists all items, those that came furthest first.
func (l *Lineage) Items() []Item {
	type far struct {
		Item
		last int
	}
	var all []far
	for _, t := range l.items {
		f := far{Item: Item{Key: t.key, Label: t.label}}
		first := math.MaxInt
		for _, r := range t.at {
			f.last = max(f.last, l.f.pos[r.l.step])
			if m := l.f.moment(r.l.step, []ref{r}); m < first {
				first, f.EnteredAt = m, l.f.steps[r.l.step].d.SpanID
			}
		}
		for _, st := range l.f.stations {
			if i := l.f.indexIn(st, t); i >= 0 {
				f.LeftAt = xray.SpanID{}
				if !st.kept[i] {
					f.LeftAt = l.f.steps[st.step].d.SpanID
				}
			}
		}
		all = append(all, f)
	}
	slices.SortStableFunc(all, func(a, b far) int {
		return cmp.Or(cmp.Compare(b2i(b.LeftAt.IsZero()), b2i(a.LeftAt.IsZero())), cmp.Compare(b.last, a.last))
	})
	out := make([]Item, len(all))
	for i := range all {
		out[i] = all[i].Item
	}
	return out
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Passport returns the way of the item with this key or title, in any letter
// case.
func (l *Lineage) Passport(key string) (Passport, bool) {
	t := l.find(foldKey(key))
	if t == nil {
		return Passport{}, false
	}
	return l.passport(t), true
}
