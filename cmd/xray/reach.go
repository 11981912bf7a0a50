package main

import (
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/xraytrace/xray"
)

// reachFlags say how the world reaches this server.
type reachFlags struct {
	PublicURL      string        `name:"public-url" env:"XRAY_PUBLIC_URL" help:"Where people reach the web UI, as in https://example.com/xray: for links in mails and webhooks, for signing in, and for a proxy that passes on paths below /xray. Setting it ends local mode."`
	TrustedProxies []string      `name:"trusted-proxy" env:"XRAY_TRUSTED_PROXIES" help:"Addresses or networks of proxies whose X-Forwarded-For is believed, as in 10.0.0.0/8. None by default."`
	TLSCert        string        `name:"tls-cert" env:"XRAY_TLS_CERT" type:"path" help:"Certificate chain (PEM) of all listeners; read again when the file changes."`
	TLSKey         string        `name:"tls-key" env:"XRAY_TLS_KEY" type:"path" help:"Its private key (PEM)."`
	Drain          time.Duration `env:"XRAY_DRAIN" default:"0s" help:"How long a stopping server says on /readyz that it stops and still takes requests, so that a load balancer goes elsewhere first."`
}

// check finds what cannot be meant before anything starts.
func (f *reachFlags) check() error {
	f.PublicURL = strings.TrimRight(f.PublicURL, "/")
	if u, err := url.Parse(f.PublicURL); f.PublicURL != "" &&
		(err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "") {
		return xray.Errorf(xray.CodeInvalid, "--public-url is %q: use the address that people open in the browser, as in https://xray.example.com", f.PublicURL)
	}
	for _, p := range f.TrustedProxies {
		_, err := netip.ParsePrefix(p)
		if _, bad := netip.ParseAddr(p); err != nil && bad != nil {
			return xray.Errorf(xray.CodeInvalid, "--trusted-proxy is %q: use an address or a network, as in 10.0.0.0/8", p)
		}
	}
	if (f.TLSCert == "") != (f.TLSKey == "") {
		return xray.Errorf(xray.CodeInvalid, "TLS needs both files: give --tls-cert and --tls-key")
	}
	if f.Drain < 0 || f.Drain > 10*time.Minute {
		return xray.Errorf(xray.CodeInvalid, "--drain is %s: use 0s to 10m", f.Drain)
	}
	return nil
}

// basePath is the path of the public URL: "/xray", or "" at the root.
func (f *reachFlags) basePath() string {
	u, err := url.Parse(f.PublicURL)
	if err != nil {
		return ""
	}
	return strings.TrimRight(u.EscapedPath(), "/")
}
