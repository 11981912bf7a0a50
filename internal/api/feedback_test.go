package api_test

import (
	"context"
	"strings"
	"testing"

	"github.com/xraytrace/xray"
)

// said is what somebody says of executions, kept in memory.
type said struct {
	scores  []xray.Score
	notes   []xray.Note
	deleted []int64
	anybody bool
}

func (s *said) SaveScores(_ context.Context, _ int32, scores []xray.Score) ([]xray.Score, error) {
	s.scores = append(s.scores, scores...)
	return scores, nil
}
func (s *said) Scores(context.Context, int32, string) ([]xray.Score, error) { return s.scores, nil }
func (s *said) DeleteScore(_ context.Context, _ int32, _ string, id, _ int64, anybody bool) error {
	s.deleted, s.anybody = append(s.deleted, id), anybody
	return nil
}
func (s *said) Assessments(_ context.Context, _ int32, ids []xray.TraceID) (map[xray.TraceID]xray.Assessment, error) {
	return map[xray.TraceID]xray.Assessment{traceID: {Down: 1, Notes: len(s.notes), Scores: []xray.ScoreSummary{{Name: "relevance", Count: 2, Kind: xray.ScoreNumber, Mean: 0}}}}, nil
}
func (s *said) Notes(context.Context, int32, xray.TraceID) ([]xray.Note, error) { return s.notes, nil }
func (s *said) CreateNote(_ context.Context, _ int32, n xray.Note) (xray.Note, error) {
	s.notes = append(s.notes, n)
	return n, nil
}
func (s *said) ReplaceNote(_ context.Context, _ int32, n xray.Note, anybody bool) (xray.Note, error) {
	s.anybody = anybody
	return n, nil
}
func (s *said) DeleteNote(_ context.Context, _ int32, n xray.Note, anybody bool) error {
	s.anybody = anybody
	return nil
}

