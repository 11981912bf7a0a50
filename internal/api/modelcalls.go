package api

import (
	"context"
	"encoding/hex"

	"github.com/xraytrace/xray"
)

// ListModelCalls answers one page of the calls to models, newest first.
func (s *Server) ListModelCalls(ctx context.Context, r ListModelCallsRequestObject) (ListModelCallsResponseObject, error) {
	limit, before, err := numberedPage(r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	calls, err := s.Budgets.ModelCalls(ctx, caller(ctx).Project.ID, before, limit+1)
	if err != nil {
		return nil, err
	}
	page := ModelCallPage{}
	if len(calls) > limit {
		calls = calls[:limit]
		page.Next = decimal(calls[limit-1].ID)
	}
	page.Calls = mapTo(calls, modelCall)
	return ListModelCalls200JSONResponse(page), nil
}

func modelCall(c xray.RecordedCall) ModelCall {
	return ModelCall{
		Id: decimal(c.ID), ExecutionId: c.TraceID.String(), Task: c.Task, Model: c.Model,
		PromptHash: hex.EncodeToString(c.PromptHash[:]), PromptBytes: decimal(int64(c.PromptBytes)),
		InputTokens: decimal(c.InputTokens), OutputTokens: decimal(c.OutputTokens), CostUsd: c.CostUSD,
		Outcome: c.Outcome, CreatedAt: c.CreatedAt.UTC(), EndedAt: c.EndedAt,
	}
}
