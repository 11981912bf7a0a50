package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
)

func TestMaskingSettingsAreKeptWithTheirKey(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	if set, err := s.MaskSettings(t.Context(), theProject); err != nil || len(set.Rules) != 0 || len(set.Model.Presets) != len(xray.MaskPresets()) {
		t.Errorf("a project that has set nothing has %+v, error %v", set, err)
	}
	var key string
	for _, name := range []string{"one", "two"} {
		want := xray.MaskSettings{Rules: []xray.MaskRule{{Name: name, Pattern: "\x00|é", Action: xray.MaskHash}}, Model: xray.MaskModel{StructureOnly: true}}
		if err := s.SetMaskSettings(t.Context(), theProject, want); err != nil {
			t.Fatal(err)
		}
		set, err := s.MaskSettings(t.Context(), theProject)
		if err != nil || len(set.Rules) != 1 || set.Rules[0].Name != name || set.Rules[0].Pattern != want.Rules[0].Pattern || !set.Model.StructureOnly {
			t.Errorf("got %+v, error %v", set, err)
		}
		all, err := s.MaskedProjects(t.Context())
		if err != nil || len(all) != 1 || all[0].ID != theProject || all[0].Settings.Rules[0].Name != name || len(all[0].Key) != 32 {
			t.Fatalf("got %+v, error %v", all, err)
		}
		if key != "" && key != string(all[0].Key) {
			t.Error("the key of the hashes has changed")
		}
		key = string(all[0].Key)
	}
	err := s.SetMaskSettings(t.Context(), theProject, xray.MaskSettings{Rules: []xray.MaskRule{{Name: "a", Pattern: "(", Action: xray.MaskHash}}})
	if xray.ErrorCode(err) != xray.CodeInvalid {
		t.Errorf("a broken pattern: %v", err)
	}
}

// Settings that only a newer version understands must not be half understood.
func TestSettingsThatAreNotUnderstoodAreAnError(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s := open(t, url, quick())
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	for _, settings := range []string{`{"rules":[{"name":"a","preset":"names","action":"replace"}],"model":{"presets":[]}}`, `{"rules":[],"model":{"presets":[]},"more":1}`} {
		_, err := conn.Exec(t.Context(), `INSERT INTO masking_settings VALUES ($1, $2, sha256(''), now())
			ON CONFLICT (project_id) DO UPDATE SET settings = EXCLUDED.settings`, theProject, settings)
		if err != nil {
			t.Fatal(err)
		}
		all, err := s.MaskedProjects(t.Context())
		if err != nil || len(all) != 1 || all[0].Err == nil {
			t.Errorf("%s gives %+v, error %v", settings, all, err)
		}
	}
}

// A process hears of what another one sets, and while it hears nothing is told
// that nothing has changed.
func TestEveryProcessHearsOfNewRules(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	here, elsewhere := open(t, url, quick()), open(t, url, quick())
	changed, confirmed := make(chan int), make(chan struct{})
	failures := 1
	inBackground(t, func(ctx context.Context) error {
		return here.FollowMasking(ctx, func(ctx context.Context) error {
			all, err := here.MaskedProjects(ctx)
			if err != nil {
				return err
			}
			if failures--; failures == 0 {
				return errors.New("the first time it cannot be used")
			}
			select {
			case changed <- len(all):
			case <-ctx.Done():
			}
			return nil
		}, func() {
			select {
			case confirmed <- struct{}{}:
			case <-ctx.Done():
			}
		})
	})
	if n := <-changed; n != 0 {
		t.Errorf("at first %d projects have rules", n)
	}
	if err := elsewhere.SetMaskSettings(t.Context(), theProject, xray.DefaultMaskSettings()); err != nil {
		t.Fatal(err)
	}
	for n := 0; n == 0; {
		select {
		case n = <-changed:
		case <-confirmed: // it was asked before the other process wrote
		case <-time.After(patience):
			t.Fatal("nobody heard of the new rules")
		}
	}
	select {
	case <-confirmed:
	case n := <-changed:
		t.Errorf("changed again, %d projects", n)
	}
}
