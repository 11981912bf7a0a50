package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// Facts returns what was computed about an execution, most telling first; none
// before its explanation.
func (s *Store) Facts(ctx context.Context, project int32, id xray.TraceID) ([]xray.Fact, error) {
	var raw []byte
	err := s.of(project).QueryRow(ctx, "SELECT facts FROM facts WHERE project_id = $1 AND trace_id = $2", project, id[:]).Scan(&raw)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, unavailable(fmt.Errorf("read facts: %w", err))
	}
	var facts []xray.Fact
	if err := json.Unmarshal(raw, &facts); err != nil {
		return nil, fmt.Errorf("decode facts: %w", err)
	}
	return facts, nil
}

// Reasonings returns the explanations of an execution and of its steps, that of
// the execution (zero StepID) first.
func (s *Store) Reasonings(ctx context.Context, project int32, id xray.TraceID) ([]xray.Reasoning, error) {
	rows, err := s.of(project).Query(ctx, `
		SELECT r.step_id, r.source, r.headline, r.claims, r.decisive_steps, r.missing, r.confidence, r.model, r.prompt_version,
		       r.verifier_version, r.verified_rate, r.input_tokens, r.output_tokens, r.cost_usd, r.created_at,
		       coalesce(r.segment <> 0 AND r.segment < e.last_segment, false), greatest(e.step_count - r.steps, 0)
		FROM reasonings r
		LEFT JOIN executions e ON e.project_id = r.project_id AND e.trace_id = r.trace_id
		WHERE r.project_id = @project AND r.trace_id = @trace
		ORDER BY r.step_id <> 0, r.step_id`, pgx.NamedArgs{"project": project, "trace": id[:]})
	if err != nil {
		return nil, unavailable(fmt.Errorf("read reasonings: %w", err))
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (xray.Reasoning, error) {
		r := xray.Reasoning{ProjectID: project, TraceID: id}
		var step int64
		var claims []byte
		var late *int
		err := row.Scan(&step, &r.Source, &r.Headline, &claims, &r.DecisiveSteps, &r.Missing, &r.Confidence, &r.Model,
			&r.PromptVersion, &r.VerifierVersion, &r.VerifiedRate, &r.InputTokens, &r.OutputTokens, &r.CostUSD, &r.CreatedAt,
			&r.Outdated, &late)
		if err != nil {
			return r, err
		}
		if r.Outdated && late != nil {
			r.Late = *late
		}
		r.StepID = spanID(step)
		return r, json.Unmarshal(claims, &r.Claims)
	})
	if err != nil {
		return nil, unavailable(fmt.Errorf("read reasonings: %w", err))
	}
	return all, nil
}

// StepHeadlines returns the one-sentence explanations of an execution's steps.
func (s *Store) StepHeadlines(ctx context.Context, project int32, id xray.TraceID) (map[xray.SpanID]string, error) {
	rows, err := s.of(project).Query(ctx, `
		SELECT step_id, headline FROM reasonings
		WHERE project_id = $1 AND trace_id = $2 AND step_id <> 0`, project, id[:])
	if err != nil {
		return nil, unavailable(fmt.Errorf("read headlines: %w", err))
	}
	headlines := make(map[xray.SpanID]string)
	var step int64
	var headline string
	_, err = pgx.ForEachRow(rows, []any{&step, &headline}, func() error {
		headlines[spanID(step)] = headline
		return nil
	})
	if err != nil {
		return nil, unavailable(fmt.Errorf("read headlines: %w", err))
	}
	return headlines, nil
}

// jobColumns are what scanJob reads.
const jobColumns = `id, project_id, trace_id, step_id, facts_only, status, attempts, error, model,
	input_tokens, output_tokens, cost_usd, created_at, updated_at, finished_at`

func scanJob(row pgx.CollectableRow) (xray.ReasoningJob, error) { return scanJobAnd(row) }

// scanJobAnd reads jobColumns and what follows them.
func scanJobAnd(row pgx.CollectableRow, more ...any) (xray.ReasoningJob, error) {
	var j xray.ReasoningJob
	var step int64
	err := row.Scan(append([]any{&j.ID, &j.ProjectID, (*[16]byte)(&j.TraceID), &step, &j.FactsOnly, &j.Status, &j.Attempts, &j.Error, &j.Model,
		&j.InputTokens, &j.OutputTokens, &j.CostUSD, &j.CreatedAt, &j.UpdatedAt, &j.FinishedAt}, more...)...)
	j.StepID = spanID(step)
	return j, err
}

// Job returns the latest reasoning job of an execution, nil if none was ever
// asked for. One that finds facts beside many others has no id of its own: 0.
func (s *Store) Job(ctx context.Context, project int32, id xray.TraceID) (*xray.ReasoningJob, error) {
	rows, err := s.of(project).Query(ctx, "SELECT "+jobColumns+` FROM reasoning_jobs
		WHERE project_id = $1 AND trace_id = $2 ORDER BY id DESC LIMIT 1`, project, id[:])
	if err != nil {
		return nil, unavailable(fmt.Errorf("read reasoning job: %w", err))
	}
	job, err := pgx.CollectExactlyOneRow(rows, scanJob)
	if errors.Is(err, pgx.ErrNoRows) {
		job, err := s.factsJob(ctx, project, id)
		return job, unavailable(err)
	}
	if err != nil {
		return nil, unavailable(fmt.Errorf("read reasoning job: %w", err))
	}
	return &job, nil
}

