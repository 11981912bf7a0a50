package receiver

import (
	"context"
	"encoding/base64"
	"strings"

	"github.com/xraytrace/xray"
)

// Authenticator knows who a secret belongs to. secret is "" when the request
// carries none, which local mode allows; projectSlug is the header
// X-Xray-Project, "" if absent. Errors are CodeUnauthorized, CodeNotFound or
// CodeUnavailable.
type Authenticator interface {
	Authenticate(ctx context.Context, secret, projectSlug string) (xray.Principal, error)
}

// authenticate finds out whose request it is. header reads one header, by any case, from either transport.
func (r *Receiver) authenticate(ctx context.Context, header func(name string) string) (xray.Principal, error) {
	return r.auth.Authenticate(ctx, secret(header), header("X-Xray-Project"))
}

func mayIngest(p xray.Principal) error {
	if !p.Scope.Allows(xray.ScopeIngest) {
		return xray.Errorf(xray.CodeForbidden, "this key may not send data: use one with scope ingest")
	}
	return nil
}

// secret reads the API key from where clients put it: X-Api-Key (LangSmith),
// a bearer token, or the password of Basic credentials (Langfuse, whose public
// key is the user name and means nothing here).
func secret(header func(name string) string) string {
	if key := header("X-Api-Key"); key != "" {
		return key
	}
	scheme, rest, _ := strings.Cut(header("Authorization"), " ")
	rest = strings.TrimSpace(rest)
	switch strings.ToLower(scheme) {
	case "bearer":
		return rest
	case "basic":
		plain, err := base64.StdEncoding.DecodeString(rest)
		if err != nil {
			return ""
		}
		_, password, _ := strings.Cut(string(plain), ":")
		return password
	}
	return ""
}
