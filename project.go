package xray

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"
	"time"
)

// DefaultProject is the project of local mode, made by the first migration.
const DefaultProject = "default"

// Project owns data, keys and budget.
type Project struct {
	ID        int32
	Slug      string // what people and clients call it
	CreatedAt time.Time
}

var slugPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

// ValidateSlug checks a project's name. An error is CodeInvalid.
func ValidateSlug(s string) error {
	if !slugPattern.MatchString(s) {
		return Errorf(CodeInvalid, "%q cannot name a project: use 1 to 63 of a-z, 0-9, '.', '_' and '-', starting with a letter or digit", s)
	}
	return nil
}

// Scope is what a key may do.
type Scope string

const (
	ScopeIngest Scope = "ingest" // send
	ScopeRead   Scope = "read"   // look
	ScopeAdmin  Scope = "admin"  // both, and change settings
)

// ParseScope reads a scope. An error is CodeInvalid.
func ParseScope(s string) (Scope, error) {
	switch sc := Scope(s); sc {
	case ScopeIngest, ScopeRead, ScopeAdmin:
		return sc, nil
	}
	return "", Errorf(CodeInvalid, "unknown scope %q: use ingest, read or admin", s)
}

// Allows reports whether a key of scope s may do what needs scope want.
func (s Scope) Allows(want Scope) bool { return s == want || s == ScopeAdmin }

// Principal is who a request comes from: a project and what may be done in it.
type Principal struct {
	Project Project
	Scope   Scope
	// AnyProject is true for the master key and for local mode: such a caller
	// may name its project with the header X-Xray-Project.
	AnyProject bool
	// User is who is signed in; nil for keys and in local mode.
	User *User
	// Role is the person's in Project, and OrganisationRole the one in the
	// organisation. Local mode and the master key are owners; a stored key has
	// neither ("") and goes by its Scope.
	Role             Role
	OrganisationRole Role
	Key              *APIKey // the stored key that was shown; nil for other ways in
	Local            bool    // let in without a key
}

// APIKey is a stored key. The secret itself is never stored.
type APIKey struct {
	ID        int64
	ProjectID int32
	Name      string
	Scope     Scope
	Prefix    string // the first characters of the secret, to tell keys apart
	CreatedAt time.Time
	RevokedAt *time.Time
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
