package reasoner

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner/sample"
)

// Ledger accounts for calls to models, so that they stay under a project's
// caps.
type Ledger interface {
	// ReserveCall accounts for a call before it is made, with the most that it is
	// estimated to cost. CodeConflict means that it must not be made, with a
	// message for people; CodeLimit that it has to wait, and to ask again after
	// RetryAfter.
	ReserveCall(ctx context.Context, c xray.ModelCall) (id int64, err error)
	// SettleCall replaces the estimate by what the call used.
	SettleCall(ctx context.Context, id int64, c xray.ModelCall) error
}

// paid asks the model when it is the project's turn, with the ledger's leave.
func (p *phrasing) paid(ctx context.Context, c call) (reply, error) {
	leave, err := p.e.gates.enter(ctx, p.job.ProjectID, p.m.concurrency)
	if err != nil {
		return reply{}, err
	}
	defer leave()
	ledger := p.e.opts.Ledger
	if ledger == nil {
		return p.m.ask(ctx, c)
	}
	entry := p.entry(c)
	id, err := reserve(ctx, ledger, entry.ModelCall)
	switch {
	case xray.ErrorCode(err) == xray.CodeConflict:
		return reply{}, &failure{kind: capped, message: messageOf(err)}
	case err != nil:
		return reply{}, fmt.Errorf("reserve a call: %w", err)
	}
	r, err := p.m.ask(ctx, c)
	entry.settle(p.e, r, err)
	// What was spent is booked even if the job was called off meanwhile.
	if failed := ledger.SettleCall(context.WithoutCancel(ctx), id, entry.ModelCall); failed != nil {
		p.e.opts.Logger.Warn("a model call is not settled; its estimate stays", "error", failed)
	}
	return r, err
}

// reserve asks the ledger again while other processes make as many calls of
// the project as may be.
func reserve(ctx context.Context, ledger Ledger, c xray.ModelCall) (int64, error) {
	for {
		id, err := ledger.ReserveCall(ctx, c)
		busy, ok := errors.AsType[*xray.Error](err)
		if !ok || busy.Code != xray.CodeLimit {
			return id, err
		}
		select {
		case <-time.After(busy.RetryAfter/2 + rand.N(busy.RetryAfter+1)):
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// ledgerEntry is a call with the model's name as it was asked for.
type ledgerEntry struct{ xray.ModelCall }

func (p *phrasing) entry(c call) ledgerEntry {
	h := sha256.New()
	bytes, tokens := 0, 0
	add := func(text string) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(text)))
		h.Write(n[:])
		h.Write([]byte(text))
		bytes, tokens = bytes+len(text), tokens+sample.Tokens(text)
	}
	add(c.system(c.schema))
	for _, m := range c.messages {
		add(m.role)
		add(m.content)
	}
	return ledgerEntry{xray.ModelCall{
		ProjectID: p.job.ProjectID, TraceID: p.job.TraceID, Task: string(c.task), Model: p.m.name,
		PromptHash: [32]byte(h.Sum(nil)), PromptBytes: bytes,
		CostUSD: p.e.cost(p.job.ProjectID, p.m.name, Usage{Input: int64(tokens), Output: int64(c.maxTokens)}),
	}}
}

// settle notes how the call ended. The estimate stays where a call may have
// cost something and nobody says what: an answer without usage, or none.
func (l *ledgerEntry) settle(e *Explainer, r reply, err error) {
	f, failed := err.(*failure)
	l.Outcome = "answered"
	switch {
	case failed:
		l.Outcome = f.kind.String()
	case err != nil:
		l.Outcome = "called off"
	}
	l.InputTokens, l.OutputTokens = r.usage.Input, r.usage.Output
	switch {
	case r.usage != (Usage{}):
		if usd := e.cost(l.ProjectID, r.model, r.usage); usd != nil {
			l.CostUSD = usd
		} else {
			l.CostUSD = e.cost(l.ProjectID, l.Model, r.usage)
		}
		l.Model = orDefault(r.model, l.Model)
	case failed && f.kind != away && l.CostUSD != nil:
		l.CostUSD = new(0.0) // turned away
	}
}

func messageOf(err error) string {
	if e, ok := errors.AsType[*xray.Error](err); ok {
		return e.Message
	}
	return err.Error()
}
