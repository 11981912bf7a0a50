package store_test

import (
	"context"
	"encoding/binary"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// theProject is the number of project "default", which the first migration makes.
const theProject int32 = 1

// patience is how long a test waits for what must come. It is never measured.
const patience = 30 * time.Second

func quick() store.Options {
	return store.Options{
		Codec:       lineCodec{},
		SettleQuiet: 20 * time.Millisecond, SettleRootless: 40 * time.Millisecond,
		SettleAbandon: 80 * time.Millisecond, SettleEvery: 5 * time.Millisecond,
		JobBackoff: time.Millisecond,
	}
}

func open(t testing.TB, url string, opts store.Options) *store.Store {
	t.Helper()
	if os.Getenv("XRAY_TEST_LOG") != "" {
		opts.Logger = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	s, err := store.Open(t.Context(), url, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func openNew(t testing.TB) *store.Store {
	t.Helper()
	return open(t, pgtest.New(t), quick())
}

func put(t testing.TB, s *store.Store, b xray.Batch) {
	t.Helper()
	if err := s.Append(t.Context(), b); err != nil {
		t.Fatalf("append: %v", err)
	}
}

// inBackground runs a blocking loop of the store until the test ends.
func inBackground(t testing.TB, run func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := run(ctx); err != nil && ctx.Err() == nil {
			t.Errorf("background loop: %v", err)
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
}

// eventually waits until holds says "", and fails with what it said last.
func eventually(t testing.TB, holds func() string) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		missing := holds()
		if missing == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("still not after %s: %s", patience, missing)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func settled(t testing.TB, s *store.Store, id xray.TraceID) xray.Execution {
	t.Helper()
	var e xray.Execution
	eventually(t, func() string {
		var err error
		if e, err = s.Execution(t.Context(), theProject, id.String()); err != nil {
			return err.Error()
		}
		if !e.Settled {
			return "not settled"
		}
		return ""
	})
	return e
}

func traceID(n int) xray.TraceID {
	var id xray.TraceID
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	id[0] = 0xab
	return id
}

func spanID(n int) xray.SpanID {
	var id xray.SpanID
	binary.BigEndian.PutUint64(id[:], uint64(n))
	return id
}

// aStart is some moment; tests count milliseconds from it.
const aStart xray.Nano = 1_760_000_000_000_000_000

func ms(n int) xray.Nano { return aStart + xray.Nano(n)*1_000_000 }

// span makes an ended ok step of a trace; parent 0 makes a root.
func span(trace, id, parent int, name string, startMS, endMS int) xray.Step {
	return xray.Step{
		TraceID: traceID(trace), SpanID: spanID(id), ParentID: spanID(parent), Name: name,
		Type: xray.TypeFunction, Status: xray.StatusOK, Start: ms(startMS), End: ms(endMS), Service: "shop",
	}
}

func failing(s xray.Step, message string) xray.Step {
	s.Status, s.Error = xray.StatusError, message
	return s
}

func modelCall(s xray.Step, model string, in, out int64, cost *float64) xray.Step {
	s.Type, s.ModelCall, s.Model, s.Provider = xray.TypeLLM, true, model, "openai"
	s.Tokens = xray.Tokens{Input: &in, Output: &out}
	s.CostUSD = cost
	return s
}

func withPayload(s xray.Step) xray.Step {
	s.HasPayload = true
	return s
}
