package xray

import (
	"encoding/json"
	"math"
	"time"
)

// This file is the one translation between OTLP's words and ours: an Execution
// is a trace as we show it, a Step is a span of it.

// Status of an execution or a step, as people mean it: a step whose span
// status is unset or ok is ok; what the conventions know as a failure
// (LangSmith's exception under status OK, Langfuse's level ERROR) is an error.
type Status uint8

const (
	StatusRunning Status = iota // no end seen yet
	StatusOK
	StatusError
)

func (s Status) String() string {
	switch s {
	case StatusRunning:
		return "running"
	case StatusError:
		return "error"
	default:
		return "ok"
	}
}

// ParseStatus reads what [Status.String] writes. An error is CodeInvalid.
func ParseStatus(s string) (Status, error) {
	for _, st := range []Status{StatusRunning, StatusOK, StatusError} {
		if s == st.String() {
			return st, nil
		}
	}
	return 0, Errorf(CodeInvalid, "unknown status %q: use running, ok or error", s)
}

// StepType is what a step does, in one vocabulary for all conventions.
type StepType string

const (
	TypeLLM       StepType = "llm"
	TypeEmbedding StepType = "embedding"
	TypeRetriever StepType = "retriever"
	TypeReranker  StepType = "reranker"
	TypeTool      StepType = "tool"
	TypeAgent     StepType = "agent"
	TypeChain     StepType = "chain"
	TypeGuardrail StepType = "guardrail"
	TypeEvaluator StepType = "evaluator"
	TypePrompt    StepType = "prompt"
	TypeParser    StepType = "parser"
	TypeMemory    StepType = "memory"
	TypeHTTP      StepType = "http"
	TypeDB        StepType = "db"
	TypeRPC       StepType = "rpc"
	TypeMessaging StepType = "messaging"
	TypeFunction  StepType = "function" // a step of our SDK without a kind of its own
	TypeSpan      StepType = "span"     // nothing tells what it is
)

// Nano is a point in time in nanoseconds since 1970-01-01 UTC, as OTLP has it.
// OTLP's uint64 times after the year 2262 are held as [MaxNano] in the index;
// the segment keeps the true value. 0 means "not given".
type Nano int64

// MaxNano is the last time that a Nano holds.
const MaxNano Nano = math.MaxInt64

// NanoFromOTLP narrows an OTLP time.
func NanoFromOTLP(t uint64) Nano {
	if t > math.MaxInt64 {
		return MaxNano
	}
	return Nano(t)
}

// Time returns the point in time in UTC.
func (n Nano) Time() time.Time { return time.Unix(0, int64(n)).UTC() }

// Tokens counts a model call's tokens in disjoint classes: no token is in two
// of them. A nil class was not reported; that is not zero.
type Tokens struct {
	Input       *int64 // uncached text (and anything the other input classes do not hold)
	CacheRead   *int64 // input tokens served from the provider's prompt cache
	CacheWrite  *int64 // input tokens written to the provider's prompt cache
	InputAudio  *int64
	Output      *int64 // text (and anything the other output classes do not hold)
	Reasoning   *int64 // output tokens spent on thinking
	OutputAudio *int64
}

// InputTotal is the sum of the reported input classes, nil if none was.
func (t Tokens) InputTotal() *int64 {
	return sumReported(t.Input, t.CacheRead, t.CacheWrite, t.InputAudio)
}

// OutputTotal is the sum of the reported output classes, nil if none was.
func (t Tokens) OutputTotal() *int64 {
	return sumReported(t.Output, t.Reasoning, t.OutputAudio)
}

// TokenCosts is what a call cost by class of its tokens, in US dollars; nil for
// classes that were not reported or have no price.
type TokenCosts struct {
	Input       *float64
	CacheRead   *float64
	CacheWrite  *float64
	InputAudio  *float64
	Output      *float64
	Reasoning   *float64
	OutputAudio *float64
	Request     *float64 // for the call as such
}

// Sum is what they come to.
func (c TokenCosts) Sum() float64 {
	sum := 0.0
	for _, part := range []*float64{c.Input, c.CacheRead, c.CacheWrite, c.InputAudio, c.Output, c.Reasoning, c.OutputAudio, c.Request} {
		if part != nil {
			sum += *part
		}
	}
	return sum
}

