package api

import (
	"context"
	"encoding/hex"
	"strconv"

	"github.com/xraytrace/xray"
)

// ListModelCalls answers one page of the calls to models, newest first.
func (s *Server) ListModelCalls(ctx context.Context, r ListModelCallsRequestObject) (ListModelCallsResponseObject, error) {
	limit := r.Params.Limit
	if limit == 0 {
		limit = xray.DefaultLimit
	}
	if limit < 1 || limit > xray.MaxLimit {
		return nil, xray.Errorf(xray.CodeInvalid, "limit is %d: use 1 to %d", limit, xray.MaxLimit)
	}
	var before int64
	if r.Params.Cursor != "" {
		var err error
		if before, err = strconv.ParseInt(r.Params.Cursor, 10, 64); err != nil || before < 1 {
			return nil, xray.Errorf(xray.CodeInvalid, "%.40q is not a cursor: give the next of the page before", r.Params.Cursor)
		}
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
