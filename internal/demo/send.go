package demo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// sender posts traces as OTLP/HTTP protobuf.
type sender struct {
	base   *url.URL
	key    string
	client *http.Client
}

func newSender(endpoint, key string) (*sender, error) {
	u, err := url.Parse(strings.TrimSuffix(endpoint, "/"))
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("%q is not an address to send to: give one such as http://localhost:4318", endpoint)
	}
	return &sender{u, key, &http.Client{Timeout: 30 * time.Second}}, nil
}

func (s *sender) send(ctx context.Context, r *run) error {
	body, err := r.request()
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.base.JoinPath("/v1/traces").String(), bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make the demo's request: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-protobuf")
	if s.key != "" {
		req.Header.Set("Authorization", "Bearer "+s.key)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return fmt.Errorf("send the demo: is X-Ray running? Start it with `xray serve`: %w", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	switch {
	case err != nil:
		return fmt.Errorf("read the server's answer: %w", err)
	case resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden:
		return fmt.Errorf("%s does not accept the key (%s): give one with --api-key or XRAY_API_KEY", s.base, resp.Status)
	case resp.StatusCode != http.StatusOK:
		return fmt.Errorf("%s answered %s: %s", s.base, resp.Status, strings.TrimSpace(strings.ToValidUTF8(string(answer), "?")))
	}
	return nil
}

// link is where a run can be seen: the UI's port when spans went to OTLP's own.
func (s *sender) link(r *run) string {
	u := url.URL{Scheme: s.base.Scheme, Host: s.base.Host}
	if u.Port() == "4318" {
		u.Host = net.JoinHostPort(u.Hostname(), "8080")
	}
	return u.JoinPath("executions", r.id.String()).String()
}
