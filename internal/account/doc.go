// Package account lets people in: passwords, sessions, one-time links,
// invitations, sign-in by OpenID Connect, and the rules of who may give whom
// which role. What is kept is behind the interface [Store]; the package knows
// no SQL and sees of HTTP only what a provider of identities asks for. What a
// role allows is decided elsewhere (internal/api), and keys of programs are the
// business of internal/auth.
package account
