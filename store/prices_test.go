package store_test

import (
	"encoding/json"
	"strconv"
	"sync"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/store"
)

func TestPriceTablesAreKeptReplacedAndRemoved(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	states := map[string]bool{}
	check := func(want ...store.PriceTable) {
		t.Helper()
		state, err := s.PriceTablesState(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if states[state] && len(want) > 0 {
			t.Errorf("the state %q was there before", state)
		}
		states[state] = true
		got, err := s.PriceTables(t.Context())
		if err != nil || len(got) != len(want) {
			t.Fatalf("%d tables, want %d; error %v", len(got), len(want), err)
		}
		for i, w := range want {
			g := got[i]
			if g.Project != w.Project || g.ProjectID != w.ProjectID || g.Version != w.Version || string(g.Data) != string(w.Data) || g.Updated.IsZero() {
				t.Errorf("table %d: %+v, want %+v", i, g, w)
			}
		}
	}
	set := func(table store.PriceTable) {
		t.Helper()
		if err := s.SetPriceTable(t.Context(), table); err != nil {
			t.Fatal(err)
		}
	}
	check()
	own := store.PriceTable{Project: xray.DefaultProject, ProjectID: theProject, Version: "own", Data: json.RawMessage(`[1,  2]`)}
	set(own)
	check(own)
	common := store.PriceTable{Version: "1", Data: json.RawMessage(`{}`)}
	set(common)
	check(common, own)
	common.Version, common.Data = "2", json.RawMessage(`[]`)
	set(common)
	check(common, own)
	if err := s.RemovePriceTable(t.Context(), theProject); err != nil {
		t.Error(err)
	}
	check(common)
	if err := s.RemovePriceTable(t.Context(), 0); err != nil {
		t.Error(err)
	}
	check()
	if err := s.RemovePriceTable(t.Context(), 0); xray.ErrorCode(err) != xray.CodeNotFound {
		t.Errorf("removing what is not there: %v", err)
	}
}

func TestEditsOfAProjectsPricesDoNotLoseEachOther(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	var edits sync.WaitGroup
	for range 8 {
		edits.Go(func() {
			err := s.EditPriceTable(t.Context(), theProject, func(data []byte) (string, []byte, error) {
				n, _ := strconv.Atoi(string(data))
				return "v", strconv.AppendInt(nil, int64(n+1), 10), nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	edits.Wait()
	tables, err := s.PriceTables(t.Context())
	if err != nil || len(tables) != 1 || string(tables[0].Data) != "8" || tables[0].ProjectID != theProject {
		t.Errorf("%+v %v", tables, err)
	}
	gone := func([]byte) (string, []byte, error) { return "", nil, nil }
	if err := s.EditPriceTable(t.Context(), theProject, gone); err != nil {
		t.Fatal(err)
	}
	if tables, err = s.PriceTables(t.Context()); err != nil || len(tables) != 0 {
		t.Errorf("after the last price was taken away: %+v %v", tables, err)
	}
}
