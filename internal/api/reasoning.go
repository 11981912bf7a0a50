package api

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/xraytrace/xray"
)

// ProcessReasoning queues an explanation of an execution, or of its steps of
// one name.
func (s *Server) ProcessReasoning(ctx context.Context, r ProcessReasoningRequestObject) (ProcessReasoningResponseObject, error) {
	p := caller(ctx)
	if r.Body.ExecutionId == "" {
		return nil, xray.Errorf(xray.CodeInvalid, "executionId is missing: give a trace id or the execution's own id")
	}
	e, err := s.Reader.Execution(ctx, p.Project.ID, r.Body.ExecutionId)
	if err != nil {
		return nil, err
	}
	var stepID xray.SpanID
	if r.Body.StepName != "" {
		if stepID, err = s.stepNamed(ctx, p.Project.ID, e, r.Body.StepName); err != nil {
			return nil, err
		}
	}
	job, err := s.Asker.RequestReasoning(ctx, p.Project.ID, e.TraceID, stepID)
	if err != nil {
		return nil, err
	}
	return ProcessReasoning202JSONResponse(reasoningJob(job, e.ExecutionID)), nil
}

// EstimateReasoning answers what another explanation would cost at most.
func (s *Server) EstimateReasoning(ctx context.Context, r EstimateReasoningRequestObject) (EstimateReasoningResponseObject, error) {
	p := caller(ctx)
	e, err := s.Reader.Execution(ctx, p.Project.ID, r.Params.ExecutionId)
	if err != nil {
		return nil, err
	}
	est, err := s.Explain.Estimate(ctx, p.Project.ID, e.TraceID)
	if err != nil {
		return nil, err
	}
	return EstimateReasoning200JSONResponse{
		Model: est.Model, Calls: est.Calls, CostUsd: est.CostUSD,
		InputTokens: decimal(est.InputTokens), OutputTokens: decimal(est.OutputTokens),
	}, nil
}

// stepNamed finds the first step of that name.
func (s *Server) stepNamed(ctx context.Context, project int32, e xray.Execution, name string) (xray.SpanID, error) {
	steps, err := s.Reader.Steps(ctx, project, e.TraceID)
	if err != nil {
		return xray.SpanID{}, fmt.Errorf("read steps: %w", err)
	}
	for _, st := range steps {
		if st.Name == name {
			return st.SpanID, nil
		}
	}
	return xray.SpanID{}, xray.Errorf(xray.CodeNotFound, "execution %s has no step named %q: see /api/executions/%s/steps", e.ExecutionID, name, e.TraceID)
}

// reasoningOf picks the explanation of one step (zero: of the execution) and
// returns the zero value, which the answer leaves out, if there is none yet.
func reasoningOf(all []xray.Reasoning, step xray.SpanID) Reasoning {
	for _, r := range all {
		if r.StepID == step {
			return reasoning(r)
		}
	}
	return Reasoning{}
}

func reasoning(r xray.Reasoning) Reasoning {
	out := Reasoning{
		Source:             ReasoningSource(r.Source),
		Headline:           r.Headline,
		Claims:             mapTo(r.Claims, claim),
		DecisiveSteps:      orEmpty(r.DecisiveSteps),
		MissingInformation: orEmpty(r.Missing),
		Confidence:         ReasoningConfidence(r.Confidence),
		Model:              r.Model,
		PromptVersion:      r.PromptVersion,
		VerifiedRate:       r.VerifiedRate,
		CostUsd:            r.CostUSD,
		CreatedAt:          wallTime(r.CreatedAt),
		Outdated:           r.Outdated,
		LateSteps:          r.Late,
	}
	if r.Source == xray.SourceModel {
		out.InputTokens, out.OutputTokens = decimal(r.InputTokens), decimal(r.OutputTokens)
	}
	return out
}

func claim(c xray.Claim) Claim {
	return Claim{
		Id:      c.ID(),
		Text:    c.Text,
		Kind:    ClaimKind(c.Kind),
		Verdict: ClaimVerdict(c.Verdict),
		Why:     c.Why,
		Evidence: mapTo(c.Evidence, func(e xray.Evidence) Evidence {
			return Evidence{StepId: e.StepID, Pointer: e.Pointer, Quote: e.Quote, ExecutionId: e.Execution}
		}),
		Facts: orEmpty(c.Facts),
	}
}

func fact(f xray.Fact) Fact {
	values, err := json.Marshal(f.Values)
	if err != nil || f.Values == nil {
		values = []byte("{}") // raw values that are no JSON cannot have been stored
	}
	return Fact{
		Id:       f.ID,
		Kind:     f.Kind,
		Severity: FactSeverity(f.Severity),
		StepId:   f.StepID,
		Pointers: orEmpty(f.Pointers),
		Values:   values,
		Text:     f.Text,
	}
}

// reasoningJob takes the client's id of the execution, which the job row does
// not repeat.
func reasoningJob(j xray.ReasoningJob, executionID string) ReasoningJob {
	out := ReasoningJob{
		Id:          decimal(j.ID),
		ExecutionId: executionID,
		Status:      ReasoningJobStatus(j.Status),
		Attempts:    j.Attempts,
		Error:       j.Error,
		Model:       j.Model,
		CostUsd:     j.CostUSD,
		CreatedAt:   wallTime(j.CreatedAt),
		UpdatedAt:   wallTime(j.UpdatedAt),
	}
	if j.Model != "" {
		out.InputTokens, out.OutputTokens = decimal(j.InputTokens), decimal(j.OutputTokens)
	}
	if !j.StepID.IsZero() {
		out.StepId = j.StepID.String()
	}
	if j.FinishedAt != nil {
		out.FinishedAt = wallTime(*j.FinishedAt)
	}
	return out
}
