package prices_test

import (
	"fmt"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/receiver/prices"
)

func TestTheNarrowerTableOfABookIsAskedFirst(t *testing.T) {
	t.Parallel()
	book := prices.NewBook(embedded(t))
	ours := func(model string, usd float64) []byte {
		return fmt.Appendf(nil, `[{"id":"ours","model_match":{"equals":%q},"models":[{"id":%q,"match":{"equals":%q},"prices":{"input_mtok":%v}}]}]`, model, model, model, usd)
	}
	ask := func(project int32, model string) string {
		table := book.Of(project)
		usd, ok := table.Cost(prices.Call{Provider: "ours", Models: []string{model}, Tokens: tokens(1_000_000, -1, -1, -1, -1, -1, -1), At: summer})
		return fmt.Sprint(usd, ok, " ", table.Version())
	}
	built := embedded(t).Version()
	check := func(when string, project int32, model, want string) {
		t.Helper()
		if got := ask(project, model); got != want {
			t.Errorf("%s project %d pays for %s: %s, want %s", when, project, model, got, want)
		}
	}
	check("at first", 1, "m", "0 false "+built)
	if err := book.Set([]prices.Own{{Project: 1, Version: "own", Data: ours("m", 7)}, {Version: "new", Data: ours("m", 3)}}); err != nil {
		t.Fatal(err)
	}
	check("with its own", 1, "m", "7 true own+new+"+built)
	check("with everybody's", 2, "m", "3 true new+"+built)
	check("nobody in particular", 0, "m", "3 true new+"+built)
	if err := book.Set([]prices.Own{{Data: []byte(`{"providers":[]}`)}}); xray.ErrorCode(err) != xray.CodeInvalid {
		t.Errorf("an empty table: %v", err)
	}
	check("after a table that was none", 1, "m", "7 true own+new+"+built)
	if err := book.Set(nil); err != nil {
		t.Fatal(err)
	}
	check("when all are gone", 1, "m", "0 false "+built)
}

func TestAnOwnEntryOfAProviderKeepsWhereItFallsBackTo(t *testing.T) {
	t.Parallel()
	table := embedded(t).With(load(t, `[{"id":"azure","models":[{"id":"our-deployment","match":{"equals":"our-deployment"},"prices":{"input_mtok":1}}]}]`))
	for _, model := range []string{"our-deployment", "gpt-4o-mini"} {
		if _, ok := table.Cost(prices.Call{Provider: "azure.ai.openai", Models: []string{model}, Tokens: tokens(1, -1, -1, -1, -1, -1, -1), At: summer}); !ok {
			t.Errorf("%s on Azure has no price", model)
		}
	}
}
