package account

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/xraytrace/xray"
)

// cheap makes tests fast; the parameters are in the hash.
var cheap = Params{Time: 1, Memory: 8, Threads: 1}

func TestAPasswordIsKnownAgain(t *testing.T) {
	h := newHasher(cheap)
	stored, err := h.hash(t.Context(), "four words nobody joins")
	if err != nil || !strings.HasPrefix(stored, "$argon2id$v=19$m=8,t=1,p=1$") {
		t.Fatalf("hash %q, error %v", stored, err)
	}
	if again, _ := h.hash(t.Context(), "four words nobody joins"); again == stored {
		t.Error("two hashes of a password are equal: there is no salt")
	}
	stronger := newHasher(Params{Time: 2, Memory: 16, Threads: 1})
	for _, tc := range []struct {
		name, password, stored string
		with                   *hasher
		ok, weak               bool
	}{
		{"the same", "four words nobody joins", stored, h, true, false},
		{"another", "four words nobody join", stored, h, false, false},
		{"no account", "four words nobody joins", "", h, false, false},
		{"parameters that have grown", "four words nobody joins", stored, stronger, true, true},
		{"letters composed in another way", "cafe\u0301 four words nobody", must(h.hash(t.Context(), "caf\u00e9 four words nobody")), h, true, false},
	} {
		ok, weak, err := tc.with.verify(t.Context(), tc.password, tc.stored)
		if ok != tc.ok || weak != tc.weak || err != nil {
			t.Errorf("%s: ok %v weak %v, error %v", tc.name, ok, weak, err)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestDamagedHashesAreErrorsNotPasswords(t *testing.T) {
	h := newHasher(cheap)
	for _, stored := range []string{
		"x", "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$c3Vtc3Vtc3Vtc3Vtc3Vt", "$argon2id$v=16$m=8,t=1,p=1$c2FsdHNhbHQ$c3Vtc3Vtc3Vtc3Vtc3Vt",
		"$argon2id$v=19$m=99999999,t=1,p=1$c2FsdHNhbHQ$c3Vtc3Vtc3Vtc3Vtc3Vt", "$argon2id$v=19$m=8,t=0,p=1$c2FsdHNhbHQ$c3Vtc3Vtc3Vtc3Vtc3Vt",
		"$argon2id$v=19$m=8,t=1,p=1$$", "$argon2id$v=19$m=8,t=1,p=1$!$!",
	} {
		if ok, _, err := h.verify(t.Context(), "p", stored); ok || err == nil {
			t.Errorf("%s: ok %v, error %v", stored, ok, err)
		}
	}
}

func TestFewPasswordsAreHashedAtOnce(t *testing.T) {
	h := newHasher(cheap)
	for range maxAtOnce { // all slots are taken
		h.slots <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range maxWaiting {
		wg.Go(func() { _, _ = h.hash(ctx, "p") })
	}
	for h.waiting.Load() < maxWaiting {
		runtime.Gosched()
	}
	_, err := h.hash(t.Context(), "p")
	if xray.ErrorCode(err) != xray.CodeLimit {
		t.Errorf("one more: %v, want a limit", err)
	}
	cancel()
	wg.Wait()
	if n := h.waiting.Load(); n != 0 {
		t.Errorf("%d still wait", n)
	}
}

func TestPasswordRules(t *testing.T) {
	for _, tc := range []struct {
		name, password string
		ok             bool
	}{
		{"a sentence without digits or signs", "the heron sleeps standing up", true},
		{"fifteen characters that are random", "xq7-vlm2-ktr9-w", true},
		{"letters of another script count as characters", "κάθε πρωί τρέχω νωρίς", true},
		{"fourteen characters", "xq7-vlm2-ktr9-", false},
		{"one letter", strings.Repeat("a", 40), false},
		{"a sequence", "123456789012345", false},
		{"a keyboard's row twice", "qwertyuiopqwertyuiop", false},
		{"a common one made longer", "Password1234567", false},
		{"the person's own names", "ada.lovelace.ada@example.com", false},
		{"the product's name", "xray-xray-xray-xray", false},
		{"a megabyte", strings.Repeat("the heron sleeps ", 100), false},
		{"no text", "\xff\xfe the heron sleeps standing", false},
	} {
		if err := CheckPassword(tc.password, "ada@example.com", "Ada Lovelace"); (err == nil) != tc.ok {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}
