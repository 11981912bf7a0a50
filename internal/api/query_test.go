package api_test

import (
	"net/url"
	"reflect"
	"testing"

	"github.com/xraytrace/xray"
)

func TestAQueryBecomesConditions(t *testing.T) {
	w := newWorld()
	status, _, body := w.do(t, "GET", "/api/executions?name=search&q="+url.QueryEscape("status:error step:filter step.drop:>90%"), "")
	want := xray.Filter{
		Where: []xray.Condition{xray.Is(xray.FieldStatus, "error"), xray.Is(xray.FieldName, "search")},
		Steps: [][]xray.Condition{{
			xray.Is(xray.FieldStep, "filter"),
			{Field: xray.FieldStepDrop, Op: xray.OpMore, Values: []xray.Value{{Number: 0.9}}},
		}},
	}
	if status != 200 || !reflect.DeepEqual(w.query.Filter, want) {
		t.Errorf("%d %v: asked for %+v, want %+v", status, body, w.query.Filter, want)
	}
}

// The positions are what an editor in a browser underlines.
func TestAQueryThatCannotBeReadSaysWhereAndWhy(t *testing.T) {
	q := "?q=" + url.QueryEscape("😀 duratoin:>2s cost:>x")
	for _, path := range []string{"/api/executions", "/api/executions/histogram"} {
		status, header, body := newWorld().do(t, "GET", path+q+"&field=name", "")
		errors, _ := body["errors"].([]any)
		if status != 400 || body["code"] != "invalid" || len(errors) != 2 || header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %v", path, status, body)
			continue
		}
		first := errors[0].(map[string]any)
		if first["start"] != 3.0 || first["end"] != 11.0 || !reflect.DeepEqual(first["suggestions"], []any{"duration"}) {
			t.Errorf("%s: %v", path, first)
		}
		if second := errors[1].(map[string]any); !reflect.DeepEqual(second["suggestions"], []any{}) {
			t.Errorf("%s: no suggestion is %v, want an empty list", path, second["suggestions"])
		}
	}
}

func TestTheVocabularyIsServed(t *testing.T) {
	_, _, body := newWorld().do(t, "GET", "/api/query", "")
	fields := body["fields"].([]any)
	first := fields[0].(map[string]any)
	if first["name"] != "status" || first["type"] != "choice" || !reflect.DeepEqual(first["values"], []any{"running", "ok", "error"}) || len(fields) < 30 {
		t.Errorf("%d fields, the first %v", len(fields), first)
	}
	if len(body["examples"].([]any)) == 0 {
		t.Error("no examples")
	}
}