// saveExplanation stores what an explanation brought. For a whole execution it
// replaces everything that was there; for one step only that step's.
func saveExplanation(ctx context.Context, tx pgx.Tx, job begun, x xray.Explanation, now time.Time) error {
	whole := job.StepID.IsZero()
	if whole || len(x.Facts) > 0 {
		if err := saveFacts(ctx, tx, job.ReasoningJob, x); err != nil {
			return err
		}
	}
	if whole {
		_, err := tx.Exec(ctx, `
			UPDATE executions SET headline = CASE WHEN @headline::text <> '' THEN @headline ELSE headline END, funnel = @funnel
			WHERE project_id = @project AND trace_id = @trace`, pgx.NamedArgs{
			"headline": cleanText(x.Headline, maxName), "funnel": x.Funnel, "project": job.ProjectID, "trace": job.TraceID[:],
		})
		if err != nil {
			return fmt.Errorf("save headline: %w", err)
		}
	}
	_, err := tx.Exec(ctx, `
		DELETE FROM reasonings
		WHERE project_id = @project AND trace_id = @trace AND (@whole::boolean OR step_id = @step)`, pgx.NamedArgs{
		"project": job.ProjectID, "trace": job.TraceID[:], "whole": whole, "step": spanInt(job.StepID),
	})
	if err != nil {
		return fmt.Errorf("replace reasonings: %w", err)
	}
	var batch pgx.Batch
	for i := range x.Reasonings {
		if r := &x.Reasonings[i]; whole || r.StepID == job.StepID {
			if err := queueReasoning(&batch, job, r, x.Record, now); err != nil {
				return err
			}
		}
	}
	if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
		return fmt.Errorf("save reasonings: %w", err)
	}
	return nil
}

// saveFactsSQL rides on executions_pkey. An execution that is being deleted
// gets no facts.
const saveFactsSQL = `
INSERT INTO facts (project_id, trace_id, name, start_nano, facts, profile, stations)
SELECT project_id, trace_id, name, start_nano, @facts::text::json, @profile::text::json, @stations::text::json
FROM executions WHERE project_id = @project AND trace_id = @trace
ON CONFLICT (project_id, trace_id) DO UPDATE
SET name = EXCLUDED.name, start_nano = EXCLUDED.start_nano, facts = EXCLUDED.facts,
    profile = EXCLUDED.profile, stations = EXCLUDED.stations`

// saveFacts keeps the profile beside the facts that were found with it.
func saveFacts(ctx context.Context, tx pgx.Tx, job xray.ReasoningJob, x xray.Explanation) error {
	facts := x.Facts
	if facts == nil {
		facts = []xray.Fact{}
	}
	raw, err := json.Marshal(facts)
	if err != nil {
		return fmt.Errorf("encode facts: %w", err)
	}
	_, err = tx.Exec(ctx, saveFactsSQL, pgx.NamedArgs{
		"project": job.ProjectID, "trace": job.TraceID[:], "facts": string(raw), "profile": textOrNull(x.Profile), "stations": stationsOf(x.Stations),
	})
	if err != nil {
		return fmt.Errorf("save facts: %w", err)
	}
	return nil
}

func textOrNull(raw json.RawMessage) *string {
	if len(raw) == 0 {
		return nil
	}
	text := string(raw)
	return &text
}

func queueReasoning(batch *pgx.Batch, job begun, r *xray.Reasoning, record [32]byte, now time.Time) error {
	claims := r.Claims
	if claims == nil {
		claims = []xray.Claim{}
	}
	raw, err := json.Marshal(claims)
	if err != nil {
		return fmt.Errorf("encode claims: %w", err)
	}
	created := r.CreatedAt
	if created.IsZero() {
		created = now
	}
	about := job
	if r.Source != xray.SourceModel { // facts are found anew whenever spans come
		about = begun{}
	}
	batch.Queue(`
		INSERT INTO reasonings (project_id, trace_id, step_id, source, headline, claims, decisive_steps, missing,
			confidence, model, prompt_version, verifier_version, verified_rate, input_tokens, output_tokens, cost_usd, created_at,
			segment, steps, record)
		VALUES (@project, @trace, @step, @source, @headline, @claims::text::json, @decisive, @missing,
			@confidence, @model, @prompt, @verifier, @rate, @input, @output, @cost, @created, @segment, @steps, @record)
		ON CONFLICT (project_id, trace_id, step_id) DO NOTHING`, pgx.NamedArgs{
		"project": job.ProjectID, "trace": job.TraceID[:], "step": spanInt(r.StepID), "source": string(r.Source),
		"headline": cleanText(r.Headline, len(r.Headline)), "claims": string(raw),
		"decisive": cleanTexts(r.DecisiveSteps), "missing": cleanTexts(r.Missing), "confidence": r.Confidence,
		"model": cleanText(r.Model, maxName), "prompt": r.PromptVersion, "verifier": r.VerifierVersion,
		"rate": r.VerifiedRate, "input": r.InputTokens, "output": r.OutputTokens, "cost": r.CostUSD, "created": created,
		"segment": about.segment, "steps": about.steps, "record": record[:],
	})
	return nil
}

func cleanTexts(texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = cleanText(t, len(t))
	}
	return out
}
