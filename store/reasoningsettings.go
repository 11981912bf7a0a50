package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// ReasoningSettings returns a project's settings as they were set.
func (s *Store) ReasoningSettings(ctx context.Context, project int32) (xray.ReasoningSettings, error) {
	all, err := readSettings(ctx, s.of(project), []int32{project})
	if err != nil {
		return xray.ReasoningSettings{}, unavailable(err)
	}
	set, ok := all[project]
	if !ok {
		set.Policy = xray.PolicyDefault
	}
	return set, nil
}

// SetReasoningSettings replaces a project's settings. Those that cannot be are
// CodeInvalid.
func (s *Store) SetReasoningSettings(ctx context.Context, project int32, set xray.ReasoningSettings) error {
	if err := set.Validate(); err != nil {
		return err
	}
	_, err := s.pool.Exec(ctx, `
		INSERT INTO reasoning_settings (project_id, policy, sample_percent, daily_cap_usd, monthly_cap_usd,
			concurrency, model, base_url, updated_at)
		VALUES (@project, @policy, @percent, @daily, @monthly, @concurrency, @model, @url, @now)
		ON CONFLICT (project_id) DO UPDATE SET policy = EXCLUDED.policy, sample_percent = EXCLUDED.sample_percent,
			daily_cap_usd = EXCLUDED.daily_cap_usd, monthly_cap_usd = EXCLUDED.monthly_cap_usd,
			concurrency = EXCLUDED.concurrency, model = EXCLUDED.model, base_url = EXCLUDED.base_url, updated_at = EXCLUDED.updated_at`,
		pgx.NamedArgs{
			"project": project, "policy": string(set.Policy), "percent": set.SamplePercent,
			"daily": set.DailyCapUSD, "monthly": set.MonthlyCapUSD,
			"concurrency": set.Concurrency, "model": set.Model, "url": set.BaseURL, "now": s.clock(),
		})
	if err != nil {
		return unavailable(fmt.Errorf("save settings: %w", err))
	}
	return nil
}

// ModelSettings returns the settings that hold for a project: where it has
// none, the server's.
func (s *Store) ModelSettings(ctx context.Context, project int32) (xray.ReasoningSettings, error) {
	all, err := s.settingsOf(ctx, s.of(project), []int32{project})
	if err != nil {
		return xray.ReasoningSettings{}, unavailable(err)
	}
	return all[project], nil
}

// settingsOf returns the settings of projects that hold.
func (s *Store) settingsOf(ctx context.Context, q querier, projects []int32) (map[int32]xray.ReasoningSettings, error) {
	all, err := readSettings(ctx, q, projects)
	if err != nil {
		return nil, err
	}
	for _, p := range projects {
		set := all[p]
		set.Policy = s.policyOf(set)
		orDefault(&set.Concurrency, s.opts.Concurrency)
		all[p] = set
	}
	return all, nil
}

func (s *Store) policyOf(set xray.ReasoningSettings) xray.ReasoningPolicy {
	if set.Policy == "" || set.Policy == xray.PolicyDefault {
		return s.opts.Policy
	}
	return set.Policy
}

func readSettings(ctx context.Context, q querier, projects []int32) (map[int32]xray.ReasoningSettings, error) {
	rows, err := q.Query(ctx, `
		SELECT project_id, policy, sample_percent, daily_cap_usd, monthly_cap_usd, concurrency, model, base_url
		FROM reasoning_settings WHERE project_id = ANY ($1)`, projects)
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	all := make(map[int32]xray.ReasoningSettings)
	var project int32
	var set xray.ReasoningSettings
	into := []any{&project, &set.Policy, &set.SamplePercent, &set.DailyCapUSD, &set.MonthlyCapUSD, &set.Concurrency, &set.Model, &set.BaseURL}
	if _, err := pgx.ForEachRow(rows, into, func() error {
		all[project] = set
		return nil
	}); err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	return all, nil
}
