package facts

import (
	"fmt"
	"math"

	"github.com/xraytrace/xray"
)

var (
	totalNames = newSet("total sum subtotal grand_total grandtotal total_amount totalamount total_price totalprice amount_due")
	lineWords  = newSet("total amount price cost value subtotal sum line")
	extras     = newSet("tax vat discount shipping fee tip rate coupon rebate credit deposit rounding")
)

// detectTotals finds a total that is no sum of the lines that the step was
// given. Where taxes, fees or discounts are on record nothing is said.
func (f *finder) detectTotals(s *stepInfo) {
	if s.out == nil || len(s.kids) > 0 {
		return
	}
	for _, p := range s.params {
		if extras.anyOf(words(p.name)) {
			return
		}
	}
	for _, p := range s.params {
		total, ok := p.v.float()
		if p.side != sideOutput || p.v.kind != number || !ok || p.list != nil || !totalNames[lowerName(p.name)] {
			continue
		}
		for _, l := range s.side(sideInput, false) {
			if c := lines(l); c != nil && !addsUp(l, total) {
				f.totalFact(s, p, l, c, total)
				return
			}
		}
	}
}

// lines is the one column of a list that a total would add up.
func lines(l *list) *column {
	if l.scalar || l.len() < 2 {
		return nil
	}
	var found *column
	for _, c := range l.columns() {
		if extras.anyOf(c.words) {
			return nil
		}
		if nums, ok := c.numbers(); ok && !c.dates && !c.idish() && lineWords.anyOf(c.words) && boundsOf(nums, make([]bool, len(nums)), false).missing == 0 {
			if found == nil || lineWords[c.words[0]] || totalNames[lowerName(c.name)] {
				found = c
			}
		}
	}
	return found
}

// addsUp tells whether some column, or the product of two, sums to a total.
func addsUp(l *list, total float64) bool {
	var cols [][]float64
	for _, c := range l.columns() {
		if nums, ok := c.numbers(); ok && !c.dates {
			cols = append(cols, nums)
		}
	}
	near := func(sum float64) bool { return math.Abs(sum-total) <= max(0.011, 0.001*math.Abs(total)) }
	for i, a := range cols {
		sum := 0.0
		for _, n := range a {
			sum += n
		}
		if near(sum) || near(sum/float64(len(a))) {
			return true
		}
		for _, b := range cols[i+1:] {
			product := 0.0
			for k := range a {
				product += a[k] * b[k]
			}
			if near(product) {
				return true
			}
		}
	}
	return false
}

func (f *finder) totalFact(s *stepInfo, p *param, l *list, c *column, total float64) {
	nums, _ := c.numbers()
	sum := 0.0
	for _, n := range nums {
		sum += n
	}
	f.add(draft{kind: KindCount, sev: xray.SeverityNotice, step: s.idx, weight: 62, ptrs: []string{p.ptr, l.home()}, vals: vals{"says": total, "sum": round(sum), "field": c.label()},
		text:  fmt.Sprintf("%s says %s is %s, but the %s of its %d lines adds up to %s.", f.name(s.idx), p.name, showNumber(total), c.label(), l.len(), showNumber(round(sum))),
		short: fmt.Sprintf("the %s of %s does not add up", p.name, f.name(s.idx))})
}
