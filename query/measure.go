package query

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/xraytrace/xray"
)

// measure reads a number, an amount, a duration or a time. A day is many times:
// low and high are its first and last nanosecond; otherwise they are the same.
func (p *parser) measure(f *Field, start, end int, text string) (low, high xray.Value, ok bool) {
	var err error
	var suggestions []string
	switch f.Kind {
	case KindTime:
		low.Nano, high.Nano, err = readTime(text)
		if _, other := readDuration(text); err != nil && other == nil {
			err = fmt.Errorf("%q is a duration, not a time: write age:<%s", text, text)
		}
		ok = err == nil
	case KindDuration:
		low.Nano, err = readDuration(text)
		if err != nil && isNumber(text) {
			suggestions = []string{text + "s", text + "ms"}
		}
		high, ok = low, err == nil
	default:
		low.Number, err = readNumber(f.Kind, text)
		if err != nil && f.Kind == KindShare && isNumber(text) {
			suggestions = []string{text + "%"}
		}
		if f.Kind == KindAny {
			low.Text = text
		}
		high, ok = low, err == nil
	}
	if !ok {
		p.fault(start, end, err.Error(), suggestions...)
	}
	return low, high, ok
}

// isNumber reports whether text is a plain decimal number.
func isNumber(text string) bool {
	_, err := decimal(text)
	return err == nil
}

func decimal(text string) (float64, error) {
	if strings.Trim(text, "0123456789.eE+-") != "" { // no Inf, NaN, 0x or _
		return 0, strconv.ErrSyntax
	}
	n, err := strconv.ParseFloat(text, 64)
	return n + 0, err // no -0
}

// readNumber reads a count, an amount of money, a share or any number.
func readNumber(kind Kind, text string) (float64, error) {
	number, scale := text, 1.0
	switch kind {
	case KindMoney:
		number = strings.TrimPrefix(text, "$")
	case KindShare:
		if percent, ok := strings.CutSuffix(text, "%"); ok {
			number, scale = percent, 1.0/100
		}
	case KindInteger:
		number, scale = thousands(text)
	}
	n, err := decimal(number)
	n *= scale
	switch {
	case err != nil && kind == KindShare:
		return 0, fmt.Errorf("%q is not a share: write 0.9 or 90%%", text)
	case err != nil && kind == KindMoney:
		return 0, fmt.Errorf("%q is not an amount: write 0.05 or $0.05", text)
	case err != nil:
		return 0, fmt.Errorf("%q is not a number: write 1000 or 1k", text)
	case kind == KindShare && (n < 0 || n > 1):
		return 0, fmt.Errorf("a share lies between 0 and 1: write 0.9 or 90%%")
	case kind == KindInteger && (n < 0 || n > 1e15 || n != math.Trunc(n)):
		return 0, fmt.Errorf("%q is not a count: write a whole number from 0 up", text)
	case kind == KindMoney && n < 0:
		return 0, fmt.Errorf("a cost is never below 0")
	}
	return n, nil
}

// thousands reads the ending of 1k and 1.5M.
func thousands(text string) (number string, scale float64) {
	switch {
	case strings.HasSuffix(text, "k"), strings.HasSuffix(text, "K"):
		return text[:len(text)-1], 1e3
	case strings.HasSuffix(text, "m"), strings.HasSuffix(text, "M"):
		return text[:len(text)-1], 1e6
	}
	return text, 1
}

// readDuration reads 1h30m, 2.5s, 7d: what time.ParseDuration does, and days.
func readDuration(text string) (int64, error) {
	wrong := fmt.Errorf("%q is not a duration: write a number with its unit, such as 250ms, 2s, 5m, 1h30m or 7d", text)
	if strings.ContainsAny(text, "+-") {
		return 0, wrong
	}
	var days time.Duration
	number, rest, hasDays := strings.Cut(text, "d")
	if hasDays {
		n, err := decimal(number)
		if err != nil || n > 1e5 {
			return 0, wrong
		}
		days = time.Duration(math.Round(n * float64(24*time.Hour)))
		if rest == "" {
			return int64(days), nil
		}
		text = rest
	}
	d, err := time.ParseDuration(text)
	if err != nil || days+d < 0 {
		return 0, wrong
	}
	return int64(days + d), nil
}

// readTime reads a day, a minute or a moment and returns its first and last
// nanosecond.
func readTime(text string) (low, high int64, err error) {
	for _, f := range [...]struct {
		layout string
		length time.Duration
	}{
		{time.DateOnly, 24 * time.Hour}, {"2006-01-02T15:04", time.Minute}, {"2006-01-02T15:04Z07:00", time.Minute},
		{"2006-01-02T15:04:05", time.Second}, {time.RFC3339, time.Second},
	} {
		t, err := time.Parse(f.layout, text)
		if err != nil {
			continue
		}
		if t.Year() < 1970 || t.Year() > 2261 {
			return 0, 0, fmt.Errorf("the year must lie between 1970 and 2261")
		}
		if t.Nanosecond() != 0 { // said to the fraction of a second
			f.length = 1
		}
		return t.UnixNano(), t.UnixNano() + int64(f.length) - 1, nil
	}
	return 0, 0, fmt.Errorf("%q is not a time: write 2026-11-22 or 2026-11-22T10:00, or for one relative to now age:<2h", text)
}
