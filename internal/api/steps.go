package api

import (
	"context"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/dossier"
)

// ListSteps answers the structure of an execution.
func (s *Server) ListSteps(ctx context.Context, r ListStepsRequestObject) (ListStepsResponseObject, error) {
	p := caller(ctx)
	e, err := s.Reader.Execution(ctx, p.Project.ID, r.Id)
	if err != nil {
		return nil, err
	}
	steps, err := s.Reader.Steps(ctx, p.Project.ID, e.TraceID)
	if err != nil {
		return nil, err
	}
	// Only what has been explained: the structure is not the place to wait for
	// facts, which take reading all payloads.
	reasonings, err := s.Reader.Reasonings(ctx, p.Project.ID, e.TraceID)
	if err != nil {
		return nil, err
	}
	headlines := make(map[xray.SpanID]string, len(reasonings))
	for _, r := range reasonings {
		headlines[r.StepID] = r.Headline
	}
	return ListSteps200JSONResponse{Steps: mapTo(steps, func(st xray.Step) Step {
		return step(st, headlines[st.SpanID])
	})}, nil
}

// GetStep answers one step with its payload.
func (s *Server) GetStep(ctx context.Context, r GetStepRequestObject) (GetStepResponseObject, error) {
	p := caller(ctx)
	stepID, err := xray.ParseSpanID(r.StepId)
	if err != nil {
		return nil, err
	}
	e, err := s.Reader.Execution(ctx, p.Project.ID, r.Id)
	if err != nil {
		return nil, err
	}
	d, err := s.Reader.Step(ctx, p.Project.ID, e.TraceID, stepID)
	if err != nil {
		return nil, err
	}
	facts, reasonings, err := dossier.Findings(ctx, s.Reader, s.Explain, e)
	if err != nil {
		return nil, err
	}
	out := stepDetail(d)
	if parts, ok := s.Prices.Parts(p.Project.ID, &d); ok {
		out.TokenCosts = tokenCosts(parts)
	}
	out.Reasoning = reasoningOf(reasonings, stepID)
	out.Headline = out.Reasoning.Headline
	out.Facts = []Fact{}
	for _, f := range facts {
		if f.StepID == stepID.String() {
			out.Facts = append(out.Facts, fact(f))
		}
	}
	if r.Params.MaxPayload > 0 {
		outlineLarge(&out, r.Params.MaxPayload)
	}
	return GetStep200JSONResponse(out), nil
}

func step(s xray.Step, headline string) Step {
	out := Step{
		Id:           s.SpanID.String(),
		Name:         s.Name,
		Type:         string(s.Type),
		Status:       Status(s.Status.String()),
		StartedAt:    timeString(s.Start),
		DurationNano: decimal(s.Duration()),
		Service:      s.Service,
		Model:        s.Model,
		InputTokens:  int64String(s.Tokens.InputTotal()),
		OutputTokens: int64String(s.Tokens.OutputTotal()),
		CostUsd:      s.CostUSD,
		Error:        s.Error,
		Headline:     headline,
	}
	if !s.ParentID.IsZero() {
		out.ParentId = s.ParentID.String()
	}
	return out
}

func stepDetail(d xray.StepDetail) StepDetail {
	out := StepDetail{
		Step:            step(d.Step, ""),
		Input:           d.Input,
		InputKind:       PayloadKind(d.InputKind),
		Output:          d.Output,
		OutputKind:      PayloadKind(d.OutputKind),
		Attributes:      objectOrEmpty(d.Attributes),
		Events:          mapTo(d.Events, stepEvent),
		Links:           mapTo(d.Links, stepLink),
		Resource:        objectOrEmpty(d.Resource),
		Scope:           InstrumentationScope{Name: d.Scope.Name, Version: d.Scope.Version, Attributes: d.Scope.Attributes},
		SpanKind:        d.SpanKind,
		OtelStatus:      OtelStatus{Code: OtelStatusCode(d.StatusCode), Message: d.StatusText},
		TraceState:      d.TraceState,
		Provider:        d.Provider,
		RequestModel:    d.RequestModel,
		Parameters:      d.Parameters,
		Tokens:          tokens(d.Tokens),
		PriceDate:       d.PriceDate,
		FinishReason:    d.FinishReason,
		Streaming:       d.Streaming,
		ClientReasoning: d.Reasoning,
	}
	if d.CostFrom == xray.CostReported {
		out.CostSource = Reported
	} else if d.CostFrom == xray.CostComputed {
		out.CostSource = Computed
	}
	if d.FirstToken != nil {
		out.TimeToFirstTokenNano = decimal(*d.FirstToken)
	}
	if t := d.Tool; t != nil {
		out.Tool = ToolCall{Id: t.ID, Name: t.Name, Arguments: t.Arguments, Result: t.Result}
	}
	if t := d.Prompt; t != nil {
		out.PromptTemplate = PromptTemplate{Name: t.Name, Version: t.Version, Template: t.Template, Variables: t.Variables}
	}
	return out
}

func tokens(t xray.Tokens) Tokens {
	return Tokens{
		Input:       int64String(t.Input),
		CacheRead:   int64String(t.CacheRead),
		CacheWrite:  int64String(t.CacheWrite),
		InputAudio:  int64String(t.InputAudio),
		Output:      int64String(t.Output),
		Reasoning:   int64String(t.Reasoning),
		OutputAudio: int64String(t.OutputAudio),
	}
}

func tokenCosts(c xray.TokenCosts) TokenCosts {
	return TokenCosts{
		Input: c.Input, CacheRead: c.CacheRead, CacheWrite: c.CacheWrite, InputAudio: c.InputAudio,
		Output: c.Output, Reasoning: c.Reasoning, OutputAudio: c.OutputAudio, Request: c.Request,
	}
}

func stepEvent(e xray.Event) StepEvent {
	return StepEvent{Time: timeString(e.Time), Name: e.Name, Attributes: objectOrEmpty(e.Attributes), Body: e.Body}
}

func stepLink(l xray.Link) StepLink {
	return StepLink{TraceId: l.TraceID.String(), SpanId: l.SpanID.String(), TraceState: l.TraceState, Attributes: objectOrEmpty(l.Attributes)}
}
