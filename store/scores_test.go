package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/query"
	"github.com/xraytrace/xray/store"
)

var judgedAt = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

func number(ref, name string, n float64) xray.Score {
	return xray.Score{ExecutionID: ref, Name: name, Kind: xray.ScoreNumber, Number: n, Source: xray.ScoreAPI, At: judgedAt}
}

func thumb(ref, way string) xray.Score {
	return xray.Score{ExecutionID: ref, Name: xray.FeedbackName, Kind: xray.ScoreCategory, Category: way, Source: xray.ScoreHuman, At: judgedAt}
}

func save(t *testing.T, s *store.Store, scores ...xray.Score) []xray.Score {
	t.Helper()
	kept, err := s.SaveScores(t.Context(), theProject, scores)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

func scoreNames(scores []xray.Score) string {
	var out []string
	for _, s := range scores {
		out = append(out, s.Name)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func scoresOf(t *testing.T, s *store.Store, ref string) string {
	t.Helper()
	scores, err := s.Scores(t.Context(), theProject, ref)
	if err != nil {
		t.Fatalf("scores of %s: %v", ref, err)
	}
	return scoreNames(scores)
}

// An evaluator, and an SDK, may be faster than the spans.
func TestScoresThatComeFirstWaitForTheirExecution(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	save(t, s, number("order-7", "early", 1), number(traceID(1).String(), "by trace", 2), number("order-8", "of another", 3))
	if got := scoresOf(t, s, "order-7"); got != "early" {
		t.Errorf("before it came: %s", got)
	}
	inBackground(t, s.Settle)
	root := span(1, 1, 0, "run", 0, 10)
	root.Hints = &xray.ExecutionHints{ExecutionID: "order-7"}
	put(t, s, batchOf(t, theProject, root))
	settled(t, s, traceID(1))
	inBackground(t, s.AdoptScores)
	save(t, s, number("order-7", "late", 4))
	eventually(t, func() string {
		if got := runsFor(t, s, "has:score.early"); got != "1" {
			return "found " + got
		}
		return ""
	})
	for _, ref := range []string{"order-7", traceID(1).String()} {
		if got := scoresOf(t, s, ref); got != "by trace early late" {
			t.Errorf("%s has %s", ref, got)
		}
	}
	if _, err := s.Scores(t.Context(), theProject, "never"); xray.ErrorCode(err) != xray.CodeNotFound {
		t.Errorf("of nothing: %v", err)
	}
}

func TestAScoreWithAKnownIDReplacesIt(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	put(t, s, batchOf(t, theProject, span(1, 1, 0, "run", 0, 10)))
	first := number(traceID(1).String(), "relevance", 0.5)
	first.ClientID = "eval-1"
	second := first
	second.Number = 0.9
	kept := save(t, s, first, second)
	if len(kept) != 2 || kept[0].ID != kept[1].ID {
		t.Fatalf("kept %+v", kept)
	}
	if all, _ := s.Scores(t.Context(), theProject, traceID(1).String()); len(all) != 1 || all[0].Number != 0.9 {
		t.Errorf("scores %+v", all)
	}
	second.UserID = 3
	if _, err := s.SaveScores(t.Context(), theProject, []xray.Score{number(traceID(1).String(), "other", 1), second}); xray.ErrorCode(err) != xray.CodeConflict {
		t.Errorf("another person's id: %v", err)
	}
	if got := scoresOf(t, s, traceID(1).String()); got != "relevance" {
		t.Errorf("of a request that failed something was kept: %s", got)
	}
	other, err := s.CreateProject(t.Context(), "other")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.SaveScores(t.Context(), other.ID, []xray.Score{first}); err != nil {
		t.Errorf("another project has an id of its own: %v", err)
	}
}

func TestAPersonHasOneThumbOnEachThing(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	root := span(1, 1, 0, "run", 0, 10)
	root.Hints = &xray.ExecutionHints{ExecutionID: "order-7"}
	put(t, s, batchOf(t, theProject, root))
	onStep := thumb("order-7", "up")
	onStep.StepID = spanID(1)
	save(t, s, thumb("order-7", "up"), onStep, thumb(traceID(1).String(), "down"))
	all, err := s.Assessments(t.Context(), theProject, []xray.TraceID{traceID(1)})
	if err != nil || all[traceID(1)].Up != 1 || all[traceID(1)].Down != 1 {
		t.Errorf("got %+v, %v: want the step's up and the last word on the whole", all, err)
	}
}

func TestScoresAndNotesGoWithTheirExecution(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s := open(t, url, quick())
	put(t, s, batchOf(t, theProject, span(1, 1, 0, "run", 0, 10), span(2, 1, 0, "run", 0, 10)))
	kept := save(t, s, thumb(traceID(1).String(), "up"), thumb(traceID(2).String(), "up"))
	for _, trace := range []int{1, 2} {
		if _, err := s.CreateNote(t.Context(), theProject, xray.Note{TraceID: traceID(trace), Text: "odd", UserID: 7}); err != nil {
			t.Fatal(err)
		}
	}
	for name, err := range map[string]error{
		"another person's": s.DeleteScore(t.Context(), theProject, traceID(1).String(), kept[0].ID, 3, false),
		"of another run":   s.DeleteScore(t.Context(), theProject, traceID(2).String(), kept[0].ID, 0, true),
		"another project":  s.DeleteScore(t.Context(), theProject+1, traceID(1).String(), kept[0].ID, 0, true),
	} {
		if xray.ErrorCode(err) != xray.CodeNotFound {
			t.Errorf("deleted %s: %v", name, err)
		}
	}
	if err := s.Delete(t.Context(), theProject, traceID(1)); err != nil {
		t.Fatal(err)
	}
	if scores, notes := count(t, url, "SELECT count(*) FROM scores"), count(t, url, "SELECT count(*) FROM notes"); scores != 1 || notes != 1 {
		t.Errorf("%d scores and %d notes are left, want those of the other", scores, notes)
	}
	if err := s.DeleteScore(t.Context(), theProject, traceID(2).String(), kept[1].ID, 0, false); err != nil {
		t.Error(err)
	}
}

func TestNotesAreChangedByWhoWroteThem(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	put(t, s, batchOf(t, theProject, span(1, 1, 0, "run", 0, 10)))
	n, err := s.CreateNote(t.Context(), theProject, xray.Note{TraceID: traceID(1), StepID: spanID(1), Text: "look\x00", Author: "ada", UserID: 7})
	if err != nil || n.Text != "look\uFFFD" || n.StepID != spanID(1) {
		t.Fatalf("%+v, %v", n, err)
	}
	theirs := n
	theirs.UserID, theirs.Text = 8, "no"
	if _, err := s.ReplaceNote(t.Context(), theProject, theirs, false); xray.ErrorCode(err) != xray.CodeNotFound {
		t.Errorf("another's: %v", err)
	}
	if got, err := s.ReplaceNote(t.Context(), theProject, theirs, true); err != nil || got.Text != "no" || got.Author != "ada" {
		t.Errorf("by an admin: %+v, %v", got, err)
	}
	if err := s.DeleteNote(t.Context(), theProject, n, false); err != nil {
		t.Error(err)
	}
	if all, err := s.Notes(t.Context(), theProject, traceID(1)); err != nil || len(all) != 0 {
		t.Errorf("left %+v, %v", all, err)
	}
}

// runsFor runs a query and says the numbers of the executions, in order.
func runsFor(t *testing.T, s *store.Store, text string) string {
	t.Helper()
	q, err := query.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	page, err := s.Executions(t.Context(), theProject, xray.ExecutionQuery{Filter: xray.Filter{Where: q.Where, Steps: q.Steps}})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	var out []string
	for _, e := range page.Executions {
		out = append(out, fmt.Sprint(e.TraceID[15]))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func TestExecutionsAreFoundByWhatWasSaid(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	for i := 1; i <= 4; i++ {
		put(t, s, batchOf(t, theProject, span(i, 1, 0, "run", i, i+10)))
	}
	ref := func(i int) string { return traceID(i).String() }
	onStep := number(ref(2), "relevance", 0.3)
	onStep.StepID = spanID(1)
	again := thumb(ref(3), "up")
	again.Author = "ada"
	save(t, s, number(ref(1), "relevance", 0.9), onStep, thumb(ref(2), "down"), thumb(ref(3), "up"), again,
		xray.Score{ExecutionID: ref(3), Name: "correct", Kind: xray.ScoreBoolean, Number: 1, Source: xray.ScoreAPI, At: judgedAt},
		xray.Score{ExecutionID: ref(4), Name: "correct", Kind: xray.ScoreBoolean, Source: xray.ScoreAPI, At: judgedAt},
		xray.Score{ExecutionID: ref(4), Name: "tone", Kind: xray.ScoreCategory, Category: "friendly", Source: xray.ScoreAPI, At: judgedAt})
	if _, err := s.CreateNote(t.Context(), theProject, xray.Note{TraceID: traceID(4), Text: "Ask Ada"}); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"score.relevance:>0.8": "1", "score.relevance:0.3": "2", "score.relevance:0.2..1": "1 2", "has:score.relevance": "1 2",
		"-has:score.relevance": "3 4", "-score.relevance:>0.8": "2 3 4", "score.correct:true": "3", "score.correct:false": "4",
		"score.correct:(true OR false)": "3 4", "score.tone:fri*": "4", "score.tone:>1": "", "score.relevance:good": "",
		"feedback:down": "2", "feedback:(up OR down)": "2 3", "has:feedback": "2 3", "-has:feedback": "1 4",
		"has:note": "4", "note:ada": "4", "-note:ada": "1 2 3", "note:eve": "", "feedback:up score.correct:true name:run": "3", "feedback:up feedback:down": "",
	} {
		if got := runsFor(t, s, text); got != want {
			t.Errorf("%s finds %q, want %q", text, got, want)
		}
	}
	facets, err := s.Facets(t.Context(), theProject, xray.FacetQuery{Filter: xray.Filter{Since: 1}, Fields: []xray.Field{xray.FieldFeedback, xray.FieldName}, Limit: 5})
	if err != nil || fmt.Sprint(facets.Facets[0].Values) != "[{down 1} {up 1}]" {
		t.Errorf("facets %+v, %v: a thumb more on one execution does not count", facets.Facets, err)
	}
	for key, want := range map[string]string{"": "[{correct 2} {relevance 2} {tone 1}]", "correct": "[{false 1} {true 1}]"} {
		if got, err := s.Values(t.Context(), theProject, xray.ValueQuery{Field: xray.FieldScore, Key: key, Limit: 9}); err != nil || fmt.Sprint(got.Values) != want {
			t.Errorf("values under %q: %v, %v, want %s", key, got.Values, err, want)
		}
	}
	all, err := s.Assessments(t.Context(), theProject, []xray.TraceID{traceID(1), traceID(3), traceID(4), traceID(9)})
	if err != nil || all[traceID(3)].Up != 2 || all[traceID(4)].Notes != 1 || fmt.Sprint(all[traceID(1)].Scores) != "[{relevance 1 number 0.9 }]" || len(all) != 3 {
		t.Errorf("assessments %+v, %v", all, err)
	}
}

// Among many executions, those of which something was said are found by it.
func TestWhatWasSaidRidesOnItsIndexes(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	exec(t, url, `INSERT INTO scores (project_id, trace_id, execution_id, step_id, claim, name, kind, number, category, comment, source, author, user_id, client_id, at)
		SELECT 1, md5(g::text)::uuid, '', 0, '', CASE WHEN g % 500 = 0 THEN 'feedback' ELSE 'quality' END, CASE WHEN g % 500 = 0 THEN 'category' ELSE 'number' END,
		       CASE WHEN g % 500 <> 0 THEN g % 100 END, CASE WHEN g % 500 = 0 THEN 'down' END, '', 'api', '', 0, '', now() FROM generate_series(1, 40000) g`)
	exec(t, url, "VACUUM ANALYZE scores")
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for text, index := range map[string]string{"feedback:down": "scores_category", "score.quality:>98": "scores_number", "score.other:x": "scores_category"} {
		q, err := query.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		asked, err := store.SaidQuery(theProject, q.Where[0])
		if err != nil {
			t.Fatal(err)
		}
		if plan := explain(t, conn, asked); !strings.Contains(plan, index) || strings.Contains(plan, "Seq Scan") {
			t.Errorf("%s: want a plan on %s, got:\n%s", text, index, plan)
		}
	}
}
