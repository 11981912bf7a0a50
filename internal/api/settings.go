package api

import (
	"context"
	"slices"
	"strings"
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
	if url := r.Body.BaseUrl; url != "" && !slices.Contains(s.About.Endpoints, url) {
		return nil, xray.Errorf(xray.CodeInvalid, "%.200q is no endpoint that projects of this server may choose: who runs it lists them in XRAY_MODEL_ENDPOINTS, and here they are [%s]",
			url, strings.Join(s.About.Endpoints, " ")).At("/baseUrl")
	}
	project := caller(ctx).Project.ID
	before, err := s.Budgets.ReasoningSettings(ctx, project)
	if err != nil {
		return nil, err
	}
	now := xray.ReasoningSettings{
		Policy: xray.ReasoningPolicy(r.Body.Policy), SamplePercent: r.Body.SamplePercent,
		DailyCapUSD: r.Body.DailyCapUsd, MonthlyCapUSD: r.Body.MonthlyCapUsd,
		Concurrency: r.Body.Concurrency, Model: r.Body.Model, BaseURL: r.Body.BaseUrl,
	}
	if err := s.Budgets.SetReasoningSettings(ctx, project, now); err != nil {
		return nil, err
	}
	if err := s.recordChange(ctx, "reasoning.set", "", before, now); err != nil {
		return nil, err
	}
	settings, err := s.reasoningSettings(ctx)
	if err != nil {
		return nil, err
	}
	return PutReasoningSettings200JSONResponse(settings), nil
}

func (s *Server) reasoningSettings(ctx context.Context) (ReasoningSettings, error) {
	set, err := s.Budgets.ReasoningSettings(ctx, caller(ctx).Project.ID)
	if err != nil {
		return ReasoningSettings{}, err
	}
	holds, err := s.Budgets.ModelSettings(ctx, caller(ctx).Project.ID)
	return ReasoningSettings{
		Policy: ReasoningSettingsPolicy(set.Policy), EffectivePolicy: string(holds.Policy), SamplePercent: set.SamplePercent,
		DailyCapUsd: set.DailyCapUSD, MonthlyCapUsd: set.MonthlyCapUSD,
		Concurrency: set.Concurrency, EffectiveConcurrency: holds.Concurrency,
		Model: set.Model, BaseUrl: set.BaseURL, EffectiveModel: s.modelOf(holds), Endpoints: orEmpty(s.About.Endpoints),
	}, err
}

// modelOf is the model that is asked with some settings; "" for none.
func (s *Server) modelOf(holds xray.ReasoningSettings) string {
	switch {
	case holds.Policy == xray.PolicyOff || s.About.Model == "" && holds.BaseURL == "":
		return ""
	case holds.Model != "":
		return holds.Model
	}
	return s.About.DefaultModel
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
