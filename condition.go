package xray

// Condition is something that an execution, or one step of it, must hold. What
// people type is parsed into conditions by package query; the store turns each
// into a fixed piece of SQL with arguments, never text into SQL.
type Condition struct {
	Field Field
	Key   string // of fields that are [Field.Keyed]; "" with all others
	Not   bool   // it must not hold
	Op    Op
	// Values of OpIs, any of which may hold; the one of a comparison; the lower
	// and the upper of OpBetween; none with OpHas.
	Values []Value
}

// Value is what a field is compared with. Which of its members counts follows
// from the field; those that are keyed, whose values have no known type, use
// Text for OpIs and Number for comparisons.
type Value struct {
	Text   string
	Prefix bool    // OpIs: the field only begins with Text
	Number float64 // of counts, shares (0 to 1) and money (USD)
	Nano   int64   // of durations and times (since 1970 UTC)
}

// Op is how a field is compared.
type Op uint8

const (
	OpIs      Op = iota // equal to one of the values; a text field holds one of them
	OpHas               // has a value at all; a count is not 0
	OpLess              // <
	OpAtMost            // ≤
	OpMore              // >
	OpAtLeast           // ≥
	OpBetween           // from the first to the second value, both included
)

// Field is what a condition is about, by the name that people type.
type Field string

// Fields of an execution.
const (
	FieldStatus       Field = "status" // Value.Text is what Status.String writes
	FieldName         Field = "name"
	FieldService      Field = "service" // the root's
	FieldID           Field = "id"      // trace id in hex, or the client's own
	FieldSession      Field = "session"
	FieldUser         Field = "user"
	FieldEnvironment  Field = "environment"
	FieldRelease      Field = "release"
	FieldTag          Field = "tag"
	FieldModel        Field = "model"
	FieldDuration     Field = "duration"
	FieldCost         Field = "cost"
	FieldTokens       Field = "tokens" // input and output
	FieldInputTokens  Field = "tokens.input"
	FieldOutputTokens Field = "tokens.output"
	FieldSteps        Field = "steps"  // how many
	FieldErrors       Field = "errors" // how many failed steps
	FieldStarted      Field = "started"
	FieldAge          Field = "age"      // time since the start
	FieldHeadline     Field = "headline" // holds the text, in any letter case
	FieldItem         Field = "item"     // an item by its key or name
	FieldText         Field = "text"     // name, headline or anything that a step carried holds it
	FieldMeta         Field = "meta"     // the metadata's value under Key
	FieldAttr         Field = "attr"     // an attribute Key of any span
	FieldScore        Field = "score"    // a score of the name Key, on the execution, a step or a claim
	FieldFeedback     Field = "feedback" // a thumb, likewise
	FieldNote         Field = "note"     // a note holds the text, in any letter case
)

// Fields of a step.
const (
	FieldStep         Field = "step" // its name
	FieldStepType     Field = "step.type"
	FieldStepStatus   Field = "step.status"
	FieldStepService  Field = "step.service"
	FieldStepModel    Field = "step.model"
	FieldStepDuration Field = "step.duration"
	FieldStepTokens   Field = "step.tokens"
	FieldStepCost     Field = "step.cost"
	FieldStepError    Field = "step.error" // its error holds the text, in any letter case
	FieldStepIn       Field = "step.in"    // items that went in
	FieldStepOut      Field = "step.out"   // items that came out
	FieldStepDrop     Field = "step.drop"  // dropped share of the items that went in
)

// OfStep reports whether f is a field of a step rather than of an execution.
func (f Field) OfStep() bool { return len(f) >= 4 && f[:4] == "step" && f != FieldSteps }

// Keyed reports whether f is one of many of its kind, told apart by a key.
func (f Field) Keyed() bool { return f == FieldMeta || f == FieldAttr || f == FieldScore }

// Is is the condition that field is one of texts, unquoted and whole.
func Is(field Field, texts ...string) Condition {
	c := Condition{Field: field}
	for _, t := range texts {
		c.Values = append(c.Values, Value{Text: t})
	}
	return c
}
