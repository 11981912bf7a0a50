package account

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/xraytrace/xray"
)

// OIDC says which provider of identities is asked, and as whom.
type OIDC struct {
	Issuer       string // URL; its /.well-known/openid-configuration says the rest
	ClientID     string
	ClientSecret string // "" for a public client: PKCE protects the code anyway
	Name         string // what the button says; default the issuer's host
	RedirectURL  string // ends in /api/account/oidc/callback
	Scopes       []string
	// TrustEmail takes addresses for verified of which the issuer does not say
	// so. Only for an issuer whose people cannot choose their address.
	TrustEmail bool
}

// Provider signs people in with the authorization code flow, PKCE, state and
// nonce.
type Provider struct {
	opts   OIDC
	client *http.Client
	mu     sync.Mutex
	known  *oidc.Provider // nil until the issuer has been asked
}

// providerTimeout bounds each request to an issuer.
const providerTimeout = 10 * time.Second

// NewProvider makes a provider. The issuer is asked when somebody first signs
// in: one that is away must not keep X-Ray from starting.
func NewProvider(o OIDC) *Provider {
	if o.Name == "" {
		_, host, _ := strings.Cut(o.Issuer, "://")
		o.Name, _, _ = strings.Cut(host, "/")
	}
	if len(o.Scopes) == 0 {
		o.Scopes = []string{oidc.ScopeOpenID, "email", "profile"}
	}
	return &Provider{opts: o, client: &http.Client{Timeout: providerTimeout}}
}

// Name is what the button says.
func (p *Provider) Name() string { return p.opts.Name }

// Flow is a sign-in under way. It waits in a cookie of the browser that began
// it, and no other can end it.
type Flow struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"` // of PKCE
	Back     string `json:"b"` // the path to go to in the end
}

// Identity is who a provider says somebody is.
type Identity struct {
	Issuer, Subject string
	Email           string // "" if it is not verified
	Unverified      string // the address, where it is not
	Name            string
}

// Start begins a sign-in: the address to send the browser to.
func (p *Provider) Start(ctx context.Context, back string) (string, Flow, error) {
	config, _, err := p.config(ctx)
	if err != nil {
		return "", Flow{}, err
	}
	f := Flow{State: xray.NewToken(), Nonce: xray.NewToken(), Verifier: oauth2.GenerateVerifier(), Back: back}
	return config.AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), f, nil
}

// Finish ends it. CodeUnauthorized for an answer that does not belong to the
// flow, or that the issuer does not stand by.
func (p *Provider) Finish(ctx context.Context, f Flow, state, code string) (Identity, error) {
	if f.State == "" || subtle.ConstantTimeCompare([]byte(f.State), []byte(state)) != 1 {
		return Identity{}, xray.Errorf(xray.CodeUnauthorized, "this sign-in was not begun in this browser or took too long: begin again")
	}
	config, provider, err := p.config(ctx)
	if err != nil {
		return Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	tokens, err := config.Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return Identity{}, notSignedIn("exchange the code", err)
	}
	raw, ok := tokens.Extra("id_token").(string)
	if !ok {
		return Identity{}, notSignedIn("read the tokens", errors.New("there is no ID token"))
	}
	token, err := provider.Verifier(&oidc.Config{ClientID: p.opts.ClientID}).Verify(ctx, raw)
	if err != nil {
		return Identity{}, notSignedIn("verify the ID token", err)
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(f.Nonce)) != 1 {
		return Identity{}, notSignedIn("verify the ID token", errors.New("it has another nonce"))
	}
	var c claims
	if err := token.Claims(&c); err != nil {
		return Identity{}, notSignedIn("read the ID token", err)
	}
	if c.Email == "" {
		if err := askUserInfo(ctx, provider, tokens, token.Subject, &c); err != nil {
			return Identity{}, err
		}
	}
	return p.identity(token.Issuer, token.Subject, c), nil
}

// askUserInfo completes claims that some providers keep out of the ID token.
func askUserInfo(ctx context.Context, provider *oidc.Provider, tokens *oauth2.Token, subject string, c *claims) error {
	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil {
		return notSignedIn("ask for the e-mail address", err)
	}
	if info.Subject != subject {
		return notSignedIn("ask for the e-mail address", errors.New("it is about somebody else"))
	}
	if err := info.Claims(c); err != nil {
		return notSignedIn("read the e-mail address", err)
	}
	return nil
}

func (p *Provider) identity(issuer, subject string, c claims) Identity {
	id := Identity{Issuer: issuer, Subject: subject, Name: c.Name}
	if id.Name == "" {
		id.Name = c.PreferredUsername
	}
	email, err := xray.ParseEmail(c.Email)
	switch {
	case err != nil:
	case bool(c.EmailVerified) || p.opts.TrustEmail:
		id.Email = email
	default:
		id.Unverified = email
	}
	return id
}

// claims are what is read of an ID token or of the user info.
type claims struct {
	Email             string   `json:"email"`
	EmailVerified     flexBool `json:"email_verified"`
	Name              string   `json:"name"`
	PreferredUsername string   `json:"preferred_username"`
}

// flexBool reads true and "true": some providers send the text.
type flexBool bool

// UnmarshalJSON takes everything but true and "true" for false.
func (b *flexBool) UnmarshalJSON(raw []byte) error {
	*b = flexBool(string(raw) == "true" || string(raw) == `"true"`)
	return nil
}

// config asks the issuer what it offers, once it is there.
func (p *Provider) config(ctx context.Context) (*oauth2.Config, *oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil {
		known, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client), p.opts.Issuer)
		if err != nil {
			away := xray.Errorf(xray.CodeUnavailable, "%s does not answer as it should: try again in a moment", p.opts.Name)
			return nil, nil, fmt.Errorf("%w: %w", away, err)
		}
		p.known = known
	}
	return &oauth2.Config{
		ClientID: p.opts.ClientID, ClientSecret: p.opts.ClientSecret,
		Endpoint: p.known.Endpoint(), RedirectURL: p.opts.RedirectURL, Scopes: p.opts.Scopes,
	}, p.known, nil
}

func notSignedIn(act string, err error) error {
	e := xray.Errorf(xray.CodeUnauthorized, "the sign-in did not end well: begin again")
	return fmt.Errorf("%s: %w: %w", act, e, err)
}
