package xray_test

import (
	"strings"
	"testing"
	"time"

	"github.com/xraytrace/xray"
)

func TestTheStateOfAKeySaysWhatToDo(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	past, future := now.Add(-time.Hour), now.Add(time.Hour)
	for _, tc := range []struct {
		name    string
		key     xray.APIKey
		state   xray.KeyState
		refused string
	}{
		{"a key without end", xray.APIKey{}, xray.KeyActive, ""},
		{"a key with time left", xray.APIKey{ExpiresAt: &future}, xray.KeyActive, ""},
		{"a key that another replaces", xray.APIKey{ExpiresAt: &future, ReplacedBy: 2}, xray.KeyEnding, ""},
		{"a key in the moment it expires", xray.APIKey{ExpiresAt: &now}, xray.KeyExpired, "expired on 2026-03-01 12:00:00"},
		{"a replaced key that has ended", xray.APIKey{ExpiresAt: &past, ReplacedBy: 2}, xray.KeyExpired, "the one that replaces it"},
		{"a revoked key, whatever else it is", xray.APIKey{RevokedAt: &past, ExpiresAt: &past}, xray.KeyRevoked, "revoked on 2026-03-01 11:00:00"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := tc.key.Refusal(now)
			switch {
			case tc.key.State(now) != tc.state:
				t.Errorf("it is %s, want %s", tc.key.State(now), tc.state)
			case (err == nil) != (tc.refused == ""):
				t.Errorf("refused: %v", err)
			case err != nil && (xray.ErrorCode(err) != xray.CodeUnauthorized || !strings.Contains(err.Error(), tc.refused)):
				t.Errorf("refused with %v, want %q", err, tc.refused)
			}
		})
	}
}

func TestKeysThatCannotBeAreRefused(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	future := now.Add(time.Hour)
	for name, err := range map[string]error{
		"an unknown scope":             xray.NewKey{Scope: "write"}.Check(now),
		"an end that has passed":       xray.NewKey{Scope: xray.ScopeRead, ExpiresAt: &now}.Check(now),
		"a name without end":           xray.NewKey{Scope: xray.ScopeRead, Name: strings.Repeat("é", 101)}.Check(now),
		"an overlap of 31 days":        xray.Rotation{OldWorksUntil: now.Add(31 * 24 * time.Hour)}.Check(now),
		"a new key that ends at birth": xray.Rotation{ExpiresAt: &now}.Check(now),
	} {
		if xray.ErrorCode(err) != xray.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, err := range map[string]error{
		"a key":                 xray.NewKey{Scope: xray.ScopeRead, Name: strings.Repeat("é", 100), ExpiresAt: &future}.Check(now),
		"an overlap of 30 days": xray.Rotation{OldWorksUntil: now.Add(xray.MaxKeyOverlap)}.Check(now),
		"no overlap at all":     xray.Rotation{OldWorksUntil: now}.Check(now),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
