package xray

import (
	"regexp"
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
