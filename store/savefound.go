package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/xraytrace/xray"
)

// Rides on executions_pkey. Waits for whoever writes one; that is never in a
// circle, because all take them in key order and this takes no other lock after.
const lockFoundSQL = `
SELECT e.project_id, e.trace_id,
       EXISTS (SELECT FROM reasonings r WHERE r.project_id = e.project_id AND r.trace_id = e.trace_id AND r.source = 'model')
FROM unnest(@projects::integer[], @traces::uuid[]) AS k (project_id, trace_id)
JOIN executions e ON e.project_id = k.project_id AND e.trace_id = k.trace_id
ORDER BY e.project_id, e.trace_id
FOR UPDATE OF e`

// saveFound stores the facts of executions and what facts say of them. An
// execution that has been deleted gets nothing; one that a model has explained
// keeps what the model wrote. as says of which version they are.
func (s *Store) saveFound(ctx context.Context, tx pgx.Tx, all []explained, as []written) error {
	slices.SortStableFunc(all, func(a, b explained) int { return a.key().compare(b.key()) })
	projects, traces := keyArrays(all, func(e explained) traceKey { return e.key() })
	rows, err := tx.Query(ctx, lockFoundSQL, pgx.NamedArgs{"projects": projects, "traces": traces})
	if err != nil {
		return fmt.Errorf("lock explained executions: %w", err)
	}
	byModel := make(map[traceKey]bool)
	var k traceKey
	var model bool
	_, err = pgx.ForEachRow(rows, []any{&k.project, (*[16]byte)(&k.trace), &model}, func() error {
		byModel[k] = model
		return nil
	})
	if err != nil {
		return fmt.Errorf("lock explained executions: %w", err)
	}
	version := make(map[traceKey]int64, len(as))
	for _, w := range as {
		version[w.traceKey] = max(version[w.traceKey], w.version)
	}
	var plain []explained
	for _, e := range all {
		if model, there := byModel[e.key()]; model {
			if err := s.replaceFound(ctx, tx, e.key(), e.found); err != nil {
				return err
			}
			state := begun{segment: version[e.key()], steps: e.StepCount}
			state.ProjectID, state.TraceID = e.ProjectID, e.TraceID
			if err := stillHolds(ctx, tx, state, e.found.Record); err != nil {
				return err
			}
		} else if there {
			plain = append(plain, e)
		}
	}
	return s.savePlain(ctx, tx, plain)
}

const (
	foundFactsSQL = `
INSERT INTO facts (project_id, trace_id, name, start_nano, facts, profile, stations)
SELECT k.project_id, k.trace_id, k.name, k.start_nano, k.facts::json, k.profile::json, k.stations::json
FROM unnest(@projects::integer[], @traces::uuid[], @names::text[], @starts::bigint[], @facts::text[], @profiles::text[], @stations::text[])
    AS k (project_id, trace_id, name, start_nano, facts, profile, stations)
ON CONFLICT (project_id, trace_id) DO UPDATE
SET name = EXCLUDED.name, start_nano = EXCLUDED.start_nano, facts = EXCLUDED.facts,
    profile = EXCLUDED.profile, stations = EXCLUDED.stations`

	foundHeadlinesSQL = `
UPDATE executions e
SET headline = CASE WHEN k.headline <> '' THEN k.headline ELSE e.headline END, funnel = k.funnel::bigint[]
FROM unnest(@projects::integer[], @traces::uuid[], @headlines::text[], @funnels::text[])
    AS k (project_id, trace_id, headline, funnel)
WHERE e.project_id = k.project_id AND e.trace_id = k.trace_id
  AND (k.headline <> '' AND e.headline <> k.headline OR e.funnel IS DISTINCT FROM k.funnel::bigint[])`

	forgetReasoningsSQL = `
DELETE FROM reasonings r
USING unnest(@projects::integer[], @traces::uuid[]) AS k (project_id, trace_id)
WHERE r.project_id = k.project_id AND r.trace_id = k.trace_id`

	foundReasoningsSQL = `
INSERT INTO reasonings (project_id, trace_id, step_id, source, headline, claims, decisive_steps, missing,
    confidence, model, prompt_version, verifier_version, verified_rate, input_tokens, output_tokens, created_at)
SELECT k.project_id, k.trace_id, k.step_id, 'facts', k.headline, k.claims::json, k.decisive::text[], k.missing::text[],
    k.confidence, '', '', k.verifier, k.rate, 0, 0, k.created_at
FROM unnest(@projects::integer[], @traces::uuid[], @steps::bigint[], @headlines::text[], @claims::text[], @decisive::text[],
            @missing::text[], @confidences::text[], @verifiers::text[], @rates::double precision[], @created::timestamptz[])
    AS k (project_id, trace_id, step_id, headline, claims, decisive, missing, confidence, verifier, rate, created_at)
ON CONFLICT (project_id, trace_id, step_id) DO NOTHING`
)

