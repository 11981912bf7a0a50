package facts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

// detectOrder checks lists that should be sorted: as a parameter says, or
// because a ranker made them.
func (f *finder) detectOrder(s *stepInfo) {
	for _, l := range s.lists {
		if l.side != sideOutput || l.single || l.scalar || l.len() < 3 || l.dropish() {
			continue
		}
		if f.sortedAsText(s, l) || f.declaredOrder(s, l) || f.rankedOrder(s, l) {
			return
		}
	}
}

var sortWords = newSet("sort order orderby sortby ranking rank direction")

// declaredOrder compares the order with a parameter such as "price desc",
// "-rating" or sort_by and order apart.
func (f *finder) declaredOrder(s *stepInfo, l *list) bool {
	var field *column
	var at *param
	want := 0
	for _, p := range s.params {
		if p.side == sideOutput || p.v.kind != text || !sortWords.anyOf(p.words) || len(p.v.str) > 60 {
			continue
		}
		ws := words(p.v.str)
		for _, w := range ws {
			switch w {
			case "desc", "descending", "high", "highest", "down":
				want = -1
			case "asc", "ascending", "low", "lowest", "up", "cheapest":
				want = 1
			}
		}
		if strings.HasPrefix(p.v.str, "-") {
			want = -1
		}
		for _, c := range l.columns() {
			if _, ok := c.numbers(); ok && sharesWord(c.words, ws) {
				field, at = c, p
			}
		}
	}
	if field == nil || want == 0 {
		return false
	}
	got := direction(field.nums)
	if got == want || got == 0 && f.almost(field.nums, want) {
		return true
	}
	d := draft{kind: KindInversion, sev: xray.SeverityAlarm, step: s.idx, weight: 82, ptrs: []string{at.ptr, l.cellPtr(0, field), l.cellPtr(l.len()-1, field)}, vals: vals{"field": field.label(), "declared": at.v.str}}
	d.text = fmt.Sprintf("%s was to sort by %s, but its output runs from %s to %s", f.name(s.idx), quote(at.v.str, 40), showNumber(field.nums[0]), showNumber(field.nums[l.len()-1]))
	if got == -want {
		d.text += ": the order is upside down"
	} else {
		d.sev, d.weight = xray.SeverityNotice, 55
		d.text += " and is not sorted"
	}
	d.text += "."
	d.short = fmt.Sprintf("%s sorted %s the wrong way round", f.name(s.idx), field.label())
	f.add(d)
	return true
}

// almost allows equal numbers and one slip.
func (f *finder) almost(nums []float64, want int) bool {
	slips := 0
	for i := 1; i < len(nums); i++ {
		if d := nums[i] - nums[i-1]; d*float64(want) < 0 {
			slips++
		}
	}
	return slips == 0
}

var orderWords = newSet("rank rerank sort order ranking ranker reranker prioritize")

var rankWords = newSet("rank rerank sort order score top best select pick recommend rating ranker reranker ranking prioritize scorer relevance")

