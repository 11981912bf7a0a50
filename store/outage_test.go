package store_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

func exec(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, url, sql string) int {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var n int
	if err := conn.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWhatWasAcknowledgedBetweenKillsIsThereOnce(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s := open(t, url, quick())
	inBackground(t, s.Settle)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for client := range 8 {
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				trace := client*100_000 + n
				b := func() xray.Batch {
					return batchOf(t, theProject, span(trace, 1, 0, "ask", 0, 9), span(trace, 2, 1, "child", 1, 2))
				}
				// As a client does: again until it is acknowledged.
				for s.Append(context.Background(), b()) != nil {
					time.Sleep(time.Millisecond)
				}
				e, err := s.Execution(context.Background(), theProject, traceID(trace).String())
				if xray.ErrorCode(err) == xray.CodeNotFound {
					t.Errorf("trace %d was acknowledged and is not there", trace)
				}
				if err == nil && e.StepCount != 2 {
					t.Errorf("trace %d has %d steps, want 2", trace, e.StepCount)
				}
			}
		})
	}
	for range 10 {
		time.Sleep(30 * time.Millisecond)
		killConnections(t, url)
	}
	close(stop)
	wg.Wait()
	if doubled := count(t, url, `SELECT count(*) FROM (
		SELECT FROM steps GROUP BY trace_id HAVING sum(steps) > 2) AS twice`); doubled != 0 {
		t.Errorf("%d traces are stored twice", doubled)
	}
}

func TestAPoisonedRequestFailsAlone(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	// A constraint stands in for whatever PostgreSQL may refuse one day.
	exec(t, url, "ALTER TABLE executions ADD CONSTRAINT test CHECK (name <> 'poison')")
	s := open(t, url, quick())
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			name, want := "ask", xray.Code("")
			if i%10 == 3 {
				name, want = "poison", xray.CodeInvalid
			}
			err := s.Append(t.Context(), batchOf(t, theProject, span(i, 1, 0, name, 0, 1)))
			if xray.ErrorCode(err) != want {
				t.Errorf("request %d (%s): %v, want code %q", i, name, err, want)
			}
		})
	}
	wg.Wait()
	if n := count(t, url, "SELECT sum(steps) FROM steps"); n != 36 {
		t.Errorf("%d spans are stored, want 36", n)
	}
}

func TestWithoutADatabaseCallersAreToldToComeBack(t *testing.T) {
	t.Parallel()
	s := open(t, "postgres://nobody@127.0.0.1:1/none?connect_timeout=2", quick())
	err := s.Append(t.Context(), batchOf(t, theProject, span(1, 1, 0, "ask", 0, 1)))
	e, ok := errors.AsType[*xray.Error](err)
	if !ok || e.Code != xray.CodeUnavailable || e.RetryAfter == 0 {
		t.Errorf("append: %v, want unavailable with a time to wait", err)
	}
	if err := s.Ping(t.Context()); xray.ErrorCode(err) != xray.CodeUnavailable {
		t.Errorf("ping: %v, want unavailable", err)
	}
	if _, err := s.Executions(t.Context(), theProject, xray.ExecutionQuery{}); xray.ErrorCode(err) != xray.CodeUnavailable {
		t.Errorf("list: %v, want unavailable", err)
	}
}

func TestTooMuchWaitingIsRefusedAndTheRestIsStored(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	opts := quick()
	opts.MaxWaiting = 20 << 10
	s := open(t, url, opts)
	// Nobody can write while this lock is held.
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "LOCK TABLE requests"); err != nil {
		t.Fatal(err)
	}
	const clients = 50
	results := make(chan error, clients)
	for i := range clients {
		big := span(i, 1, 0, strings.Repeat("long ", 100), 0, 1)
		go func() { results <- s.Append(context.Background(), batchOf(t, theProject, big)) }()
	}
	refused := 0
	for refused == 0 {
		if err := <-results; xray.ErrorCode(err) != xray.CodeLimit {
			t.Fatalf("%v, want limit", err)
		}
		refused++
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range clients - 1 {
		if err := <-results; xray.ErrorCode(err) == xray.CodeLimit {
			refused++
		} else if err != nil {
			t.Error(err)
		}
	}
	if n := count(t, url, "SELECT count(*) FROM executions"); n != clients-refused {
		t.Errorf("%d executions are stored, want %d − %d refused", n, clients, refused)
	}
}

func TestCloseStoresWhatWaits(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s, err := store.Open(t.Context(), url, quick())
	if err != nil {
		t.Fatal(err)
	}
	var stored sync.WaitGroup
	for i := range 30 {
		stored.Go(func() {
			if err := s.Append(t.Context(), batchOf(t, theProject, span(i, 1, 0, "ask", 0, 1))); err != nil && xray.ErrorCode(err) != xray.CodeUnavailable {
				t.Error(err)
			}
		})
	}
	s.Close()
	stored.Wait()
	if err := s.Append(t.Context(), batchOf(t, theProject, span(99, 1, 0, "ask", 0, 1))); xray.ErrorCode(err) != xray.CodeUnavailable {
		t.Errorf("append after close: %v, want unavailable", err)
	}
}
