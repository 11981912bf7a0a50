package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/xraytrace/xray"
)

// AskExecution answers a question about an execution as it comes about.
func (s *Server) AskExecution(ctx context.Context, r AskExecutionRequestObject) (AskExecutionResponseObject, error) {
	var step xray.SpanID
	if r.Body.StepId != "" {
		var err error
		if step, err = xray.ParseSpanID(r.Body.StepId); err != nil {
			return nil, err
		}
	}
	question, err := xray.NewQuestion(r.Body.Question, step)
	if err != nil {
		return nil, err
	}
	project := caller(ctx).Project.ID
	return answerStream{server: s, ctx: ctx, ask: func(ctx context.Context, tell func(xray.Telling)) (xray.Answer, error) {
		return s.Explain.Ask(ctx, project, r.Id, question, tell)
	}}, nil
}

// ExplainComparison explains where two executions part, as it comes about.
func (s *Server) ExplainComparison(ctx context.Context, r ExplainComparisonRequestObject) (ExplainComparisonResponseObject, error) {
	if r.Body.A == "" || r.Body.B == "" {
		return nil, xray.Errorf(xray.CodeInvalid, "a or b is missing: give two trace ids or execution ids")
	}
	project := caller(ctx).Project.ID
	return answerStream{server: s, ctx: ctx, ask: func(ctx context.Context, tell func(xray.Telling)) (xray.Answer, error) {
		return s.Explain.ExplainComparison(ctx, project, r.Body.A, r.Body.B, r.Body.Ignore, tell)
	}}, nil
}

// answerStream tells an answer to one client, part by part.
type answerStream struct {
	server *Server
	ctx    context.Context
	ask    func(ctx context.Context, tell func(xray.Telling)) (xray.Answer, error)
}

// VisitAskExecutionResponse implements the generated interface.
func (a answerStream) VisitAskExecutionResponse(w http.ResponseWriter) error { return a.visit(w) }

// VisitExplainComparisonResponse implements the generated interface.
func (a answerStream) VisitExplainComparisonResponse(w http.ResponseWriter) error { return a.visit(w) }

// visit has the question answered and writes what it is told. An error before
// the first part is returned, and answered as any other. When the client or
// the server goes, the question is called off.
func (a answerStream) visit(w http.ResponseWriter) error {
	out := &answerWriter{eventWriter: eventWriter{w: w, control: http.NewResponseController(w), limit: a.server.About.HeartBeat.Write}}
	// The server's limit on reading a request would end the stream, too.
	if err := out.control.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("lift read deadline: %w", err)
	}
	ctx, cancel := context.WithCancel(a.ctx)
	defer cancel()
	told := make(chan xray.Telling)
	ended := make(chan answered, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil { // nobody above sees it in this goroutine
				ended <- answered{err: fmt.Errorf("panic: %v\n%s", r, debug.Stack())}
			}
		}()
		answer, err := a.ask(ctx, func(t xray.Telling) {
			select {
			case told <- t:
			case <-ctx.Done():
			}
		})
		ended <- answered{answer, err}
	}()
	err, over := a.pump(told, ended, out)
	if !over {
		cancel()
		<-ended // nobody works for a client that has gone
	}
	return err
}

// answered is how a question ended.
type answered struct {
	answer xray.Answer
	err    error
}

// pump writes parts until the answer is whole (over), or the client or the
// server goes.
func (a answerStream) pump(told <-chan xray.Telling, ended <-chan answered, out *answerWriter) (err error, over bool) {
	idle := time.NewTicker(a.server.About.HeartBeat.Idle)
	defer idle.Stop()
	for {
		select {
		case <-a.ctx.Done():
			return nil, false
		case <-a.server.Stopping:
			return out.fail(a.server, &xray.Error{Code: xray.CodeUnavailable, Message: "the server is stopping: ask again in a moment"}), false
		case t := <-told:
			err = out.part(t)
		case end := <-ended:
			if end.err != nil {
				return out.fail(a.server, end.err), true
			}
			_ = out.named("done", answer(end.answer)) // a client that has gone misses it
			return nil, true
		case <-idle.C:
			if out.begun {
				err = out.comment()
			}
		}
		if err != nil {
			return nil, false // the client has gone, which is no error of ours
		}
	}
}

// answerWriter writes the parts of an answer as events.
type answerWriter struct {
	eventWriter
	begun bool
}

func (o *answerWriter) part(t xray.Telling) error {
	if t.Claim != nil {
		return o.named("claim", claim(*t.Claim))
	}
	return o.named("facts", answer(*t.Answer))
}

func (o *answerWriter) named(name string, data any) error {
	if !o.begun {
		o.begun = true
		eventHeader(o.w.Header())
	}
	return o.event(name, data)
}

// fail ends the answer with a problem; before the first part it returns the
// error, so that it is answered with its own status.
func (o *answerWriter) fail(s *Server, err error) error {
	if !o.begun {
		return err
	}
	problem, told := s.problemOf(err)
	if told.Code == xray.CodeInternal {
		s.Logger.Error("a question failed", "error", err)
	}
	_ = o.named("error", problem)
	return nil
}

func eventHeader(h http.Header) {
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would hold the events back
}

func answer(a xray.Answer) Answer {
	out := Answer{
		Question: a.Question.Text, ExecutionId: a.TraceID.String(), StepId: spanString(a.Question.StepID),
		Facts: mapTo(a.Facts, fact), Reasoning: reasoning(a.Reasoning), Note: a.Note,
	}
	if a.Other != (xray.TraceID{}) {
		out.OtherExecutionId = a.Other.String()
	}
	if a.WhyNot != nil {
		out.WhyNot = whyNot(*a.WhyNot)
	}
	return out
}
