package mcp

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/auth"
)

// Forwarder offers the same tools over standard input and output, and has a
// server elsewhere answer. It starts without one: an agent is told what to do,
// and the next call finds the server that was started meanwhile.
type Forwarder struct {
	Endpoint string // of X-Ray's UI and API
	APIKey   string // "" for a server in local mode
	Project  string // for callers that may choose one; "" for none
	Version  string
	Client   *http.Client // nil: http.DefaultClient

	mu      sync.Mutex
	session *sdk.ClientSession
}

// Run serves one client until it goes or ctx ends.
func (f *Forwarder) Run(ctx context.Context, t sdk.Transport) error {
	on := newServer(f.Version, slog.New(slog.DiscardHandler), toolbox{forward: f.call})
	defer f.drop(nil)
	return on.Run(ctx, t)
}

// call has the server answer. A connection that broke is made anew, once.
func (f *Forwarder) call(ctx context.Context, req *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	var last error
	for range 2 {
		session, err := f.connect(ctx)
		if err != nil {
			last = err
			break
		}
		res, err := session.CallTool(ctx, &sdk.CallToolParams{Name: req.Params.Name, Arguments: req.Params.Arguments})
		if err == nil {
			return res, nil
		}
		last = err
		f.drop(session)
	}
	out := &sdk.CallToolResult{}
	out.SetError(errors.New(f.advise(last).Message))
	return out, nil
}

// Check reports why the server cannot be asked, nil if it can.
func (f *Forwarder) Check(ctx context.Context) error {
	if _, err := f.connect(ctx); err != nil {
		return f.advise(err)
	}
	return nil
}

func (f *Forwarder) connect(ctx context.Context) (*sdk.ClientSession, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.session != nil {
		return f.session, nil
	}
	client := sdk.NewClient(&sdk.Implementation{Name: "xray-mcp", Version: f.Version}, nil)
	session, err := client.Connect(ctx, &sdk.StreamableClientTransport{
		Endpoint: strings.TrimRight(f.Endpoint, "/") + "/mcp", HTTPClient: f.client(), MaxRetries: -1, DisableStandaloneSSE: true,
	}, nil)
	if err != nil {
		return nil, err
	}
	f.session = session
	return session, nil
}

// drop forgets a connection, or whichever there is.
func (f *Forwarder) drop(session *sdk.ClientSession) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.session != nil && (session == nil || session == f.session) {
		_ = f.session.Close() // it is of no more use either way
		f.session = nil
	}
}

// advise turns what went wrong on the way into what to do.
func (f *Forwarder) advise(err error) *xray.Error {
	if refused, ok := errors.AsType[*refusal](err); ok {
		return xray.Errorf(xray.CodeUnauthorized, "X-Ray at %s refuses this: %s (give xray mcp a key with --api-key, or in XRAY_API_KEY)", f.Endpoint, refused.detail)
	}
	return xray.Errorf(xray.CodeUnavailable, "no X-Ray answers at %s: start one with 'xray serve', or give xray mcp --endpoint; then call again (%v)", f.Endpoint, err)
}

func (f *Forwarder) client() *http.Client {
	base := f.Client
	if base == nil {
		base = http.DefaultClient
	}
	through := base.Transport
	if through == nil {
		through = http.DefaultTransport
	}
	with := *base
	with.Transport = keyed{through, f.APIKey, f.Project}
	return &with
}

// keyed adds key and project to requests, and makes errors of refusals, which
// the protocol's client would take for a call to sign in.
type keyed struct {
	next         http.RoundTripper
	key, project string
}

func (k keyed) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	if k.key != "" {
		r.Header.Set("Authorization", "Bearer "+k.key)
	}
	if k.project != "" {
		r.Header.Set(auth.HeaderProject, k.project)
	}
	resp, err := k.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		defer resp.Body.Close()
		return nil, refusalOf(resp)
	}
	return resp, nil
}
