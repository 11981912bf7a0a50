package modeltest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Careless answers as a model does on a bad day: it takes the first fact for
// the cause, quotes one value right and one wrong, and makes a number up. It
// says the same each time, also when it is asked to mend its answer.
func Careless(w http.ResponseWriter, r *http.Request, req Request) {
	think(w, r, req, func(record *PromptRecord, step string) Explanation {
		e := Explanation{Claims: []Claim{}, Decisive: []string{}, Missing: []string{}, Confidence: "medium"}
		for _, f := range record.Facts {
			if step != "" && f.Step != step {
				continue
			}
			if f.Step != "" {
				e.Decisive = append(e.Decisive, f.Step)
			}
			e.Claims = append(e.Claims,
				Claim{Text: f.Text, Kind: "derived", Evidence: []Evidence{}, Facts: []string{f.ID}},
				Claim{Text: "It took 987654321 attempts.", Kind: "derived", Evidence: []Evidence{}, Facts: []string{f.ID}})
			e.Headline = f.Text
			break
		}
		for _, s := range record.Steps {
			if step == s.ID {
				e.Claims = append(e.Claims, quotes(s)...)
			}
		}
		return e
	})
}

// quotes quotes the first plain text of a step, and then something that does
// not stand there.
func quotes(s PromptStep) []Claim {
	for _, side := range []struct {
		name  string
		value any
	}{{"input", s.Input}, {"output", s.Output}} {
		fields, _ := side.value.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			text, ok := fields[name].(string)
			if !ok || text == "" || len(text) > 40 || strings.ContainsAny(name+text, "/~\"<[:…") {
				continue
			}
			quote := func(said string) Claim {
				return Claim{
					Text: fmt.Sprintf("The %s was %q.", name, said), Kind: "observed", Facts: []string{},
					Evidence: []Evidence{{Step: s.ID, Ptr: "/" + side.name + "/" + name, Quote: said}},
				}
			}
			return []Claim{quote(text), quote("not " + text)}
		}
	}
	return nil
}
