package facts

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/xraytrace/xray"
)

var (
	figure = regexp.MustCompile(`(?:[$€£]\s?(\d[\d,]*(?:\.\d+)?))|(?:\b(\d[\d,]*(?:\.\d+)?)\s?(?:[€£%]|EUR\b|USD\b|GBP\b|euros?\b|dollars?\b|percent\b))`)
	code   = regexp.MustCompile(`\b[A-Z]{2,6}[-_]?\d{2,8}\b`)
)

// detectFigures finds amounts and codes in a model's answer that stand in
// nothing it was given and are no sum, difference, product or share of it.
func (f *finder) detectFigures(s *stepInfo) {
	if s.d.Type != xray.TypeLLM || len(s.kids) > 0 || f.seen.full || s.in == nil {
		return
	}
	given := proseOf(s, sideInput)
	for _, p := range s.passages {
		if p.side != sideOutput || len(p.s) > 4000 {
			continue
		}
		if word := f.strangeCode(s, p.s, given); word != "" {
			f.figureFact(s, p, "the code", word)
			return
		}
		if word := f.strangeFigure(s, p.s, given); word != "" {
			f.figureFact(s, p, "the figure", word)
			return
		}
	}
}

func (f *finder) figureFact(s *stepInfo, p passage, what, word string) {
	f.add(draft{kind: KindInvented, sev: xray.SeverityNotice, step: s.idx, weight: 51, ptrs: []string{p.ptr}, vals: vals{"value": word},
		text:  fmt.Sprintf("%s names %s %s, which stands in nothing it was given.", f.name(s.idx), what, quote(word, 40)),
		short: fmt.Sprintf("%s names %s, which it was not given", f.name(s.idx), cut(word, 40))})
}

// strangeCode asks that codes are spoken of at all: in the request, or in what
// was brought.
func (f *finder) strangeCode(s *stepInfo, answer, given string) string {
	if ask := f.request(); ask == nil || s.parent < 0 {
		return ""
	}
	for _, w := range code.FindAllString(answer, 20) {
		if !f.seen.known(w, f.putOut(s.idx)) && !strings.Contains(given, w) {
			return w
		}
	}
	return ""
}

func (f *finder) strangeFigure(s *stepInfo, answer, given string) string {
	base := f.figuresOf(s, given)
	if len(base) < 2 {
		return "" // it was given no figures: it speaks of what it knows
	}
	for _, m := range figure.FindAllStringSubmatch(answer, 20) {
		word := firstOf(m[1], m[2])
		n, err := strconv.ParseFloat(strings.ReplaceAll(word, ",", ""), 64)
		if err == nil && n > 1 && !computable(n, base) {
			return strings.TrimSpace(m[0])
		}
	}
	return ""
}

// figuresOf are the numbers that a model was given, and those of the request.
func (f *finder) figuresOf(s *stepInfo, given string) []float64 {
	var out []float64
	add := func(text string) {
		for _, w := range numberWord.FindAllString(text, 200) {
			if n, err := strconv.ParseFloat(strings.ReplaceAll(w, ",", ""), 64); err == nil && len(out) < 200 {
				out = append(out, n)
			}
		}
	}
	add(given)
	for _, l := range s.lists {
		if l.side != sideInput {
			continue
		}
		for _, c := range l.columns() {
			if nums, ok := c.numbers(); ok && !c.dates {
				for _, n := range nums {
					if len(out) < 200 && !math.IsNaN(n) {
						out = append(out, n)
					}
				}
			}
		}
	}
	for _, p := range s.params {
		if n, ok := p.v.float(); ok && p.side == sideInput && len(out) < 200 {
			out = append(out, n)
		}
	}
	if ask := f.request(); ask != nil {
		add(ask.v.str)
	}
	return out
}

var numberWord = regexp.MustCompile(`\d[\d,]*(?:\.\d+)?`)

// computable tells whether a number follows from others by one operation, or
// from all of them by adding or averaging. It allows for rounding.
func computable(n float64, base []float64) bool {
	near := func(x float64) bool {
		return math.Abs(x-n) <= 0.51 || math.Abs(x-n) <= 0.011*math.Abs(n)
	}
	sum := 0.0
	for i, a := range base {
		sum += a
		if near(a) || near(a*100) || near(a/100) || near(a*1000) || near(a/1000) {
			return true
		}
		for _, b := range base[i+1:] {
			if near(a+b) || near(a-b) || near(b-a) || near(a*b) || b != 0 && (near(a/b) || near(100*a/b) || near(100*(a-b)/b) || near(a*b/100) || near(a+a*b/100) || near(a-a*b/100)) ||
				a != 0 && (near(b/a) || near(100*b/a) || near(100*(b-a)/a) || near(b+a*b/100) || near(b-a*b/100)) {
				return true
			}
		}
	}
	return near(sum) || near(sum/float64(len(base)))
}
