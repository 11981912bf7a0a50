package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/xraytrace/xray"
)

// CreateScore keeps one score.
func (s *Server) CreateScore(ctx context.Context, r CreateScoreRequestObject) (CreateScoreResponseObject, error) {
	kept, err := s.saveScores(ctx, []refScore{{r.Id, *r.Body}})
	if err != nil {
		return nil, err
	}
	return CreateScore201JSONResponse(kept[0]), nil
}

// CreateScores keeps many, all or none.
func (s *Server) CreateScores(ctx context.Context, r CreateScoresRequestObject) (CreateScoresResponseObject, error) {
	if n := len(r.Body.Scores); n == 0 || n > xray.MaxScores {
		return nil, xray.Errorf(xray.CodeInvalid, "%d scores in one request: send 1 to %d", n, xray.MaxScores)
	}
	var in []refScore
	for _, one := range r.Body.Scores {
		in = append(in, refScore{one.ExecutionId, one.NewScore})
	}
	kept, err := s.saveScores(ctx, in)
	if err != nil {
		return nil, err
	}
	return CreateScores201JSONResponse{Scores: kept}, nil
}

// refScore is a score and the execution that it names.
type refScore struct {
	ref string
	NewScore
}

func (s *Server) saveScores(ctx context.Context, in []refScore) ([]Score, error) {
	p := caller(ctx)
	scores := make([]xray.Score, len(in))
	for i, one := range in {
		score, err := newScore(p, one)
		if e, ok := errors.AsType[*xray.Error](err); ok && len(in) > 1 {
			return nil, xray.Errorf(e.Code, "scores/%d: %s", i, e.Message)
		}
		if err != nil {
			return nil, err
		}
		scores[i] = score
	}
	kept, err := s.Feedback.SaveScores(ctx, p.Project.ID, scores)
	return mapTo(kept, func(k xray.Score) Score { return score(p, k) }), err
}

// newScore reads a score. A person who is signed in speaks for themselves
// only.
func newScore(p xray.Principal, in refScore) (xray.Score, error) {
	out := xray.Score{
		ClientID: in.Id, ExecutionID: in.ref, Claim: in.Claim, Name: in.Name, Comment: in.Comment,
		Source: xray.ScoreSource(in.Source), Author: in.Author, At: in.At,
	}
	var err error
	if out.StepID, err = optionalStep(in.StepId); err != nil {
		return out, err
	}
	if in.ref == "" {
		return out, xray.Errorf(xray.CodeInvalid, "executionId is missing: give a trace id or the execution's own id")
	}
	switch out.Source {
	case "":
		out.Source = xray.ScoreAPI
	case xray.ScoreHuman, xray.ScoreAPI, xray.ScoreSDK:
	default:
		return out, xray.Errorf(xray.CodeInvalid, "there is no source %q: use human, api or sdk", clip(string(out.Source)))
	}
	if out.At.IsZero() {
		out.At = time.Now()
	}
	if y := out.At.Year(); y < 1970 || y > 2261 {
		return out, xray.Errorf(xray.CodeInvalid, "the year of `at` must lie between 1970 and 2261: leave it out for now")
	}
	if p.User != nil {
		out.Source, out.Author, out.UserID = xray.ScoreHuman, p.User.Email, p.User.ID
	}
	if err := readValue(in.Value, &out); err != nil {
		return out, err
	}
	return out, out.Check()
}

// readValue tells a number, a truth and a word apart.
func readValue(raw json.RawMessage, into *xray.Score) error {
	var value any
	_ = json.Unmarshal(raw, &value) // what cannot be read stays nil
	switch v := value.(type) {
	case float64:
		into.Kind, into.Number = xray.ScoreNumber, v
	case bool:
		if into.Kind = xray.ScoreBoolean; v {
			into.Number = 1
		}
	case string:
		into.Kind, into.Category = xray.ScoreCategory, v
	default:
		return xray.Errorf(xray.CodeInvalid, "value is missing or out of range: a score needs a number, true, false, or a word")
	}
	return nil
}

func optionalStep(id string) (xray.SpanID, error) {
	if id == "" {
		return xray.SpanID{}, nil
	}
	return xray.ParseSpanID(id)
}

// clip shortens what a message repeats.
func clip(s string) string { return fmt.Sprintf("%.100s", s) }

// ListScores answers what was said about an execution.
func (s *Server) ListScores(ctx context.Context, r ListScoresRequestObject) (ListScoresResponseObject, error) {
	p := caller(ctx)
	scores, err := s.Feedback.Scores(ctx, p.Project.ID, r.Id)
	if err != nil {
		return nil, err
	}
	return ListScores200JSONResponse{Scores: mapTo(scores, func(k xray.Score) Score { return score(p, k) })}, nil
}

// DeleteScore takes a score back.
func (s *Server) DeleteScore(ctx context.Context, r DeleteScoreRequestObject) (DeleteScoreResponseObject, error) {
	p := caller(ctx)
	id, err := strconv.ParseInt(r.ScoreId, 10, 64)
	if err != nil {
		return nil, xray.Errorf(xray.CodeNotFound, "there is no score %q: list them with GET /api/executions/{id}/scores", clip(r.ScoreId))
	}
	user, anybody := speaker(p)
	return DeleteScore204Response{}, s.Feedback.DeleteScore(ctx, p.Project.ID, r.Id, id, user, anybody)
}

// speaker is who a caller may speak for: 0 stands for nobody who is signed in.
func speaker(p xray.Principal) (user int64, anybody bool) {
	if p.User == nil {
		return 0, true // the key or the laptop that may do this at all may do it to any
	}
	return p.User.ID, p.Role.Allows(xray.RoleAdmin)
}

func mine(p xray.Principal, user int64) bool {
	id, anybody := speaker(p)
	return anybody || user == id
}

func score(p xray.Principal, k xray.Score) Score {
	out := Score{
		Id: decimal(k.ID), ClientId: k.ClientID, ExecutionId: k.ExecutionID, StepId: spanString(k.StepID), Claim: k.Claim,
		Name: k.Name, Kind: ScoreKind(k.Kind), Comment: k.Comment, Source: ScoreSource(k.Source), Author: k.Author,
		Mine: mine(p, k.UserID), At: wallTime(k.At),
	}
	if !k.TraceID.IsZero() {
		out.ExecutionId = k.TraceID.String()
	}
	var value any = k.Number
	switch k.Kind {
	case xray.ScoreBoolean:
		value = k.Number == 1
	case xray.ScoreCategory:
		value = k.Category
	}
	out.Value, _ = json.Marshal(value) // a finite number, a truth or a text
	return out
}

// assess adds what was said about executions.
func (s *Server) assess(ctx context.Context, project int32, list []Execution) error {
	ids := make([]xray.TraceID, 0, len(list))
	for _, e := range list {
		id, err := xray.ParseTraceID(e.Id)
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil
	}
	found, err := s.Feedback.Assessments(ctx, project, ids)
	if err != nil {
		return err
	}
	for i, id := range ids {
		a, e := found[id], &list[i]
		if a.Up+a.Down > 0 {
			e.Feedback = Thumbs{Up: a.Up, Down: a.Down}
		}
		e.NoteCount = a.Notes
		for _, sum := range a.Scores {
			line := ScoreSummary{Name: sum.Name, Count: sum.Count, Kind: ScoreSummaryKind(sum.Kind), Category: sum.Category}
			if sum.Kind != xray.ScoreCategory {
				line.Mean = &sum.Mean
			}
			e.Scores = append(e.Scores, line)
		}
	}
	return nil
}
