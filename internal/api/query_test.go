package api_test

import (
	"context"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/xraytrace/xray"
)

func (w *world) Facets(_ context.Context, p int32, q xray.FacetQuery) (xray.Facets, error) {
	w.query.Filter = q.Filter
	w.wanted = nil
	for _, f := range q.Fields {
		w.wanted = append(w.wanted, string(f))
	}
	return xray.Facets{Counted: 3, SearchedTo: 1e9, Facets: []xray.Facet{
		{Field: xray.FieldStatus, Values: []xray.ValueCount{{Value: "error", Count: 3}}, More: true}, {Field: xray.FieldTag},
	}}, w.check(p)
}
func (w *world) Values(_ context.Context, p int32, q xray.ValueQuery) (xray.Facet, error) {
	w.wanted = []string{string(q.Field), q.Key, q.Prefix, fmt.Sprint(q.Limit)}
	return xray.Facet{Values: []xray.ValueCount{{Value: "x", Count: 2}}}, w.check(p)
}
func (w *world) Views(_ context.Context, p int32) ([]xray.View, error) {
	return w.views, w.check(p)
}
func (w *world) CreateView(_ context.Context, p int32, v xray.View) (xray.View, error) {
	v.ID = int64(len(w.views)) + 1
	w.views = append(w.views, v)
	return v, w.check(p)
}
func (w *world) ReplaceView(_ context.Context, p int32, v xray.View) (xray.View, error) {
	w.views[v.ID-1] = v
	return v, w.check(p)
}
func (w *world) DeleteView(_ context.Context, p int32, id int64) error {
	w.views = slices.Delete(w.views, int(id-1), int(id))
	return w.check(p)
}

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
	for _, path := range []string{"/api/executions", "/api/executions/histogram", "/api/facets", "/api/query/values"} {
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

func TestFacetsAnswer(t *testing.T) {
	w := newWorld()
	_, _, body := w.do(t, "GET", "/api/facets?q=status:error&since=1970-01-01T00:00:05Z", "")
	if body["counted"] != 3.0 || body["searchedTo"] != "1970-01-01T00:00:01Z" || body["query"] != "status:error" || len(body["facets"].([]any)) != 2 {
		t.Errorf("got %v", body)
	}
	if w.query.Since != 5e9 || len(w.query.Where) != 1 || !slices.Contains(w.wanted, "model") || slices.Contains(w.wanted, "cost") {
		t.Errorf("asked for %v of %+v", w.wanted, w.query.Filter)
	}
}

func TestValuesAnswer(t *testing.T) {
	for path, tc := range map[string]struct {
		wanted []string
		want   string
	}{
		"?field=name&prefix=a":             {[]string{"name", "", "a", "20"}, `{"values":[{"value":"x","count":2}],"more":false}`},
		"?field=metadata.user%20id":        {[]string{"meta", "user id", "", "20"}, `{"values":[{"value":"x","count":2}],"more":false}`},
		"?field=meta&limit=7":              {[]string{"meta", "", "", "7"}, `{"values":[{"value":"x","count":2}],"more":false}`},
		"?field=status&prefix=E":           {nil, `{"values":[{"value":"error","count":0}],"more":false}`},
		"?field=duration":                  {nil, `{"values":[],"more":false}`},
		"?field=step.type&prefix=ret":      {nil, `{"values":[{"value":"retriever","count":0}],"more":false}`},
		"?field=ENV&q=" + "status%3Aerror": {[]string{"environment", "", "", "20"}, `{"values":[{"value":"x","count":2}],"more":false}`},
	} {
		w := newWorld()
		if _, _, body := w.do(t, "GET", "/api/query/values"+path, ""); !sameJSON(t, body, tc.want) || !slices.Equal(w.wanted, tc.wanted) {
			t.Errorf("%s: got %v, asked for %q", path, body, w.wanted)
		}
	}
	for _, path := range []string{"", "?field=nothing", "?field=name&limit=101", "?field=name&limit=-1"} {
		if status, _, body := newWorld().do(t, "GET", "/api/query/values"+path, ""); status != 400 || body["code"] != "invalid" {
			t.Errorf("%s: %d %v", path, status, body)
		}
	}
}

func TestViewsAreSavedReplacedAndDeleted(t *testing.T) {
	w := newWorld()
	status, _, made := w.do(t, "POST", "/api/views", `{"name":" slow ","query":"duration:>2s","columns":["name"],"range":"24h"}`)
	if status != 201 || made["id"] != "1" || made["name"] != "slow" || made["query"] != "duration:>2s" || made["range"] != "24h" {
		t.Fatalf("%d %v", status, made)
	}
	if status, _, body := w.do(t, "PUT", "/api/views/1", `{"name":"slower","query":""}`); status != 200 || body["name"] != "slower" {
		t.Errorf("%d %v", status, body)
	}
	if _, _, body := w.do(t, "GET", "/api/views", ""); len(body["views"].([]any)) != 1 {
		t.Errorf("views %v", body)
	}
	for name, tc := range map[string]struct {
		method, path, body string
		status             int
	}{
		"a query that cannot be read": {"POST", "/api/views", `{"name":"x","query":"nme:x"}`, 400},
		"no name":                     {"POST", "/api/views", `{"name":" ","query":""}`, 400},
		"too many columns":            {"PUT", "/api/views/1", `{"name":"x","query":"","columns":[` + strings.Repeat(`"a",`, 50) + `"a"]}`, 400},
		"a long range":                {"POST", "/api/views", `{"name":"x","query":"","range":"` + strings.Repeat("x", 201) + `"}`, 400},
		"an id that is none":          {"DELETE", "/api/views/x", "", 404},
	} {
		if status, _, body := w.do(t, tc.method, tc.path, tc.body); status != tc.status {
			t.Errorf("%s: %d %v", name, status, body)
		}
	}
	w.principal.Scope = xray.ScopeRead
	for _, write := range [][2]string{{"POST", "/api/views"}, {"PUT", "/api/views/1"}, {"DELETE", "/api/views/1"}} {
		if status, _, _ := w.do(t, write[0], write[1], `{"name":"x","query":""}`); status != 403 {
			t.Errorf("%s %s with a read key: %d, want 403", write[0], write[1], status)
		}
	}
	if status, _, _ := w.do(t, "GET", "/api/views", ""); status != 200 {
		t.Errorf("a read key does not see views: %d", status)
	}
}
