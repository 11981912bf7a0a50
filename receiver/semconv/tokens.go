package semconv

import (
	"strings"

	"github.com/xraytrace/xray"
)

// The token tables. Conventions disagree on whether cached and thinking tokens
// are part of the input and output they stand beside; disjoint() below finds
// out. Absent is not zero: a class without a source stays nil.

func newInputTokensTable() *table {
	return &table{concept: "Input tokens", sources: []source{
		{by: Langfuse, key: "langfuse.observation.usage_details", in: "input"},
		{by: Langfuse, key: "langfuse.observation.usage_details", in: "input_tokens"},
		{by: Langfuse, key: "langfuse.observation.usage_details", in: "prompt_tokens"},
		{by: MLflow, key: "mlflow.chat.tokenUsage", in: "input_tokens"},
		{by: GenAI, key: "gen_ai.usage.input_tokens"},
		{by: OI, key: "llm.token_count.prompt"},
		{by: AISDK, key: "ai.usage.inputTokens"},
		{by: AISDK, key: "ai.usage.promptTokens"},
		{by: LangSmith, key: "langsmith.usage_metadata", in: "input_tokens"},
		{by: LangSmith, key: "langsmith.metadata.usage_metadata", in: "input_tokens"},
		{by: Genkit, key: "genkit:output", in: "usage.inputTokens"},
		{by: GenAIOld, key: "gen_ai.usage.prompt_tokens"},
		{by: Traceloop, key: "llm.usage.prompt_tokens"},
		{by: Haystack, key: "haystack.component.output", in: "meta.usage.prompt_tokens"},
		{by: AISDK, key: "ai.usage.tokens"},
	}}
}

func newOutputTokensTable() *table {
	return &table{concept: "Output tokens", sources: []source{
		{by: Langfuse, key: "langfuse.observation.usage_details", in: "output"},
		{by: Langfuse, key: "langfuse.observation.usage_details", in: "output_tokens"},
		{by: Langfuse, key: "langfuse.observation.usage_details", in: "completion_tokens"},
		{by: MLflow, key: "mlflow.chat.tokenUsage", in: "output_tokens"},
		{by: GenAI, key: "gen_ai.usage.output_tokens"},
		{by: OI, key: "llm.token_count.completion"},
		{by: AISDK, key: "ai.usage.outputTokens"},
		{by: AISDK, key: "ai.usage.completionTokens"},
		{by: LangSmith, key: "langsmith.usage_metadata", in: "output_tokens"},
		{by: LangSmith, key: "langsmith.metadata.usage_metadata", in: "output_tokens"},
		{by: Genkit, key: "genkit:output", in: "usage.outputTokens"},
		{by: GenAIOld, key: "gen_ai.usage.completion_tokens"},
		{by: Traceloop, key: "llm.usage.completion_tokens"},
		{by: Haystack, key: "haystack.component.output", in: "meta.usage.completion_tokens"},
	}}
}

func newTotalTokensTable() *table {
	return &table{concept: "Total tokens", sources: []source{
		{by: Langfuse, key: "langfuse.observation.usage_details", in: "total"},
		{by: Langfuse, key: "langfuse.observation.usage_details", in: "total_tokens"},
		{by: MLflow, key: "mlflow.chat.tokenUsage", in: "total_tokens"},
		{by: OI, key: "llm.token_count.total"},
		{by: AISDK, key: "ai.usage.totalTokens"},
		{by: LangSmith, key: "langsmith.usage_metadata", in: "total_tokens"},
		{by: LangSmith, key: "langsmith.metadata.usage_metadata", in: "total_tokens"},
		{by: Genkit, key: "genkit:output", in: "usage.totalTokens"},
		{by: Traceloop, key: "gen_ai.usage.total_tokens"},
		{by: Traceloop, key: "llm.usage.total_tokens"},
	}}
}

func newCacheReadTable() *table {
	return &table{concept: "Cached input tokens, read", sources: []source{
		{by: Langfuse, key: "langfuse.observation.usage_details", in: "input_cached_tokens"},
		{by: Langfuse, key: "langfuse.observation.usage_details", in: "cache_read_input_tokens"},
		{by: Langfuse, key: "langfuse.observation.usage_details", in: "input_cache_read"},
		{by: MLflow, key: "mlflow.chat.tokenUsage", in: "cache_read_input_tokens"},
		{by: GenAI, key: "gen_ai.usage.cache_read.input_tokens"},
		{by: OI, key: "llm.token_count.prompt_details.cache_read"},
		{by: AISDK, key: "ai.usage.inputTokenDetails.cacheReadTokens"},
		{by: AISDK, key: "ai.usage.cachedInputTokens"},
		{by: Traceloop, key: "gen_ai.usage.cache_read_input_tokens"},
		{by: Traceloop, key: "llm.usage.cache_read_input_tokens"},
		{by: Logfire, key: "gen_ai.usage.details.cache_read_tokens"},
		{by: Logfire, key: "gen_ai.usage.details.cached_tokens"},
		{by: Logfire, key: "gen_ai.usage.details.cache_read_input_tokens"},
		{by: LangSmith, key: "gen_ai.usage.input_token_details", in: "cache_read"},
		{by: LangSmith, key: "langsmith.usage_metadata", in: "input_token_details.cache_read"},
		{by: LangSmith, key: "langsmith.metadata.usage_metadata", in: "input_token_details.cache_read"},
		{by: Genkit, key: "genkit:output", in: "usage.cachedContentTokens"},
		{by: LiveKit, key: "gen_ai.usage.input_cached_tokens"},
		{by: Mastra, key: "gen_ai.usage.cached_input_tokens"},
		{by: OpenLIT, key: "gen_ai.usage.prompt_tokens_details.cache_read"},
		{by: Sentry, key: "gen_ai.usage.input_tokens.cached"},
	}}
}

