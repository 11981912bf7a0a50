package xray

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// ScoreKind is what the value of a score is.
type ScoreKind string

const (
	ScoreNumber   ScoreKind = "number"
	ScoreBoolean  ScoreKind = "boolean"
	ScoreCategory ScoreKind = "category"
)

// ScoreSource says who judged.
type ScoreSource string

const (
	ScoreHuman ScoreSource = "human"
	ScoreAPI   ScoreSource = "api" // a program that evaluates
	ScoreSDK   ScoreSource = "sdk" // the traced program itself
)

// FeedbackName is the score that a thumb is: its category is up or down.
const FeedbackName = "feedback"

// Values of the score [FeedbackName].
const (
	FeedbackUp   = "up"
	FeedbackDown = "down"
)

// Score is somebody's judgement of an execution, of one of its steps or of a
// claim of its explanation.
type Score struct {
	ID          int64
	ClientID    string // what the sender calls it; the next score of this name in the project replaces it
	TraceID     TraceID
	ExecutionID string // the client's own id of an execution that has not arrived yet, "" once it has; TraceID is zero until then
	StepID      SpanID // zero: the execution as a whole
	Claim       string // [Claim.ID] of a claim, "" for none
	Name        string
	Kind        ScoreKind
	Number      float64 // of a number; 0 or 1 of a boolean
	Category    string
	Comment     string
	Source      ScoreSource
	Author      string // for people; "" if nobody said
	UserID      int64  // of the person who is signed in; 0 for keys
	At          time.Time
}

// Bounds of what people and programs say about executions.
const (
	MaxScores      = 1000   // in one request
	MaxNotes       = 500    // on one execution
	maxScoreText   = 200    // characters of a name, a category, an author or a client's id
	maxCommentText = 4000   // characters of a comment
	maxNoteText    = 20_000 // characters of a note
)

// Check trims s and returns CodeInvalid for what cannot be kept.
func (s *Score) Check() error {
	s.Name, s.Category, s.Author, s.Comment = strings.TrimSpace(s.Name), strings.TrimSpace(s.Category), strings.TrimSpace(s.Author), strings.TrimSpace(s.Comment)
	for what, text := range map[string]string{"name": s.Name, "value": s.Category, "author": s.Author, "id": s.ClientID, "claim": s.Claim} {
		if utf8.RuneCountInString(text) > maxScoreText {
			return Errorf(CodeInvalid, "the %s of a score has at most %d characters: shorten it, and put the rest into the comment", what, maxScoreText)
		}
	}
	switch {
	case s.Name == "":
		return Errorf(CodeInvalid, "a score needs a name, such as relevance")
	case utf8.RuneCountInString(s.Comment) > maxCommentText:
		return Errorf(CodeInvalid, "a comment has at most %d characters: shorten it", maxCommentText)
	case s.Kind == ScoreCategory && s.Category == "":
		return Errorf(CodeInvalid, "a score needs a value: a number, true, false, or a word")
	case math.IsNaN(s.Number) || math.IsInf(s.Number, 0):
		return Errorf(CodeInvalid, "the value of a score must be a number, true, false, or a word")
	case s.Name == FeedbackName && (s.Kind != ScoreCategory || s.Category != FeedbackUp && s.Category != FeedbackDown):
		return Errorf(CodeInvalid, "the value of %s is up or down: give a score of your own another name", FeedbackName)
	}
	return nil
}

// ID names a claim by what it says: explanations are made anew, and a claim
// that says the same is the same.
func (c Claim) ID() string {
	sum := sha256.Sum256([]byte(c.Text))
	return hex.EncodeToString(sum[:8])
}

// Assessment is what was said about an execution, in short: with its steps and
// claims.
type Assessment struct {
	Up, Down int // thumbs
	Notes    int
	Scores   []ScoreSummary // by name, without thumbs
}

// ScoreSummary is the scores of one name.
type ScoreSummary struct {
	Name     string
	Count    int
	Kind     ScoreKind // of the newest
	Mean     float64   // of numbers, and of booleans as 0 and 1
	Category string    // the newest
}

// Note is what somebody wrote about an execution or a step of it.
type Note struct {
	ID        int64
	TraceID   TraceID
	StepID    SpanID // zero: the execution as a whole
	Text      string // plain
	Author    string // for people; "" if nobody is signed in
	UserID    int64  // 0 if nobody is
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Check trims n and returns CodeInvalid for what cannot be kept.
func (n *Note) Check() error {
	n.Text = strings.TrimSpace(n.Text)
	if length := utf8.RuneCountInString(n.Text); length == 0 || length > maxNoteText {
		return Errorf(CodeInvalid, "a note has 1 to %d characters", maxNoteText)
	}
	return nil
}
