package xray

// The attributes of docs/attributes.md.
const (
	keyStepType     = "xray.step.type"
	keyInput        = "xray.input"
	keyOutput       = "xray.output"
	keyReasoning    = "xray.reasoning"
	keyTruncated    = "xray.truncated"
	keyTruncatedAt  = "xray.truncated.at"
	keyItemsKept    = "xray.items.kept"
	keyItemsDropped = "xray.items.dropped"
	keyCriteria     = "xray.criteria"

	keyExecutionID   = "xray.execution.id"
	keyExecutionName = "xray.execution.name"
	keyOutcome       = "xray.execution.outcome"
	keyMetadata      = "xray.metadata"
	keyTags          = "xray.tags"
	keyAutoReasoning = "xray.auto_reasoning"
	keyStarted       = "xray.receipt.started"
	keyEnded         = "xray.receipt.ended"
	keyDropped       = "xray.receipt.dropped"
	keyCut           = "xray.receipt.cut"

	keyPending       = "xray.pending"
	keyPendingSpan   = "xray.pending.span_id"
	keyPendingParent = "xray.pending.parent_id"

	keySession = "session.id"
	keyUser    = "user.id"
)

// StepType says what a step does. It can be given to [Step] among the inputs:
//
//	xray.Step(ctx, "search", search, query, xray.TypeRetriever)
type StepType string

// The vocabulary of xray.step.type.
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
	TypeFunction  StepType = "function"
)
