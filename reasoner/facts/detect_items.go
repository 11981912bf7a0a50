package facts

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/xraytrace/xray"
)

// detectDuplicates finds two items with one id, where the list first appears.
func (f *finder) detectDuplicates(s *stepInfo) {
	for _, l := range s.lists {
		if l.single || l.scalar || l.len() < 2 || l.side == sideAttributes || l == s.decisions {
			continue
		}
		c := l.primary()
		if c == nil {
			continue
		}
		c.index()
		if c.uniq == 1 || c.uniq < 0.5 || c.present*10 < l.len()*9 || f.listedBefore(l, c) {
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

// detectOrder checks lists that should be sorted: as a parameter says, or
// because a ranker made them.
func (f *finder) detectOrder(s *stepInfo) {
	for _, l := range s.lists {
		if l.side != sideOutput || l.single || l.scalar || l.len() < 3 || l.dropish() {
			continue
		}
		if f.declaredOrder(s, l) || f.rankedOrder(s, l) {
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

// detectInvented finds ids among the output that stand in no input: a model
// made them up, or a lookup brought them in.
func (f *finder) detectInvented(s *stepInfo) {
	if s.out == nil || s.source() && s.d.Type != xray.TypeLLM || f.seen.full || len(s.kids) > 0 {
		return
	}
	if st := f.byStep[s.idx]; st != nil && len(st.added) > 0 && st.out != nil && st.m.cb != nil {
		f.inventedItems(s, st)
		return
	}
	if f.byStep[s.idx] == nil {
		f.inventedPick(s)
	}
	f.inventedLinks(s)
}

func (f *finder) inventedItems(s *stepInfo, st *station) {
	c := st.m.cb
	var strange []int
	for _, j := range st.added {
		if v := c.at(int(j)); v != nil && !f.seen.known(v.str, f.putOut(s.idx)) {
			strange = append(strange, int(j))
		}
	}
	if len(strange) == 0 || s.source() {
		return
	}
	d := draft{kind: KindInvented, sev: xray.SeverityNotice, step: s.idx, weight: 63, vals: vals{"field": c.label(), "items": len(strange), "example": c.at(strange[0]).str}}
	for _, j := range strange[:min(3, len(strange))] {
		d.ptrs = append(d.ptrs, cellHere(st.step, st.out, j, c))
	}
	sameShape := st.in.shaped(st.m.ca, c.at(strange[0]).str)
	if (c.idish() && !c.list.scalar || sameShape) && len(strange)*2 <= st.out.len() && st.nKept > 0 && (s.d.Type == xray.TypeLLM || narrowWords.anyOf(s.words)) {
		d.sev, d.weight = xray.SeverityAlarm, 83
	}
	chooses := st.nKept*2 >= st.out.len() && !st.in.scalar && (s.d.Type == xray.TypeLLM || narrowWords.anyOf(s.words))
	if st.out.scalar && !sameShape && !chooses {
		d.sev, d.weight = xray.SeverityInfo, 20
	}
	d.text = fmt.Sprintf("%s put out %s not among its %d candidates and in no earlier step: %s.", f.name(s.idx), plural(len(strange), "item"), st.in.len(), st.out.names(strange, 3))
	d.short = fmt.Sprintf("%s made up %s", f.name(s.idx), st.out.itemName(strange[0]))
	f.add(d)
}

// shaped tells whether a text looks like the keys of a list: the same pattern
// of letters and digits as most of them, with both in it.
func (l *list) shaped(c *column, s string) bool {
	if c == nil {
		return false
	}
	want := pattern(s)
	if !strings.Contains(want, "9") || !strings.ContainsAny(want, "aA") {
		return false
	}
	n, tried := 0, 0
	for i := range min(len(c.cells), 50) {
		if v := c.at(i); v != nil {
			tried++
			if pattern(v.str) == want {
				n++
			}
		}
	}
	return tried > 0 && n*2 > tried
}

// pattern writes runs of letters as a, of capitals as A and of digits as 9.
func pattern(s string) string {
	if len(s) > 80 {
		return ""
	}
	var b strings.Builder
	var last rune
	for _, r := range s {
		p := r
		switch {
		case unicode.IsDigit(r):
			p = '9'
		case unicode.IsUpper(r):
			p = 'A'
		case unicode.IsLetter(r):
			p = 'a'
		case unicode.IsSpace(r):
			return ""
		}
		if p != last {
			b.WriteRune(p)
		}
		last = p
	}
	return b.String()
}

var pickWords = newSet("selected chosen best winner pick picked top recommended answer choice match final selection recommendation")

// inventedPick handles an answer that names one item which is none of the
// candidates: {"selected_id": "P99"}.
func (f *finder) inventedPick(s *stepInfo) {
	cands := s.side(sideInput, false)
	cands = append(cands, f.earlier(s.idx)...)
	for _, o := range s.params {
		if o.side != sideOutput || o.v.kind != text && o.v.kind != number || len(o.v.str) > 120 || f.seen.known(o.v.str, f.putOut(s.idx)) {
			continue
		}
		for _, in := range cands[:min(8, len(cands))] {
			if in.single || in.len() < 2 {
				continue
			}
			c := in.bestKey()
			if c == nil {
				continue
			}
			if !f.speaksOf(o, c, in, s) {
				if f.unknownTitle(o, in) {
					f.add(draft{kind: KindInvented, sev: xray.SeverityNotice, step: s.idx, weight: 66, ptrs: []string{o.ptr}, vals: vals{"field": o.name, "value": o.v.str, "candidates": in.len()},
						text:  fmt.Sprintf("%s chose %s, but none of the %d candidates is called so.", f.name(s.idx), quote(o.v.str, 80), in.len()),
						short: fmt.Sprintf("%s chose %s, which is no candidate", f.name(s.idx), quote(o.v.str, 40))})
					return
				}
				continue
			}
			d := draft{kind: KindInvented, sev: xray.SeverityAlarm, step: s.idx, weight: 83, ptrs: []string{o.ptr}, vals: vals{"field": o.name, "value": o.v.str, "candidates": in.len()}}
			d.text = fmt.Sprintf("%s named %s as %s, which is none of the %d candidates and stands in no earlier step.", f.name(s.idx), quote(o.v.str, 60), firstOf(o.name, "its answer"), in.len())
			d.short = fmt.Sprintf("%s picked %s, which is no candidate", f.name(s.idx), cut(o.v.str, 40))
			f.add(d)
			return
		}
	}
}

// unknownTitle tells whether a field that names a choice holds a short title
// that resembles none of the candidates'.
func (f *finder) unknownTitle(o *param, in *list) bool {
	if !pickWords.anyOf(words(o.name)) || o.v.kind != text || len(o.v.str) > 80 || strings.Count(o.v.str, " ") > 8 || in.len() > 2000 {
		return false
	}
	titled := 0
	for i := range in.elems {
		label := in.itemLabel(i)
		if label == "" {
			continue
		}
		titled++
		if similarity(foldKey(o.v.str), foldKey(label)) >= similar {
			return false
		}
	}
	return titled*2 > in.len()
}

func (l *list) bestKey() *column {
	if c := l.primary(); c != nil {
		return c
	}
	for _, c := range l.keyColumns() {
		if c.idish() {
			return c
		}
	}
	if ks := l.keyColumns(); len(ks) > 0 {
		return ks[0]
	}
	return nil
}

// speaksOf tells whether an output field names an item of the candidates: it
// is called as their key is and stands in a choosing step, or it looks just
// like their keys.
func (f *finder) speaksOf(o *param, c *column, in *list, s *stepInfo) bool {
	ws := words(o.name)
	chooses := pickWords.anyOf(ws) || pickWords.anyOf(o.words) || narrowWords.anyOf(s.words)
	last := ""
	if len(ws) > 0 {
		last = ws[len(ws)-1]
	}
	named := last != "" && len(c.words) > 0 && last == c.words[len(c.words)-1]
	if named && pickWords.anyOf(ws) || in.shaped(c, o.v.str) && (chooses || s.d.Type == xray.TypeLLM) {
		return true
	}
	return o.name == c.name && chooses && o.v.kind == number && isInteger(o.v.str) && c.allIntegers()
}

func (c *column) allIntegers() bool {
	for _, v := range c.cells {
		if v == nil || !isInteger(v.str) {
			return false
		}
	}
	return true
}

// inventedLinks finds web addresses in a model's answer that stood nowhere
// before.
func (f *finder) inventedLinks(s *stepInfo) {
	if s.d.Type != xray.TypeLLM && s.d.Type != xray.TypeAgent {
		return
	}
	for _, p := range s.passages {
		if p.side != sideOutput {
			continue
		}
		for _, u := range links(p.s) {
			if f.seen.known(u, f.putOut(s.idx)) {
				continue
			}
			f.add(draft{kind: KindInvented, sev: xray.SeverityNotice, step: s.idx, weight: 48, ptrs: []string{p.ptr}, vals: vals{"value": u},
				text: fmt.Sprintf("%s names the address %s, which stands in nothing it was given.", f.name(s.idx), quote(u, 120)), short: fmt.Sprintf("%s cites an address that it was not given", f.name(s.idx))})
			return
		}
	}
}

func links(s string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("()<>[]\"'`", r) }) {
		if strings.HasPrefix(w, "http://") || strings.HasPrefix(w, "https://") {
			if w = strings.TrimRight(w, ".,;:!?*"); len(out) < 20 && len(w) > 10 {
				out = append(out, w)
			}
		}
	}
	return out
}
