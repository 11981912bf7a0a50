package reasoner_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/modeltest"
	"github.com/xraytrace/xray/reasoner"
)

// inMemory is a transport that calls a handler, so that time can be faked.
type inMemory struct{ handler http.Handler }

func (m inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	m.handler.ServeHTTP(w, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return w.Result(), nil
}

func TestACallEndsAfterItsTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, f := competitorSearch()
		server := modeltest.New(modeltest.Timeout)
		e := explainer(m, f, reasoner.Options{BaseURL: "http://model.test/v1", HTTPClient: &http.Client{Transport: inMemory{server}}})
		start := time.Now()
		_, err := e.Explain(t.Context(), xray.ReasoningJob{TraceID: xray.TraceID{1}})
		if took := time.Since(start); xray.ErrorCode(err) != xray.CodeUnavailable || took != time.Minute {
			t.Errorf("it ended after %v with %v", took, err)
		}
	})
}

func TestAJobThatIsCalledOffIsNobodysFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, f := competitorSearch()
		server := modeltest.New(modeltest.Timeout)
		e := explainer(m, f, reasoner.Options{BaseURL: "http://model.test/v1", HTTPClient: &http.Client{Transport: inMemory{server}}})
		for range 10 { // more often than the breaker bears failures
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			out, err := e.Explain(ctx, xray.ReasoningJob{TraceID: xray.TraceID{1}})
			cancel()
			if err != context.DeadlineExceeded || len(out.Facts) == 0 {
				t.Fatalf("got %v with %d facts", err, len(out.Facts))
			}
		}
		if n := len(server.Calls()); n != 10 {
			t.Errorf("the breaker opened: %d calls", n)
		}
	})
}

func TestAServerThatIsDownIsLeftAloneForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, f := competitorSearch()
		server := modeltest.New(modeltest.ServerError)
		e := explainer(m, f, reasoner.Options{BaseURL: "http://model.test/v1", HTTPClient: &http.Client{Transport: inMemory{server}}})
		explain := func() error {
			_, err := e.Explain(t.Context(), xray.ReasoningJob{TraceID: xray.TraceID{1}})
			return err
		}
		for range 20 {
			if err := explain(); xray.ErrorCode(err) != xray.CodeUnavailable {
				t.Fatal(err)
			}
		}
		if n := len(server.Calls()); n != 5 {
			t.Errorf("%d calls reached a server that was down", n)
		}
		wait := explain().(*xray.Error).RetryAfter
		if wait <= 0 {
			t.Fatal("nobody is told when to come back")
		}
		server.Script(modeltest.Honest, modeltest.Honest)
		time.Sleep(wait) // fake time
		if err := explain(); err != nil {
			t.Errorf("it does not recover: %v", err)
		}
	})
}

func TestARateLimitHoldsOtherJobsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, f := competitorSearch()
		server := modeltest.New(modeltest.Honest)
		server.Script(modeltest.RateLimited(30 * time.Second))
		e := explainer(m, f, reasoner.Options{BaseURL: "http://model.test/v1", HTTPClient: &http.Client{Transport: inMemory{server}}})
		for range 4 {
			_, err := e.Explain(t.Context(), xray.ReasoningJob{TraceID: xray.TraceID{1}})
			if x, ok := err.(*xray.Error); !ok || x.Code != xray.CodeLimit || x.RetryAfter != 30*time.Second {
				t.Fatalf("got %v", err)
			}
		}
		if n := len(server.Calls()); n != 1 {
			t.Errorf("%d calls were made while the server asked for patience", n)
		}
		time.Sleep(30 * time.Second) // fake time
		if _, err := e.Explain(t.Context(), xray.ReasoningJob{TraceID: xray.TraceID{1}}); err != nil {
			t.Error(err)
		}
	})
}

func TestManyJobsAtOnce(t *testing.T) {
	server, stop := modeltest.Start(modeltest.Without(modeltest.Honest, "json_schema"))
	defer stop()
	m, f := competitorSearch()
	e := explainer(m, f, reasoner.Options{BaseURL: server.URL})
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if _, err := e.Explain(t.Context(), xray.ReasoningJob{ProjectID: int32(i), TraceID: xray.TraceID{1}}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
