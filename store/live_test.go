package store_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

// killConnections ends all connections to a database but its own.
func killConnections(t *testing.T, url string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	_, err = conn.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`)
	if err != nil {
		t.Fatal(err)
	}
}

func next(t *testing.T, changes <-chan store.Change) store.Change {
	t.Helper()
	select {
	case c, open := <-changes:
		if !open {
			t.Fatal("the channel was closed")
		}
		return c
	case <-time.After(patience):
		t.Fatal("no change came")
	}
	return store.Change{}
}

func TestChangesReachSubscribersOfEveryProcess(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	writer, reader := open(t, url, quick()), open(t, url, quick())
	other, err := writer.CreateProject(t.Context(), "other")
	if err != nil {
		t.Fatal(err)
	}
	mine, cancel := reader.Subscribe(theProject)
	defer cancel()
	theirs, cancelTheirs := reader.Subscribe(other.ID)
	// Nothing is missed from the moment that Subscribe has returned.
	put(t, writer, batchOf(t, theProject, span(1, 1, 0, "ask", 0, 1)))
	if c := next(t, mine); c.TraceID != traceID(1) || c.Gap || c.Deleted {
		t.Errorf("heard %+v, want trace 1", c)
	}
	put(t, writer, batchOf(t, other.ID, span(2, 1, 0, "ask", 0, 1)))
	if c := next(t, theirs); c.TraceID != traceID(2) {
		t.Errorf("the other project heard %+v, want trace 2 only", c)
	}
	cancelTheirs()
	if _, open := <-theirs; open {
		t.Error("the channel is open after cancel")
	}
	killConnections(t, url)
	if c := next(t, mine); !c.Gap {
		t.Errorf("heard %+v after a lost connection, want a gap", c)
	}
	put(t, writer, batchOf(t, theProject, span(3, 1, 0, "ask", 0, 1)))
	if c := next(t, mine); c.TraceID != traceID(3) {
		t.Errorf("heard %+v after coming back, want trace 3", c)
	}
}

func TestASlowSubscriberHearsAGapAndHoldsUpNobody(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	slow, cancel := s.Subscribe(theProject)
	defer cancel()
	quickOne, cancelQuick := s.Subscribe(theProject)
	defer cancelQuick()
	const executions, together = 2500, 100
	heard := make(chan int)
	go func() {
		n := 0
		for c := range quickOne {
			if !c.Gap {
				n++
			}
			if n == executions {
				break
			}
		}
		heard <- n
	}()
	for i := 0; i < executions; i += together {
		var steps []xray.Step
		for k := range together {
			steps = append(steps, span(i+k, 1, 0, "ask", 0, 1))
		}
		put(t, s, batchOf(t, theProject, steps...))
	}
	if n := <-heard; n != executions {
		t.Errorf("the quick one heard %d of %d", n, executions)
	}
	var gap bool
	for range len(slow) {
		gap = gap || (<-slow).Gap
	}
	if !gap {
		t.Error("the slow one was not told that it missed something")
	}
	put(t, s, batchOf(t, theProject, span(executions, 1, 0, "ask", 0, 1)))
	if c := next(t, slow); c.TraceID != traceID(executions) {
		t.Errorf("after catching up it heard %+v", c)
	}
}

// A trace id may begin with any letter of the alphabet that notifications use.
func TestEveryTraceIDIsAnnouncedAsItself(t *testing.T) {
	t.Parallel()
	for b := range 256 {
		id := xray.TraceID{0: byte(b), 15: 1}
		heard := store.Announced(theProject, []xray.TraceID{id})
		if len(heard) != 1 || heard[0] != (store.Change{TraceID: id}) {
			t.Errorf("%s is heard as %+v", id, heard)
		}
	}
}
