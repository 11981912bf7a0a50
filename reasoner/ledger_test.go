package reasoner_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/modeltest"
	"github.com/xraytrace/xray/reasoner"
)

// ledger lets so many calls be made.
type ledger struct {
	mu       sync.Mutex
	room     int
	reserved []xray.ModelCall
	settled  map[int64]xray.ModelCall
}

func (l *ledger) ReserveCall(_ context.Context, c xray.ModelCall) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.reserved) == l.room {
		return 0, xray.Errorf(xray.CodeConflict, "The cap is reached.")
	}
	l.reserved = append(l.reserved, c)
	return int64(len(l.reserved)), nil
}

func (l *ledger) SettleCall(_ context.Context, id int64, c xray.ModelCall) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.settled == nil {
		l.settled = map[int64]xray.ModelCall{}
	}
	l.settled[id] = c
	return nil
}

func perToken(_ int32, _ string, u reasoner.Usage) *float64 { return new(float64(u.Input + u.Output)) }

func TestEveryCallIsReservedAndSettled(t *testing.T) {
	l := &ledger{room: 9}
	out, server, err := withModel(t, reasoner.Options{Ledger: l, Cost: perToken}, modeltest.Honest)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.reserved) != len(server.Calls()) || len(l.settled) != len(l.reserved) {
		t.Fatalf("%d calls, %d reserved, %d settled", len(server.Calls()), len(l.reserved), len(l.settled))
	}
	spent := 0.0
	for i, before := range l.reserved {
		after := l.settled[int64(i+1)]
		if *after.CostUSD > *before.CostUSD || after.Outcome != "answered" || after.InputTokens == 0 || after.PromptBytes == 0 || after.PromptHash == [32]byte{} {
			t.Errorf("reserved %+v, settled %+v", before, after)
		}
		spent += *after.CostUSD
	}
	if spent != *out.CostUSD {
		t.Errorf("%v were settled, the explanation cost %v", spent, *out.CostUSD)
	}
}

func TestAtTheCapTheFactsAreTheExplanation(t *testing.T) {
	out, server, err := withModel(t, reasoner.Options{Ledger: &ledger{}, Cost: perToken}, modeltest.Honest)
	if err != nil {
		t.Fatalf("the job failed: %v", err)
	}
	r := whole(out)
	if len(server.Calls()) != 0 || r.Source != xray.SourceFacts || len(r.Claims) == 0 || !strings.Contains(strings.Join(r.Missing, " "), "cap is reached") {
		t.Errorf("%d calls, reasoning %+v", len(server.Calls()), r)
	}
}

func TestWhatWasPaidForBeforeTheCapIsKept(t *testing.T) {
	out, server, err := withModel(t, reasoner.Options{Ledger: &ledger{room: 1}, Cost: perToken}, modeltest.Honest)
	if err != nil {
		t.Fatal(err)
	}
	byModel := 0
	for _, r := range out.Reasonings {
		if r.Source == xray.SourceModel {
			byModel++
		}
	}
	if len(server.Calls()) != 1 || byModel == 0 || whole(out).Source != xray.SourceFacts {
		t.Errorf("%d calls, %d reasonings by the model", len(server.Calls()), byModel)
	}
}

func TestACallThatWasTurnedAwayCostsNothingAndOneWithoutAnswerItsEstimate(t *testing.T) {
	for name, c := range map[string]struct {
		reply modeltest.Reply
		free  bool
	}{
		"a rate limit": {modeltest.RateLimited(0), true},
		"a wrong key":  {modeltest.Unauthorized, true},
		"a hang-up":    {modeltest.HangUp, false},
	} {
		t.Run(name, func(t *testing.T) {
			l := &ledger{room: 9}
			_, _, err := withModel(t, reasoner.Options{Ledger: l, Cost: perToken}, c.reply)
			if err == nil || len(l.settled) == 0 {
				t.Fatalf("%v, settled %v", err, l.settled)
			}
			if got := l.settled[1]; (*got.CostUSD == 0) != c.free || got.Outcome == "answered" {
				t.Errorf("settled %+v", got)
			}
		})
	}
}
