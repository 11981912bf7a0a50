package main

import (
	"strings"
	"testing"
	"time"

	"github.com/xraytrace/xray"
)

func TestSettingsOfSigningInThatCannotBe(t *testing.T) {
	good := loginFlags{SessionIdle: time.Hour, SessionMax: 2 * time.Hour}
	with := func(change func(*loginFlags)) loginFlags { f := good; change(&f); return f }
	for _, tc := range []struct {
		name      string
		flags     loginFlags
		publicURL string
		want      string // in the error, "" for none
	}{
		{"the usual ones", good, "", ""},
		{"a session that ends before it idles", with(func(f *loginFlags) { f.SessionMax = time.Minute }), "", "--session-max"},
		{"no time to do anything", with(func(f *loginFlags) { f.SessionIdle = time.Second }), "", "--session-idle"},
		{"a client without an issuer", with(func(f *loginFlags) { f.OIDCClientID = "x" }), "", "--oidc-issuer"},
		{"an issuer without a client", with(func(f *loginFlags) { f.OIDCIssuer = "https://id.example" }), "https://xray.example", "--oidc-client-id"},
		{"an issuer without a way back", with(func(f *loginFlags) { f.OIDCIssuer, f.OIDCClientID = "https://id.example", "x" }), "", "--public-url"},
		{"an issuer with all it needs", with(func(f *loginFlags) { f.OIDCIssuer, f.OIDCClientID = "https://id.example", "x" }), "https://xray.example", ""},
	} {
		err := tc.flags.check(tc.publicURL)
		if (err != nil) != (tc.want != "") || err != nil && (!strings.Contains(err.Error(), tc.want) || xray.ErrorCode(err) != xray.CodeInvalid) {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}
