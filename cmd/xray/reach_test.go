package main

import (
	"strings"
	"testing"
	"time"
)

func TestReachThatCannotBeMeantIsRefusedWithWhatToDo(t *testing.T) {
	for flag, f := range map[string]reachFlags{
		"--public-url":    {PublicURL: "xray.example.com"},
		"https://":        {PublicURL: "https://example.com/?a=b"},
		"--trusted-proxy": {TrustedProxies: []string{"10.0.0.0/8", "my-proxy"}},
		"--tls-key":       {TLSCert: "cert.pem"},
		"--drain":         {Drain: time.Hour},
	} {
		if err := f.check(); err == nil || !strings.Contains(message(err), flag) {
			t.Errorf("%+v: %v", f, err)
		}
	}
	f := reachFlags{PublicURL: "https://example.com/tools/xray/", TrustedProxies: []string{"::1", "10.0.0.0/8"}}
	if err := f.check(); err != nil || f.basePath() != "/tools/xray" || f.PublicURL != "https://example.com/tools/xray" {
		t.Errorf("%v, base %q of %q", err, f.basePath(), f.PublicURL)
	}
}
