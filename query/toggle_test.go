package query

import (
	"slices"
	"testing"

	"github.com/xraytrace/xray"
)

func TestWithSaysOneThingAboutAValueAndLeavesTheRest(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		field      xray.Field
		value      string
		choice     Choice
		want       string
	}{
		{"the first of a field", "", xray.FieldStatus, "error", Chosen, "status:error"},
		{"another joins it", "status:error cost:>0.05", xray.FieldStatus, "running", Chosen, "status:(error OR running) cost:>0.05"},
		{"one goes", "status:(error OR running)", xray.FieldStatus, "error", Open, "status:running"},
		{"the last goes with its condition", "status:error cost:>0.05", xray.FieldStatus, "error", Open, "cost:>0.05"},
		{"the same again changes nothing", "status:error", xray.FieldStatus, "error", Chosen, "status:error"},
		{"what was chosen is excluded", "status:error", xray.FieldStatus, "error", Excluded, "-status:error"},
		{"exclusions gather", "-status:ok", xray.FieldStatus, "running", Excluded, "-status:(ok OR running)"},
		{"what was excluded is chosen", "-status:(ok OR running)", xray.FieldStatus, "ok", Chosen, "-status:running status:ok"},
		{"a beginning is another condition's business", "name:shop-*", xray.FieldName, "shop-", Open, "name:shop-*"},
		{"a value that joins a beginning", "name:shop-*", xray.FieldName, "bank", Chosen, "name:(shop-* OR bank)"},
		{"a value that needs quotes", "", xray.FieldName, `a "b" OR`, Chosen, `name:"a \"b\" OR"`},
		{"steps stay as they are", "step:filter step.drop:>0.9", xray.FieldTag, "beta", Chosen, "tag:beta step:filter step.drop:>0.9"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			q, err := Parse(tc.text)
			if err != nil {
				t.Fatal(err)
			}
			before := q.String()
			got := q.With(tc.field, tc.value, tc.choice)
			if got.String() != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
			if q.String() != before {
				t.Errorf("the query itself became %s", q)
			}
			if got.ChoiceOf(tc.field, tc.value) != tc.choice {
				t.Errorf("%s says %v about it, want %v", got, got.ChoiceOf(tc.field, tc.value), tc.choice)
			}
			if again, err := Parse(got.String()); err != nil || again.String() != got.String() {
				t.Errorf("%s is read as %s (%v)", got, again, err)
			}
		})
	}
}

func TestNamedAreTheWholeValues(t *testing.T) {
	q, err := Parse("name:(a OR b* OR c) -name:d has:name name:a cost:>1")
	if err != nil {
		t.Fatal(err)
	}
	if got := q.Named(xray.FieldName); !slices.Equal(got, []string{"a", "c", "d"}) {
		t.Errorf("got %q", got)
	}
}
