package sample_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/xraytrace/xray/reasoner/sample"
	"github.com/xraytrace/xray/reasoner/verify"
)

func encode(t testing.TB, v any) json.RawMessage {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func products(n int) []any {
	list := make([]any, n)
	for i := range list {
		list[i] = map[string]any{"id": fmt.Sprintf("sku-%d", i), "price": i, "title": strings.Repeat("very good ", 5)}
	}
	return list
}

// awkward are payloads that broke somebody's prompt before.
func awkward(t testing.TB) map[string]json.RawMessage {
	r := rand.New(rand.NewPCG(1, 2))
	vectors := make([]any, 20)
	for i := range vectors {
		v := make([]float64, 1536)
		for j := range v {
			v[j] = r.Float64() - 0.5
		}
		vectors[i] = v
	}
	blob := make([]byte, 90_000)
	for i := range blob {
		blob[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[r.IntN(64)]
	}
	wide := map[string]any{}
	for i := range 5000 {
		wide[fmt.Sprintf("field_%d", i)] = i
	}
	return map[string]json.RawMessage{
		"ten megabytes of items":           encode(t, products(100_000)),
		"vectors of 1536 numbers":          encode(t, map[string]any{"embeddings": vectors}),
		"base64":                           encode(t, map[string]any{"image": string(blob), "name": "cat"}),
		"a data URL":                       encode(t, "data:image/png;base64,"+string(blob)),
		"nested 9000 deep":                 []byte(strings.Repeat(`[`, 9000) + strings.Repeat(`]`, 9000)),
		"nested 200000 deep":               []byte(strings.Repeat(`{"a":`, 200_000)),
		"broken JSON":                      []byte(`{"items":[{"id":1},{"id":`),
		"a text of 200 kB":                 encode(t, strings.Repeat("lorem ipsum ", 17_000)),
		"a text without spaces":            encode(t, strings.Repeat("x", 200_000)),
		"5000 fields":                      encode(t, wide),
		"a field name of 100 kB":           encode(t, map[string]any{strings.Repeat("k", 100_000): 1, "b": 2}),
		"Japanese":                         encode(t, strings.Repeat("結果は除外されました。", 3000)),
		"emoji":                            encode(t, strings.Repeat("👩‍👩‍👧", 9000)),
		"invalid UTF-8":                    []byte("\"\xff\xfe" + strings.Repeat("a", 9000) + "\""),
		"a number of 50000 digits":         []byte(strings.Repeat("9", 50_000)),
		"nothing":                          nil,
		"two values":                       []byte(`1 2`),
		"an empty object":                  []byte(`{}`),
		"an array of arrays":               encode(t, [][]any{products(300), products(300)}),
		"JSON inside of a text, 100 kB":    encode(t, string(encode(t, products(1000)))),
		"control characters and NUL":       encode(t, strings.Repeat("\x00\x01\x1f", 5000)),
		"a field that looks like a marker": encode(t, map[string]any{"…": "…[3 fields]"}),
	}
}

func TestAnyPayloadFitsUnderItsCapAsValidJSON(t *testing.T) {
	for name, raw := range awkward(t) {
		t.Run(name, func(t *testing.T) {
			limits := []int{sample.MinTokens, 200, 2000, 6000}
			if len(raw) > 1<<20 {
				limits = limits[1:2] // each costs a decoding
			}
			for _, limit := range limits {
				got := sample.Value(raw, nil, limit)
				if !json.Valid(got.JSON) {
					t.Fatalf("with %d tokens it is not valid JSON: %.200s", limit, got.JSON)
				}
				if n := sample.Tokens(string(got.JSON)); n > limit {
					t.Errorf("it has %d tokens, allowed are %d", n, limit)
				}
			}
		})
	}
}

func TestASmallPayloadStaysWhole(t *testing.T) {
	raw := json.RawMessage(`{"a":[1,2.50,1e3],"b":"<ok> & fine","c":null,"d":true}`)
	got := sample.Value(raw, nil, 1000)
	if !bytes.Equal(got.JSON, raw) || got.Cut {
		t.Errorf("got %s, cut %v", got.JSON, got.Cut)
	}
}

func TestElementsThatAFactNamesSurvive(t *testing.T) {
	raw := encode(t, map[string]any{"items": products(5000)})
	got := sample.Value(raw, []string{"/items/2417/price", "/items/4000"}, 1500)
	for _, id := range []string{`"sku-0"`, `"sku-2417"`, `"sku-4000"`, `"sku-4999"`} {
		if !bytes.Contains(got.JSON, []byte(id)) {
			t.Errorf("%s is not in %s", id, got.JSON)
		}
	}
}

func TestPointersLeadBackToTheOriginal(t *testing.T) {
	for name, raw := range awkward(t) {
		t.Run(name, func(t *testing.T) { checkMap(t, raw, []string{"/items/7", "/3"}, 1500) })
	}
	checkMap(t, encode(t, map[string]any{"items": products(5000)}), []string{"/items/2417/price"}, 900)
}

func TestNotesLeadNowhere(t *testing.T) {
	got := sample.Value(encode(t, products(5000)), nil, 400)
	var list []any
	if err := json.Unmarshal(got.JSON, &list); err != nil {
		t.Fatal(err)
	}
	for i, v := range list {
		_, isNote := v.(string)
		if _, ok := got.Map.Original(fmt.Sprintf("/%d", i)); ok == isNote {
			t.Errorf("element %d is a note: %v, but it resolves: %v", i, isNote, ok)
		}
	}
}

// checkMap compares every leaf of the sample with what stands at the pointer
// that the map gives for it.
func checkMap(t *testing.T, raw json.RawMessage, named []string, limit int) {
	t.Helper()
	original, err := verify.Decode(raw)
	if err != nil {
		return
	}
	got := sample.Value(raw, named, limit)
	sampled, err := verify.Decode(got.JSON)
	if err != nil {
		t.Fatal(err)
	}
	leaves(sampled, "", func(ptr string, leaf any) {
		if s, ok := leaf.(string); ok && strings.Contains(s, "…[") || strings.HasSuffix(ptr, "/…") {
			return
		}
		to, ok := got.Map.Original(ptr)
		if !ok {
			t.Fatalf("%s does not resolve", ptr)
		}
		want, err := verify.Resolve(original, to)
		if err != nil || fmt.Sprint(want) != fmt.Sprint(leaf) {
			t.Fatalf("%s leads to %s: %v (%v), not %v", ptr, to, want, err, leaf)
		}
	})
}

func leaves(v any, ptr string, visit func(string, any)) {
	escape := strings.NewReplacer("~", "~0", "/", "~1")
	switch v := v.(type) {
	case []any:
		for i, e := range v {
			leaves(e, fmt.Sprintf("%s/%d", ptr, i), visit)
		}
	case map[string]any:
		for k, e := range v {
			leaves(e, ptr+"/"+escape.Replace(k), visit)
		}
	default:
		visit(ptr, v)
	}
}

func FuzzValue(f *testing.F) {
	f.Add([]byte(`{"items":[1,2,{"a":"b"}]}`), "/items/2/a", 40)
	f.Add([]byte(`[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]`), "/0/0", 10)
	f.Add([]byte("\"\xff…[3 bytes]\""), "", 64)
	f.Add([]byte(`{"~/":{"":[0]}}`), "/~0~1//0", 64)
	f.Fuzz(func(t *testing.T, raw []byte, named string, limit int) {
		limit = min(max(limit, 0), 4000)
		got := sample.Value(raw, []string{named}, limit)
		if !json.Valid(got.JSON) {
			t.Fatalf("not valid: %q", got.JSON)
		}
		if n := sample.Tokens(string(got.JSON)); n > max(limit, sample.MinTokens) {
			t.Fatalf("%d tokens, allowed are %d", n, limit)
		}
		checkMap(t, raw, []string{named}, limit)
	})
}
