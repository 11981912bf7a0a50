package facts

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

// page picks the items that a query asks for.
func (c *changes) page(q xray.ChangeQuery) xray.StepChanges {
	out := xray.StepChanges{Station: c.l.f.public(c.st), Reasons: c.told, LeftOut: c.l.LeftOut()}
	for i, kept := range c.st.kept {
		if kept && c.shift[i] != 0 {
			out.Reordered++
		}
		if len(c.edits[i]) > 0 {
			out.Edited++
		}
	}
	found := c.find(q)
	out.Total = len(found)
	from := min(max(q.From, 0), len(found))
	to := min(from+max(q.Limit, 1), len(found))
	for _, at := range found[from:to] {
		out.Items = append(out.Items, c.item(at))
	}
	if to < len(found) {
		out.Next = to
	}
	return out
}

// find returns the places of what fits: candidates by index, added ones behind
// them.
func (c *changes) find(q xray.ChangeQuery) []int {
	var found []int
	n := c.st.in.len()
	text := foldKey(q.Text)
	for at := range n + len(c.st.added) {
		if c.fits(at, q) && (text == "" || c.named(at, text)) {
			found = append(found, at)
		}
	}
	if q.Nearest {
		slices.SortStableFunc(found, func(x, y int) int { return cmp.Compare(c.distance(x), c.distance(y)) })
	}
	return found
}

func (c *changes) fits(at int, q xray.ChangeQuery) bool {
	added := at >= c.st.in.len()
	kept := !added && c.st.kept[at]
	if q.Why > 0 && (added || kept || c.why[at] != q.Why-1) {
		return false
	}
	switch q.Kind {
	case xray.ChangeKept:
		return kept
	case xray.ChangeDropped:
		return !added && !kept
	case xray.ChangeAdded:
		return added
	case xray.ChangeReordered:
		return kept && c.shift[at] != 0
	case xray.ChangeEdited:
		return kept && len(c.edits[at]) > 0
	}
	return true
}

// distance orders dropped items by how far they missed, for their threshold.
func (c *changes) distance(at int) float64 {
	if at >= c.st.in.len() || c.st.kept[at] || c.stops[at].Margin == nil {
		return math.Inf(1)
	}
	d := *c.stops[at].Margin
	for k := range c.st.why.rules {
		if r := &c.st.why.rules[k]; !r.passes(at) {
			if size := math.Abs(r.num); size > 0 {
				d /= size
			}
			break
		}
	}
	return d
}

func (c *changes) named(at int, text string) bool {
	key, label := c.name(at)
	return strings.Contains(foldKey(key), text) || strings.Contains(foldKey(label), text)
}

// name is the item's key and name as its passport has them.
func (c *changes) name(at int) (key, label string) {
	li, i := c.element(at)
	if t := c.l.classes[c.l.f.same.find(int32(li.offset+i))]; t != nil {
		return t.key, t.label
	}
	if key, label = li.itemKey(i), li.itemLabel(i); foldKey(key) == foldKey(label) {
		label = ""
	}
	return key, label
}

func (c *changes) element(at int) (*list, int) {
	if n := c.st.in.len(); at >= n {
		return c.st.out, int(c.st.added[at-n])
	}
	return c.st.in, at
}

func (c *changes) item(at int) xray.ItemChange {
	li, i := c.element(at)
	var out xray.ItemChange
	out.Key, out.Label = c.name(at)
	if col, v := li.scoreOf(i); col != nil {
		out.ScoreField, out.Score = col.label(), &v
	}
	if p := here(c.st.step, li, i); p != "" && c.l.f.resolves(c.st.step, p) {
		out.Pointers = []string{p}
	}
	if at >= c.st.in.len() {
		out.Kind, out.RankOut = xray.ChangeAdded, i+1
		return out
	}
	out.RankIn = at + 1
	if !c.st.kept[at] {
		s := &c.stops[at]
		out.Kind, out.Criterion, out.Value, out.Margin, out.Reason = xray.ChangeDropped, s.Criterion, s.Value, s.Margin, s.Reason
		out.Pointers = append(out.Pointers, s.Pointers...)
		return out
	}
	out.Kind, out.Shift = xray.ChangeKept, c.shift[at]
	if c.m.toA != nil && c.m.toB[at] >= 0 {
		out.RankOut = int(c.m.toB[at]) + 1
		if p := here(c.st.step, c.m.b, out.RankOut-1); p != "" && c.l.f.resolves(c.st.step, p) {
			out.Pointers = append(out.Pointers, p)
		}
	}
	for _, e := range c.edits[at][:min(maxEdits, len(c.edits[at]))] {
		out.Edits = append(out.Edits, xray.FieldEdit{Field: e.column.label(), From: cut(string(e.from.raw()), maxShown), To: cut(string(e.to.raw()), maxShown)})
	}
	return out
}