func TestAScoreIsANumberATruthOrAWord(t *testing.T) {
	for _, tc := range []struct {
		name, body string
		want       xray.Score // Name, Kind, Number, Category
		refused    string
	}{
		{"a number", `{"name":" relevance ","value":0.8}`, xray.Score{Name: "relevance", Kind: xray.ScoreNumber, Number: 0.8}, ""},
		{"a truth", `{"name":"correct","value":true}`, xray.Score{Name: "correct", Kind: xray.ScoreBoolean, Number: 1}, ""},
		{"a falsehood", `{"name":"correct","value":false}`, xray.Score{Name: "correct", Kind: xray.ScoreBoolean}, ""},
		{"a word", `{"name":"tone","value":"rude"}`, xray.Score{Name: "tone", Kind: xray.ScoreCategory, Category: "rude"}, ""},
		{"a thumb", `{"name":"feedback","value":"down","comment":"wrong one"}`, xray.Score{Name: "feedback", Kind: xray.ScoreCategory, Category: "down"}, ""},
		{"a thumb that is a number", `{"name":"feedback","value":1}`, xray.Score{}, "up or down"},
		{"no name", `{"name":" ","value":1}`, xray.Score{}, "needs a name"},
		{"no value", `{"name":"x"}`, xray.Score{}, "a number, true, false, or a word"},
		{"a value that is null", `{"name":"x","value":null}`, xray.Score{}, "a number, true, false, or a word"},
		{"a value beyond numbers", `{"name":"x","value":1e999}`, xray.Score{}, "out of range"},
		{"a value that is a list", `{"name":"x","value":[1]}`, xray.Score{}, "a number, true, false, or a word"},
		{"an empty word", `{"name":"x","value":""}`, xray.Score{}, "needs a value"},
		{"a step that is none", `{"name":"x","value":1,"stepId":"7"}`, xray.Score{}, "16 hex digits"},
		{"a source that is none", `{"name":"x","value":1,"source":"cat"}`, xray.Score{}, "human, api or sdk"},
		{"a comment without end", `{"name":"x","value":1,"comment":"` + strings.Repeat("a", 4001) + `"}`, xray.Score{}, "at most 4000"},
		{"a time before time", `{"name":"x","value":1,"at":"1900-01-01T00:00:00Z"}`, xray.Score{}, "1970"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld()
			status, _, body := w.do(t, "POST", "/api/executions/run-1/scores", tc.body)
			if tc.refused != "" {
				if status != 400 || !strings.Contains(body["detail"].(string), tc.refused) || len(w.said.scores) != 0 {
					t.Errorf("got %d %v, want it refused: %s", status, body, tc.refused)
				}
				return
			}
			if status != 201 {
				t.Fatalf("got %d %v", status, body)
			}
			got := w.said.scores[0]
			if got.Name != tc.want.Name || got.Kind != tc.want.Kind || got.Number != tc.want.Number || got.Category != tc.want.Category || got.ExecutionID != "run-1" || got.At.IsZero() {
				t.Errorf("kept %+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestPeopleSpeakForThemselves(t *testing.T) {
	w := newWorld()
	w.principal.User, w.principal.Role, w.principal.Scope = &xray.User{ID: 7, Email: "ada@example.com"}, xray.RoleMember, xray.ScopeRead
	if status, _, body := w.do(t, "POST", "/api/executions/run-1/scores", `{"name":"feedback","value":"up","author":"bob","source":"sdk"}`); status != 201 || body["author"] != "ada@example.com" || body["mine"] != true {
		t.Fatalf("got %d %v", status, body)
	}
	if first := w.said.scores[0]; first.UserID != 7 || first.Source != xray.ScoreHuman {
		t.Errorf("kept %+v", first)
	}
	w.do(t, "POST", "/api/executions/run-1/notes", `{"text":" look at the filter "}`)
	if n := w.said.notes[0]; n.Author != "ada@example.com" || n.UserID != 7 || n.Text != "look at the filter" || n.TraceID != traceID {
		t.Errorf("note %+v", n)
	}
	w.said.notes[0].UserID = 8
	if _, _, body := w.do(t, "GET", "/api/executions/run-1/notes", ""); body["notes"].([]any)[0].(map[string]any)["mine"] != false {
		t.Errorf("another's note: %v", body)
	}
	if w.do(t, "PUT", "/api/executions/run-1/notes/1", `{"text":"x"}`); w.said.anybody {
		t.Error("a member may change anybody's note")
	}
	w.principal.Role = xray.RoleAdmin
	if w.do(t, "PUT", "/api/executions/run-1/notes/1", `{"text":"x"}`); !w.said.anybody {
		t.Error("an admin may not change another's note")
	}
}

func TestManyScoresAreTakenTogether(t *testing.T) {
	w := newWorld()
	status, _, body := w.do(t, "POST", "/api/scores", `{"scores":[{"executionId":"a","name":"x","value":1},{"executionId":"b","name":"","value":1}]}`)
	if status != 400 || len(w.said.scores) != 0 || !strings.HasPrefix(body["detail"].(string), "scores/1: ") {
		t.Errorf("one of two is wrong: %d %v", status, body)
	}
	if status, _, body = w.do(t, "POST", "/api/scores", `{"scores":[{"executionId":"a","name":"x","value":1},{"executionId":"b","name":"y","value":true}]}`); status != 201 || len(body["scores"].([]any)) != 2 {
		t.Errorf("got %d %v", status, body)
	}
	if status, _, body = w.do(t, "POST", "/api/scores", `{"scores":[]}`); status != 400 {
		t.Errorf("none: %d %v", status, body)
	}
	if status, _, body = w.do(t, "POST", "/api/scores", `{"scores":[{"name":"x","value":1}]}`); status != 400 || !strings.Contains(body["detail"].(string), "executionId") {
		t.Errorf("without an execution: %d %v", status, body)
	}
}

func TestExecutionsShowWhatWasSaid(t *testing.T) {
	w := newWorld()
	w.page = xray.ExecutionPage{Executions: []xray.Execution{w.execution}}
	_, _, list := w.do(t, "GET", "/api/executions", "")
	_, _, one := w.do(t, "GET", "/api/executions/run-1", "")
	for _, e := range []map[string]any{list["executions"].([]any)[0].(map[string]any), one} {
		sum := e["scores"].([]any)[0].(map[string]any)
		if e["feedback"].(map[string]any)["down"] != 1.0 || sum["mean"] != 0.0 || sum["name"] != "relevance" {
			t.Errorf("got %v", e)
		}
	}
}
