package store

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

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

// endsOf is that executions have ended.
func endsOf(done []written, outcomes map[traceKey]*settled) []happening {
	all := make([]happening, len(done))
	for i := range done {
		all[i] = endOf(done[i].traceKey, outcomes[done[i].traceKey].status)
	}
	return all
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

// interest is that some hook of a project is told of an event.
type interest struct {
	project int32
	event   xray.HookEvent
}

// interestKept is for how long a process may not have heard of a hook that
// another one has made.
const interestKept = time.Second

// interests is what hooks are told of. It is looked at by every transaction that
// stores, and so it is not asked of the database each time.
type interests struct {
	mu     sync.Mutex
	at     time.Time // the zero time: not known
	wanted map[interest]bool
}

func (i *interests) forget() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.at = time.Time{}
}

func (i *interests) read(ctx context.Context, q querier) (map[interest]bool, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	now := time.Now()
	if !i.at.IsZero() && now.Sub(i.at) < interestKept {
		return i.wanted, nil
	}
	rows, err := q.Query(ctx, "SELECT DISTINCT project_id, event FROM webhooks, unnest(events) AS event WHERE NOT paused")
	if err != nil {
		return nil, fmt.Errorf("look for webhooks: %w", err)
	}
	wanted := make(map[interest]bool)
	var one interest
	if _, err := pgx.ForEachRow(rows, []any{&one.project, &one.event}, func() error { wanted[one] = true; return nil }); err != nil {
		return nil, fmt.Errorf("look for webhooks: %w", err)
	}
	i.at, i.wanted = now, wanted
	return wanted, nil
}

// noteHappenings asks for hooks to be told, in the transaction that makes it so.
// What nobody wants to hear of costs nothing. Whether a hook's query lets it
// through is found out later: that may take reading payloads.
func (s *Store) noteHappenings(ctx context.Context, tx pgx.Tx, all []happening) error {
	if len(all) == 0 {
		return nil
	}
	wanted, err := s.interests.read(ctx, tx)
	if err != nil || len(wanted) == 0 {
		return err
	}
	byProject := make(map[int32][]toldFact)
	for _, h := range all {
		if wanted[interest{h.project, h.event}] {
			byProject[h.project] = append(byProject[h.project], toldFact{h.trace.String(), h.event, h.fact})
		}
	}
	var params []river.InsertManyParams
	for project, happened := range byProject {
		for some := range slices.Chunk(happened, tellAtOnce) {
			params = append(params, river.InsertManyParams{
				Args: tellArgs{ProjectID: project, Happened: some}, InsertOpts: &river.InsertOpts{Queue: tellQueue},
			})
		}
	}
	return s.insertJobs(ctx, tx, params)
}

// tellAtOnce is how much one job may be about.
const tellAtOnce = 500
