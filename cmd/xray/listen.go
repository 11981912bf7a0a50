package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"

	"github.com/xraytrace/xray"
)

// address is where a flag wants to listen. An empty host (":8080") means
// loopback in local mode and every interface otherwise.
type address struct {
	flag, host, port string
}

func parseAddress(flag, value string) (address, error) {
	host, port, err := net.SplitHostPort(value)
	if err != nil {
		return address{}, xray.Errorf(xray.CodeInvalid, "--%s is %q: write HOST:PORT or :PORT, as in :8080", flag, value)
	}
	return address{flag: flag, host: host, port: port}, nil
}

// loopback reports whether only this machine can connect. open says what an
// empty host means.
func (a address) loopback(open bool) bool {
	if a.host == "" {
		return !open
	}
	if strings.EqualFold(a.host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(a.host, "[]"))
	return err == nil && ip.IsLoopback()
}

// listen binds the address. "localhost" is bound on both IP versions, because
// some clients try ::1 first and others know only 127.0.0.1; a machine without
// IPv6 has the one.
func (a address) listen(open bool) ([]net.Listener, error) {
	if !strings.EqualFold(a.host, "localhost") && (a.host != "" || open) {
		l, err := net.Listen("tcp", net.JoinHostPort(a.host, a.port))
		if err != nil {
			return nil, a.explain(err)
		}
		return []net.Listener{l}, nil
	}
	v4, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", a.port))
	if err != nil {
		return nil, a.explain(err)
	}
	_, port, _ := net.SplitHostPort(v4.Addr().String()) // the one chosen for port 0
	v6, err := net.Listen("tcp6", net.JoinHostPort("::1", port))
	if err != nil {
		return []net.Listener{v4}, nil
	}
	return []net.Listener{v4, v6}, nil
}

func (a address) explain(err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return xray.Errorf(xray.CodeConflict, "port %s is taken by another program: stop it, or choose another with --%s", a.port, a.flag)
	}
	return fmt.Errorf("listen for --%s: %w", a.flag, err)
}

// urlOf is the address that a person can click on.
func (f reachFlags) urlOf(listeners []net.Listener) string {
	host, port, _ := net.SplitHostPort(listeners[0].Addr().String())
	if ip, err := netip.ParseAddr(host); err == nil && (ip.IsLoopback() || ip.IsUnspecified()) {
		host = "localhost"
	}
	scheme := "http://"
	if f.TLSCert != "" {
		scheme = "https://"
	}
	return scheme + net.JoinHostPort(host, port)
}
