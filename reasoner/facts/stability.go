package facts

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/xraytrace/xray"
)

// Stability groups the steps of several executions of a pipeline by name and
// input, and counts the inputs whose output was not always the same. Fresh
// ids, times and durations do not count as a difference, nor does what ignore
// names, as in [CompareOptions]. Steps without recorded input or output are left
// out. Least stable first.
func Stability(runs []Execution, ignore []string) []StepStability {
	type call struct {
		ref    StepRef
		out    uint64
		failed bool
	}
	groups := map[string]map[uint64][]call{}
	for _, e := range runs {
		for i := range e.Steps {
			d := &e.Steps[i]
			if d.Pending || len(d.Input) == 0 || len(d.Output) == 0 && d.Status != xray.StatusError {
				continue
			}
			if groups[d.Name] == nil {
				groups[d.Name] = map[uint64][]call{}
			}
			in := fingerprint(d.Input, "/input", ignore)
			groups[d.Name][in] = append(groups[d.Name][in], call{StepRef{Trace: d.TraceID, Step: d.SpanID}, fingerprint(d.Output, "/output", ignore), d.Status == xray.StatusError})
		}
	}
	var out []StepStability
	for name, byInput := range groups {
		s := StepStability{Name: name}
		for _, in := range slices.Sorted(mapKeys(byInput)) {
			calls := byInput[in]
			if len(calls) < 2 {
				continue
			}
			s.Inputs++
			s.Calls += len(calls)
			failed := 0
			other := -1
			for k, c := range calls {
				if c.failed {
					failed++
				}
				if c.out != calls[0].out && other < 0 {
					other = k
				}
			}
			if failed > 0 && failed < len(calls) {
				s.Failing++
			}
			if other > 0 {
				s.Unstable++
				if s.Example == nil {
					s.Example = []StepRef{calls[0].ref, calls[other].ref}
				}
			}
		}
		if s.Inputs > 0 {
			s.Share = float64(s.Unstable) / float64(s.Inputs)
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b StepStability) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Name, b.Name))
	})
	return out
}

func mapKeys[V any](m map[uint64]V) func(yield func(uint64) bool) {
	return func(yield func(uint64) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// Fingerprint is the same for two payloads that differ only in the order of
// members and in what any two runs differ in: ids made of randomness, times,
// durations. It is stable between releases only as long as what counts as such
// noise does not change.
func Fingerprint(payload json.RawMessage) string {
	return fmt.Sprintf("%016x", fingerprint(payload, "", nil))
}

func fingerprint(payload json.RawMessage, ptr string, ignore []string) uint64 {
	v, res := parseJSON(string(payload))
	if res != parseOK {
		v = value{kind: text, str: string(payload)}
	}
	if len(ignore) > 0 {
		forget(&v, ptr, ignore)
	}
	quiet(&v, "")
	return v.hash()
}

// forget removes what is below ptr and ignored, or blanks it if that is all.
func forget(v *value, ptr string, ignore []string) {
	for _, pattern := range ignore {
		if matchPointer(pattern, ptr) {
			*v = value{key: v.key, kind: text, str: "~"}
			return
		}
	}
	for i := range v.elems {
		part := strconv.Itoa(i)
		if v.kind == object {
			part = escape(v.elems[i].key)
		}
		forget(&v.elems[i], ptr+"/"+part, ignore)
	}
}

// quiet blanks the values that are noise wherever they stand.
func quiet(v *value, name string) {
	if v.scalar() && volatile("/"+name, v, v) {
		v.str = "~"
	}
	if v.kind == text {
		if es := findJSON(v.str); len(es) == 1 && es[0].whole && !es[0].cut {
			quiet(&es[0].value, name)
			v.str = string(es[0].value.raw())
		}
	}
	for i := range v.elems {
		m := &v.elems[i]
		if v.kind == object {
			quiet(m, m.key)
		} else {
			quiet(m, name)
		}
	}
}
