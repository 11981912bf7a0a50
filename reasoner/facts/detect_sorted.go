package facts

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/xraytrace/xray"
)

// sortedAsText finds a list in the order of its numbers' spelling: "9", "10"
// and "100" sorted as texts. It asks that a step sorts, or says by what.
func (f *finder) sortedAsText(s *stepInfo, l *list) bool {
	sorter := s.d.Type == xray.TypeReranker || orderWords.anyOf(s.words)
	for _, c := range l.columns() {
		if c.dates || l.len() < 3 {
			continue
		}
		named := false
		for _, p := range s.params {
			named = named || p.side != sideOutput && p.v.kind == text && len(p.v.str) <= 60 && p.list == nil && sortParam(p) && sharesWord(c.words, words(p.v.str))
		}
		if !named && (!sorter || l.len() < 5) {
			continue
		}
		if up, down := monotonic(c, strings.Compare); !up && !down {
			continue
		}
		if up, down := monotonic(c, natural); up || down {
			continue
		}
		if nums, ok := c.numbers(); ok && direction(nums) != 0 {
			continue
		}
		f.add(draft{kind: KindInversion, sev: xray.SeverityAlarm, step: s.idx, weight: 81, ptrs: []string{l.cellPtr(0, c), l.cellPtr(l.len()-1, c)},
			vals:  vals{"field": c.label(), "first": c.at(0).str, "last": c.at(l.len() - 1).str},
			text:  fmt.Sprintf("%s sorted %s as text, not by number: its order runs %s.", f.name(s.idx), c.label(), strings.Join(firstCells(c, 4), ", ")),
			short: fmt.Sprintf("%s sorted %s as text", f.name(s.idx), c.label())})
		return true
	}
	return false
}

func sortParam(p *param) bool {
	return sortWords.anyOf(p.words) || fieldNames[lowerName(p.name)]
}

func firstCells(c *column, n int) []string {
	var out []string
	for i := range min(n, len(c.cells)) {
		out = append(out, cut(c.at(i).str, 30))
	}
	return out
}

// monotonic tells whether the cells only rise or only fall. All must be there,
// and hold a digit.
func monotonic(c *column, compare func(a, b string) int) (up, down bool) {
	up, down = true, true
	for i := range c.cells {
		v := c.at(i)
		if v == nil || v.kind != text && v.kind != number || len(v.str) > 60 || !strings.ContainsAny(v.str, "0123456789") {
			return false, false
		}
		if i > 0 {
			n := compare(c.cells[i-1].str, v.str)
			up, down = up && n <= 0, down && n >= 0
		}
	}
	return up, down
}

// natural compares texts with their runs of digits read as numbers.
func natural(a, b string) int {
	for a != "" && b != "" {
		x, restA, numA := chunk(a)
		y, restB, numB := chunk(b)
		if numA && numB {
			x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
			if len(x) != len(y) {
				return len(x) - len(y)
			}
		}
		if n := strings.Compare(x, y); n != 0 {
			return n
		}
		a, b = restA, restB
	}
	return len(a) - len(b)
}

// chunk cuts off the first run of digits, or of anything else.
func chunk(s string) (first, rest string, number bool) {
	number = unicode.IsDigit(rune(s[0]))
	i := strings.IndexFunc(s, func(r rune) bool { return unicode.IsDigit(r) != number })
	if i < 0 {
		i = len(s)
	}
	return s[:i], s[i:], number
}
