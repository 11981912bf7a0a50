package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func TestEveryRunIsAWholeTraceInThePast(t *testing.T) {
	seen := map[pcommon.TraceID]bool{}
	last := time.Time{}
	for _, r := range executions(noon) {
		if seen[r.id] {
			t.Errorf("trace id %s twice", r.id)
		}
		seen[r.id] = true
		if r.start.Before(last) {
			t.Errorf("%s: starts before the run in front of it", r.note)
		}
		last = r.start
		ids, roots := map[pcommon.SpanID]ptrace.Span{}, 0
		for i := range r.spans.Len() {
			ids[r.spans.At(i).SpanID()] = r.spans.At(i)
		}
		for _, s := range ids {
			if s.EndTimestamp().AsTime().After(noon) || s.EndTimestamp() < s.StartTimestamp() {
				t.Errorf("%s, %s: from %s to %s", r.note, s.Name(), s.StartTimestamp().AsTime(), s.EndTimestamp().AsTime())
			}
			parent, ok := ids[s.ParentSpanID()]
			if s.ParentSpanID().IsEmpty() {
				roots++
			} else if !ok || s.StartTimestamp() < parent.StartTimestamp() || s.EndTimestamp() > parent.EndTimestamp() {
				t.Errorf("%s: %s does not lie within its parent", r.note, s.Name())
			}
			for k, v := range s.Attributes().All() {
				if (k == "xray.input" || k == "xray.output") && !json.Valid([]byte(v.Str())) {
					t.Errorf("%s, %s: %s is not JSON", r.note, s.Name(), k)
				}
			}
		}
		if roots != 1 || len(ids) != r.spans.Len() {
			t.Errorf("%s: %d roots, %d ids for %d spans", r.note, roots, len(ids), r.spans.Len())
		}
	}
}

// outcome is the value of an attribute of the run's root.
func outcome(r *run, key string) string {
	v, _ := r.spans.At(0).Attributes().Get(key)
	return v.Str()
}

func TestOnlyTheMistakenSearchChoosesAPhoneCase(t *testing.T) {
	mistakes := 0
	for _, r := range executions(noon) {
		isCase := strings.Contains(outcome(r, "xray.output"), phoneCase.ASIN)
		if isCase != r.mistake {
			t.Errorf("%s at %s: phone case %v, mistake %v", r.note, r.start, isCase, r.mistake)
		}
		if r.mistake {
			mistakes++
		}
	}
	if mistakes != 1 {
		t.Errorf("%d runs with the mistake, want 1", mistakes)
	}
}

func TestTheSameMomentMakesTheSameRunsAndAnotherMomentOthers(t *testing.T) {
	a, b, c := executions(noon), executions(noon), executions(noon.Add(time.Nanosecond))
	for i := range a {
		x, _ := ptraceotlp.NewExportRequestFromTraces(a[i].traces).MarshalProto()
		y, _ := ptraceotlp.NewExportRequestFromTraces(b[i].traces).MarshalProto()
		if !bytes.Equal(x, y) {
			t.Errorf("run %d differs from itself", i)
		}
		if a[i].id == c[i].id {
			t.Errorf("run %d has the same id at another moment", i)
		}
	}
}

func TestSendPostsEachRunAndEndsWithTheLink(t *testing.T) {
	var got []ptrace.Traces
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(q.Body)
		req := ptraceotlp.NewExportRequest()
		if err != nil || req.UnmarshalProto(body) != nil || q.URL.Path != "/v1/traces" || q.Header.Get("Authorization") != "Bearer xray_k" {
			http.Error(w, "bad", http.StatusBadRequest)
			return
		}
		got = append(got, req.Traces())
	}))
	defer server.Close()
	var out bytes.Buffer
	if err := Send(t.Context(), server.URL+"/", "xray_k", &out); err != nil {
		t.Fatal(err)
	}
	if want := len(executions(noon)); len(got) != want {
		t.Errorf("%d requests, want %d", len(got), want)
	}
	id := got[len(got)-1].ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).TraceID()
	if !strings.HasSuffix(strings.TrimSpace(out.String()), server.URL+"/executions/"+id.String()) {
		t.Errorf("the link is not at the end of:\n%s", out.String())
	}
}

func TestLoadingAgainSoonMakesTheSameRequests(t *testing.T) {
	load := func(now time.Time) (Loaded, [][]byte) {
		var got [][]byte
		loaded, err := Load(t.Context(), now, func(_ context.Context, request []byte) error {
			got = append(got, request)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return loaded, got
	}
	first, a := load(noon)
	second, b := load(noon.Add(again - time.Second))
	if first != second || !slices.EqualFunc(a, b, bytes.Equal) {
		t.Errorf("%+v and %+v differ: a second click would double the demo", first, second)
	}
	if first.Executions != len(a) || first.Executions != len(executions(noon)) || len(first.Mistake) != 32 {
		t.Errorf("%+v for %d requests", first, len(a))
	}
	if later, _ := load(noon.Add(again)); later.Mistake == first.Mistake {
		t.Error("the demo can never be loaded anew")
	}
}

func TestLoadEndsWithWhatTheStoreSays(t *testing.T) {
	refuse := errors.New("full")
	calls := 0
	_, err := Load(t.Context(), noon, func(context.Context, []byte) error { calls++; return refuse })
	if !errors.Is(err, refuse) || calls != 1 {
		t.Errorf("%v after %d calls, want %v after 1", err, calls, refuse)
	}
}

func TestSendSaysWhatToDo(t *testing.T) {
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
	defer refusing.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	for endpoint, want := range map[string]string{
		refusing.URL: "XRAY_API_KEY",
		gone.URL:     "is X-Ray running",
		"nonsense":   "not an address",
	} {
		if err := Send(context.Background(), endpoint, "", io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", endpoint, err, want)
		}
	}
}

func TestTheLinkOfOTLPsOwnPortIsTheUI(t *testing.T) {
	s, err := newSender("http://localhost:4318", "")
	if err != nil {
		t.Fatal(err)
	}
	r := newRun(noon, 1, 1)
	if got, want := s.link(r), "http://localhost:8080/executions/"+r.id.String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// The demo is worth looking at only if its payloads have real sizes.
func TestPayloadsHoldHundredsOfCandidates(t *testing.T) {
	for _, r := range executions(noon) {
		for i := range r.spans.Len() {
			if s := r.spans.At(i); r.mistake && s.Name() == "filter by category" {
				v, _ := s.Attributes().Get("xray.output")
				var out struct{ Candidates []product }
				if err := json.Unmarshal([]byte(v.Str()), &out); err != nil || len(out.Candidates) < 500 {
					t.Errorf("%d candidates (%v), want at least 500", len(out.Candidates), err)
				}
			}
		}
	}
}
