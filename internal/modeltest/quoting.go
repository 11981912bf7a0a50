package modeltest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// maxQuoted is how many values of a step Quoting quotes.
const maxQuoted = 3

// Quoting answers with values from all over what it is shown, however deep they
// stand, and says where: what a careful model does with a payload of which no
// fact speaks.
func Quoting(w http.ResponseWriter, r *http.Request, req Request) {
	think(w, r, req, func(record *PromptRecord, step string) Explanation {
		e := Explanation{Claims: []Claim{}, Decisive: []string{}, Missing: []string{}, Confidence: "medium"}
		for _, s := range record.Steps {
			if step != s.ID {
				continue
			}
			var all []Claim
			leaves(map[string]any{"input": s.Input, "output": s.Output}, "", "", func(ptr, field, quote string) {
				said := quote
				if _, err := strconv.ParseFloat(quote, 64); err != nil {
					said = `"` + quote + `"`
				}
				all = append(all, Claim{
					Text: fmt.Sprintf("The %s was %s.", field, said), Kind: "observed", Facts: []string{},
					Evidence: []Evidence{{Step: s.ID, Ptr: ptr, Quote: quote}},
				})
			})
			// The first, the last and one between.
			for n := range min(maxQuoted, len(all)) {
				e.Claims = append(e.Claims, all[n*(len(all)-1)/max(1, min(maxQuoted, len(all))-1)])
			}
		}
		if len(e.Claims) > 0 {
			e.Headline = e.Claims[0].Text
		}
		return e
	})
}

// leaves visits the short plain values that stand in a field with a plain name.
func leaves(v any, ptr, field string, visit func(ptr, field, quote string)) {
	plain := func(s string, most int) bool {
		return s != "" && len(s) <= most && !strings.ContainsAny(s, "…[]<>/~\"\\:\x00")
	}
	switch v := v.(type) {
	case string:
		if plain(v, 60) && plain(field, 30) {
			visit(ptr, field, v)
		}
	case json.Number:
		if plain(field, 30) && len(v) <= 30 {
			visit(ptr, field, v.String())
		}
	case []any:
		for i, e := range v {
			leaves(e, ptr+"/"+strconv.Itoa(i), field, visit)
		}
	case map[string]any:
		for _, k := range sortedKeys(v) {
			leaves(v[k], ptr+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(k), k, visit)
		}
	}
}
