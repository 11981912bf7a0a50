package api

import (
	"context"
	"time"

	"github.com/xraytrace/xray"
)

// GetReasoningSettings answers what a model explains and may cost.
func (s *Server) GetReasoningSettings(ctx context.Context, _ GetReasoningSettingsRequestObject) (GetReasoningSettingsResponseObject, error) {
	settings, err := s.reasoningSettings(ctx)
	if err != nil {
		return nil, err
	}
	return GetReasoningSettings200JSONResponse(settings), nil
}

// PutReasoningSettings replaces these settings.
func (s *Server) PutReasoningSettings(ctx context.Context, r PutReasoningSettingsRequestObject) (PutReasoningSettingsResponseObject, error) {
	err := s.Budgets.SetReasoningSettings(ctx, caller(ctx).Project.ID, xray.ReasoningSettings{
		Policy: xray.ReasoningPolicy(r.Body.Policy), SamplePercent: r.Body.SamplePercent,
		DailyCapUSD: r.Body.DailyCapUsd, MonthlyCapUSD: r.Body.MonthlyCapUsd,
	})
	if err != nil {
		return nil, err
	}
	settings, err := s.reasoningSettings(ctx)
	if err != nil {
		return nil, err
	}
	return PutReasoningSettings200JSONResponse(settings), nil
}

func (s *Server) reasoningSettings(ctx context.Context) (ReasoningSettings, error) {
	set, holds, err := s.Budgets.ReasoningSettings(ctx, caller(ctx).Project.ID)
	return ReasoningSettings{
		Policy: ReasoningSettingsPolicy(set.Policy), EffectivePolicy: string(holds), SamplePercent: set.SamplePercent,
		DailyCapUsd: set.DailyCapUSD, MonthlyCapUsd: set.MonthlyCapUSD,
	}, err
}

// GetReasoningSpend answers what models cost the project by day.
func (s *Server) GetReasoningSpend(ctx context.Context, r GetReasoningSpendRequestObject) (GetReasoningSpendResponseObject, error) {
	const usual, most = 31, 366
	days := r.Params.Days
	if days == 0 {
		days = usual
	}
	if days < 1 || days > most {
		return nil, xray.Errorf(xray.CodeInvalid, "days is %d: use 1 to %d", days, most)
	}
	spend, err := s.Budgets.ReasoningSpend(ctx, caller(ctx).Project.ID, time.Now().UTC().AddDate(0, 0, 1-days))
	if err != nil {
		return nil, err
	}
	return GetReasoningSpend200JSONResponse{Days: mapTo(spend, spendDay)}, nil
}

func spendDay(d xray.ReasoningSpend) SpendDay {
	return SpendDay{
		Day: d.Day.Format(time.DateOnly), Calls: decimal(d.Calls), UnpricedCalls: decimal(d.UnpricedCalls),
		InputTokens: decimal(d.InputTokens), OutputTokens: decimal(d.OutputTokens), CostUsd: d.CostUSD,
	}
}
