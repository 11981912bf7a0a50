package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/query"
	"github.com/xraytrace/xray/store"
)

// conditionsOf writes a condition with every operator of a field.
func conditionsOf(f query.Field) []string {
	name := string(f.Name)
	if f.Keyed {
		name += ".some"
	}
	value := map[query.Kind]string{
		query.KindString: `"it's 100% \"\\x"`, query.KindText: `"(["`, query.KindInteger: "3", query.KindMoney: "0.5", query.KindShare: "0.5",
		query.KindDuration: "1500ms", query.KindTime: "2026-01-01", query.KindAny: "1.5",
	}[f.Kind]
	if f.Kind == query.KindChoice {
		value = f.Values[0]
	}
	var out []string
	for _, op := range f.Operators {
		switch op {
		case query.Is:
			out = append(out, name+":"+value)
			if f.Kind != query.KindTime {
				out = append(out, fmt.Sprintf("%s:(%s OR %s)", name, value, value))
			}
		case query.Prefix:
			out = append(out, name+":"+value+"*")
		case query.Has:
			out = append(out, "has:"+name)
		case query.Compare:
			for _, sign := range []string{"<", "<=", ">", ">="} {
				out = append(out, name+":"+sign+value)
			}
		case query.Range:
			out = append(out, name+":"+value+".."+value)
		}
	}
	return out
}

// TestEveryWordOfTheVocabularyIsAnswered asks for each field in each way that
// the vocabulary promises, and for its opposite: a condition and its negation
// divide the executions between them.
func TestEveryWordOfTheVocabularyIsAnswered(t *testing.T) {
	t.Parallel()
	s, _ := aShop(t)
	for _, f := range query.Fields() {
		if f.Name == xray.FieldAttr || f.Name == xray.FieldText || f.Name == xray.FieldItem {
			continue // these need the codec of the receiver, whose tests have them
		}
		for _, sentence := range conditionsOf(f) {
			is, not := ask(t, s, sentence), ask(t, s, "-"+sentence)
			if is+not != 4 {
				t.Errorf("%s holds for %d, and -%s for %d of 4", sentence, is, sentence, not)
			}
		}
	}
}

// ask reads the list, the chart and facets of a sentence, and returns how many
// executions it finds.
func ask(t *testing.T, s *store.Store, sentence string) int {
	t.Helper()
	f := asked(t, sentence)
	page, err := s.Executions(t.Context(), theProject, xray.ExecutionQuery{Filter: f})
	if err != nil {
		t.Fatalf("%s: %v", sentence, err)
	}
	f.Since, f.Until = aStart-1, aStart+xray.Nano(3_600e9)
	facets, err := s.Facets(t.Context(), theProject, xray.FacetQuery{Filter: f, Fields: []xray.Field{xray.FieldName, xray.FieldMeta}, Limit: 5})
	if err != nil {
		t.Fatalf("facets of %s: %v", sentence, err)
	}
	if n := len(page.Executions); int(facets.Counted) != n && !strings.Contains(sentence, "name:") {
		t.Errorf("%s: facets count %d of %d", sentence, facets.Counted, n)
	}
	chart, err := s.Activity(t.Context(), theProject, xray.ActivityQuery{Filter: f})
	if err != nil {
		t.Fatalf("chart of %s: %v", sentence, err)
	}
	var drawn int64
	for _, b := range chart.Buckets {
		drawn += b.OK + b.Failed + b.Running
	}
	if n := len(page.Executions); int(drawn) != n && !strings.Contains(sentence, "name:") { // of names it draws what is settled
		t.Errorf("%s: the chart draws %d of %d", sentence, drawn, n)
	}
	return len(page.Executions)
}
