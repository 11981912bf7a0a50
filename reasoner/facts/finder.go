package facts

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xraytrace/xray"
)

// finder turns an analysis into facts.
type finder struct {
	*analysis
	history *History
	drafts  []draft
	seen    *vocabulary
}

// draft is a fact before it is ranked.
type draft struct {
	kind   string
	sev    xray.Severity
	step   int // -1 for the whole execution
	ptrs   []string
	vals   map[string]any
	text   string
	short  string  // a clause for headlines: "the category filter had no category"
	weight float64 // within its severity
	effect bool    // follows from another fact, so goes behind it
}

type vals = map[string]any

// maxDrafts bounds what detectors may say before ranking.
const maxDrafts = 5000

func (f *finder) add(d draft) {
	if len(f.drafts) >= maxDrafts {
		f.left.Facts++
		return
	}
	f.drafts = append(f.drafts, d)
}

func (f *finder) findAll() {
	f.seen = f.readVocabulary()
	for _, st := range f.stations {
		st.why = f.explain(st)
		f.stationFacts(st)
	}
	for _, s := range f.steps {
		f.readFlags(s)
		f.detectStep(s)
	}
	f.detectErrors()
	f.detectRepeats()
	f.detectIgnored()
	f.detectDrift()
	f.detectNegation()
	f.detectHistory()
}

func (f *finder) detectStep(s *stepInfo) {
	f.detectTruncated(s)
	f.detectEmptyParams(s)
	f.detectChangedParams(s)
	f.detectMisread(s)
	f.detectPlaceholders(s)
	f.detectEmptyOutput(s)
	f.detectPagination(s)
	f.detectStale(s)
	f.detectEcho(s)
	f.detectModel(s)
	f.detectVerdict(s)
	f.detectDuplicates(s)
	f.detectOrder(s)
	f.detectWeights(s)
	f.changedUnit(s)
	f.detectChoice(s)
	f.detectDefaults(s)
	f.detectLost(s)
	f.detectGaveUp(s)
	f.detectFigures(s)
	f.detectAnswer(s)
	f.detectLabels(s)
	f.detectSwitchedOff(s)
	f.detectTotals(s)
	f.unscored(s)
	f.detectInvented(s)
	f.detectInjection(s)
	f.detectFallback(s)
	f.detectSource(s)
	f.detectArguments(s)
	f.detectConstraint(s)
}

// name is how sentences call a step.
func (f *finder) name(step int) string {
	n := f.steps[step].d.Name
	if n == "" {
		n = "unnamed " + string(f.steps[step].d.Type)
	}
	return quote(n, 60)
}

// resolves tells whether a pointer resolves in the stored payload of a step.
func (a *analysis) resolves(step int, ptr string) bool {
	return utf8.ValidString(ptr) && a.lookup(step, ptr) != nil
}

func (a *analysis) lookup(step int, ptr string) *value {
	if step < 0 || !strings.HasPrefix(ptr, "/") {
		return nil
	}
	s := a.steps[step]
	parts := strings.Split(ptr[1:], "/")
	var v *value
	switch parts[0] {
	case "input":
		v = s.in
	case "output":
		v = s.out
	case "attributes":
		v = s.attr
	}
	for _, p := range parts[1:] {
		if v == nil {
			return nil
		}
		p = strings.NewReplacer("~1", "/", "~0", "~").Replace(p)
		switch v.kind {
		case object:
			v = v.get(p)
		case array:
			i, err := strconv.Atoi(p)
			if err != nil || i < 0 || i >= len(v.elems) {
				return nil
			}
			v = &v.elems[i]
		default:
			return nil
		}
	}
	return v
}

// fact makes the draft a fact of the model, leaving out pointers that lead
// nowhere.
func (f *finder) fact(d draft, id int) xray.Fact {
	out := xray.Fact{ID: "F" + strconv.Itoa(id), Kind: d.kind, Severity: d.sev, Text: d.text, Pointers: []string{}, Values: map[string]json.RawMessage{}}
	if d.step >= 0 {
		out.StepID = f.steps[d.step].d.SpanID.String()
	}
	for _, p := range d.ptrs {
		if len(out.Pointers) < 12 && !slices.Contains(out.Pointers, p) && f.resolves(d.step, p) {
			out.Pointers = append(out.Pointers, p)
		}
	}
	for k, v := range d.vals {
		raw, err := json.Marshal(v)
		if err == nil {
			out.Values[k] = raw
		}
	}
	return out
}
