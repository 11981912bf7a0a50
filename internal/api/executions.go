package api

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/dossier"
)

// ListExecutions answers one page, newest first.
func (s *Server) ListExecutions(ctx context.Context, r ListExecutionsRequestObject) (ListExecutionsResponseObject, error) {
	p := caller(ctx)
	q, err := executionQuery(r.Params)
	if err != nil {
		return nil, err
	}
	page, err := s.Reader.Executions(ctx, p.Project.ID, q)
	if err != nil {
		return nil, err
	}
	list := ExecutionList{Executions: mapTo(page.Executions, func(e xray.Execution) Execution { return execution(p.Project, e) })}
	if err := s.assess(ctx, p.Project.ID, list.Executions); err != nil {
		return nil, err
	}
	if page.Next != nil {
		list.Next = page.Next.String()
	}
	list.SearchedTo = searchedTo(page.SearchedTo)
	return ListExecutions200JSONResponse(list), nil
}

func executionQuery(p ListExecutionsParams) (xray.ExecutionQuery, error) {
	q := xray.ExecutionQuery{Limit: p.Limit}
	if q.Limit == 0 {
		q.Limit = xray.DefaultLimit
	}
	if q.Limit < 1 || q.Limit > xray.MaxLimit {
		return q, xray.Errorf(xray.CodeInvalid, "limit is %d: use 1 to %d", q.Limit, xray.MaxLimit)
	}
	if p.Cursor != "" {
		cursor, err := xray.ParseExecutionCursor(p.Cursor)
		if err != nil {
			return q, err
		}
		q.After = &cursor
	}
	var err error
	if q.Filter, err = filter(p.Q, p.Since, p.Until); err != nil {
		return q, err
	}
	short, err := shortConditions(p)
	q.Where = append(q.Where, short...)
	return q, err
}

// shortConditions are those of the parameters that are older than `q`.
func shortConditions(p ListExecutionsParams) ([]xray.Condition, error) {
	var out []xray.Condition
	if p.Status != "" {
		if _, err := xray.ParseStatus(string(p.Status)); err != nil {
			return nil, err
		}
	}
	for _, is := range [...]struct {
		field xray.Field
		value string
	}{
		{xray.FieldStatus, string(p.Status)}, {xray.FieldName, p.Name}, {xray.FieldService, p.Service},
		{xray.FieldSession, p.SessionId}, {xray.FieldUser, p.UserId},
	} {
		if is.value != "" {
			out = append(out, xray.Is(is.field, is.value))
		}
	}
	if p.MinDurationMs < 0 || p.MinDurationMs > math.MaxInt64/int64(time.Millisecond) {
		return nil, xray.Errorf(xray.CodeInvalid, "minDurationMs is %d: use a number of milliseconds from 0 up", p.MinDurationMs)
	}
	if p.MinDurationMs > 0 {
		out = append(out, xray.Condition{
			Field: xray.FieldDuration, Op: xray.OpAtLeast,
			Values: []xray.Value{{Nano: p.MinDurationMs * int64(time.Millisecond)}},
		})
	}
	return out, nil
}

// nano clamps a time to what Nano holds; the zero time is no restriction.
func nano(t time.Time) xray.Nano {
	switch {
	case t.IsZero():
		return 0
	case t.Year() > 2261:
		return xray.MaxNano
	case t.Year() < 1970:
		return 1
	}
	return xray.Nano(t.UnixNano())
}

// CreateExecution takes a finished execution from a client without OTLP.
func (s *Server) CreateExecution(ctx context.Context, r CreateExecutionRequestObject) (CreateExecutionResponseObject, error) {
	p, in := caller(ctx), r.Body
	if in.ProjectId != "" && in.ProjectId != p.Project.Slug && !s.Auth.Local() {
		return nil, xray.Errorf(xray.CodeForbidden,
			"projectId is %q but the key belongs to %q: use a key of that project, or leave projectId out", in.ProjectId, p.Project.Slug)
	}
	id, executionID, err := s.Importer.Import(ctx, p, xray.NewExecution{
		ExecutionID: in.ExecutionId,
		ProjectID:   in.ProjectId,
		Name:        in.Name,
		Metadata:    in.Metadata,
		StartedAt:   in.StartedAt,
		Steps: mapTo(in.Steps, func(st NewStep) xray.NewStep {
			return xray.NewStep{Name: st.Name, Input: st.Input, Output: st.Output, Error: st.Error, DurationMs: st.DurationMs, Reasoning: st.Reasoning}
		}),
		FinalOutcome: in.FinalOutcome,
	})
	if err != nil {
		return nil, err
	}
	return CreateExecution201JSONResponse{Id: id, ExecutionId: executionID}, nil
}

