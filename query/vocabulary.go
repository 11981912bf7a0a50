package query

import (
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

// Kind is what the values of a field are.
type Kind string

const (
	KindChoice   Kind = "choice"   // one of Field.Values
	KindString   Kind = "string"   // compared whole, or by how it begins
	KindText     Kind = "text"     // searched inside, in any letter case
	KindInteger  Kind = "integer"  // a count
	KindMoney    Kind = "money"    // USD
	KindShare    Kind = "share"    // 0 to 1
	KindDuration Kind = "duration" // with its unit
	KindTime     Kind = "time"     // a day or a time, UTC
	KindAny      Kind = "any"      // whatever clients sent
)

// Operator is a way to ask for a field.
type Operator string

const (
	Is      Operator = "is"      // field:value, field:(one OR other)
	Prefix  Operator = "prefix"  // field:begin*
	Has     Operator = "has"     // has:field
	Compare Operator = "compare" // field:>2, >=, <, <=
	Range   Operator = "range"   // field:1..2
)

// Field is a word of the vocabulary.
type Field struct {
	Name      xray.Field
	Aliases   []string
	Kind      Kind
	Keyed     bool // typed as name.KEY
	Operators []Operator
	Unit      string   // of a bare number, or an example where one must be given; "" for texts
	Values    []string // of KindChoice
	Observed  bool     // its values can be listed
	Facet     bool
	Doc       string
	Examples  []string
}

func (f *Field) can(op Operator) bool { return slices.Contains(f.Operators, op) }

// Fields lists the vocabulary, in the order in which to show it.
func Fields() []Field { return slices.Clone(fields) }

// Lookup finds a field by its name or an alias, in any letter case.
func Lookup(name string) (Field, bool) {
	name = strings.ToLower(name)
	for _, f := range fields {
		if string(f.Name) == name || slices.Contains(f.Aliases, name) {
			return f, true
		}
	}
	return Field{}, false
}

// LookupKeyed finds a field as it is typed, meta.user for instance, and its key;
// a keyed field without a key has key "".
func LookupKeyed(name string) (f Field, key string, ok bool) {
	if f, ok = Lookup(name); ok {
		return f, "", true
	}
	before, key, dotted := strings.Cut(name, ".")
	if f, ok = Lookup(before); ok && dotted && f.Keyed {
		return f, key, true
	}
	return Field{}, "", false
}

var (
	whole   = []Operator{Is, Prefix, Has}
	inside  = []Operator{Is, Has}
	only    = []Operator{Is}
	counted = []Operator{Is, Compare, Range, Has}
	timed   = []Operator{Compare, Range}
)

// fields is the vocabulary; read only.
var fields = []Field{
	{Name: xray.FieldStatus, Kind: KindChoice, Operators: only, Values: []string{"running", "ok", "error"}, Facet: true,
		Doc: "How the execution ended; `running` until it has.", Examples: []string{"status:error", "-status:ok"}},
	{Name: xray.FieldName, Aliases: []string{"pipeline"}, Kind: KindString, Operators: whole, Observed: true, Facet: true,
		Doc: "The execution's name: what its root step or its client calls it.", Examples: []string{`name:"competitor search"`, "name:(search OR rank)"}},
	{Name: xray.FieldService, Kind: KindString, Operators: whole, Observed: true, Facet: true,
		Doc: "The service name of the root step.", Examples: []string{"service:shop-api", "service:shop-*"}},
	{Name: xray.FieldDuration, Aliases: []string{"latency"}, Kind: KindDuration, Operators: timed, Unit: "2s",
		Doc: "From start to end; an execution that runs has none yet.", Examples: []string{"duration:>2s", "duration:100ms..1m30s"}},
	{Name: xray.FieldCost, Aliases: []string{"price"}, Kind: KindMoney, Operators: counted, Unit: "USD",
		Doc: "What the execution's model calls cost, of those whose price is known.", Examples: []string{"cost:>0.05", "cost:$0.01..$0.05", "-has:cost"}},
	{Name: xray.FieldTokens, Kind: KindInteger, Operators: counted, Unit: "tokens",
		Doc: "Input and output tokens of all model calls.", Examples: []string{"tokens:>1000", "tokens:10k..50k"}},
	{Name: xray.FieldInputTokens, Aliases: []string{"input_tokens", "inputtokens"}, Kind: KindInteger, Operators: counted, Unit: "tokens",
		Doc: "Input tokens of all model calls.", Examples: []string{"tokens.input:>100k"}},
	{Name: xray.FieldOutputTokens, Aliases: []string{"output_tokens", "outputtokens"}, Kind: KindInteger, Operators: counted, Unit: "tokens",
		Doc: "Output tokens of all model calls.", Examples: []string{"tokens.output:<10"}},
	{Name: xray.FieldModel, Aliases: []string{"models"}, Kind: KindString, Operators: whole, Observed: true, Facet: true,
		Doc: "A model that some call used.", Examples: []string{"model:gpt*", "model:(gpt-5 OR claude-opus-4)"}},
	{Name: xray.FieldTag, Aliases: []string{"tags"}, Kind: KindString, Operators: whole, Observed: true, Facet: true,
		Doc: "One of the execution's tags.", Examples: []string{"tag:beta", "-tag:beta"}},
	{Name: xray.FieldEnvironment, Aliases: []string{"env"}, Kind: KindString, Operators: whole, Observed: true, Facet: true,
		Doc: "Where it ran, as the client says.", Examples: []string{"environment:production"}},
	{Name: xray.FieldRelease, Aliases: []string{"version"}, Kind: KindString, Operators: whole, Observed: true, Facet: true,
		Doc: "The client's release or version.", Examples: []string{"release:1.4.2", "release:1.4*"}},
	{Name: xray.FieldUser, Aliases: []string{"userid", "user.id", "user_id"}, Kind: KindString, Operators: whole, Observed: true, Facet: true,
		Doc: "The user whom it was for.", Examples: []string{"user:u-42"}},
	{Name: xray.FieldSession, Aliases: []string{"sessionid", "session.id", "session_id", "conversation"}, Kind: KindString, Operators: whole, Observed: true,
		Doc: "The session or conversation that it belongs to.", Examples: []string{"session:s-7"}},
	{Name: xray.FieldMeta, Aliases: []string{"metadata"}, Kind: KindAny, Keyed: true, Operators: []Operator{Is, Prefix, Compare, Range, Has}, Observed: true,
		Doc: "A value of the execution's metadata, by its key.", Examples: []string{"meta.user:42", "meta.price:>10", `meta."user id":x*`, "has:meta.user"}},
	{Name: xray.FieldItem, Kind: KindText, Operators: only,
		Doc: "A candidate, by its key or its name, in what some step took in or put out; not as a part of a longer word.", Examples: []string{`item:"sku-123"`}},
	{Name: xray.FieldText, Kind: KindText, Operators: only,
		Doc: "Words anywhere in what the steps carried (prompts, answers, payloads, attributes, events, log records), in the name or in the headline. Words without a field mean the same.", Examples: []string{`text:"phone case"`, "timeout"}},
	{Name: xray.FieldAttr, Aliases: []string{"attribute", "attributes"}, Kind: KindAny, Keyed: true, Operators: []Operator{Is, Prefix, Compare, Range, Has}, Observed: true,
		Doc: "An attribute of any step's span, by its key.", Examples: []string{"attr.http.method:GET", "attr.http.status_code:>=500"}},
	{Name: xray.FieldHeadline, Aliases: []string{"outcome"}, Kind: KindText, Operators: inside,
		Doc: "The explanation in one sentence.", Examples: []string{`headline:"never retrieved"`}},
	{Name: xray.FieldFeedback, Aliases: []string{"thumb", "thumbs"}, Kind: KindChoice, Operators: inside, Values: []string{xray.FeedbackUp, xray.FeedbackDown}, Facet: true,
		Doc: "A thumb that a person gave the execution, one of its steps or a claim of its explanation.", Examples: []string{"feedback:down", "has:feedback"}},
	{Name: xray.FieldScore, Aliases: []string{"scores"}, Kind: KindAny, Keyed: true, Operators: []Operator{Is, Prefix, Compare, Range, Has}, Observed: true,
		Doc: "A score by its name, on the execution, one of its steps or a claim.", Examples: []string{"score.relevance:>0.8", "score.correct:true", "score.tone:friendly", "-has:score.relevance"}},
	{Name: xray.FieldNote, Aliases: []string{"notes"}, Kind: KindText, Operators: inside,
		Doc: "A text in a note on the execution or a step.", Examples: []string{"has:note", `note:"ask Ada"`}},
	{Name: xray.FieldSteps, Kind: KindInteger, Operators: counted, Unit: "steps",
		Doc: "How many steps there are.", Examples: []string{"steps:>100"}},
	{Name: xray.FieldErrors, Kind: KindInteger, Operators: counted, Unit: "steps",
		Doc: "How many steps failed.", Examples: []string{"has:errors", "errors:>=3 status:ok"}},
	{Name: xray.FieldStarted, Aliases: []string{"start", "time"}, Kind: KindTime, Operators: []Operator{Is, Compare, Range}, Unit: "2026-11-22",
		Doc: "When it started: a day or a time, in UTC unless it says another zone.", Examples: []string{"started:2026-11-22", "started:>=2026-11-22T10:00", "started:2026-11-20..2026-11-22"}},
	{Name: xray.FieldAge, Kind: KindDuration, Operators: timed, Unit: "2h",
		Doc: "How long ago it started; it moves with the clock.", Examples: []string{"age:<2h", "age:1d..7d"}},
	{Name: xray.FieldID, Aliases: []string{"trace", "traceid", "trace_id", "execution", "executionid"}, Kind: KindString, Operators: []Operator{Is, Prefix},
		Doc: "The trace id, or the client's own id.", Examples: []string{"id:order-7", "id:4bf92f35*"}},

	{Name: xray.FieldStep, Aliases: []string{"step.name"}, Kind: KindString, Operators: []Operator{Is, Prefix}, Observed: true,
		Doc: "A step by its name.", Examples: []string{"step:filter", "-step:rerank"}},
	{Name: xray.FieldStepType, Aliases: []string{"type", "kind"}, Kind: KindChoice, Operators: only, Values: stepTypes(),
		Doc: "What the step does.", Examples: []string{"step.type:llm", "step.type:(retriever OR reranker)"}},
	{Name: xray.FieldStepStatus, Kind: KindChoice, Operators: only, Values: []string{"running", "ok", "error"},
		Doc: "How the step ended.", Examples: []string{"step:filter step.status:error"}},
	{Name: xray.FieldStepDuration, Kind: KindDuration, Operators: timed, Unit: "2s",
		Doc: "How long the step took.", Examples: []string{"step.type:llm step.duration:>10s"}},
	{Name: xray.FieldStepError, Aliases: []string{"error"}, Kind: KindText, Operators: inside,
		Doc: "What went wrong in the step, in the client's words.", Examples: []string{"error:timeout", "has:error"}},
	{Name: xray.FieldStepDrop, Aliases: []string{"drop"}, Kind: KindShare, Operators: counted, Unit: "share (0.9 or 90%)",
		Doc: "The share of the items that went in which the step dropped.", Examples: []string{"step:filter step.drop:>0.9", "step.drop:100%"}},
	{Name: xray.FieldStepIn, Kind: KindInteger, Operators: counted, Unit: "items",
		Doc: "How many items went into the step.", Examples: []string{"step:rank step.in:<10"}},
	{Name: xray.FieldStepOut, Kind: KindInteger, Operators: counted, Unit: "items",
		Doc: "How many items came out of it.", Examples: []string{"step:filter step.out:0"}},
	{Name: xray.FieldStepModel, Kind: KindString, Operators: whole, Observed: true,
		Doc: "The model that the step called.", Examples: []string{"step.model:gpt-5*"}},
	{Name: xray.FieldStepService, Kind: KindString, Operators: whole, Observed: true,
		Doc: "The service that the step ran in.", Examples: []string{"step.service:ranker"}},
	{Name: xray.FieldStepTokens, Kind: KindInteger, Operators: counted, Unit: "tokens",
		Doc: "Input and output tokens of the step.", Examples: []string{"step.tokens:>100k"}},
	{Name: xray.FieldStepCost, Kind: KindMoney, Operators: counted, Unit: "USD",
		Doc: "What the step's model call cost.", Examples: []string{"step.cost:>0.5"}},
}

func stepTypes() []string {
	var out []string
	for _, t := range []xray.StepType{
		xray.TypeLLM, xray.TypeEmbedding, xray.TypeRetriever, xray.TypeReranker, xray.TypeTool, xray.TypeAgent,
		xray.TypeChain, xray.TypeGuardrail, xray.TypeEvaluator, xray.TypePrompt, xray.TypeParser, xray.TypeMemory,
		xray.TypeHTTP, xray.TypeDB, xray.TypeRPC, xray.TypeMessaging, xray.TypeFunction, xray.TypeSpan,
	} {
		out = append(out, string(t))
	}
	return out
}

// Example is a whole query and what it asks for.
type Example struct{ Query, Doc string }

// Examples are whole queries.
func Examples() []Example {
	return []Example{
		{"status:error age:<2h", "What failed in the last two hours."},
		{"step:filter step.drop:>0.9", "Where the step named filter dropped more than nine of ten items."},
		{"step:search step.out:0 -status:error", "A search found nothing, and nobody noticed."},
		{"cost:>0.05 duration:>10s model:gpt*", "Dear and slow."},
		{`item:"sku-123" name:"competitor search"`, "Where a certain product was a candidate."},
	}
}
