package xray

import "time"

// LoginMethod is how a session began.
type LoginMethod string

const (
	LoginPassword LoginMethod = "password"
	LoginOIDC     LoginMethod = "oidc"
	LoginLink     LoginMethod = "link" // a set-up, invitation or reset link
)

// Session is one browser in which a user is signed in. The token itself is in
// that browser's cookie only.
type Session struct {
	ID         int64
	UserID     int64
	Method     LoginMethod
	Agent      string // the browser's User-Agent when it began
	Address    string // where it was last seen from, "" if unknown
	CreatedAt  time.Time
	LastSeenAt time.Time // exact to a minute
	ExpiresAt  time.Time // whatever happens
}

// SessionRules bound the life of sessions and of their tokens.
type SessionRules struct {
	Idle   time.Duration // ends after so long without a request
	Most   time.Duration // ends so long after it began
	Rotate time.Duration // the token is exchanged when it is older
	// Grace is how long the token before still works once the new one was seen:
	// a page has several requests under way at once.
	Grace time.Duration
}

// DefaultSessionRules let people who come daily stay signed in for a month.
var DefaultSessionRules = SessionRules{
	Idle: 7 * 24 * time.Hour, Most: 30 * 24 * time.Hour, Rotate: time.Hour, Grace: time.Minute,
}

// LinkKind is what a one-time link is for.
type LinkKind string

const (
	LinkSetup LinkKind = "setup" // makes the first owner
	LinkReset LinkKind = "reset" // sets a user's password anew
)
