package store_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

// sent is one attempt that an outlet was asked for.
type sent struct {
	hook, message string
	event         xray.HookEvent
	subject       string
	secrets       []string
}

// outlet is where hooks lead in tests. answer says how an attempt goes; nil
// means well.
type outlet struct {
	mu     sync.Mutex
	sent   []sent
	answer func(ctx context.Context, s sent, before int) string
}

func (o *outlet) Send(ctx context.Context, h xray.Hook, secrets []string, message string, n xray.Notice) xray.Attempt {
	one := sent{h.Name, message, n.Type, n.Subject(), secrets}
	o.mu.Lock()
	before := 0
	for _, s := range o.sent {
		if s.message == message {
			before++
		}
	}
	o.sent = append(o.sent, one)
	answer := o.answer
	o.mu.Unlock()
	a := xray.Attempt{At: time.Now(), Status: 200, Request: &xray.Exchange{Body: string(n.Type)}, Response: &xray.Exchange{Body: "thanks"}}
	if answer != nil {
		a.Error = answer(ctx, one, before)
		a.Gone = a.Error == "gone"
	}
	return a
}

// Filter knows the one query "name:X", and none.
func (o *outlet) Filter(query string) (xray.Filter, error) {
	if query == "" {
		return xray.Filter{}, nil
	}
	return xray.Filter{Where: []xray.Condition{xray.Is(xray.FieldName, strings.TrimPrefix(query, "name:"))}}, nil
}

// to returns what a hook was told, in words, in order.
func (o *outlet) to(hook string) (all []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range o.sent {
		if s.hook == hook {
			all = append(all, string(s.event)+" "+s.subject)
		}
	}
	return all
}

func openWithOutlet(t *testing.T, o *outlet) *store.Store {
	t.Helper()
	return openOutletAt(t, pgtest.New(t), o)
}

func openOutletAt(t *testing.T, url string, o *outlet) *store.Store {
	t.Helper()
	opts := quick()
	opts.Outlet, opts.HookBackoff, opts.FactsOnly = o, time.Millisecond, true
	s := open(t, url, opts)
	inBackground(t, s.Settle)
	inBackground(t, func(ctx context.Context) error { return s.RunJobs(ctx, explainerFunc(noExplanation)) })
	return s
}

func noExplanation(context.Context, xray.ReasoningJob) (xray.Explanation, error) {
	return xray.Explanation{}, nil
}

func hook(t *testing.T, s *store.Store, name, query string, events ...xray.HookEvent) xray.Hook {
	t.Helper()
	h, err := s.CreateHook(t.Context(), xray.Hook{
		ProjectID: theProject, Name: name, Kind: xray.HookStandard, URL: "https://example.com/" + name, Query: query, Events: events,
	}, "whsec_"+name)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// delivered waits until nothing waits for a hook, and returns its log.
func delivered(t *testing.T, s *store.Store, h xray.Hook, count int) []xray.Delivery {
	t.Helper()
	var all []xray.Delivery
	eventually(t, func() string {
		var err error
		if all, err = s.Deliveries(t.Context(), theProject, h.ID, 0, "", 100); err != nil {
			return err.Error()
		}
		if len(all) < count || slices.ContainsFunc(all, func(d xray.Delivery) bool { return d.Status == xray.DeliveryPending }) {
			return fmt.Sprintf("%d deliveries: %+v", len(all), all)
		}
		return ""
	})
	return all
}

func TestHooksAreToldOnceOfWhatTheyWant(t *testing.T) {
	t.Parallel()
	o := &outlet{}
	s := openWithOutlet(t, o)
	all := hook(t, s, "all", "", xray.EventCompleted, xray.EventFailed)
	failures := hook(t, s, "failures", "", xray.EventFailed)
	asks := hook(t, s, "asks", "name:ask", xray.EventCompleted, xray.EventFailed)
	hook(t, s, "nothing", "")
	put(t, s, batchOf(t, theProject, span(1, 1, 0, "ask", 0, 10), span(2, 1, 0, "sell", 0, 10)))
	put(t, s, batchOf(t, theProject, failing(span(3, 1, 0, "ask", 0, 10), "boom")))
	delivered(t, s, all, 3)
	delivered(t, s, failures, 1)
	delivered(t, s, asks, 2)
	// A late span settles the execution once more: it is told only if it ends in
	// another way.
	put(t, s, batchOf(t, theProject, span(1, 2, 1, "late", 5, 6)))
	settled(t, s, traceID(1))
	put(t, s, batchOf(t, theProject, failing(span(1, 3, 0, "late root", 0, 12), "boom")))
	delivered(t, s, failures, 2)
	for name, want := range map[string][]string{
		"all":      {"execution.completed ask", "execution.completed sell", "execution.failed ask", "execution.failed ask"},
		"failures": {"execution.failed ask", "execution.failed ask"},
		"asks":     {"execution.completed ask", "execution.failed ask", "execution.failed ask"},
		"nothing":  nil,
	} {
		eventually(t, func() string {
			got := o.to(name)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				return fmt.Sprintf("%s was told %q, want %q", name, got, want)
			}
			return ""
		})
	}
}

