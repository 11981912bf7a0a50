package main

import (
	"net"
	"strings"
	"testing"

	"github.com/xraytrace/xray"
)

func TestWhoCanConnect(t *testing.T) {
	for _, tc := range []struct {
		value        string
		open         bool
		wantLoopback bool
	}{
		{value: ":8080", wantLoopback: true},
		{value: ":8080", open: true, wantLoopback: false},
		{value: "localhost:8080", open: true, wantLoopback: true},
		{value: "127.0.0.1:8080", wantLoopback: true},
		{value: "127.1.2.3:8080", wantLoopback: true},
		{value: "[::1]:8080", wantLoopback: true},
		{value: "0.0.0.0:8080", wantLoopback: false},
		{value: "[::]:8080", wantLoopback: false},
		{value: "10.1.2.3:8080", wantLoopback: false},
		{value: "xray.internal:8080", wantLoopback: false}, // a name may mean anything
		{value: "localhost.evil.example:8080", wantLoopback: false},
	} {
		a, err := parseAddress("listen", tc.value)
		if err != nil {
			t.Fatal(err)
		}
		if got := a.loopback(tc.open); got != tc.wantLoopback {
			t.Errorf("%s (open %v): loopback %v, want %v", tc.value, tc.open, got, tc.wantLoopback)
		}
	}
}

func TestAnAddressThatIsNoneIsExplained(t *testing.T) {
	for _, value := range []string{"8080", "localhost", "http://localhost:8080", ""} {
		if _, err := parseAddress("listen", value); xray.ErrorCode(err) != xray.CodeInvalid || !strings.Contains(err.Error(), "--listen") {
			t.Errorf("%q: %v", value, err)
		}
	}
}

func TestLocalhostIsReachedByBothVersionsOfIP(t *testing.T) {
	a, err := parseAddress("listen", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	listeners, err := a.listen(false)
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(listeners[0].Addr().String())
	for _, l := range listeners {
		defer l.Close()
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Errorf("%s: %v", l.Addr(), err)
			continue
		}
		conn.Close()
		if _, p, _ := net.SplitHostPort(l.Addr().String()); p != port {
			t.Errorf("the versions have the ports %s and %s", port, p)
		}
	}
	if got := (reachFlags{}).urlOf(listeners); got != "http://localhost:"+port {
		t.Errorf("url %s", got)
	}
	if _, err := (address{flag: "listen", host: "localhost", port: port}).listen(false); err == nil || !strings.Contains(message(err), "--listen") {
		t.Errorf("a taken port: %v", err)
	}
}
