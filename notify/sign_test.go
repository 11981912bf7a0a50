package notify

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/xraytrace/xray"
)

// The vector that the libraries of Standard Webhooks are tested with.
func TestSignatureIsThatOfTheStandard(t *testing.T) {
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	got, err := Sign([]string{secret}, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; err != nil || got != want {
		t.Errorf("signed %s, error %v, want %s", got, err, want)
	}
}

func TestRotationSignsWithBothSecrets(t *testing.T) {
	a, b := NewSecret(), NewSecret()
	at, body := time.Unix(1, 0), []byte("{}")
	both, err := Sign([]string{a, b}, "msg_1", at, body)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{a, b} {
		one, err := Sign([]string{secret}, "msg_1", at, body)
		if err != nil || !strings.Contains(" "+both+" ", " "+one+" ") {
			t.Errorf("%q holds no %q, error %v", both, one, err)
		}
	}
	if other, _ := Sign([]string{a}, "msg_2", at, body); strings.Contains(both, other) {
		t.Error("the id of the message is not signed")
	}
}

func TestASecretHasThePrefixAnd256Bits(t *testing.T) {
	text, ok := strings.CutPrefix(NewSecret(), "whsec_")
	if key, err := base64.StdEncoding.DecodeString(text); !ok || err != nil || len(key) != 32 {
		t.Errorf("a secret %q of %d bytes, error %v", text, len(key), err)
	}
	for _, broken := range []string{"", "whsec_", "whsec_%"} {
		if _, err := Sign([]string{broken}, "m", time.Unix(0, 0), nil); xray.ErrorCode(err) != xray.CodeInvalid {
			t.Errorf("signed with %q: %v", broken, err)
		}
	}
}
