package xray

import (
	"encoding/json"
	"time"
)

// Severity ranks a fact. What is normal for a pipeline is never an alarm.
type Severity string

const (
	SeverityInfo   Severity = "info"   // what happened
	SeverityNotice Severity = "notice" // worth a look
	SeverityAlarm  Severity = "alarm"  // something is off
)

// Fact is something computed from the record, without a model. Facts of an
// execution are ranked, most telling first.
type Fact struct {
	ID       string                     `json:"id"` // F1, F2, … in rank order
	Kind     string                     `json:"kind"`
	Severity Severity                   `json:"severity"`
	StepID   string                     `json:"stepId"` // hex; "" for the whole execution
	Pointers []string                   `json:"pointers"`
	Values   map[string]json.RawMessage `json:"values"`
	Text     string                     `json:"text"` // a plain English sentence
}

// ReasoningSource says who wrote a reasoning.
type ReasoningSource string

const (
	SourceFacts ReasoningSource = "facts" // the facts' own sentences
	SourceModel ReasoningSource = "model" // a model, checked by the verifier
)

// ClaimKind is what the writer says a claim rests on.
type ClaimKind string

const (
	ClaimObserved   ClaimKind = "observed"   // it stands in the record
	ClaimDerived    ClaimKind = "derived"    // computed from it; cites facts
	ClaimHypothesis ClaimKind = "hypothesis" // a guess, and marked as one
)

// Verdict is what the verifier says of a claim.
type Verdict string

const (
	VerdictVerified   Verdict = "verified"
	VerdictDerived    Verdict = "derived"
	VerdictUnverified Verdict = "unverified"
)

// Evidence points at a value in a stored payload and quotes it.
type Evidence struct {
	StepID  string `json:"stepId"`  // hex
	Pointer string `json:"pointer"` // RFC 6901, into {"input","output","attributes"}
	Quote   string `json:"quote"`
	// Execution is the trace id in hex where a claim is about two executions.
	Execution string `json:"executionId,omitempty"`
}

// Claim is one sentence of a reasoning with what it rests on.
type Claim struct {
	Text     string     `json:"text"`
	Kind     ClaimKind  `json:"kind"`
	Verdict  Verdict    `json:"verdict"`
	Why      string     `json:"why,omitempty"` // why it is unverified
	Evidence []Evidence `json:"evidence"`
	Facts    []string   `json:"facts"` // ids of facts
}

// Reasoning is a written explanation of a step or of a whole execution.
type Reasoning struct {
	ProjectID       int32
	TraceID         TraceID
	StepID          SpanID // zero for the whole execution
	Source          ReasoningSource
	Headline        string
	Claims          []Claim
	DecisiveSteps   []string // hex
	Missing         []string
	Confidence      string // high, medium, low; "" from facts
	Model           string
	PromptVersion   string
	VerifierVersion string
	VerifiedRate    float64 // of all claims; 1 when there are none
	InputTokens     int64
	OutputTokens    int64
	CostUSD         *float64
	CreatedAt       time.Time
	// Outdated: a model wrote it before spans came that it knows nothing of. Late
	// is how many steps they added; 0 if they changed some that were there.
	Outdated bool
	Late     int
}

// JobStatus is the state of a reasoning job.
type JobStatus string

const (
	JobPending    JobStatus = "pending"
	JobProcessing JobStatus = "processing"
	JobCompleted  JobStatus = "completed"
	JobFailed     JobStatus = "failed"
)

// ReasoningJob is the request for, and the fate of, one explanation.
type ReasoningJob struct {
	ID           int64
	ProjectID    int32
	TraceID      TraceID
	StepID       SpanID // zero: the whole execution and its steps
	FactsOnly    bool   // no model may be asked: the project's policy does not take it
	Stands       Basis  // of the explanation that stands; zero for none
	Status       JobStatus
	Attempts     int
	Error        string // for people; what went wrong and what to do
	Model        string
	InputTokens  int64
	OutputTokens int64
	CostUSD      *float64
	CreatedAt    time.Time
	UpdatedAt    time.Time
	FinishedAt   *time.Time
}

// HistoryRuns is how many earlier executions of a pipeline say what is normal.
const HistoryRuns = 50

// Recorded is an execution with everything that its steps carried, in order of
// start.
type Recorded struct {
	Execution Execution
	Steps     []StepDetail
}

// Basis names what an explanation was made of. Two of the same basis say the
// same, so that the second need not be made.
type Basis struct {
	PromptVersion string   // "" when no model took part
	Content       [32]byte // a hash of the record, its facts and the model
}

// Explanation is the whole result of explaining an execution: what is stored,
// at once, when a job completes.
type Explanation struct {
	Facts      []Fact
	Funnel     []int64
	Headline   string
	Reasonings []Reasoning
	Stations   []Station       // what each step did to the items
	Profile    json.RawMessage // what the run did, for the history of later runs; only its writer reads it
	Basis      Basis           // zero: not known, and no reason to spare another explanation
	Record     [32]byte        // a hash of what was recorded; zero: not known
	Unchanged  bool            // the one that stands has this basis already: there is nothing else in here
	// What the calls to the model used; zero without a model.
	Model        string
	InputTokens  int64
	OutputTokens int64
	CostUSD      *float64
}

// Estimate is what explaining an execution would take at most.
type Estimate struct {
	Model        string // "" if code alone explains
	Calls        int
	InputTokens  int64
	OutputTokens int64    // with answers as long as they may be
	CostUSD      *float64 // nil if the model has no price
}