// rankedOrder finds a ranker whose best item stands last, or whose scores are
// all the same.
func (f *finder) rankedOrder(s *stepInfo, l *list) bool {
	ranker := s.d.Type == xray.TypeReranker || rankWords.anyOf(s.words)
	for _, c := range l.columns() {
		if !scoreWords.anyOf(c.words) || costWords.anyOf(c.words) {
			continue
		}
		nums, ok := c.numbers()
		if !ok || c.dates {
			continue
		}
		b := boundsOf(nums, make([]bool, len(nums)), false)
		switch {
		case b.lo == b.hi && b.n == l.len() && b.n >= 3 && (ranker || slices.Contains(c.words, "score")) && !slices.Contains(c.words, "confidence") && !slices.Contains(c.words, "probability"):
			f.add(draft{kind: KindAllEqual, sev: xray.SeverityNotice, step: s.idx, weight: 56, ptrs: []string{l.cellPtr(0, c), l.cellPtr(1, c)}, vals: vals{"field": c.label(), "value": b.lo, "items": b.n},
				text:  fmt.Sprintf("All %d items of %s have the same %s, %s: the order among them means nothing.", b.n, f.name(s.idx), c.label(), showNumber(b.lo)),
				short: fmt.Sprintf("%s gave every item the same %s", f.name(s.idx), c.label())})
			return true
		case ranker && direction(nums) == 1 && !f.sortedBefore(s, l, c) && f.decides(c):
			d := draft{kind: KindInversion, sev: xray.SeverityAlarm, step: s.idx, weight: 80, ptrs: []string{l.cellPtr(0, c), l.cellPtr(l.len()-1, c)}, vals: vals{"field": c.label(), "first": nums[0], "last": nums[len(nums)-1]},
				text:  fmt.Sprintf("%s put the lowest %s first: its order runs up from %s (%s) to %s (%s).", f.name(s.idx), c.label(), l.itemName(0), showNumber(nums[0]), l.itemName(l.len()-1), showNumber(nums[len(nums)-1])),
				short: fmt.Sprintf("%s ranked the lowest %s first", f.name(s.idx), c.label())}
			sorts := s.d.Type == xray.TypeReranker || orderWords.anyOf(s.words)
			if st := f.byStep[s.idx]; st != nil && st.dropped() == 0 && f.keepsOrder(st) && !sorts {
				return true // it scores and leaves sorting to others
			}
			if l.len() < 4 || !sorts {
				d.sev, d.weight = xray.SeverityNotice, 58
			}
			f.add(d)
			return true
		}
	}
	return false
}

// keepsOrder tells whether the step left the order as it found it: it may be
// one that scores and leaves sorting to others.
func (f *finder) keepsOrder(st *station) bool {
	last := int32(-1)
	for _, i := range st.m.toA {
		if i >= 0 && i < last {
			return false
		}
		last = max(last, i)
	}
	return true
}

// sortedBefore tells whether another field explains the rising order, as when
// a price list happens to rise in score too.
func (f *finder) sortedBefore(s *stepInfo, l *list, c *column) bool {
	for _, o := range l.columns() {
		if o == c || o.idish() {
			continue
		}
		if ordinal.anyOf(o.words) {
			continue
		}
		if nums, ok := o.numbers(); ok && costWords.anyOf(o.words) && direction(nums) == 1 {
			return true
		}
	}
	return false
}

// unscored finds items that a step gave no score, though it gave others one.
func (f *finder) unscored(s *stepInfo) {
	for _, l := range s.lists {
		if l.side != sideOutput || l.single || l.scalar || l.len() < 2 || s.source() || s.d.Type == xray.TypeTool || len(s.kids) > 0 {
			continue
		}
		for _, c := range l.columns() {
			var without []int
			for i, v := range c.cells {
				if v == nil || v.kind == null {
					without = append(without, i)
				}
			}
			if nums, ok := c.numbers(); !ok || nums == nil || c.dates || !scoreWords.anyOf(c.words) || len(without) == 0 || len(without) == l.len() || f.scoredBefore(l, c) {
				continue
			}
			f.add(draft{kind: KindMissing, sev: xray.SeverityNotice, step: s.idx, weight: 53, ptrs: []string{l.cellPtr(without[0], c), l.home()}, vals: vals{"field": c.label(), "items": len(without), "of": l.len()},
				text:  fmt.Sprintf("%s gave %d of %d items no %s: %s.", f.name(s.idx), len(without), l.len(), c.label(), l.names(without, 3)),
				short: fmt.Sprintf("%s left %s without %s", f.name(s.idx), plural(len(without), "item"), c.label())})
			return
		}
	}
}

// scoredBefore tells whether the field stood in an earlier list already.
func (f *finder) scoredBefore(l *list, c *column) bool {
	for _, b := range f.earlier(l.step) {
		if b.column(c.path) != nil {
			return true
		}
	}
	for _, b := range f.steps[l.step].side(sideInput, false) {
		if b.column(c.path) != nil {
			return true
		}
	}
	return false
}
