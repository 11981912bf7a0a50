package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// receiver is somebody else's server that webhooks lead to. It checks
// signatures, refuses each message as often as it is told to, and remembers.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	refuse int
	secret string
	seen   map[string][]string // by message id: the types of its attempts
}

type hookDelivery struct {
	ID, Event, Status, Error, MessageID string
	Attempts                            int
}

func newReceiver(t *testing.T, refuse int) *receiver {
	t.Helper()
	r := &receiver{refuse: refuse, seen: map[string][]string{}}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		id := req.Header.Get("webhook-id")
		r.mu.Lock()
		defer r.mu.Unlock()
		key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(r.secret, "whsec_"))
		mac := hmac.New(sha256.New, key)
		fmt.Fprintf(mac, "%s.%s.%s", id, req.Header.Get("webhook-timestamp"), body)
		if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); req.Header.Get("webhook-signature") != want {
			t.Errorf("signed with %q, want %q", req.Header.Get("webhook-signature"), want)
		}
		var n struct{ Type string }
		_ = json.Unmarshal(body, &n)
		r.seen[id] = append(r.seen[id], n.Type)
		if len(r.seen[id]) <= r.refuse {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	t.Cleanup(r.Close)
	return r
}

// attempts counts the messages of a type, and the attempts at them.
func (r *receiver) attempts(kind string) (messages, attempts int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, types := range r.seen {
		if types[0] == kind {
			messages++
			attempts += len(types)
		}
	}
	return messages, attempts
}

// hook makes a webhook and lets the receiver know its secret.
func (r *receiver) hook(t *testing.T, s *server, events string) string {
	t.Helper()
	status, body := s.call("POST", "/api/webhooks", fmt.Sprintf(`{"name":"hook","kind":"webhook","url":%q,"events":[%s]}`, r.URL, events))
	var made struct{ ID, Secret string }
	if err := json.Unmarshal(body, &made); err != nil || status != http.StatusCreated {
		t.Fatalf("make a webhook: %d %s", status, body)
	}
	r.mu.Lock()
	r.secret = made.Secret
	r.mu.Unlock()
	return made.ID
}

func (s *server) deliveries(hook string) []hookDelivery {
	s.t.Helper()
	return get[struct{ Deliveries []hookDelivery }](s, "/api/webhooks/"+hook+"/deliveries").Deliveries
}

const failingRun = `{"executionId":"broken","name":"search","steps":[{"name":"rank","error":"no candidates"}]}`

func TestAWebhookIsToldSignedAndUntilItAnswers(t *testing.T) {
	t.Parallel()
	s := start(t, settings{})
	r := newReceiver(t, 2)
	hook := r.hook(t, s, `"execution.failed"`)
	s.call("POST", "/api/executions", failingRun)
	var d hookDelivery
	eventually(t, "the third attempt is taken", time.Minute, func() bool {
		all := s.deliveries(hook)
		if len(all) == 1 {
			d = all[0]
		}
		return d.Status == "delivered"
	})
	if m, n := r.attempts("execution.failed"); m != 1 || n != 3 || d.Attempts != 3 {
		t.Errorf("%d messages in %d attempts, the log says %d", m, n, d.Attempts)
	}
	if status, body := s.call("POST", "/api/webhooks/"+hook+"/deliveries/"+d.ID+"/resend", ""); status != http.StatusAccepted {
		t.Fatalf("resend: %d %s", status, body)
	}
	eventually(t, "it comes once more with the same id", time.Minute, func() bool {
		m, n := r.attempts("execution.failed")
		return m == 1 && n == 4
	})
}

func TestAServersOwnNetworkIsNotCalled(t *testing.T) {
	t.Parallel()
	s := start(t, settings{args: []string{"--master-api-key", "master"}, key: "master"})
	r := newReceiver(t, 0)
	_, port, _ := strings.Cut(strings.TrimPrefix(r.URL, "http://"), ":")
	if status, body := s.call("POST", "/api/webhooks", fmt.Sprintf(`{"name":"ip","kind":"slack","url":%q,"events":[]}`, r.URL)); status != http.StatusBadRequest {
		t.Errorf("an address of this machine: %d %s", status, body)
	}
	// A name is looked at when it is called: this one leads to loopback.
	status, body := s.call("POST", "/api/webhooks", fmt.Sprintf(`{"name":"name","kind":"slack","url":"http://localhost.:%s/","events":[]}`, port))
	var made struct{ ID string }
	if err := json.Unmarshal(body, &made); err != nil || status != http.StatusCreated {
		t.Fatalf("a name: %d %s", status, body)
	}
	s.call("POST", "/api/webhooks/"+made.ID+"/test", "")
	eventually(t, "the test fails", time.Minute, func() bool {
		all := s.deliveries(made.ID)
		return len(all) == 1 && all[0].Status == "failed"
	})
	if d := s.deliveries(made.ID)[0]; len(r.seen) != 0 || d.Error == "" {
		t.Errorf("it was called %d times, the log says %q", len(r.seen), d.Error)
	}
}

// Two processes look at one alert, and one of them dies.
func TestAnAlertFiresOnceWhoeverLooks(t *testing.T) {
	t.Parallel()
	first := start(t, settings{})
	second := start(t, settings{args: []string{"--database-url",
		fmt.Sprintf("postgres:///xray?user=xray&host=%s", filepath.Join(first.dataDir, "socket"))}})
	r := newReceiver(t, 0)
	hook := r.hook(t, first, `"alert.fired", "alert.resolved"`)
	for name, rule := range map[string]string{
		"silence": `"aggregate":"missing","windowMinutes":1,"query":"name:nothing"`,
		"errors":  `"aggregate":"error_rate","windowMinutes":1,"threshold":0.5`,
	} {
		if status, body := first.call("POST", "/api/alerts", fmt.Sprintf(`{"name":%q,"graceSeconds":0,%s}`, name, rule)); status != http.StatusCreated {
			t.Fatalf("make an alert: %d %s", status, body)
		}
	}
	eventually(t, "nothing is missed", time.Minute, func() bool { m, _ := r.attempts("alert.fired"); return m == 1 })
	first.call("POST", "/api/executions", failingRun)
	eventually(t, "errors are seen", 90*time.Second, func() bool { m, _ := r.attempts("alert.fired"); return m == 2 })
	second.kill()
	eventually(t, "they cease", 2*time.Minute+30*time.Second, func() bool { m, _ := r.attempts("alert.resolved"); return m == 1 })
	// The one that died may not have written down what it had sent: then the
	// message came again, as itself.
	if m, _ := r.attempts("alert.fired"); m != 2 {
		t.Errorf("fired: %d messages", m)
	}
	if all := first.deliveries(hook); len(all) != 3 {
		t.Errorf("deliveries %+v", all)
	}
}
