package xray

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"
	"unicode/utf8"
)

// APIKey is a stored key. The secret itself is never stored.
type APIKey struct {
	ID         int64
	ProjectID  int32
	Name       string
	Scope      Scope
	Prefix     string // the first characters of the secret, to tell keys apart
	CreatedAt  time.Time
	ExpiresAt  *time.Time // nil: never
	RevokedAt  *time.Time
	LastUsedAt *time.Time // a minute late at most; nil: never
	Replaces   int64      // the key that this one took over from; 0: none
	ReplacedBy int64      // the key that took over from this one; 0: none
	Family     int64      // the first key of those that took over from each other; limits hold for it
}

// KeyState says whether a key opens anything.
type KeyState string

const (
	KeyActive  KeyState = "active"
	KeyEnding  KeyState = "ending" // replaced, and works until it expires
	KeyExpired KeyState = "expired"
	KeyRevoked KeyState = "revoked"
)

// State is the state of a key at a time.
func (k APIKey) State(now time.Time) KeyState {
	switch {
	case k.RevokedAt != nil:
		return KeyRevoked
	case k.ExpiresAt != nil && !now.Before(*k.ExpiresAt):
		return KeyExpired
	case k.ReplacedBy != 0:
		return KeyEnding
	}
	return KeyActive
}

// Refusal says why a key does not open anything any more, and what to do; nil
// if it does. An error is CodeUnauthorized.
func (k APIKey) Refusal(now time.Time) error {
	switch k.State(now) {
	case KeyRevoked:
		return Errorf(CodeUnauthorized, "this key (%s…) was revoked on %s: ask for a new one, or make it with 'xray key create'", k.Prefix, k.RevokedAt.UTC().Format(time.DateTime))
	case KeyExpired:
		return Errorf(CodeUnauthorized, "this key (%s…) expired on %s: use the one that replaces it, or make a new one with 'xray key create'", k.Prefix, k.ExpiresAt.UTC().Format(time.DateTime))
	}
	return nil
}

// MaxKeyOverlap is how long a key may go on working beside the one that
// replaces it.
const MaxKeyOverlap = 30 * 24 * time.Hour

// NewKey is what is said of a key that is to be made.
type NewKey struct {
	Name      string
	Scope     Scope
	ExpiresAt *time.Time // nil: never
}

// Check is CodeInvalid for a key that cannot be.
func (k NewKey) Check(now time.Time) error {
	const longest = 100
	if _, err := ParseScope(string(k.Scope)); err != nil {
		return err
	}
	if utf8.RuneCountInString(k.Name) > longest {
		return Errorf(CodeInvalid, "the name of the key has more than %d characters: take a shorter one", longest)
	}
	if k.ExpiresAt != nil && !k.ExpiresAt.After(now) {
		return Errorf(CodeInvalid, "the key would expire on %s, which has passed: choose a later time, or none", k.ExpiresAt.UTC().Format(time.DateTime))
	}
	return nil
}

// Rotation is how a new key takes over from an old one.
type Rotation struct {
	OldWorksUntil time.Time  // at most MaxKeyOverlap from now; not after now: the old one ends at once
	ExpiresAt     *time.Time // of the new key; nil: never
}

// Check is CodeInvalid for a rotation that cannot be.
func (r Rotation) Check(now time.Time) error {
	if r.OldWorksUntil.After(now.Add(MaxKeyOverlap)) {
		return Errorf(CodeInvalid, "the old key would work until %s: let it work for at most %d days beside the new one", r.OldWorksUntil.UTC().Format(time.DateTime), MaxKeyOverlap/(24*time.Hour))
	}
	return NewKey{Scope: ScopeRead, ExpiresAt: r.ExpiresAt}.Check(now)
}

// KeyPrefix starts every secret, so that secret scanners can know it.
const KeyPrefix = "xray_"

// NewKeySecret makes a secret of 256 random bits.
func NewKeySecret() string { return KeyPrefix + NewToken() }

// NewToken makes 256 random bits in 43 letters that need no escaping anywhere.
func NewToken() string {
	var b [32]byte
	rand.Read(b[:]) // never fails: crypto/rand aborts the program instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// IsKeySecret reports whether a text has the form of what [NewKeySecret] makes.
func IsKeySecret(s string) bool {
	rest, ours := strings.CutPrefix(s, KeyPrefix)
	b, err := base64.RawURLEncoding.DecodeString(rest)
	return ours && err == nil && len(b) == 32
}

// HashKey is what is stored of a secret. One round of SHA-256 is enough for
// 256 random bits; a slow hash is for passwords that people choose.
func HashKey(secret string) [32]byte { return sha256.Sum256([]byte(secret)) }
