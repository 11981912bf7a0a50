package xray

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxQuestion is how long a question may be, in characters.
const MaxQuestion = 1000

// Question is what a person asks about an execution, in any language.
type Question struct {
	Text   string
	StepID SpanID // the step that it is about; zero: the whole execution
}

// NewQuestion reads a question. One without a word in it, or a longer one than
// [MaxQuestion], is CodeInvalid.
func NewQuestion(text string, step SpanID) (Question, error) {
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r): // invisible, or turns the direction of what follows
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD")))
	if !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return Question{}, Errorf(CodeInvalid, "question is empty: ask something, such as: why is the blue one not in the result?")
	}
	if n := utf8.RuneCountInString(text); n > MaxQuestion {
		return Question{}, Errorf(CodeInvalid, "the question has %d characters: use at most %d", n, MaxQuestion)
	}
	return Question{Text: text, StepID: step}, nil
}

// Answer answers a question about an execution, or about what is different
// between two.
type Answer struct {
	Question  Question
	TraceID   TraceID
	Other     TraceID   // of the second execution of a comparison
	WhyNot    *WhyNot   // of the thing that the question names
	Facts     []Fact    // that claims may cite; Q1, Q2, … were computed for the question
	Reasoning Reasoning // the answer itself
	Note      string    // for people: why no model was asked, or why nothing of what it said is shown
}

// Telling is a part of an answer as it comes about: what code alone says, or
// one claim of a model that was accepted. One of the two is set.
type Telling struct {
	Answer *Answer
	Claim  *Claim
}
