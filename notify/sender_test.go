package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/xraytrace/xray"
)

var failed = xray.Notice{
	Type: xray.EventFailed, Version: 1, Timestamp: time.Unix(1_760_000_000, 0).UTC(), Project: "shop",
	Data: xray.NoticeData{Execution: &xray.NoticeExecution{
		ID: "ab01", Name: "find <phone>", Status: "error", Headline: "Failed at *rank*: no & more", StartedAt: time.Unix(1_760_000_000, 0).UTC(), DurationMs: 1200,
	}},
}

// send tells a hook at a receiver that is answered by handle.
func send(t *testing.T, o Options, kind xray.HookKind, handle http.HandlerFunc) xray.Attempt {
	t.Helper()
	o.Guard.Local = true
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // else the server does not see that we hang up
		r.Body = io.NopCloser(bytes.NewReader(body))
		handle(w, r)
	}))
	t.Cleanup(receiver.Close)
	h := xray.Hook{Kind: kind, URL: receiver.URL + "/hook"}
	return New(o).Send(t.Context(), h, []string{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, "msg_1", failed)
}

func TestAWebhookIsSignedAndLinked(t *testing.T) {
	var body []byte
	var header http.Header
	a := send(t, Options{PublicURL: "https://xray.example/"}, xray.HookStandard, func(w http.ResponseWriter, r *http.Request) {
		body, _ = io.ReadAll(r.Body)
		header = r.Header
		w.WriteHeader(http.StatusAccepted)
	})
	if !a.OK() || a.Status != 202 {
		t.Fatalf("the attempt: %+v", a)
	}
	want, err := Sign([]string{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, "msg_1", a.At, body)
	if got := header.Get("webhook-signature"); err != nil || got != want || header.Get("webhook-id") != "msg_1" {
		t.Errorf("signature %q, id %q, want %q", got, header.Get("webhook-id"), want)
	}
	var n xray.Notice
	if err := json.Unmarshal(body, &n); err != nil || n.Type != xray.EventFailed || n.Data.Execution.URL != "https://xray.example/executions/ab01" {
		t.Errorf("body %s, error %v", body, err)
	}
	if a.Request.Body != string(body) {
		t.Errorf("the log has %s", a.Request.Body)
	}
}

func TestWhatAReceiverAnswers(t *testing.T) {
	for name, tc := range map[string]struct {
		answer  http.HandlerFunc
		problem string // part of the error; "" for none
		gone    bool
		wait    time.Duration
	}{
		"204 is a yes": {answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }},
		"500 is a no":  {answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, problem: "answered 500"},
		"410 wants no more": {
			answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) }, problem: "410", gone: true,
		},
		"a redirect is not followed": {
			answer: func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/hook" {
					t.Error("the redirect was followed")
				}
				http.Redirect(w, r, "/other", http.StatusTemporaryRedirect)
			}, problem: "redirects are not followed",
		},
		"429 may say for how long": {
			answer:  func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "90"); w.WriteHeader(429) },
			problem: "429", wait: 90 * time.Second,
		},
		"but not for ever": {
			answer: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "99999999999")
				w.WriteHeader(503)
			}, problem: "503", wait: time.Hour,
		},
		"who hangs is left": {
			answer:  func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
			problem: "no answer within",
		},
		"who never stops talking is cut": {
			answer: func(w http.ResponseWriter, r *http.Request) {
				for r.Context().Err() == nil {
					if _, err := w.Write([]byte(strings.Repeat("x", 4096))); err != nil {
						return
					}
				}
			},
		},
		"who begins and stays silent has not taken it": {
			answer: func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(200)
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			}, problem: "no answer within",
		},
		"endless headers": {
			answer: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Long", strings.Repeat("x", 2*maxHeaderBytes))
			}, problem: "header",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := send(t, Options{Timeout: 500 * time.Millisecond}, xray.HookStandard, tc.answer)
			if a.OK() != (tc.problem == "") || !strings.Contains(a.Error, tc.problem) {
				t.Errorf("error %q, want one with %q", a.Error, tc.problem)
			}
			if a.Gone != tc.gone || a.RetryAfter != tc.wait {
				t.Errorf("gone %v, retry after %s", a.Gone, a.RetryAfter)
			}
			if a.Response != nil && len(a.Response.Body) > maxAnswer+3 {
				t.Errorf("%d bytes of the answer are kept", len(a.Response.Body))
			}
		})
	}
}

func TestInsideAddressesAreRefusedWhereverTheyComeFrom(t *testing.T) {
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was called") }))
	t.Cleanup(receiver.Close)
	port := receiver.URL[strings.LastIndex(receiver.URL, ":"):]
	s := New(Options{})
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f000001"} {
		a := s.Send(t.Context(), xray.Hook{Kind: xray.HookSlack, URL: "http://" + host + port}, nil, "m", failed)
		if a.OK() {
			t.Errorf("%s was told", host)
		}
	}
	for _, host := range []string{"127.0.0.1", "localhost", "169.254.169.254", "[fd00::1]"} {
		if err := s.Check(xray.Hook{Kind: xray.HookStandard, URL: "http://" + host}); xray.ErrorCode(err) != xray.CodeInvalid {
			t.Errorf("%s may be saved: %v", host, err)
		}
	}
	if err := s.Check(xray.Hook{Kind: xray.HookStandard, URL: "https://example.com/x"}); err != nil {
		t.Error(err)
	}
	if err := s.Check(xray.Hook{Kind: xray.HookEmail}); xray.ErrorCode(err) != xray.CodeInvalid {
		t.Errorf("mail without a server: %v", err)
	}
}

func TestSlackReadsTextAndNoMarkup(t *testing.T) {
	var body string
	a := send(t, Options{PublicURL: "https://xray.example"}, xray.HookSlack, func(_ http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		var m map[string]string
		_ = json.Unmarshal(raw, &m)
		body = m["text"]
		if r.Header.Get("webhook-signature") != "" {
			t.Error("Slack needs no signature")
		}
	})
	want := "❌ *<https://xray.example/executions/ab01|find &lt;phone&gt; failed>*\nFailed at rank: no &amp; more\n"
	if !a.OK() || !strings.HasPrefix(body, want) {
		t.Errorf("text %q, want it to begin with %q; attempt %+v", body, want, a)
	}
}

func TestAStoppingServerBreaksOff(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	}))
	t.Cleanup(receiver.Close)
	a := New(Options{Guard: Guard{Local: true}}).Send(ctx, xray.Hook{Kind: xray.HookSlack, URL: receiver.URL}, nil, "m", failed)
	if !strings.Contains(a.Error, "stopped") {
		t.Errorf("error %q", a.Error)
	}
}
