package query

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Error says what is wrong with a query; it has at least one fault, in the order
// of the text.
type Error struct{ Faults []Fault }

// Fault is what is wrong with one part of a query. Positions count UTF-16 code
// units from the start of the text, as JavaScript does.
type Fault struct {
	Start, End  int // of the part; equal where something is missing
	Message     string
	Suggestions []string // texts that could stand in place of the part, best first
}

func (e *Error) Error() string { return e.Faults[0].Message }

// fault notes what is wrong between two byte offsets.
func (p *parser) fault(from, to int, message string, suggestions ...string) {
	p.faults = append(p.faults, Fault{
		Start: utf16Length(p.text[:from]), End: utf16Length(p.text[:to]), Message: message, Suggestions: suggestions,
	})
}

func utf16Length(s string) int {
	n := 0
	for _, r := range s {
		if n++; r >= 1<<16 {
			n++
		}
	}
	return n
}

// nearest returns those of names that somebody may have meant, best first.
func nearest(typed string, names []string) []string {
	const most = 3
	type scored struct {
		name  string
		score int
	}
	typed = strings.ToLower(typed)
	var near []scored
	for _, name := range names {
		d := distance(typed, name)
		if len(typed) >= 2 && (strings.HasPrefix(name, typed) || strings.Contains(name, "."+typed)) {
			d = 1
		}
		if d <= max(1, utf8.RuneCountInString(typed)/3) {
			near = append(near, scored{name, d})
		}
	}
	slices.SortStableFunc(near, func(a, b scored) int { return cmp.Compare(a.score, b.score) })
	var out []string
	for _, n := range near[:min(most, len(near))] {
		out = append(out, n.name)
	}
	return out
}

// nearestFields returns the fields that somebody may have meant, best first.
func nearestFields(typed string) []string {
	var all, out []string
	for _, f := range fields {
		all = append(append(all, string(f.Name)), f.Aliases...)
	}
	for _, name := range nearest(typed, append(all, "has")) {
		if f, ok := Lookup(name); ok {
			name = string(f.Name)
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// distance is how many letters must be put in, left out, changed or swapped with
// the next to make one of two words the other (optimal string alignment).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 40 || len(y) > 40 {
		return 40
	}
	before, last := make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row := make([]int, len(y)+1)
		row[0] = i + 1
		for j := range y {
			change := last[j]
			if x[i] != y[j] {
				change++
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, change)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(y)]
}
