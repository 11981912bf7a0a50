package receiver

import (
	"testing"

	"github.com/xraytrace/xray"
)

func TestAnItemIsNoPartOfALongerWord(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text, wanted string
		want         bool
	}{
		"a key":                        {`[{"id":"sku-123"},{"id":"sku-1234"}]`, "sku-123", true},
		"in another letter case":       {`{"id":"SKU-123"}`, "sku-123", true},
		"the beginning of a longer":    {`[{"id":"sku-1234"},{"id":"sku-123-b"}]`, "sku-123", false},
		"the end of a longer":          {`{"id":"my-sku-123"}`, "sku-123", false},
		"a longer one before it":       {"sku-1234, sku-123", "sku-123", true},
		"a name of two words":          {`{"title":"Phone Case P9"}`, "phone case p9", true},
		"a part of a name":             {`{"title":"Phone Case P9"}`, "case", true},
		"after an escaped line break":  {`{"text":"first\nsku-123"}`, "sku-123", true},
		"a number":                     {`{"id":42,"rank":142}`, "42", true},
		"a part of a number":           {`{"rank":142}`, "42", false},
		"all of the text":              {"sku-123", "sku-123", true},
		"letters that are not English": {`{"id":"éa"}`, "a", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hits, err := find(t, xray.Is(xray.FieldItem, tc.wanted)).Find(xray.SignalTraces, carrying(t, tc.text), nil)
			if err != nil || (len(hits) == 1) != tc.want {
				t.Errorf("%q in %q: %d hits, want %v; error %v", tc.wanted, tc.text, len(hits), tc.want, err)
			}
		})
	}
}
