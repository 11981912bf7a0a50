package main

import (
	"context"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/account"
	"github.com/xraytrace/xray/store"
)

// loginFlags say how people sign in to a team's server.
type loginFlags struct {
	PlainLogin  bool          `env:"XRAY_PLAIN_LOGIN" help:"Let people sign in over a network without TLS, where others can read along."`
	SessionIdle time.Duration `env:"XRAY_SESSION_IDLE" default:"168h" help:"Sign people out after so long without a request."`
	SessionMax  time.Duration `env:"XRAY_SESSION_MAX" default:"720h" help:"Sign people out so long after they signed in, whatever they do."`

	OIDCIssuer       string   `name:"oidc-issuer" env:"XRAY_OIDC_ISSUER" help:"URL of an OpenID Connect provider with which people may sign in; its redirect URL is PUBLIC-URL/api/account/oidc/callback."`
	OIDCClientID     string   `name:"oidc-client-id" env:"XRAY_OIDC_CLIENT_ID" help:"As which client X-Ray is known there."`
	OIDCClientSecret string   `name:"oidc-client-secret" env:"XRAY_OIDC_CLIENT_SECRET" help:"Its secret; none for a public client."`
	OIDCName         string   `name:"oidc-name" env:"XRAY_OIDC_NAME" help:"What the button says: Sign in with NAME. By default the provider's host."`
	OIDCScopes       []string `name:"oidc-scopes" env:"XRAY_OIDC_SCOPES" default:"openid,email,profile" help:"What is asked of the provider."`
	OIDCDomains      []string `name:"oidc-domains" env:"XRAY_OIDC_DOMAINS" help:"E-mail domains whose people may come without an invitation, as in example.com."`
	OIDCRole         string   `name:"oidc-role" env:"XRAY_OIDC_ROLE" enum:"admin,member,viewer,none" default:"viewer" help:"The role that they get then: admin, member, viewer or none."`
	OIDCTrustEmail   bool     `name:"oidc-trust-email" env:"XRAY_OIDC_TRUST_EMAIL" help:"Believe the provider's e-mail addresses although it does not say that they are verified. Only where people cannot choose theirs."`
}

// check refuses what cannot be, before anything is started.
func (f *loginFlags) check(publicURL string) error {
	if f.SessionIdle < time.Minute || f.SessionMax < f.SessionIdle {
		return xray.Errorf(xray.CodeInvalid, "--session-idle is %s and --session-max %s: use at least 1m, and for the second no less than for the first", f.SessionIdle, f.SessionMax)
	}
	switch {
	case f.OIDCIssuer == "" && (f.OIDCClientID != "" || len(f.OIDCDomains) > 0):
		return xray.Errorf(xray.CodeInvalid, "there are settings of OpenID Connect but no issuer: set --oidc-issuer, or leave out the others")
	case f.OIDCIssuer == "":
		return nil
	case f.OIDCClientID == "":
		return xray.Errorf(xray.CodeInvalid, "--oidc-issuer needs --oidc-client-id: make a client there and give its number")
	case publicURL == "":
		return xray.Errorf(xray.CodeInvalid, "--oidc-issuer needs --public-url, as in https://xray.example.com: the provider has to know where to send people back")
	}
	return nil
}

// service lets people in.
func (f *loginFlags) service(s *store.Store, publicURL string) *account.Service {
	rules := xray.DefaultSessionRules
	rules.Idle, rules.Most = f.SessionIdle, f.SessionMax
	opts := account.Options{Rules: rules, Domains: f.OIDCDomains, DefaultRole: xray.Role(f.OIDCRole)}
	if f.OIDCIssuer != "" {
		opts.OIDC = account.NewProvider(account.OIDC{
			Issuer: f.OIDCIssuer, ClientID: f.OIDCClientID, ClientSecret: f.OIDCClientSecret, Name: f.OIDCName, Scopes: f.OIDCScopes,
			RedirectURL: publicURL + "/api/account/oidc/callback", TrustEmail: f.OIDCTrustEmail,
		})
	}
	return account.New(s, opts)
}

// isLocal decides whether everybody who can connect may do everything. It takes
// one sign of a team to end that: an address beyond loopback, a master key, a
// public URL, a provider of identities (which needs one), or people.
func (c *serveCommand) isLocal(ctx context.Context, db database, b bound) (bool, error) {
	if !b.loopback || c.MasterKey != "" || c.PublicURL != "" {
		return false, nil
	}
	has, err := store.HasUsers(ctx, db.url)
	return !has, err
}

// setupLink is the address at which the first owner is made; "" if there is one
// or nobody needs any.
func (c *serveCommand) setupLink(ctx context.Context, people *account.Service, b bound) (string, error) {
	if b.local {
		return "", nil
	}
	token, err := people.SetupLink(ctx)
	if err != nil || token == "" {
		return "", err
	}
	base := c.PublicURL
	if base == "" {
		base = c.urlOf(b.ui)
	}
	return base + "/setup#" + token, nil
}
