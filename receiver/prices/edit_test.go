package prices_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/receiver/prices"
)

// ownBook is a book in which project 1 has what edits made of a table.
func ownBook(t *testing.T, table []byte) *prices.Book {
	t.Helper()
	book := prices.NewBook(embedded(t))
	if table != nil {
		if err := book.Set([]prices.Own{{Project: 1, Version: "own", Data: table}}); err != nil {
			t.Fatalf("%v in %s", err, table)
		}
	}
	return book
}

func usd(price float64) *float64 { return &price }

func costOf(book *prices.Book, provider, model string, at time.Time) string {
	c, ok := book.Of(1).Cost(prices.Call{Provider: provider, Models: []string{model}, Tokens: tokens(1_000_000, -1, -1, -1, -1, -1, -1), At: at})
	return fmt.Sprint(c, ok)
}

func set(t *testing.T, table []byte, p xray.OwnPrice) []byte {
	t.Helper()
	changed, err := prices.SetOwn(table, embedded(t), p)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func TestAnOwnPriceHoldsForAllNamesOfItsModel(t *testing.T) {
	t.Parallel()
	table := set(t, nil, xray.OwnPrice{Provider: "openai", Model: "gpt-4o-mini", Prices: xray.Prices{Input: usd(7)}})
	table = set(t, table, xray.OwnPrice{Provider: "gateway", Model: "house-*", Prices: xray.Prices{Input: usd(3)}})
	book := ownBook(t, table)
	for _, tc := range []struct{ provider, model, want string }{
		{"openai", "gpt-4o-mini", "7 true"},
		{"openai", "gpt-4o-mini-2024-07-18", "7 true"},
		{"azure.ai.openai", "gpt-4o-mini", "7 true"}, // Azure's table asks OpenAI's
		{"gateway", "house-1", "3 true"},
		{"", "house-2", "3 true"},
		{"gateway", "other", "0 false"},
		{"", "gpt-4o-mini", "7 true"},
	} {
		if got := costOf(book, tc.provider, tc.model, summer); got != tc.want {
			t.Errorf("%q of %q costs %s, want %s", tc.model, tc.provider, got, tc.want)
		}
	}
}

func TestAnOwnPriceFromADayOnLeavesWhatHeldBefore(t *testing.T) {
	t.Parallel()
	day := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	price := func(p float64, from time.Time) xray.OwnPrice {
		return xray.OwnPrice{Provider: "openai", Model: "gpt-4o-mini", Prices: xray.Prices{Input: usd(p)}, From: from}
	}
	table := set(t, nil, price(9, day.AddDate(1, 0, 0)))
	table = set(t, table, price(7, day))
	table = set(t, table, price(8, day)) // mended
	book := ownBook(t, table)
	for at, want := range map[time.Time]string{day.Add(-time.Hour): "0.15 true", day: "8 true", day.AddDate(2, 0, 0): "9 true"} {
		if got := costOf(book, "openai", "gpt-4o-mini", at); got != want {
			t.Errorf("at %v it costs %s, want %s", at, got, want)
		}
	}
	listed := book.List(1, xray.PriceQuery{Own: true, Limit: 10}, day).Prices
	if len(listed) != 1 || len(listed[0].Entries) != 3 || !listed[0].Entries[1].Now || !listed[0].Entries[1].From.Equal(day) || listed[0].Origin != xray.PriceOwn {
		t.Errorf("listed as %+v", listed)
	}
	if got := costOf(ownBook(t, set(t, table, price(2, time.Time{}))), "openai", "gpt-4o-mini", day.AddDate(2, 0, 0)); got != "2 true" {
		t.Errorf("a price for all times costs %s", got)
	}
}

func TestTakingAnOwnPriceAwayLeavesTheRestOfTheTable(t *testing.T) {
	t.Parallel()
	brought := []byte(`{"version":"v","providers":[{"id":"ours","pricing_urls":["x"],"models":[
		{"id":"a","match":{"equals":"a"},"prices":{"input_mtok":1},"note":"kept"},
		{"id":"b","match":{"equals":"b"},"prices":{"input_mtok":2}}]}]}`)
	table, err := prices.RemoveOwn(brought, "ours", "b")
	if err != nil || !bytes.Contains(table, []byte(`"note":"kept"`)) || !bytes.Contains(table, []byte("pricing_urls")) {
		t.Fatalf("%v: %s", err, table)
	}
	if book := ownBook(t, table); costOf(book, "ours", "a", summer) != "1 true" || costOf(book, "ours", "b", summer) != "0 false" {
		t.Errorf("left: %s", table)
	}
	if _, err := prices.RemoveOwn(table, "ours", "b"); xray.ErrorCode(err) != xray.CodeNotFound {
		t.Errorf("twice: %v", err)
	}
	if table, err = prices.RemoveOwn(table, "ours", "a"); err != nil || table != nil {
		t.Errorf("the last one leaves %s, %v", table, err)
	}
}

func TestTheListOfPricesIsWhatCallsArePricedWith(t *testing.T) {
	t.Parallel()
	book := ownBook(t, set(t, nil, xray.OwnPrice{Provider: "openai", Model: "gpt-4o-mini", Prices: xray.Prices{Input: usd(7)}}))
	list := book.List(1, xray.PriceQuery{Text: "OPENAI 4o-mini", Limit: 2}, summer)
	if len(list.Prices) != 2 || list.Total < 3 || list.Prices[0].Model != "gpt-4o-mini" || *list.Prices[0].Entries[0].Input != 7 {
		t.Errorf("%+v", list)
	}
	if len(list.Tables) != 2 || list.Tables[0].Origin != xray.PriceOwn || list.Tables[1].Version != embedded(t).Version() {
		t.Errorf("tables %+v", list.Tables)
	}
	if other := book.List(2, xray.PriceQuery{Own: true, Limit: 9}, summer); other.Total != 0 || len(other.Tables) != 1 {
		t.Errorf("another project sees %+v", other)
	}
}
