package setup

import (
	"testing"

	"github.com/xraytrace/xray/sdk"
)

func TestTheLinkLeadsToTheUI(t *testing.T) {
	for endpoint, want := range map[string]string{
		"http://localhost:4318":         "http://localhost:8080",
		"http://localhost:8080":         "http://localhost:8080",
		"https://xray.example.com":      "https://xray.example.com",
		"https://xray.example.com:4318": "https://xray.example.com:8080",
		"xray.example.com":              "https://xray.example.com",
		"127.0.0.1:4318":                "http://127.0.0.1:8080",
		"[::1]:4318":                    "http://[::1]:8080",
	} {
		target, err := resolve(xray.Config{Endpoint: endpoint})
		if err != nil {
			t.Fatal(err)
		}
		if got := target.uiURL(); got != want {
			t.Errorf("%s: %s, want %s", endpoint, got, want)
		}
	}
}