// GetExecution answers one execution with its explanation, facts and job.
func (s *Server) GetExecution(ctx context.Context, r GetExecutionRequestObject) (GetExecutionResponseObject, error) {
	p := caller(ctx)
	e, err := s.Reader.Execution(ctx, p.Project.ID, r.Id)
	if err != nil {
		return nil, err
	}
	// The job first: when it has ended, what is read after it holds its result.
	job, err := s.Reader.Job(ctx, p.Project.ID, e.TraceID)
	if err != nil {
		return nil, fmt.Errorf("read reasoning job: %w", err)
	}
	facts, reasonings, err := dossier.Findings(ctx, s.Reader, s.Explain, e)
	if err != nil {
		return nil, err
	}
	detail := ExecutionDetail{
		Execution:    execution(p.Project, e),
		Metadata:     objectOrEmpty(e.Metadata),
		FinalOutcome: e.FinalOutcome,
		Facts:        mapTo(facts, fact),
		Reasoning:    reasoningOf(reasonings, xray.SpanID{}),
	}
	if h := detail.Reasoning.Headline; h != "" && !detail.Reasoning.Outdated {
		detail.Headline = h // newer than the row that was read first
	}
	assessed := []Execution{detail.Execution}
	if err := s.assess(ctx, p.Project.ID, assessed); err != nil {
		return nil, err
	}
	detail.Execution = assessed[0]
	if e.Receipt != nil {
		detail.Receipt = receipt(*e.Receipt, e.StepCount)
	}
	if job != nil {
		detail.Job = reasoningJob(*job, e.ExecutionID)
	}
	return GetExecution200JSONResponse(detail), nil
}

func execution(project xray.Project, e xray.Execution) Execution {
	out := Execution{
		Id:           e.TraceID.String(),
		ExecutionId:  e.ExecutionID,
		ProjectId:    project.Slug,
		Name:         e.Name,
		Status:       Status(e.Status.String()),
		StartedAt:    timeString(e.Start),
		DurationNano: decimal(max(0, e.End-e.Start)),
		StepCount:    e.StepCount,
		ErrorCount:   e.ErrorCount,
		Service:      e.Service,
		Models:       orEmpty(e.Models),
		InputTokens:  int64String(e.InputTokens),
		OutputTokens: int64String(e.OutputTokens),
		CostUsd:      e.CostUSD,
		CostPartial:  e.CostPartial,
		SessionId:    e.SessionID,
		UserId:       e.UserID,
		Environment:  e.Environment,
		Release:      e.Release,
		Tags:         orEmpty(e.Tags),
		Headline:     e.Headline,
		Funnel:       e.Funnel,
		Settled:      e.Settled,
	}
	if e.Status != xray.StatusRunning {
		out.CompletedAt = timeString(e.End)
	} else {
		out.DurationNano = "0"
	}
	return out
}

func receipt(r xray.Receipt, received int) Receipt {
	return Receipt{Started: int(r.Started), Ended: int(r.Ended), Dropped: int(r.Dropped), Cut: int(r.Cut), Received: received}
}

// otlpResponse streams an export, so that a large execution is never held
// whole.
type otlpResponse struct {
	write func(http.ResponseWriter) error
}

func (o otlpResponse) VisitExportExecutionResponse(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "application/json")
	return o.write(w)
}

// ExportExecution streams the execution as OTLP JSON.
func (s *Server) ExportExecution(ctx context.Context, r ExportExecutionRequestObject) (ExportExecutionResponseObject, error) {
	p := caller(ctx)
	e, err := s.Reader.Execution(ctx, p.Project.ID, r.Id)
	if err != nil {
		return nil, err
	}
	return otlpResponse{func(w http.ResponseWriter) error {
		return s.Reader.OTLP(ctx, p.Project.ID, e.TraceID, w)
	}}, nil
}
