package mask

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/xraytrace/xray"
)

// Pass carries a masker through one record, along the way from an attribute
// down to a value. It is used by one goroutine.
type Pass struct {
	m    *Masker
	way  []string
	note func(rule string, way []string) // nil: nobody asks

	numbers *Numbers            // nil: markers have no numbers
	clean   map[string]struct{} // names in which nothing was found: records share most of theirs
}

const maxClean = 1000

// Pass begins a pass over a record. It must not be called on nil.
func (m *Masker) Pass() *Pass { return &Pass{m: m} }

// Scope is what the rules say about a place in a record.
type Scope struct {
	active rules
	whole  int // 1 + the rule that masks the whole value; 0: none
}

// Root is the place outside of all fields.
func (p *Pass) Root() Scope { return Scope{active: p.m.anywhere} }

// Enter goes into a field, or an element of a list by its index in decimal.
// Each Enter needs its [Pass.Leave].
func (p *Pass) Enter(s Scope, name string) Scope {
	p.way = append(p.way, name)
	if s.whole > 0 || p.m.fields.empty() {
		return s
	}
	at := p.m.fields.at(p.way)
	for i := range p.m.rules {
		switch {
		case !at.has(i):
		case p.m.rules[i].find == nil || p.m.fields.credentials == i+1:
			s.whole = i + 1
			return s
		default:
			s.active = s.active.with(i)
		}
	}
	return s
}

// EnterElement goes into an element of a list.
func (p *Pass) EnterElement(s Scope, index int) Scope { return p.Enter(s, strconv.Itoa(index)) }

// Leave goes back to where the last Enter was called.
func (p *Pass) Leave() { p.way = p.way[:len(p.way)-1] }

// Whole reports whether the value here is masked whatever it is: see
// [Pass.Instead].
func (p *Pass) Whole(s Scope) bool { return s.whole > 0 }

// Removed reports whether the value here goes, and its name with it.
func (p *Pass) Removed(s Scope) bool {
	if s.whole == 0 || p.m.rules[s.whole-1].action != xray.MaskRemove {
		return false
	}
	p.hit(s.whole - 1)
	return true
}

// Instead is what stands in the place of a value that is masked whole. raw is
// any form of it: equal values have equal hashes if their forms are equal.
func (p *Pass) Instead(s Scope, raw string) string {
	p.hit(s.whole - 1)
	return p.marker(s.whole-1, raw)
}

// Text masks a text.
func (p *Pass) Text(s Scope, text string) (masked string, changed bool) {
	if text == "" {
		return text, false
	}
	if p.Whole(s) {
		if p.m.isMarker(text) {
			return text, false
		}
		return p.Instead(s, text), true
	}
	if isJSON(text) {
		return p.json(s, text)
	}
	masked, changed = p.cover(s.active, true, text)
	if changed && isJSON(masked) { // it was not, with what has been taken out
		masked, _ = p.json(s, masked)
	}
	return masked, changed
}

// Number masks a number as it is written. If changed, masked is the text that
// stands in its place.
func (p *Pass) Number(s Scope, number string) (masked string, changed bool) {
	if p.Whole(s) {
		return p.Instead(s, number), true
	}
	all := p.m.search(s.active, false, number)
	if len(all) == 0 {
		return number, false
	}
	p.hit(all[0].rule)
	return p.marker(all[0].rule, number), true
}

// Names are the masked names in one object or list of attributes.
type Names map[string]int

// Name masks the name of a field. Names that become alike stay different.
func (p *Pass) Name(names *Names, name string) (masked string, changed bool) {
	if _, known := p.clean[name]; known {
		return name, false
	}
	masked, changed = (&Pass{m: p.m.forNames, way: p.way, note: p.note, numbers: p.numbers}).cover(p.m.anywhere, false, name)
	if !changed {
		p.remember(name)
		return name, false
	}
	if *names == nil {
		*names = Names{}
	}
	(*names)[masked]++
	if n := (*names)[masked]; n > 1 {
		end := strings.LastIndexByte(masked, ']') // of a marker: there is at least one
		masked = masked[:end] + "~" + strconv.Itoa(n) + masked[end:]
	}
	return masked, true
}

// remember keeps a clean name; a copy, because it may be a piece of a large text.
func (p *Pass) remember(name string) {
	if p.clean == nil {
		p.clean = map[string]struct{}{}
	}
	if len(p.clean) < maxClean {
		p.clean[strings.Clone(name)] = struct{}{}
	}
}

func (p *Pass) marker(rule int, found string) string {
	if p.numbers != nil {
		return p.numbers.marker(p.m.rules[rule].name, found)
	}
	return p.m.marker(rule, found)
}

func (p *Pass) hit(rule int) {
	if p.note != nil {
		p.note(p.m.rules[rule].name, p.way)
	}
}

// isJSON reports whether a text is a JSON object, list or string. Numbers and
// words are texts like any other.
func isJSON(text string) bool {
	for i := range len(text) {
		switch text[i] {
		case ' ', '\t', '\r', '\n':
			continue
		case '{', '[', '"':
			return json.Valid([]byte(text))
		}
		return false
	}
	return false
}
