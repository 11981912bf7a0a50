package setup

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/xraytrace/xray/sdk"
)

const (
	defaultEndpoint = "http://localhost:4318"
	tracesPath      = "/v1/traces"
	defaultTimeout  = 30 * time.Second
)

// target is where and how to send, resolved from Config and environment.
type target struct {
	url     *url.URL
	header  http.Header
	timeout time.Duration // of one attempt
	plain   bool          // no compression
	tls     *tls.Config   // nil: the system's
}

// resolve reads, in this order: Config, XRAY_*, OTEL_*.
func resolve(cfg xray.Config) (target, error) {
	t := target{header: http.Header{}, timeout: defaultTimeout}
	base := cmp.Or(cfg.Endpoint, os.Getenv("XRAY_ENDPOINT"))
	var err error
	if exact := os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"); base == "" && exact != "" {
		t.url, err = parseEndpoint(exact, true)
	} else {
		t.url, err = parseEndpoint(cmp.Or(base, os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT"), defaultEndpoint), false)
	}
	if err != nil {
		return target{}, err
	}
	if err := t.readHeaders(cfg); err != nil {
		return target{}, err
	}
	if ms := otelEnv("TIMEOUT"); ms != "" {
		n, err := strconv.Atoi(ms)
		if err != nil || n <= 0 {
			return target{}, fmt.Errorf("xray: OTEL_EXPORTER_OTLP_TIMEOUT is %q: give milliseconds", ms)
		}
		t.timeout = time.Duration(n) * time.Millisecond
	}
	t.plain = otelEnv("COMPRESSION") == "none"
	return t, t.readTLS()
}

// otelEnv returns OTEL_EXPORTER_OTLP_TRACES_<name>, else the general form.
func otelEnv(name string) string {
	return cmp.Or(os.Getenv("OTEL_EXPORTER_OTLP_TRACES_"+name), os.Getenv("OTEL_EXPORTER_OTLP_"+name))
}

// parseEndpoint makes the URL that spans are posted to. Without a scheme it is
// http for this machine and https for others, so that a key is never sent in
// the clear by omission.
func parseEndpoint(s string, exact bool) (*url.URL, error) {
	full := s
	if !strings.Contains(s, "://") {
		host, _, _ := strings.Cut(s, "/")
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		scheme := "https"
		if ip := net.ParseIP(strings.Trim(host, "[]")); host == "localhost" || ip != nil && ip.IsLoopback() {
			scheme = "http"
		}
		full = scheme + "://" + s
	}
	u, err := url.Parse(full)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("xray: %q is not an endpoint: give a URL such as %s", s, defaultEndpoint)
	}
	if !exact && !strings.HasSuffix(u.Path, tracesPath) {
		u.Path = strings.TrimSuffix(u.Path, "/") + tracesPath
	}
	return u, nil
}

func (t *target) readHeaders(cfg xray.Config) error {
	for pair := range strings.SplitSeq(otelEnv("HEADERS"), ",") {
		k, v, ok := strings.Cut(pair, "=")
		if strings.TrimSpace(pair) == "" {
			continue
		}
		value, err := url.PathUnescape(strings.TrimSpace(v))
		if !ok || err != nil {
			return fmt.Errorf("xray: OTEL_EXPORTER_OTLP_HEADERS has an entry that is not key=value")
		}
		t.header.Set(strings.TrimSpace(k), value)
	}
	if key := cmp.Or(cfg.APIKey, os.Getenv("XRAY_API_KEY")); key != "" {
		t.header.Set("Authorization", "Bearer "+key)
	}
	if project := cmp.Or(cfg.ProjectID, os.Getenv("XRAY_PROJECT")); project != "" {
		t.header.Set("X-Xray-Project", project)
	}
	t.header.Set("User-Agent", "xray-sdk-go/"+xray.Version)
	return nil
}

func (t *target) readTLS() error {
	var c tls.Config
	if file := otelEnv("CERTIFICATE"); file != "" {
		pem, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("xray: OTEL_EXPORTER_OTLP_CERTIFICATE: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return fmt.Errorf("xray: OTEL_EXPORTER_OTLP_CERTIFICATE: no certificate in %s", file)
		}
		t.tls = &c
	}
	cert, key := otelEnv("CLIENT_CERTIFICATE"), otelEnv("CLIENT_KEY")
	if cert != "" && key != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return fmt.Errorf("xray: OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
		t.tls = &c
	}
	return nil
}

// uiURL guesses where people look: the UI's port beside OTLP's, else the same
// address, which takes both.
func (t *target) uiURL() string {
	u := url.URL{Scheme: t.url.Scheme, Host: t.url.Host}
	if t.url.Port() == "4318" {
		u.Host = net.JoinHostPort(t.url.Hostname(), "8080")
	}
	return u.String()
}
