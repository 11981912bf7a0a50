package sample_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/xraytrace/xray/reasoner/sample"
)

func TestSecretsAreMasked(t *testing.T) {
	for name, c := range map[string]struct{ text, secret string }{
		"an OpenAI key":           {"key sk-proj-abcDEF1234567890abcd used", "abcDEF1234567890"},
		"our own key":             {"xray_q83vEjRWeJASNFZ4mrze8", "q83vEjRW"},
		"a GitHub token":          {"ghp_abcdefghijklmnopqrstuvwxyz0123456789", "abcdefgh"},
		"an AWS key id":           {"AKIAIOSFODNN7EXAMPLE", "IOSFODNN"},
		"a bearer token":          {"Authorization: Bearer abcdef0123456789abcdef", "abcdef0123"},
		"a JWT":                   {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl", "eyJzdWIi"},
		"a private key":           {"-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----", "MIIEow"},
		"half a private key":      {"-----BEGIN PRIVATE KEY-----\nMIIEow", "MIIEow"},
		"a password in a URL":     {"postgres://app:hunter2@db/x", "hunter2"},
		"an e-mail address":       {"write to jane.doe+x@mail.example.co.uk please", "jane.doe"},
		"a card number":           {"paid with 4111 1111 1111 1111 today", "1111 1111"},
		"a card number in dashes": {"5500-0000-0000-0004", "0000-0000"},
	} {
		got := sample.Mask(c.text)
		if strings.Contains(got, c.secret) || !strings.Contains(got, "…[") {
			t.Errorf("%s: %q", name, got)
		}
		raw, err := json.Marshal(map[string]any{"text": c.text})
		if err != nil {
			t.Fatal(err)
		}
		if s := sample.Value(raw, nil, 500); strings.Contains(string(s.JSON), c.secret) || !s.Cut {
			t.Errorf("%s: the sample has it: %s", name, s.JSON)
		}
	}
}

func TestFieldsThatHoldSecretsAreMasked(t *testing.T) {
	raw := json.RawMessage(`{"password":"hunter2","db.password":"hunter2","apiKey":"hunter2","api_key":"hunter2","client_secret":"hunter2","nested":[{"Authorization":"hunter2"}]}`)
	if got := sample.Value(raw, nil, 500); strings.Contains(string(got.JSON), "hunter2") {
		t.Errorf("got %s", got.JSON)
	}
}

func TestWhatOnlyLooksLikeASecretStays(t *testing.T) {
	for _, text := range []string{
		"the token count is 1234", "skilled work", "order 1234567890123", "1700000000000000000", "a@b", "@handle", "sk-1", "price 4111", "B07-XK12",
		"https://shop.example/p9", "password policy", "2024-05-01T10:00:00Z",
	} {
		if got := sample.Mask(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
	raw := json.RawMessage(`{"tokens":12,"max_tokens":"100","secretary":"Ann","password":"","passwords":["a"]}`)
	if got := sample.Value(raw, nil, 500); got.Cut {
		t.Errorf("got %s", got.JSON)
	}
}
