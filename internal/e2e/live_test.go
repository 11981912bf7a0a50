package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/xraytrace/xray/internal/tracetest"
)

// TestAnExecutionIsSeenAsItGrows follows go-late, whose root comes last, on
// the event stream: running first, then done, then explained.
func TestAnExecutionIsSeenAsItGrows(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{})
	events := srv.follow()
	f := tracetest.Load(t, "go-late")
	for i, r := range f.Requests {
		if err := r.Send(t.Context(), t, srv.target()); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			if e := events.next(func(execution) bool { return true }); e.Status != "running" {
				t.Errorf("before its root has come the execution is %q", e.Status)
			}
		}
	}
	done := events.next(func(e execution) bool { return e.Settled })
	if done.Status == "running" || done.StepCount != f.Expected.Spans {
		t.Errorf("settled as %q with %d steps, want %d", done.Status, done.StepCount, f.Expected.Spans)
	}
	if done.Name != "POST /ask" || done.SessionID != "s-1" || done.UserID != "user-7" {
		t.Errorf("name %q, session %q, user %q", done.Name, done.SessionID, done.UserID)
	}
	if done.Headline == "" {
		done = events.next(func(e execution) bool { return e.Headline != "" })
	}
	if done.ID != f.Expected.PerTrace[0].Trace {
		t.Errorf("a headline came for %s, want %s", done.ID, f.Expected.PerTrace[0].Trace)
	}
}

// stream reads server-sent events.
type stream struct {
	t     testing.TB
	lines *bufio.Scanner
}

func (s *server) follow() *stream {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), settleWait)
	s.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, "GET", s.UI+"/api/events", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { resp.Body.Close() })
	st := &stream{t: s.t, lines: bufio.NewScanner(resp.Body)}
	if name, _ := st.event(); name != "ready" {
		s.t.Fatalf("the stream opens with %q", name)
	}
	return st
}

func (s *stream) event() (name, data string) {
	s.t.Helper()
	for s.lines.Scan() {
		switch field, value, _ := strings.Cut(s.lines.Text(), ": "); field {
		case "event":
			name = value
		case "data":
			return name, value
		}
	}
	s.t.Fatalf("the stream ended: %v", s.lines.Err())
	return "", ""
}

// next waits for an execution that meets the condition.
func (s *stream) next(condition func(execution) bool) execution {
	s.t.Helper()
	for { // the stream ends after settleWait
		name, data := s.event()
		if name != "execution" {
			continue
		}
		var e execution
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			s.t.Fatal(err)
		}
		if condition(e) {
			return e
		}
	}
}
