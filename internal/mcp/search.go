package mcp

import (
	"context"
	"fmt"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/query"
)

var searchTool = tool{
	name: "search_executions", title: "Search executions",
	description: "Find runs, newest first, with status, duration, cost and a one-sentence explanation each. " +
		"query is X-Ray's query language: conditions that must all hold, such as `status:error age:<2h`, `name:\"competitor search\" duration:>10s`, " +
		"`step:filter step.drop:>0.9`, `item:\"sku-123\"`, `feedback:down`, `text:\"phone case\"`; `-` denies, (a OR b) chooses, has:FIELD asks for any value. " +
		"An empty query lists the newest runs. Fields: " + fieldNames() + ". The resource " + vocabularyURI + " describes them.",
	tune: func(a map[string]*jsonschema.Schema) {
		limits(a["limit"], 1, 50)
		longest(a["query"], query.MaxLength)
	},
}

type searchIn struct {
	Query  string `json:"query,omitempty" jsonschema:"what the executions must hold; empty for all"`
	Since  string `json:"since,omitempty" jsonschema:"started at or after, RFC 3339; for a range relative to now use age:<2h in the query"`
	Until  string `json:"until,omitempty" jsonschema:"started before, RFC 3339"`
	Limit  int    `json:"limit,omitempty" jsonschema:"how many at most; 20 unless said"`
	Cursor string `json:"cursor,omitempty" jsonschema:"next of the page before"`
}

type searchOut struct {
	Executions []run  `json:"executions"`
	Next       string `json:"next,omitempty" jsonschema:"pass it as cursor for the next page"`
	SearchedTo string `json:"searchedTo,omitempty" jsonschema:"the search stopped here: older executions were not looked at yet"`
}

// run is an execution in short.
type run struct {
	ID           string   `json:"id" jsonschema:"trace id; names the execution to the other tools"`
	ExecutionID  string   `json:"executionId,omitempty" jsonschema:"the client's own id"`
	Name         string   `json:"name"`
	Status       string   `json:"status"`
	Started      string   `json:"started"`
	Duration     string   `json:"duration,omitempty"`
	Steps        int      `json:"steps"`
	FailedSteps  int      `json:"failedSteps,omitempty"`
	Headline     string   `json:"headline,omitempty" jsonschema:"the explanation in one sentence"`
	Funnel       []int64  `json:"funnel,omitempty" jsonschema:"items left after each narrowing step"`
	Service      string   `json:"service,omitempty"`
	Models       []string `json:"models,omitempty"`
	InputTokens  *int64   `json:"inputTokens,omitempty"`
	OutputTokens *int64   `json:"outputTokens,omitempty"`
	CostUSD      *float64 `json:"costUsd,omitempty"`
	Session      string   `json:"session,omitempty"`
	User         string   `json:"user,omitempty"`
	Environment  string   `json:"environment,omitempty"`
	Release      string   `json:"release,omitempty"`
	Tags         []string `json:"tags,omitempty"`
}

func (s *Server) search(ctx context.Context, p xray.Project, in searchIn) (answer[searchOut], error) {
	none := answer[searchOut]{}
	asked, err := query.Parse(in.Query)
	if err != nil {
		return none, err
	}
	q := xray.ExecutionQuery{Filter: xray.Filter{Where: asked.Where, Steps: asked.Steps}, Limit: 20}
	if in.Limit > 0 {
		q.Limit = in.Limit
	}
	if q.Since, q.Until, err = timeRange(in.Since, in.Until); err != nil {
		return none, err
	}
	if in.Cursor != "" {
		cursor, err := xray.ParseExecutionCursor(in.Cursor)
		if err != nil {
			return none, err
		}
		q.After = &cursor
	}
	page, err := s.Reader.Executions(ctx, p.ID, q)
	if err != nil {
		return none, err
	}
	rows := make([]run, len(page.Executions))
	for i, e := range page.Executions {
		rows[i] = inShort(e)
	}
	out := searchOut{Executions: fit(rows, q.Limit, maxRecord)}
	next := page.Next
	if n := len(out.Executions); n < len(rows) {
		last := page.Executions[n-1]
		next = &xray.ExecutionCursor{Start: last.Start, TraceID: last.TraceID}
	}
	if next != nil {
		out.Next = next.String()
	}
	if page.SearchedTo != 0 {
		out.SearchedTo = moment(page.SearchedTo)
	}
	more := ""
	switch {
	case out.SearchedTo != "":
		more = fmt.Sprintf("The search stopped at %s; older executions: call again with cursor %q.", out.SearchedTo, out.Next)
	case out.Next != "":
		more = fmt.Sprintf("There are more: call again with cursor %q.", out.Next)
	case len(rows) == 0:
		more = "Nothing fits. Leave out conditions, or read " + vocabularyURI + " for what there is to ask."
	}
	return answer[searchOut]{record: out, more: more}, nil
}

func inShort(e xray.Execution) run {
	out := run{
		ID: e.TraceID.String(), Name: short(e.Name), Status: e.Status.String(), Started: moment(e.Start),
		Steps: e.StepCount, FailedSteps: e.ErrorCount, Headline: short(e.Headline), Service: short(e.Service),
		Models: shortAll(e.Models, 5), InputTokens: e.InputTokens, OutputTokens: e.OutputTokens, CostUSD: e.CostUSD,
		Session: short(e.SessionID), User: short(e.UserID), Environment: short(e.Environment), Release: short(e.Release), Tags: shortAll(e.Tags, 10),
	}
	out.Funnel = e.Funnel[:min(len(e.Funnel), 20)]
	if e.ExecutionID != out.ID {
		out.ExecutionID = short(e.ExecutionID)
	}
	if e.Status != xray.StatusRunning {
		out.Duration = time.Duration(max(0, e.End-e.Start)).String()
	}
	return out
}

func moment(n xray.Nano) string { return n.Time().Format(time.RFC3339Nano) }

// timeRange reads two times; "" is no bound.
func timeRange(since, until string) (low, high xray.Nano, err error) {
	for _, bound := range []struct {
		name, text string
		into       *xray.Nano
	}{{"since", since, &low}, {"until", until, &high}} {
		if bound.text == "" {
			continue
		}
		t, err := time.Parse(time.RFC3339, bound.text)
		if err != nil || t.Year() < 1970 || t.Year() > 2261 {
			return 0, 0, xray.Errorf(xray.CodeInvalid, "%s is %.100q: write a time as in 2026-11-22T10:00:00Z", bound.name, bound.text)
		}
		*bound.into = xray.Nano(t.UnixNano())
	}
	return low, high, nil
}
