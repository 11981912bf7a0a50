package api_test

import (
	"context"
	"testing"
	"time"

	"github.com/xraytrace/xray"
)

func (w *world) Retention(_ context.Context, p int32) (xray.Retention, error) {
	return w.kept, w.check(p)
}

func (w *world) SetRetention(_ context.Context, p int32, r xray.Retention) error {
	if err := r.Validate(); err != nil {
		return err
	}
	w.kept = r
	return w.check(p)
}

func (w *world) Expiry(_ context.Context, p int32, r xray.Retention) (xray.Expiry, error) {
	return xray.Expiry{PayloadsBefore: time.Unix(0, 0).AddDate(0, 0, r.PayloadDays).UTC(), Payloads: 3, Structure: 2}, w.check(p)
}

func TestDaysThatCannotBeAreRefusedAtTheirField(t *testing.T) {
	for body, field := range map[string]string{
		`{"payloadDays":0,"structureDays":9}`:      "/payloadDays",
		`{"payloadDays":9,"structureDays":8}`:      "/structureDays",
		`{"payloadDays":9,"structureDays":100000}`: "/structureDays",
	} {
		w := newWorld()
		w.kept = xray.Retention{PayloadDays: 30, StructureDays: 90}
		if status, _, got := w.do(t, "PUT", "/api/settings/retention", body); status != 400 || got["field"] != field || w.kept.PayloadDays != 30 {
			t.Errorf("%s: %d %v, kept %+v", body, status, got, w.kept)
		}
	}
}

func TestWhatOtherDaysWouldTakeIsSaid(t *testing.T) {
	w := newWorld()
	status, _, got := w.do(t, "GET", "/api/settings/retention/expiry?payloadDays=3&structureDays=5", "")
	if status != 200 || got["payloadsBefore"] != "1970-01-04T00:00:00Z" || got["payloads"] != 3.0 || got["structure"] != 2.0 || got["counted"] != 10_000.0 {
		t.Errorf("%d %v", status, got)
	}
}