func sumReported(classes ...*int64) *int64 {
	var sum *int64
	for _, c := range classes {
		if c == nil {
			continue
		}
		if sum == nil {
			sum = new(int64)
		}
		*sum += *c
	}
	return sum
}

// CostSource says where a step's cost comes from.
type CostSource uint8

const (
	CostUnknown  CostSource = iota // a model call whose price we do not know
	CostReported                   // the client sent it
	CostComputed                   // tokens × the price table
)

// Step is the narrow, indexed form of one span: what lists, trees and
// statistics need. What the span carried (input, output, attributes) stays in
// its segment; see [StepDetail].
type Step struct {
	TraceID   TraceID
	SpanID    SpanID
	ParentID  SpanID // zero for a root
	Name      string
	Type      StepType
	Status    Status
	Start     Nano
	End       Nano // may lie before Start: clients' clocks do that, and we show it
	Service   string
	ModelCall bool   // its tokens and cost count in totals; parents that repeat them do not
	Model     string // the response's model, else the request's
	Provider  string
	Tokens    Tokens
	CostUSD   *float64
	CostFrom  CostSource
	PriceDate string // version of the price table behind a computed cost
	Error     string // what went wrong, in the client's words, at most 1 KiB
	Pending   bool   // announces a running step; replaced by the real span, never counted
	// PendingFor is the id of the real span that a pending one announces.
	PendingFor SpanID
	HasPayload bool // input or output was recorded: facts can say more than times

	// Hints is what this span says about the whole execution; nil for most.
	Hints *ExecutionHints
}

// Duration is End − Start, never below zero.
func (s *Step) Duration() time.Duration { return time.Duration(max(0, s.End-s.Start)) }

// ExecutionHints is what one span says about its execution. The root's word
// goes before that of other spans, and among others the first to start wins.
// Tags and metadata are united.
type ExecutionHints struct {
	ExecutionID  string // the client's own id (xray.execution.id)
	Name         string // a better name than the root span's
	SessionID    string
	UserID       string
	Environment  string
	Release      string
	Tags         []string
	Metadata     map[string]json.RawMessage
	FinalOutcome json.RawMessage // JSON; from xray.execution.outcome or the root's output
	Receipt      *Receipt
	// AutoReasoning is the SDK's wish; nil when it said nothing.
	AutoReasoning *bool
}

// Receipt is what the SDK counted; the server compares it with what came.
type Receipt struct {
	Started int64 `json:"started"`
	Ended   int64 `json:"ended"`
	Dropped int64 `json:"dropped"` // never sent
	Cut     int64 `json:"cut"`     // payloads shortened by the SDK
}

// Execution is one run of a pipeline: a trace as we show it. Totals are
// provisional until Settled.
type Execution struct {
	ProjectID    int32
	TraceID      TraceID
	ExecutionID  string // the client's own id, else the trace id in hex
	Name         string
	Status       Status
	Start        Nano
	End          Nano // 0 while running
	StepCount    int
	ErrorCount   int
	Service      string // the root's
	Models       []string
	InputTokens  *int64
	OutputTokens *int64
	CostUSD      *float64
	CostPartial  bool // some model call had no known cost
	SessionID    string
	UserID       string
	Environment  string
	Release      string
	Tags         []string
	Headline     string // the one-sentence explanation; "" until ready
	Funnel       []int64
	Settled      bool
	HasRoot      bool

	// Only on a single execution, not in lists:
	Metadata     json.RawMessage // JSON object
	FinalOutcome json.RawMessage
	Receipt      *Receipt
}

