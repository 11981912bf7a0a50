package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xraytrace/xray"
)

func (w *world) MaskSettings(_ context.Context, p int32) (xray.MaskSettings, error) {
	return w.masking, w.check(p)
}

func (w *world) SetMaskSettings(_ context.Context, p int32, set xray.MaskSettings) (err error) {
	if set, err = set.Normalized(); err == nil {
		w.masking = set
	}
	return err
}

func (w *world) ModelCalls(_ context.Context, p int32, before int64, limit int) ([]xray.RecordedCall, error) {
	var out []xray.RecordedCall
	for _, c := range w.calls {
		if (before == 0 || c.ID < before) && len(out) < limit {
			out = append(out, c)
		}
	}
	return out, w.check(p)
}

const maskingPath = "/api/settings/masking"

func TestMaskingSettingsAreKeptAsTheyWereSet(t *testing.T) {
	w := newWorld()
	w.masking = xray.DefaultMaskSettings()
	if status, _, got := w.do(t, "GET", maskingPath, ""); status != 200 || len(got["rules"].([]any)) != 0 || len(got["model"].(map[string]any)["presets"].([]any)) != 5 {
		t.Errorf("at first %d %v", status, got)
	}
	body := `{"rules":[{"preset":"email","action":"hash"},{"name":"pin","fields":["pin","user/secret"],"action":"remove"}],"model":{"presets":["card"],"structureOnly":true}}`
	status, _, got := w.do(t, "PUT", maskingPath, body)
	if status != 200 || got["rules"].([]any)[0].(map[string]any)["name"] != "email" {
		t.Errorf("set: %d %v", status, got)
	}
	if r := w.masking.Rules; len(r) != 2 || r[0].Action != xray.MaskHash || r[1].Fields[1] != "user/secret" || !w.masking.Model.StructureOnly {
		t.Errorf("set to %+v", w.masking)
	}
	before := w.masking
	for wrong, field := range map[string]string{
		`{"rules":[{"name":"a","pattern":"(","action":"hash"}],"model":{"presets":[],"structureOnly":false}}`:                                     "/rules/0/pattern",
		`{"rules":[{"preset":"email","action":"hash"},{"preset":"email","action":"hash"}],"model":{"presets":[],"structureOnly":false}}`:          "/rules/1/name",
		`{"rules":[{"preset":"email","action":"hash"},{"name":"b","fields":["/"],"action":"hash"}],"model":{"presets":[],"structureOnly":false}}`: "/rules/1/fields",
		`{"rules":[],"model":{"presets":["names"],"structureOnly":false}}`:                                                                        "/model/presets",
	} {
		if status, _, got := w.do(t, "PUT", maskingPath, wrong); status != 400 || got["code"] != "invalid" || got["field"] != field {
			t.Errorf("%s: %d %v", wrong, status, got)
		}
	}
	if len(before.Rules) != len(w.masking.Rules) {
		t.Error("settings that cannot be were kept")
	}
}

func TestMaskingCanBeTriedBeforeItIsSet(t *testing.T) {
	w := newWorld()
	w.masking = xray.MaskSettings{Rules: []xray.MaskRule{{Preset: xray.MaskEmail, Action: xray.MaskReplace}}, Model: xray.MaskModel{Presets: []xray.MaskPreset{xray.MaskCard}}}
	sample := `"{\"to\":[\"ann@example.com, bob@example.com\"],\"paid\":4111111111111111}"`
	status, _, got := w.do(t, "POST", maskingPath+"/test", `{"sample":`+sample+`}`)
	if status != 200 || got["stored"] != `{"to":["[masked:email], [masked:email]"],"paid":4111111111111111}` || got["shown"] != `{"to":["[masked:email], [masked:email]"],"paid":"[masked:card]"}` {
		t.Errorf("with the project's own rules: %d %v", status, got)
	}
	hit := got["storedHits"].([]any)[0].(map[string]any)
	if hit["rule"] != "email" || hit["where"] != "/xray.input/to/0" || hit["count"] != 2.0 {
		t.Errorf("hit %v", hit)
	}
	status, _, got = w.do(t, "POST", maskingPath+"/test", `{"sample":`+sample+`,"attribute":"a/b","settings":{"rules":[{"name":"to","fields":["/a~1b/to"],"action":"remove"}],"model":{"presets":[],"structureOnly":true}}}`)
	if status != 200 || got["stored"] != `{"paid":4111111111111111}` || got["shown"] != `{"paid":4111111111111111}` || got["storedHits"].([]any)[0].(map[string]any)["where"] != "/a~1b/to" {
		t.Errorf("with rules of its own: %d %v", status, got)
	}
	if status, _, got := w.do(t, "POST", maskingPath+"/test", `{"sample":"x","settings":{"rules":[{"name":"a","pattern":"(","action":"hash"}],"model":{"presets":[],"structureOnly":false}}}`); status != 400 || !strings.Contains(got["detail"].(string), "RE2") || got["field"] != "/settings/rules/0/pattern" {
		t.Errorf("a broken pattern: %d %v", status, got)
	}
}

// A hash that somebody makes by trying must not be the one that is stored.
func TestTryingTellsNothingAboutStoredHashes(t *testing.T) {
	w := newWorld()
	w.masking = xray.MaskSettings{Rules: []xray.MaskRule{{Preset: xray.MaskEmail, Action: xray.MaskHash}}}
	_, _, first := w.do(t, "POST", maskingPath+"/test", `{"sample":"ann@example.com ann@example.com"}`)
	_, _, second := w.do(t, "POST", maskingPath+"/test", `{"sample":"ann@example.com"}`)
	hashes := strings.Fields(first["stored"].(string))
	if len(hashes) != 2 || hashes[0] != hashes[1] || second["stored"] == hashes[0] {
		t.Errorf("%v and then %v", first["stored"], second["stored"])
	}
}

func TestModelCallsComeInPages(t *testing.T) {
	w := newWorld()
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for id := int64(5); id > 0; id-- {
		c := xray.RecordedCall{ID: id, CreatedAt: at, ModelCall: xray.ModelCall{TraceID: traceID, Task: "step", Model: "m", PromptHash: [32]byte{0xab}, PromptBytes: 10, Outcome: "open"}}
		if id < 5 {
			c.EndedAt, c.Outcome, c.CostUSD, c.InputTokens = &at, "answered", new(0.25), 7
		}
		w.calls = append(w.calls, c)
	}
	var ids []string
	path := "/api/settings/reasoning/calls?limit=2"
	for cursor := ""; ; {
		status, _, got := w.do(t, "GET", path+cursor, "")
		if status != 200 {
			t.Fatal(status, got)
		}
		for _, c := range got["calls"].([]any) {
			call := c.(map[string]any)
			ids = append(ids, call["id"].(string))
			if !strings.HasPrefix(call["promptHash"].(string), "ab00") || (call["endedAt"] == nil) != (call["outcome"] == "open") {
				t.Errorf("call %v", call)
			}
		}
		next, more := got["next"]
		if !more {
			break
		}
		cursor = "&cursor=" + next.(string)
	}
	if strings.Join(ids, "") != "54321" {
		t.Errorf("got %v", ids)
	}
	if status, _, _ := w.do(t, "GET", path+"&cursor=x", ""); status != http.StatusBadRequest {
		t.Errorf("a broken cursor is answered %d", status)
	}
}