func newCacheWriteTable() *table {
	return &table{concept: "Cached input tokens, written", sources: []source{
		{by: Langfuse, key: "langfuse.observation.usage_details", in: "cache_creation_input_tokens"},
		{by: Langfuse, key: "langfuse.observation.usage_details", in: "input_cache_creation"},
		{by: MLflow, key: "mlflow.chat.tokenUsage", in: "cache_creation_input_tokens"},
		{by: GenAI, key: "gen_ai.usage.cache_creation.input_tokens"},
		{by: GenAI, key: "gen_ai.usage.cache_write.input_tokens"},
		{by: OI, key: "llm.token_count.prompt_details.cache_write"},
		{by: AISDK, key: "ai.usage.inputTokenDetails.cacheWriteTokens"},
		{by: Traceloop, key: "gen_ai.usage.cache_creation_input_tokens"},
		{by: Traceloop, key: "llm.usage.cache_creation_input_tokens"},
		{by: Logfire, key: "gen_ai.usage.details.cache_write_tokens"},
		{by: Logfire, key: "gen_ai.usage.details.cache_creation_input_tokens"},
		{by: LangSmith, key: "gen_ai.usage.input_token_details", in: "cache_creation"},
		{by: LangSmith, key: "langsmith.usage_metadata", in: "input_token_details.cache_creation"},
		{by: LangSmith, key: "langsmith.metadata.usage_metadata", in: "input_token_details.cache_creation"},
		{by: Mastra, key: "gen_ai.usage.cache_write_tokens"},
		{by: OpenLIT, key: "gen_ai.usage.prompt_tokens_details.cache_write"},
		{by: Sentry, key: "gen_ai.usage.input_tokens.cache_write"},
	}}
}

func newInputAudioTable() *table {
	return &table{concept: "Audio input tokens", sources: []source{
		{by: Langfuse, key: "langfuse.observation.usage_details", in: "input_audio_tokens"},
		{by: Langfuse, key: "langfuse.observation.usage_details", in: "input_audio"},
		{by: GenAI, key: "gen_ai.usage.audio.input_tokens"},
		{by: OI, key: "llm.token_count.prompt_details.audio"},
		{by: Logfire, key: "gen_ai.usage.details.input_audio_tokens"},
		{by: LangSmith, key: "gen_ai.usage.input_token_details", in: "audio"},
		{by: LangSmith, key: "langsmith.usage_metadata", in: "input_token_details.audio"},
		{by: Genkit, key: "genkit:output", in: "usage.inputAudioTokens"},
		{by: LiveKit, key: "gen_ai.usage.input_audio_tokens"},
		{by: Mastra, key: "gen_ai.usage.audio_input_tokens"},
	}}
}

func newReasoningTokensTable() *table {
	return &table{concept: "Reasoning output tokens", sources: []source{
		{by: Langfuse, key: "langfuse.observation.usage_details", in: "output_reasoning_tokens"},
		{by: Langfuse, key: "langfuse.observation.usage_details", in: "output_reasoning"},
		{by: GenAI, key: "gen_ai.usage.reasoning.output_tokens"},
		{by: OI, key: "llm.token_count.completion_details.reasoning"},
		{by: AISDK, key: "ai.usage.outputTokenDetails.reasoningTokens"},
		{by: AISDK, key: "ai.usage.reasoningTokens"},
		{by: Traceloop, key: "gen_ai.usage.reasoning_tokens"},
		{by: Traceloop, key: "llm.usage.reasoning_tokens"},
		{by: Logfire, key: "gen_ai.usage.details.reasoning_tokens"},
		{by: Logfire, key: "gen_ai.usage.details.thoughts_tokens"},
		{by: LangSmith, key: "gen_ai.usage.output_token_details", in: "reasoning"},
		{by: LangSmith, key: "langsmith.usage_metadata", in: "output_token_details.reasoning"},
		{by: LangSmith, key: "langsmith.metadata.usage_metadata", in: "output_token_details.reasoning"},
		{by: Genkit, key: "genkit:output", in: "usage.thoughtsTokens"},
		{by: OpenLIT, key: "gen_ai.usage.completion_tokens_details.reasoning"},
		{by: Sentry, key: "gen_ai.usage.output_tokens.reasoning"},
	}}
}