func TestADeliveryIsTriedUntilItIsTaken(t *testing.T) {
	t.Parallel()
	o := &outlet{answer: func(_ context.Context, _ sent, before int) string {
		if before < 4 {
			return "no"
		}
		return ""
	}}
	s := openWithOutlet(t, o)
	h := hook(t, s, "stubborn", "", xray.EventFailed)
	put(t, s, batchOf(t, theProject, failing(span(1, 1, 0, "ask", 0, 10), "boom")))
	d := delivered(t, s, h, 1)[0]
	if d.Status != xray.DeliveryDelivered || d.Attempts != 5 || len(d.Tried) != 5 {
		t.Fatalf("delivered as %+v", d)
	}
	if first, last := d.Tried[0], d.Tried[4]; first.Error != "no" || first.Request != nil || !last.OK() || last.Response.Body != "thanks" {
		t.Errorf("tried %+v", d.Tried)
	}
	for _, one := range o.sent {
		if one.message != d.MessageID {
			t.Errorf("the receiver saw message %s, the log says %s", one.message, d.MessageID)
		}
	}
	got, err := s.Hook(t.Context(), theProject, h.ID)
	if err != nil || got.Failures != 0 || got.ClosedUntil != nil || got.LastOK == nil || got.LastError == nil {
		t.Errorf("the hook is %+v, error %v", got, err)
	}
}

func TestHangingReceiversHoldNobody(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	o := &outlet{answer: func(ctx context.Context, s sent, _ int) string {
		if s.hook == "healthy" {
			return ""
		}
		select {
		case <-ctx.Done():
		case <-stop:
		}
		return "hung"
	}}
	s := openWithOutlet(t, o)
	for i := range xray.MaxHooks - 1 {
		hook(t, s, fmt.Sprintf("hangs %d", i), "", xray.EventFailed)
	}
	healthy := hook(t, s, "healthy", "", xray.EventFailed)
	for i := range 20 { // one after the other: the others hang in the first all the while
		put(t, s, batchOf(t, theProject, failing(span(i+1, 1, 0, "ask", 0, 10), "boom")))
		delivered(t, s, healthy, i+1)
	}
	o.mu.Lock()
	inFlight := make(map[string]int)
	for _, one := range o.sent {
		inFlight[one.hook]++
	}
	o.mu.Unlock()
	close(stop)
	delete(inFlight, "healthy")
	for name, n := range inFlight {
		if n > 1 {
			t.Errorf("%s had %d requests at the same time", name, n)
		}
	}
}

