package verify

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// observed checks a clause against the evidence alone: it may consist of
// values, of the fields that they stand in, and of empty words. says is false
// when it consists of empty words only.
func (k *checker) observed(c clause, subject [][]string) (says bool, err error) {
	var values []said  // the values that the clause says
	var fields []field // the fields that it names
	sides := map[string]struct{}{}
	for i := 0; i < len(c); i++ {
		m := c[i]
		if n, names := k.fieldAt(c[i:]); n > 0 && !k.onlyValue(m) {
			fields = append(fields, field{at: i + n - 1, names: names})
			i += n - 1
			continue
		}
		if len(m.steps) > 0 {
			continue
		}
		if cites := k.valueOf(m); len(cites) > 0 {
			values = append(values, said{at: i, cites: cites, as: m})
			continue
		}
		switch raw := strings.ToLower(m.raw); {
		case m.silent():
		case in(inputs, raw):
			sides["input"] = struct{}{}
		case in(outputs, raw):
			sides["output"] = struct{}{}
		default:
			return false, fmt.Errorf("%q stands in no cited evidence or fact", shorten(m.written()))
		}
	}
	if len(values) == 0 {
		if len(fields) > 0 || len(sides) > 0 {
			return false, errors.New("it names a field without saying its value")
		}
		return false, nil
	}
	used, err := k.bind(values, fields, sides)
	if err != nil {
		return false, err
	}
	return true, k.onePlace(used, sides, subject)
}

// said is a value in a clause; field is the name of a field in it. Both carry
// the evidence that they may stand for.
type said struct {
	at    int
	cites []int
	as    mention
}

type field struct {
	at    int
	names []int
}

func (m mention) written() string {
	if m.quoted {
		return joined(m.inner)
	}
	return m.raw
}

func (k *checker) fieldAt(c clause) (length int, names []int) {
	for i := range k.evidence {
		n := k.evidence[i].namedAt(c)
		if n > length {
			length, names = n, nil
		}
		if n == length && n > 0 {
			names = append(names, i)
		}
	}
	return length, names
}

// onlyValue reports whether a quoted mention is a value rather than the name
// of a field.
func (k *checker) onlyValue(m mention) bool { return m.quoted && len(k.valueOf(m)) > 0 }

func (k *checker) valueOf(m mention) (cites []int) {
	for i := range k.evidence {
		if k.evidence[i].isValue(m) {
			cites = append(cites, i)
		}
	}
	return cites
}

// bind decides which evidence each value stands for: that of the field named
// nearest to it. In turn the value nearest to a field must be its own, so that
// "price 100, threshold 152" is not accepted for price 152, threshold 100.
func (k *checker) bind(values []said, fields []field, sides map[string]struct{}) ([]int, error) {
	var used []int
	for _, v := range values {
		var names []int
		for _, f := range nearest(fields, v.at, func(f field) int { return f.at }) {
			names = append(names, f.names...)
		}
		if len(fields) == 0 && len(sides) > 0 {
			names = k.namelessOnes()
		}
		i := slices.IndexFunc(v.cites, func(e int) bool { return slices.Contains(names, e) })
		if i < 0 {
			return nil, fmt.Errorf("it does not say which field %q stands in", shorten(v.as.written()))
		}
		used = append(used, v.cites[i])
	}
	for _, f := range fields {
		owns := slices.ContainsFunc(nearest(values, f.at, func(v said) int { return v.at }), func(v said) bool {
			return slices.ContainsFunc(v.cites, func(e int) bool { return slices.Contains(f.names, e) })
		})
		if !owns {
			return nil, errors.New("a field and the value next to it do not belong together")
		}
	}
	return used, nil
}

func (k *checker) namelessOnes() (names []int) {
	for i := range k.evidence {
		if k.evidence[i].nameless() {
			names = append(names, i)
		}
	}
	return names
}

// nearest returns what stands closest to position at: two on a tie.
func nearest[T any](list []T, at int, position func(T) int) []T {
	best := -1
	var found []T
	for _, x := range list {
		d := max(position(x)-at, at-position(x))
		if best < 0 || d < best {
			best, found = d, nil
		}
		if d == best {
			found = append(found, x)
		}
	}
	return found
}

// onePlace checks that all values of a clause are of the step that it speaks
// of, on the side it says, and of one element.
func (k *checker) onePlace(used []int, sides map[string]struct{}, subject [][]string) error {
	for i, u := range used {
		e := &k.evidence[u]
		for _, ids := range subject {
			if !slices.Contains(ids, e.stepID) {
				return errors.New("the value is of another step than the sentence speaks of")
			}
		}
		if _, ok := sides[e.side()]; len(sides) > 0 && (!ok || len(sides) > 1) {
			return fmt.Errorf("the value stands in the %s, which is not what the sentence says", e.side())
		}
		for _, other := range used[:i] {
			if !e.together(&k.evidence[other]) {
				return errors.New("it sets two places of the record side by side, which needs a fact")
			}
		}
	}
	return nil
}

// derived reports whether one of the cited facts says the whole clause.
func (k *checker) derived(c clause, subject [][]string) bool {
	return slices.ContainsFunc(k.facts, func(f *fact) bool {
		return f.isAbout(subject) && f.says(c)
	})
}
