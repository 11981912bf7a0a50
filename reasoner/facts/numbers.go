package facts

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// numbers reads the column as numbers (or times, in seconds), NaN where a cell
// is none. ok is false if fewer than six in ten of the cells present are: the others
// may be what somebody's parser stumbled over.
func (c *column) numbers() (nums []float64, ok bool) {
	if c.numeric != 0 {
		return c.nums, c.numeric > 0
	}
	c.numeric = -1
	c.nums = make([]float64, len(c.cells))
	good, present, dates := 0, 0, 0
	for i, v := range c.cells {
		c.nums[i] = math.NaN()
		if v == nil || v.kind == null {
			continue
		}
		present++
		if f, isNum := v.float(); isNum {
			c.nums[i] = f
			good++
		} else if f, isMoney := money(v); isMoney {
			c.nums[i] = f
			good++
		} else if f, isDate := dateOf(v); isDate {
			c.nums[i] = f
			dates++
		}
		if present == 64 && good+dates == 0 {
			return c.nums, false
		}
	}
	if good > 0 && dates > 0 {
		return c.nums, false
	}
	c.dates = dates > 0
	if present > 0 && float64(good+dates) >= 0.6*float64(present) {
		c.numeric = 1
	}
	return c.nums, c.numeric > 0
}

// money reads "$19.99" and "€ 20".
func money(v *value) (float64, bool) {
	if v.kind != text || len(v.str) > 24 || v.str == "" {
		return 0, false
	}
	s := strings.TrimSpace(strings.TrimLeft(v.str, "$€£¥₹ "))
	if len(s) == len(v.str) {
		return 0, false
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64)
	return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
}

var dateLayouts = []string{time.RFC3339Nano, time.DateOnly, "2006-01-02T15:04:05", time.DateTime, "2006-01-02T15:04", time.RFC1123Z, time.RFC1123}

// dateOf reads an ISO date or time as seconds since 1970.
func dateOf(v *value) (float64, bool) {
	if v == nil || v.kind != text || len(v.str) < 10 || len(v.str) > 40 {
		return 0, false
	}
	if v.str[4] != '-' && v.str[3] != ',' {
		return 0, false
	}
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, v.str); err == nil {
			return float64(t.UnixNano()) / 1e9, true
		}
	}
	return 0, false
}

// bounds is the least and greatest number among the chosen elements; missing
// counts those without one.
type bounds struct {
	lo, hi  float64
	missing int
	n       int
}

func boundsOf(nums []float64, in []bool, want bool) bounds {
	b := bounds{lo: math.Inf(1), hi: math.Inf(-1)}
	for i, f := range nums {
		if in[i] != want {
			continue
		}
		if math.IsNaN(f) {
			b.missing++
			continue
		}
		b.n++
		b.lo, b.hi = min(b.lo, f), max(b.hi, f)
	}
	return b
}

// medianGap is the typical distance between neighbouring numbers.
func medianGap(nums []float64) float64 {
	sorted := make([]float64, 0, len(nums))
	for _, f := range nums {
		if !math.IsNaN(f) {
			sorted = append(sorted, f)
		}
	}
	if len(sorted) < 3 {
		return 0
	}
	slices.Sort(sorted)
	gaps := make([]float64, 0, len(sorted))
	for i := 1; i < len(sorted); i++ {
		if g := sorted[i] - sorted[i-1]; g > 0 {
			gaps = append(gaps, g)
		}
	}
	if len(gaps) == 0 {
		return 0
	}
	slices.Sort(gaps)
	return gaps[len(gaps)/2]
}

// direction tells how a column is sorted in the order of the list: 1 rising,
// -1 falling, 0 neither (or all equal, or too many cells missing).
func direction(nums []float64) int {
	up, down, last, n := 0, 0, math.NaN(), 0
	for _, f := range nums {
		if math.IsNaN(f) {
			continue
		}
		n++
		if f > last {
			up++
		} else if f < last {
			down++
		}
		last = f
	}
	switch {
	case n < 2 || n*10 < len(nums)*9 || up == 0 && down == 0 || up > 0 && down > 0:
		return 0
	case up > 0:
		return 1
	}
	return -1
}

// showNumber writes a number as people do: 19.99, 7, 1,999.
func showNumber(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return strconv.FormatFloat(f, 'g', 6, 64)
}

// choose is the number of ways to pick k of n, capped at 1e12.
func choose(n, k int) float64 {
	k = min(k, n-k)
	c := 1.0
	for i := range k {
		c = c * float64(n-i) / float64(i+1)
		if c > 1e12 {
			return 1e12
		}
	}
	return c
}
