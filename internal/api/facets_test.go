package api

import (
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/query"
)

func TestAFacetSaysWhatAClickOnItMeans(t *testing.T) {
	q, err := query.Parse(`status:error -name:"old search" cost:>1`)
	if err != nil {
		t.Fatal(err)
	}
	list := facetList(q, xray.Facets{Counted: 3, Facets: []xray.Facet{
		{Field: xray.FieldStatus, Values: []xray.ValueCount{{Value: "error", Count: 3}}},
		{Field: xray.FieldName, Values: []xray.ValueCount{{Value: "search", Count: 2}}, More: true},
	}})
	if list.Query != `status:error -name:"old search" cost:>1` || list.Counted != 3 || list.SearchedTo != "" {
		t.Errorf("got %+v", list)
	}
	status, name := list.Facets[0], list.Facets[1]
	if len(status.Values) != 3 { // a choice shows all there are
		t.Fatalf("%d values of the status", len(status.Values))
	}
	if v := status.Values[0]; v.Choice != ChoiceChosen || v.Toggled != `-name:"old search" cost:>1` {
		t.Errorf("what is chosen: %+v", v)
	}
	if v := name.Values[0]; v.Choice != ChoiceOpen || v.Toggled != `status:error -name:"old search" cost:>1 name:search` ||
		v.Excluded != `status:error -name:("old search" OR search) cost:>1` {
		t.Errorf("what is open: %+v", v)
	}
	if v := name.Values[1]; v.Value != "old search" || v.Count != 0 || v.Choice != ChoiceExcluded || v.Toggled != `status:error cost:>1` {
		t.Errorf("what is excluded, and nowhere to be seen: %+v", v)
	}
}