// savePlain stores what no model has had a part in. The executions are locked.
func (s *Store) savePlain(ctx context.Context, tx pgx.Tx, all []explained) error {
	if len(all) == 0 {
		return nil
	}
	var changed []traceKey
	var names, facts, headlines []string
	var starts []int64
	var profiles, funnels, stations []*string
	var reasonings foundReasonings
	for _, e := range all {
		raw, err := json.Marshal(orNone(e.found.Facts))
		if err != nil {
			return fmt.Errorf("encode facts: %w", err)
		}
		changed = append(changed, e.key())
		names, starts = append(names, e.Name), append(starts, int64(e.Start))
		facts, profiles = append(facts, string(raw)), append(profiles, textOrNull(e.found.Profile))
		headlines = append(headlines, cleanText(e.found.Headline, maxName))
		funnels = append(funnels, numbersLiteral(e.found.Funnel))
		stations = append(stations, stationsOf(e.found.Stations))
		if err := reasonings.add(e.key(), e.found.Reasonings, s); err != nil {
			return err
		}
	}
	projects, traces := keyArrays(changed, func(k traceKey) traceKey { return k })
	for _, q := range []struct {
		sql  string
		args pgx.NamedArgs
	}{
		{foundFactsSQL, pgx.NamedArgs{"projects": projects, "traces": traces, "names": names, "starts": starts, "facts": facts, "profiles": profiles, "stations": stations}},
		{foundHeadlinesSQL, pgx.NamedArgs{"projects": projects, "traces": traces, "headlines": headlines, "funnels": funnels}},
		{forgetReasoningsSQL, pgx.NamedArgs{"projects": projects, "traces": traces}},
		{foundReasoningsSQL, reasonings.args()},
	} {
		if _, err := tx.Exec(ctx, q.sql, q.args); err != nil {
			return fmt.Errorf("save facts: %w", err)
		}
	}
	return notify(ctx, tx, changed)
}

// orNone makes JSON's empty list of nil.
func orNone[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

// numbersLiteral writes a bigint[] as text; nil for none, which is NULL.
func numbersLiteral(all []int64) *string {
	if all == nil {
		return nil
	}
	text := strings.NewReplacer("[", "{", "]", "}", " ", ",").Replace(fmt.Sprint(all))
	return &text
}

// foundReasonings holds rows by column, as unnest wants them.
type foundReasonings struct {
	projects                                                     []int32
	traces                                                       []pgtype.UUID
	steps                                                        []int64
	headlines, claims, decisive, missing, confidences, verifiers []string
	rates                                                        []float64
	created                                                      []pgtype.Timestamptz
}

func (f *foundReasonings) add(key traceKey, all []xray.Reasoning, s *Store) error {
	for i := range all {
		r := &all[i]
		claims, err := json.Marshal(orNone(r.Claims))
		if err != nil {
			return fmt.Errorf("encode claims: %w", err)
		}
		created := r.CreatedAt
		if created.IsZero() {
			created = s.clock()
		}
		f.projects = append(f.projects, key.project)
		f.traces = append(f.traces, pgtype.UUID{Bytes: key.trace, Valid: true})
		f.steps = append(f.steps, spanInt(r.StepID))
		f.headlines = append(f.headlines, cleanText(r.Headline, len(r.Headline)))
		f.claims = append(f.claims, string(claims))
		f.decisive = append(f.decisive, textsLiteral(cleanTexts(r.DecisiveSteps)))
		f.missing = append(f.missing, textsLiteral(cleanTexts(r.Missing)))
		f.confidences = append(f.confidences, r.Confidence)
		f.verifiers = append(f.verifiers, r.VerifierVersion)
		f.rates = append(f.rates, r.VerifiedRate)
		f.created = append(f.created, pgtype.Timestamptz{Time: created, Valid: true})
	}
	return nil
}

func (f *foundReasonings) args() pgx.NamedArgs {
	return pgx.NamedArgs{
		"projects": f.projects, "traces": f.traces, "steps": f.steps, "headlines": f.headlines, "claims": f.claims,
		"decisive": f.decisive, "missing": f.missing, "confidences": f.confidences, "verifiers": f.verifiers,
		"rates": f.rates, "created": f.created,
	}
}

// textsLiteral writes a text[] as text, {} for none.
func textsLiteral(texts []string) string {
	if literal := arrayLiteral(texts); literal != nil {
		return *literal
	}
	return "{}"
}
