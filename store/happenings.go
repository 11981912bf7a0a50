package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/xraytrace/xray"
)

// happening is what hooks may be told of an execution. What has the same fact is
// the same, and told once.
type happening struct {
	traceKey
	event xray.HookEvent
	fact  string
}

// endOf is that an execution has ended. Spans that come later can change how,
// and that is told; that they came is not.
func endOf(key traceKey, status xray.Status) happening {
	h := happening{key, xray.EventCompleted, "completed " + key.trace.String()}
	if status == xray.StatusError {
		h.event, h.fact = xray.EventFailed, "failed "+key.trace.String()
	}
	return h
}

// factExplained tells explanations of one execution from each other.
func factExplained(id xray.TraceID, by string, number int64) string {
	return fmt.Sprintf("explained %s %s %d", id, by, number)
}

// explainedOf is what facts were found of. One execution can have been taken in
// two versions.
func explainedOf(taken []written, found []explained) []happening {
	version := make(map[traceKey]int64, len(taken))
	for _, w := range taken {
		version[w.traceKey] = max(version[w.traceKey], w.version)
	}
	var all []happening
	for _, e := range found {
		if v, ok := version[e.key()]; ok && len(e.found.Reasonings) > 0 {
			all = append(all, happening{e.key(), xray.EventExplained, factExplained(e.TraceID, "facts", v)})
			delete(version, e.key())
		}
	}
	return all
}

// tellArgs is the job that finds out whom to tell.
type tellArgs struct {
	ProjectID int32      `json:"projectId"`
	Happened  []toldFact `json:"happened"`
}

type toldFact struct {
	Trace string         `json:"trace"` // in hex
	Event xray.HookEvent `json:"event"`
	Fact  string         `json:"fact"`
}

// Kind implements river.JobArgs. It is part of the stored data.
func (tellArgs) Kind() string { return "tell" }

// whoWantsSQL reads a table of a few rows at most for a project; with none at
// all it costs the way to the database and back.
const whoWantsSQL = `
SELECT DISTINCT project_id, event
FROM webhooks, unnest(events) AS event
WHERE project_id = ANY(@projects::integer[]) AND NOT paused`

// noteHappenings asks for hooks to be told, in the transaction that makes it so.
// What nobody wants to hear of costs one query for all of them. Whether a hook's
// query lets it through is found out later: that may take reading payloads.
func (s *Store) noteHappenings(ctx context.Context, tx pgx.Tx, all []happening) error {
	if len(all) == 0 {
		return nil
	}
	var projects []int32
	for _, h := range all {
		if !slices.Contains(projects, h.project) {
			projects = append(projects, h.project)
		}
	}
	type interest struct {
		project int32
		event   xray.HookEvent
	}
	rows, err := tx.Query(ctx, whoWantsSQL, pgx.NamedArgs{"projects": projects})
	if err != nil {
		return fmt.Errorf("look for webhooks: %w", err)
	}
	wanted := make(map[interest]bool)
	var one interest
	if _, err := pgx.ForEachRow(rows, []any{&one.project, &one.event}, func() error { wanted[one] = true; return nil }); err != nil {
		return fmt.Errorf("look for webhooks: %w", err)
	}
	if len(wanted) == 0 {
		return nil
	}
	byProject := make(map[int32][]toldFact)
	for _, h := range all {
		if wanted[interest{h.project, h.event}] {
			byProject[h.project] = append(byProject[h.project], toldFact{h.trace.String(), h.event, h.fact})
		}
	}
	var params []river.InsertManyParams
	for project, happened := range byProject {
		params = append(params, river.InsertManyParams{
			Args: tellArgs{ProjectID: project, Happened: happened}, InsertOpts: &river.InsertOpts{Queue: tellQueue},
		})
	}
	return s.insertJobs(ctx, tx, params)
}