func TestAReceiverThatWantsNoMorePausesItsHook(t *testing.T) {
	t.Parallel()
	o := &outlet{answer: func(_ context.Context, s sent, before int) string {
		if s.event == xray.EventTest || before > 0 {
			return ""
		}
		return "gone"
	}}
	s := openWithOutlet(t, o)
	h := hook(t, s, "gone", "", xray.EventFailed)
	put(t, s, batchOf(t, theProject, failing(span(1, 1, 0, "ask", 0, 10), "boom")))
	d := delivered(t, s, h, 1)[0]
	if got, err := s.Hook(t.Context(), theProject, h.ID); err != nil || !got.Paused || got.PausedWhy == "" || d.Status != xray.DeliveryFailed {
		t.Fatalf("hook %+v, delivery %+v, error %v", got, d, err)
	}
	// A paused hook is told of nothing, but for what somebody asks for.
	put(t, s, batchOf(t, theProject, failing(span(2, 1, 0, "ask", 0, 10), "boom")))
	settled(t, s, traceID(2))
	if _, err := s.TestHook(t.Context(), theProject, h.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ResendDelivery(t.Context(), theProject, h.ID, d.ID); err != nil {
		t.Fatal(err)
	}
	all := delivered(t, s, h, 2)
	if len(all) != 2 || all[0].Event != xray.EventTest || all[1].Status != xray.DeliveryDelivered || all[1].Attempts != 2 || all[1].MessageID != d.MessageID {
		t.Errorf("deliveries %+v", all)
	}
}

func TestAHookWhoseWorkerDiedIsWokenAndNothingIsLost(t *testing.T) {
	t.Parallel()
	o := &outlet{}
	url := pgtest.New(t)
	idle := open(t, url, quick())
	h := hook(t, idle, "orphan", "", xray.EventFailed)
	if _, err := idle.TestHook(t.Context(), theProject, h.ID); err != nil {
		t.Fatal(err)
	}
	// As a process leaves it that dies in the middle of an attempt.
	exec(t, url, "UPDATE webhooks SET busy_until = now() - interval '1 second'")
	exec(t, url, "DELETE FROM river.river_job")
	s := openOutletAt(t, url, o)
	if d := delivered(t, s, h, 1)[0]; d.Status != xray.DeliveryDelivered {
		t.Errorf("delivery %+v", d)
	}
}

func TestTooManyWaitingEventsAreCountedNotKept(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s := open(t, url, quick()) // delivers nothing
	h := hook(t, s, "slow", "", xray.EventFailed)
	exec(t, url, `INSERT INTO webhook_deliveries (project_id, webhook_id, message, event, fact, subject, notice, next_at, give_up_at, created_at)
		SELECT 1, w.id, gen_random_uuid(), '', n::text, '', '{}', now(), now(), now() FROM webhooks w, generate_series(1, 999) n`)
	_, last := s.TestHook(t.Context(), theProject, h.ID)
	_, over := s.TestHook(t.Context(), theProject, h.ID)
	if got, err := s.Hooks(t.Context(), theProject); last != nil || xray.ErrorCode(over) != xray.CodeLimit || err != nil || got[0].Waiting != 1000 {
		t.Errorf("the last: %v; one more: %v; %+v, error %v", last, over, got, err)
	}
}

func TestSecretsRotateWithOverlapAndAreSealed(t *testing.T) {
	t.Parallel()
	o := &outlet{}
	url := pgtest.New(t)
	s := openOutletAt(t, url, o)
	h := hook(t, s, "rotating", "")
	for _, secret := range []string{"whsec_second", "whsec_third"} {
		if err := s.RotateHook(t.Context(), theProject, h.ID, secret, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	h.Name = "renamed"
	if _, err := s.ReplaceHook(t.Context(), h); err != nil { // keeps them
		t.Fatal(err)
	}
	if _, err := s.TestHook(t.Context(), theProject, h.ID); err != nil {
		t.Fatal(err)
	}
	delivered(t, s, h, 1)
	if want := []string{"whsec_third", "whsec_second", "whsec_rotating"}; !slices.Equal(o.sent[0].secrets, want) {
		t.Errorf("signed with %q, want %q", o.sent[0].secrets, want)
	}
	if err := s.RotateHook(t.Context(), theProject, h.ID, "whsec_only", 0); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Hook(t.Context(), theProject, h.ID); err != nil || got.Secrets != 1 {
		t.Errorf("without overlap: %+v, error %v", got, err)
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var sealed []byte
	if err := conn.QueryRow(t.Context(), "SELECT sealed FROM webhooks").Scan(&sealed); err != nil || bytes.Contains(sealed, []byte("whsec_")) || bytes.Contains(sealed, []byte("example.com")) {
		t.Errorf("the database has %q, error %v", sealed, err)
	}
}

func TestSealedSecretsOpenWithTheirKeyAlone(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	with := func(keys ...string) *store.Store {
		opts := quick()
		for _, k := range keys {
			opts.SecretKeys = append(opts.SecretKeys, bytes.Repeat([]byte(k), 32))
		}
		return open(t, url, opts)
	}
	h := hook(t, with("a"), "sealed", "")
	for name, tc := range map[string]struct {
		s    *store.Store
		want string
	}{
		"the same key":            {with("a"), h.URL},
		"a newer one before it":   {with("b", "a"), h.URL},
		"another one":             {with("b"), ""},
		"none but the database's": {with(), ""},
	} {
		if got, err := tc.s.Hooks(t.Context(), theProject); err != nil || got[0].URL != tc.want || got[0].Paused != (tc.want == "") {
			t.Errorf("with %s: %+v, error %v", name, got, err)
		}
	}
}

func TestHooksBelongToTheirProject(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	ctx := t.Context()
	other, err := s.CreateProject(ctx, "other")
	if err != nil {
		t.Fatal(err)
	}
	h := hook(t, s, "mine", "")
	theirs := h
	theirs.ProjectID = other.ID
	for name, err := range map[string]error{
		"read":    second(s.Hook(ctx, other.ID, h.ID)),
		"replace": second(s.ReplaceHook(ctx, theirs)),
		"rotate":  s.RotateHook(ctx, other.ID, h.ID, "whsec_x", 0),
		"test":    second(s.TestHook(ctx, other.ID, h.ID)),
		"log":     second(s.Deliveries(ctx, other.ID, h.ID, 0, "", 10)),
		"resend":  second(s.ResendDelivery(ctx, other.ID, h.ID, 1)),
		"delete":  s.DeleteHook(ctx, other.ID, h.ID),
	} {
		if xray.ErrorCode(err) != xray.CodeNotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.CreateHook(ctx, xray.Hook{ProjectID: theProject, Name: "mine", Kind: xray.HookSlack}, ""); xray.ErrorCode(err) != xray.CodeConflict {
		t.Errorf("the same name: %v", err)
	}
	if err := s.DeleteHook(ctx, theProject, h.ID); err != nil {
		t.Error(err)
	}
}
