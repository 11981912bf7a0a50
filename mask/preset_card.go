package mask

import (
	"slices"
	"strconv"
)

// Lengths of card numbers, in digits, and how they are grouped on paper.
const (
	minCard, maxCard = 13, 19
	minGroup         = 3 // digits of a group, if there are several
	minCardDigits    = minCard
)

// findCards finds payment card numbers: the digits of a network's range in the
// right number, with the right check digit, in one run or in groups with
// spaces or hyphens. What stands around may be other numbers.
func findCards(text string) (out []span) {
	for from := 0; ; {
		groups, next := digitGroups(text, from)
		if groups == nil {
			return out
		}
		out = append(out, cardsAmong(text, groups)...)
		from = next
	}
}

// digitGroups returns the next run of groups of digits that only single spaces
// or hyphens divide, if it has enough digits for a card.
func digitGroups(text string, from int) (groups []span, next int) {
	for i := from; i < len(text); {
		if !isDigit(text[i]) {
			i++
			continue
		}
		groups = groups[:0]
		digits := 0
		for {
			start := i
			for i < len(text) && isDigit(text[i]) {
				i++
			}
			groups = append(groups, span{start, i})
			digits += i - start
			if i+1 >= len(text) || text[i] != ' ' && text[i] != '-' || !isDigit(text[i+1]) {
				break
			}
			i++
		}
		if digits >= minCardDigits {
			return groups, i
		}
	}
	return nil, 0
}

func cardsAmong(text string, groups []span) (out []span) {
	var number []byte
	for first := 0; first < len(groups); first++ {
		number = number[:0]
		for last := first; last < len(groups); last++ {
			g := groups[last]
			number = append(number, text[g.start:g.end]...)
			if len(number) > maxCard || last > first && (g.end-g.start < minGroup || groups[first].end-groups[first].start < minGroup) {
				break
			}
			s := span{groups[first].start, g.end}
			if isCard(number) && standsAlone(text, s) {
				out = append(out, s)
				first = last
				break
			}
		}
	}
	return out
}

// standsAlone tells a number from a part of a word or of a fraction.
func standsAlone(text string, s span) bool {
	if s.start > 1 && text[s.start-1] == '.' && isDigit(text[s.start-2]) {
		return false
	}
	return !wordBefore(text, s.start) && !wordAfter(text, s.end)
}

// networks are the ranges of first digits of card numbers with their lengths.
var networks = []struct {
	low, high int // first six digits
	lengths   []int
}{
	{222100, 272099, []int{16}},             // Mastercard
	{300000, 305999, []int{14, 16}},         // Diners Club
	{340000, 349999, []int{15}},             // American Express
	{352800, 358999, []int{16, 17, 18, 19}}, // JCB
	{360000, 369999, []int{14}},             // Diners Club
	{370000, 379999, []int{15}},             // American Express
	{380000, 399999, []int{14, 16}},         // Diners Club
	{400000, 499999, []int{13, 16, 19}},     // Visa
	{500000, 509999, []int{16, 18, 19}},     // Maestro
	{510000, 559999, []int{16}},             // Mastercard
	{560000, 589999, []int{16, 18, 19}},     // Maestro
	{601100, 601199, []int{16, 19}},         // Discover
	{620000, 629999, []int{16, 17, 18, 19}}, // UnionPay
	{630000, 639999, []int{16, 18, 19}},     // Maestro
	{644000, 659999, []int{16, 19}},         // Discover
	{670000, 679999, []int{16, 18, 19}},     // Maestro
}

func isCard(digits []byte) bool {
	if len(digits) < minCard || len(digits) > maxCard {
		return false
	}
	head, _ := strconv.Atoi(string(digits[:6]))
	for _, n := range networks {
		if head >= n.low && head <= n.high {
			return slices.Contains(n.lengths, len(digits)) && luhn(digits)
		}
	}
	return false
}

// luhn checks the last digit as ISO/IEC 7812-1 computes it. One random number
// in ten passes, which is why the networks' ranges are checked as well.
func luhn(digits []byte) bool {
	sum, double := 0, false
	for _, c := range slices.Backward(digits) {
		d := int(c - '0')
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum, double = sum+d, !double
	}
	return sum%10 == 0
}