func newOutputAudioTable() *table {
	return &table{concept: "Audio output tokens", sources: []source{
		{by: Langfuse, key: "langfuse.observation.usage_details", in: "output_audio_tokens"},
		{by: Langfuse, key: "langfuse.observation.usage_details", in: "output_audio"},
		{by: GenAI, key: "gen_ai.usage.audio.output_tokens"},
		{by: OI, key: "llm.token_count.completion_details.audio"},
		{by: Logfire, key: "gen_ai.usage.details.output_audio_tokens"},
		{by: LangSmith, key: "gen_ai.usage.output_token_details", in: "audio"},
		{by: LangSmith, key: "langsmith.usage_metadata", in: "output_token_details.audio"},
		{by: Genkit, key: "genkit:output", in: "usage.outputAudioTokens"},
		{by: LiveKit, key: "gen_ai.usage.output_audio_tokens"},
		{by: Mastra, key: "gen_ai.usage.audio_output_tokens"},
		{by: OpenLIT, key: "gen_ai.usage.completion_tokens_details.audio"},
	}}
}

// maxTokens is far above any context window: a larger count is a mistake, and
// leaving it out keeps every sum from overflowing.
const maxTokens = 1e12

func (f *found) count(t *table) (*int64, source) {
	n, s, ok := f.number(t)
	if !ok || n < 0 || n > maxTokens {
		return nil, s
	}
	count := int64(n)
	return &count, s
}

// tokens reads the classes and makes them disjoint.
func (f *found) tokens(step xray.StepType) xray.Tokens {
	input, from := f.count(f.v.inputTokens)
	var t xray.Tokens
	t.Input = input
	t.Output, _ = f.count(f.v.outputTokens)
	t.CacheRead, _ = f.count(f.v.cacheRead)
	t.CacheWrite, _ = f.count(f.v.cacheWrite)
	t.InputAudio, _ = f.count(f.v.inputAudio)
	t.Reasoning, _ = f.count(f.v.reasoningTokens)
	t.OutputAudio, _ = f.count(f.v.outputAudio)
	total, _ := f.count(f.v.totalTokens)

	if t.Input == nil && t.Output == nil && total != nil && step == xray.TypeEmbedding {
		t.Input = total // embeddings have no output
	}
	in, out := disjoint(t, total, f.addsDetails(from))
	if !in {
		t.Input = less(t.Input, t.CacheRead, t.CacheWrite, t.InputAudio)
	}
	if !out {
		t.Output = less(t.Output, t.Reasoning, t.OutputAudio)
	}
	return t
}

// disjoint tells whether the details stand beside the input and the output
// (true) or are contained in them (false). The total knows: if input and
// output make it up, the details are inside; if it takes the details too, they
// are outside. Without a total, details larger than their whole cannot be
// inside, and else the convention's habit decides.
func disjoint(t xray.Tokens, total *int64, habit habit) (input, output bool) {
	in, out := value(t.Input), value(t.Output)
	inParts := value(t.CacheRead) + value(t.CacheWrite) + value(t.InputAudio)
	outParts := value(t.Reasoning) + value(t.OutputAudio)
	if total != nil && t.Input != nil && t.Output != nil {
		switch *total {
		case in + out:
			return inParts > in, outParts > out
		case in + out + inParts:
			return true, outParts > out
		case in + out + outParts:
			return inParts > in, true
		case in + out + inParts + outParts:
			return true, true
		}
		if in+out < *total {
			return true, true
		}
	}
	return habit.input || inParts > in, habit.output || outParts > out
}

// habit says on which side a convention reports details beside the whole.
type habit struct{ input, output bool }

// addsDetails knows the habits that no total gives away: Langfuse asks for
// disjoint classes, and AI SDK 5 passes on what Anthropic and Bedrock report,
// whose input tokens are those outside the cache. Version 6 has
// inputTokenDetails and counts all of them.
func (f *found) addsDetails(input source) habit {
	switch input.by {
	case Langfuse:
		return habit{input: true, output: true}
	case AISDK, GenAI:
		if !f.is(f.v.aiCachedInput) || f.is(f.v.aiInputDetails) {
			return habit{}
		}
		p := f.provider()
		return habit{input: strings.HasPrefix(p, "anthropic") || p == "aws.bedrock"}
	}
	return habit{}
}

// less takes parts out of a whole that contains them, never below zero.
func less(whole *int64, parts ...*int64) *int64 {
	if whole == nil {
		return nil
	}
	left := *whole
	for _, p := range parts {
		left -= value(p)
	}
	left = max(0, left)
	return &left
}

func value(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}