// StepDetail is a step with everything its span carried, mapped into one
// vocabulary. Evidence pointers (RFC 6901) resolve against the JSON object
// {"input": …, "output": …, "attributes": …} made of its fields; see
// [StepDetail.Payload].
type StepDetail struct {
	Step
	Input      json.RawMessage // any JSON value; a text is a JSON string; nil if none
	InputKind  PayloadKind
	Output     json.RawMessage
	OutputKind PayloadKind
	Attributes json.RawMessage // JSON object, the span's own attributes by key
	Resource   json.RawMessage // JSON object
	Scope      InstrumentationScope
	Events     []Event
	Links      []Link
	SpanKind   string // OTLP's: internal, server, client, producer, consumer or unspecified
	StatusCode string // OTLP's: unset, ok or error
	StatusText string
	TraceState string

	Tool         *ToolCall
	Prompt       *PromptTemplate
	FinishReason string // the provider's word: stop, length, tool_calls, content_filter …
	Streaming    bool
	FirstToken   *time.Duration // from the start of the call
	RequestModel string
	Parameters   json.RawMessage // JSON object: temperature, top_p, …
	Reasoning    string          // the client's own explanation of the step (xray.reasoning)
	// Items are the decisions that the SDK recorded; they outrank inference.
	Items *ItemRecord
}

// PayloadKind says how an input or output is best shown.
type PayloadKind string

const (
	PayloadNone      PayloadKind = ""
	PayloadMessages  PayloadKind = "messages"  // []Message
	PayloadDocuments PayloadKind = "documents" // []Document
	PayloadJSON      PayloadKind = "json"
	PayloadText      PayloadKind = "text" // a JSON string
)

// Message is one chat message in OpenTelemetry GenAI's current form
// (gen-ai-input-messages.json), whatever the client's convention was.
type Message struct {
	Role         string        `json:"role"` // system, user, assistant, tool
	Name         string        `json:"name,omitempty"`
	Parts        []MessagePart `json:"parts"`
	FinishReason string        `json:"finish_reason,omitempty"`
}

// MessagePart is a part of a message. Type is text, tool_call,
// tool_call_response, reasoning, blob, file, uri or what the client sent.
type MessagePart struct {
	Type      string          `json:"type"`
	Content   string          `json:"content,omitempty"`
	ID        string          `json:"id,omitempty"` // of the tool call
	Name      string          `json:"name,omitempty"`
	Arguments json.RawMessage `json:"arguments,omitempty"`
	Response  json.RawMessage `json:"response,omitempty"`
	MimeType  string          `json:"mime_type,omitempty"`
	URI       string          `json:"uri,omitempty"`
}

// Document is one retrieved or reranked document.
type Document struct {
	ID       string          `json:"id,omitempty"`
	Content  string          `json:"content,omitempty"`
	Score    *float64        `json:"score,omitempty"`
	Metadata json.RawMessage `json:"metadata,omitempty"`
}

// InstrumentationScope names what made a span.
type InstrumentationScope struct {
	Name       string          `json:"name"`
	Version    string          `json:"version"`
	Attributes json.RawMessage `json:"attributes,omitempty"`
}

// Event is a span event, or a log record that belongs to the span.
type Event struct {
	Time       Nano
	Name       string
	Attributes json.RawMessage // JSON object
	Body       json.RawMessage // of a log record; nil for span events
}

// Link is a span link.
type Link struct {
	TraceID    TraceID
	SpanID     SpanID
	TraceState string
	Attributes json.RawMessage
}

// ToolCall is what a tool step was called with.
type ToolCall struct {
	ID        string          `json:"id,omitempty"`
	Name      string          `json:"name,omitempty"`
	Arguments json.RawMessage `json:"arguments,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
}

// PromptTemplate names the template a prompt was made from.
type PromptTemplate struct {
	Name      string          `json:"name,omitempty"`
	Version   string          `json:"version,omitempty"`
	Template  string          `json:"template,omitempty"`
	Variables json.RawMessage `json:"variables,omitempty"`
}

// Payload is the JSON object that evidence pointers resolve against.
func (d *StepDetail) Payload() map[string]json.RawMessage {
	p := make(map[string]json.RawMessage, 3)
	for key, v := range map[string]json.RawMessage{"input": d.Input, "output": d.Output, "attributes": d.Attributes} {
		if len(v) > 0 {
			p[key] = v
		}
	}
	return p
}

// Change tells a subscriber that an execution of its project is new, has
// changed or is gone. Gap means that changes were lost on the way (a slow
// subscriber, a lost connection): read again what you show.
type Change struct {
	TraceID TraceID
	Deleted bool
	Gap     bool
}
