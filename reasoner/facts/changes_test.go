package facts_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner/facts"
)

const changing = `[{"name":"run","input":{"q":"x"},"output":{"id":"b"}},
	{"name":"search","type":"retriever","input":{"query":"x"},"output":[{"id":"a","n":1},{"id":"b","n":9},{"id":"c","n":3},{"id":"d","n":7},{"id":"e","n":4.9}]},
	{"name":"filter","input":{"min":5,"items":[{"id":"a","n":1},{"id":"b","n":9},{"id":"c","n":3},{"id":"d","n":7},{"id":"e","n":4.9}]},"output":[{"id":"d","n":7},{"id":"b","n":10},{"id":"z","n":6}]}]`

func TestChangesOfAStepItemByItem(t *testing.T) {
	e := pipeline(t, changing)
	l := facts.Follow(e)
	for _, tc := range []struct {
		name string
		q    xray.ChangeQuery
		want string
	}{
		{"all of them, candidates before what was added", xray.ChangeQuery{Limit: 10}, "a:dropped b:kept c:dropped d:kept e:dropped z:added"},
		{"the kept", xray.ChangeQuery{Kind: xray.ChangeKept, Limit: 10}, "b:kept d:kept"},
		{"the added", xray.ChangeQuery{Kind: xray.ChangeAdded, Limit: 10}, "z:added"},
		{"the reordered", xray.ChangeQuery{Kind: xray.ChangeReordered, Limit: 10}, "b:kept d:kept"},
		{"the edited", xray.ChangeQuery{Kind: xray.ChangeEdited, Limit: 10}, "b:kept"},
		{"the dropped, nearest to passing first", xray.ChangeQuery{Kind: xray.ChangeDropped, Nearest: true, Limit: 10}, "e:dropped c:dropped a:dropped"},
		{"those of one reason", xray.ChangeQuery{Why: 1, Limit: 10}, "a:dropped c:dropped e:dropped"},
		{"those of a reason that is not there", xray.ChangeQuery{Why: 2, Limit: 10}, ""},
		{"those of a name", xray.ChangeQuery{Text: "C", Limit: 10}, "c:dropped"},
		{"the second page", xray.ChangeQuery{From: 2, Limit: 2}, "c:dropped d:kept"},
		{"a page behind the end", xray.ChangeQuery{From: 99, Limit: 2}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, ok := l.Changes(e.Steps[2].SpanID, tc.q)
			if !ok {
				t.Fatal("the filter is no station")
			}
			var got []string
			for _, it := range c.Items {
				got = append(got, it.Key+":"+string(it.Kind))
			}
			if s := strings.Join(got, " "); s != tc.want {
				t.Errorf("%s, want %s", s, tc.want)
			}
		})
	}
}

func TestChangesSayWhatAndWhy(t *testing.T) {
	e := pipeline(t, changing)
	c, _ := facts.Follow(e).Changes(e.Steps[2].SpanID, xray.ChangeQuery{Limit: 10})
	if c.Total != 6 || c.Next != 0 || c.Reordered != 2 || c.Edited != 1 || c.Station.Dropped != 3 {
		t.Errorf("%+v", c)
	}
	if len(c.Reasons) != 1 || c.Reasons[0].Items != 3 || c.Reasons[0].Field != "n" || c.Reasons[0].Pointer != "/input/min" || c.Reasons[0].Value != "5" {
		t.Errorf("reasons %+v", c.Reasons)
	}
	near := c.Items[4]
	if near.Margin == nil || fmt.Sprintf("%.1f", *near.Margin) != "0.1" || near.Value != "4.9" {
		t.Errorf("near miss %+v", near)
	}
	b := c.Items[1]
	if b.RankIn != 2 || b.RankOut != 2 || b.Shift != -1 || len(b.Edits) != 1 || b.Edits[0] != (xray.FieldEdit{Field: "n", From: "9", To: "10"}) {
		t.Errorf("edited %+v", b)
	}
	if strings.Join(b.Pointers, " ") != "/input/items/1 /output/1" {
		t.Errorf("pointers %v", b.Pointers)
	}
}

func TestChangesByRecordedReasons(t *testing.T) {
	e := pipeline(t, changing)
	e.Steps[2].Items = &xray.ItemRecord{
		Kept:    []xray.ItemDecision{{Key: "b"}, {Key: "d"}},
		Dropped: []xray.ItemDecision{{Key: "a", Reason: "too small"}, {Key: "c", Reason: "too small"}, {Key: "e", Reason: "no stock"}},
	}
	c, _ := facts.Follow(e).Changes(e.Steps[2].SpanID, xray.ChangeQuery{Why: 2, Limit: 10})
	if len(c.Reasons) != 2 || c.Reasons[0] != (xray.DropReason{Text: "too small", Items: 2}) || c.Total != 1 || c.Items[0].Key != "e" || c.Items[0].Reason != "no stock" {
		t.Errorf("%+v", c)
	}
	if c.Reordered != 2 {
		t.Errorf("%d reordered: what came out tells the order, whoever recorded the decisions", c.Reordered)
	}
}

func TestAStepWithoutItemsHasNoChanges(t *testing.T) {
	e := pipeline(t, changing)
	if _, ok := facts.Follow(e).Changes(e.Steps[1].SpanID, xray.ChangeQuery{Limit: 1}); ok {
		t.Error("the search changed items: it only found them")
	}
}
