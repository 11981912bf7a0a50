package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
)

func TestAKeyHandsOverToItsSuccessor(t *testing.T) {
	t.Parallel()
	s, c := openAt(t, pgtest.New(t), aStart.Time())
	now := aStart.Time()
	secret, first, err := s.CreateKey(t.Context(), theProject, xray.NewKey{Name: "ci", Scope: xray.ScopeIngest})
	if err != nil {
		t.Fatal(err)
	}
	nextSecret, second, old, err := s.RotateKey(t.Context(), theProject, first.ID, xray.Rotation{OldWorksUntil: now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if second.Name != "ci" || second.Scope != xray.ScopeIngest || second.Replaces != first.ID || second.Family != first.ID || second.ExpiresAt != nil {
		t.Errorf("the successor is %+v", second)
	}
	if old.ReplacedBy != second.ID || !old.ExpiresAt.Equal(now.Add(time.Hour)) {
		t.Errorf("the old one is %+v", old)
	}
	works := func(secret string) error {
		_, _, err := s.KeyByHash(t.Context(), xray.HashKey(secret))
		return err
	}
	c.set(now.Add(59 * time.Minute))
	if err := works(secret); err != nil {
		t.Errorf("the old secret, while both work: %v", err)
	}
	if err := works(nextSecret); err != nil {
		t.Errorf("the new secret: %v", err)
	}
	if _, _, _, err := s.RotateKey(t.Context(), theProject, first.ID, xray.Rotation{}); xray.ErrorCode(err) != xray.CodeConflict {
		t.Errorf("replaced twice: %v", err)
	}
	c.set(now.Add(time.Hour))
	if err := works(secret); xray.ErrorCode(err) != xray.CodeUnauthorized || !strings.Contains(err.Error(), "expired") {
		t.Errorf("the old secret, an hour later: %v", err)
	}
	_, third, _, err := s.RotateKey(t.Context(), theProject, second.ID, xray.Rotation{})
	if err != nil || third.Family != first.ID {
		t.Errorf("the third of the family is %+v, error %v", third, err)
	}
	if err := works(nextSecret); xray.ErrorCode(err) != xray.CodeUnauthorized {
		t.Errorf("a secret that was replaced without overlap: %v", err)
	}
	if _, _, _, err := s.RotateKey(t.Context(), theProject+1, third.ID, xray.Rotation{}); xray.ErrorCode(err) != xray.CodeNotFound {
		t.Errorf("another project's key: %v", err)
	}
	if err := s.RevokeKey(t.Context(), theProject, third.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := s.RotateKey(t.Context(), theProject, third.ID, xray.Rotation{}); xray.ErrorCode(err) != xray.CodeNotFound {
		t.Errorf("a revoked key: %v", err)
	}
}

func TestTheUsesOfKeysAreKeptAndNeverGoBack(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	_, a, err := s.CreateKey(t.Context(), theProject, xray.NewKey{Name: "a", Scope: xray.ScopeRead})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.CreateKey(t.Context(), theProject, xray.NewKey{Name: "b", Scope: xray.ScopeRead}); err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1_700_000_000, 0)
	for _, uses := range []map[int64]time.Time{{a.ID: at, 99999: at}, {a.ID: at.Add(-time.Hour)}} {
		if err := s.NoteKeyUses(t.Context(), uses); err != nil {
			t.Fatal(err)
		}
	}
	keys, err := s.Keys(t.Context(), theProject)
	if err != nil || len(keys) != 2 || keys[0].LastUsedAt == nil || !keys[0].LastUsedAt.Equal(at) || keys[1].LastUsedAt != nil {
		t.Errorf("%+v, error %v", keys, err)
	}
}
