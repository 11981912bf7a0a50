package semconv_test

import (
	"maps"
	"math"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/receiver/semconv"
)

func llm(a attrs) attrs {
	all := attrs{"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o-mini"}
	maps.Copy(all, a)
	return all
}

func TestTokensAreDisjoint(t *testing.T) {
	t.Parallel()
	m := mapper(t)
	for name, test := range map[string]struct {
		attrs attrs
		want  map[string]int
	}{
		"GenAI counts cached tokens in the input": {
			llm(attrs{"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 50, "gen_ai.usage.cache_read.input_tokens": 60, "gen_ai.usage.cache_creation.input_tokens": 10, "gen_ai.usage.reasoning.output_tokens": 20}),
			map[string]int{"input": 30, "cacheRead": 60, "cacheWrite": 10, "output": 30, "reasoning": 20},
		},
		"details larger than their whole stand beside it": {
			llm(attrs{"gen_ai.usage.input_tokens": 5, "gen_ai.usage.output_tokens": 50, "gen_ai.usage.cache_read_input_tokens": 1000}),
			map[string]int{"input": 5, "cacheRead": 1000, "output": 50},
		},
		"a total that takes the cache too says that it stands beside": {
			llm(attrs{"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 50, "gen_ai.usage.total_tokens": 210, "gen_ai.usage.cache_read_input_tokens": 60}),
			map[string]int{"input": 100, "cacheRead": 60, "output": 50},
		},
		"Gemini's total takes the thoughts but contains the cache": {
			llm(attrs{"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 50, "gen_ai.usage.total_tokens": 170, "gen_ai.usage.cache_read_input_tokens": 60, "gen_ai.usage.reasoning_tokens": 20}),
			map[string]int{"input": 40, "cacheRead": 60, "output": 50, "reasoning": 20},
		},
		"a total of input and output says that all is contained": {
			attrs{"openinference.span.kind": "LLM", "llm.token_count.prompt": 100, "llm.token_count.completion": 50, "llm.token_count.total": 150, "llm.token_count.prompt_details.cache_read": 60, "llm.token_count.prompt_details.audio": 10, "llm.token_count.completion_details.reasoning": 20, "llm.token_count.completion_details.audio": 5},
			map[string]int{"input": 30, "cacheRead": 60, "inputAudio": 10, "output": 25, "reasoning": 20, "outputAudio": 5},
		},
		"Langfuse without a total is disjoint": {
			attrs{"langfuse.observation.type": "generation", "langfuse.observation.usage_details": `{"input":40,"output":30,"cache_read_input_tokens":60,"output_reasoning_tokens":20}`},
			map[string]int{"input": 40, "cacheRead": 60, "output": 30, "reasoning": 20},
		},
		"AI SDK 5 passes on that Anthropic counts the cache apart": {
			attrs{"ai.operationId": "ai.generateText.doGenerate", "ai.model.provider": "anthropic.messages", "ai.usage.inputTokens": 100, "ai.usage.outputTokens": 10, "ai.usage.totalTokens": 110, "ai.usage.cachedInputTokens": 60},
			map[string]int{"input": 40, "cacheRead": 60, "output": 10},
		},
		"AI SDK 5 without a total": {
			attrs{"ai.operationId": "ai.generateText.doGenerate", "ai.model.provider": "anthropic.messages", "ai.usage.inputTokens": 100, "ai.usage.outputTokens": 10, "ai.usage.cachedInputTokens": 60},
			map[string]int{"input": 100, "cacheRead": 60, "output": 10},
		},
		"AI SDK 6 counts them in, for Anthropic too": {
			attrs{"ai.operationId": "ai.generateText.doGenerate", "ai.model.provider": "anthropic.messages", "ai.usage.inputTokens": 100, "ai.usage.outputTokens": 10, "ai.usage.cachedInputTokens": 60, "ai.usage.inputTokenDetails.cacheReadTokens": 60},
			map[string]int{"input": 40, "cacheRead": 60, "output": 10},
		},
		"numbers as text and as double": {
			llm(attrs{"gen_ai.usage.input_tokens": "12", "gen_ai.usage.output_tokens": 34.0}),
			map[string]int{"input": 12, "output": 34},
		},
		"MLflow's JSON": {
			attrs{"mlflow.spanType": `"CHAT_MODEL"`, "mlflow.chat.tokenUsage": `{"input_tokens": 10, "output_tokens": 5, "total_tokens": 15, "cache_read_input_tokens": 4}`},
			map[string]int{"input": 6, "cacheRead": 4, "output": 5},
		},
		"Genkit's usage inside the output": {
			attrs{"genkit:metadata:subtype": "model", "genkit:output": `{"message":{"role":"model","content":[{"text":"hi"}]},"usage":{"inputTokens":10,"outputTokens":5,"totalTokens":18,"thoughtsTokens":3}}`},
			map[string]int{"input": 10, "output": 5, "reasoning": 3},
		},
		"LangSmith's details": {
			attrs{"langsmith.span.kind": "llm", "gen_ai.usage.input_tokens": 71, "gen_ai.usage.output_tokens": 15, "gen_ai.usage.total_tokens": 86, "gen_ai.usage.input_token_details": `{"audio":0,"cache_read":32}`},
			map[string]int{"input": 39, "cacheRead": 32, "inputAudio": 0, "output": 15},
		},
		"deprecated names": {
			llm(attrs{"gen_ai.usage.prompt_tokens": 10, "gen_ai.usage.completion_tokens": 5, "llm.usage.total_tokens": 15}),
			map[string]int{"input": 10, "output": 5},
		},
		"an embedding's only number":     {attrs{"ai.operationId": "ai.embed.doEmbed", "ai.usage.tokens": 6}, map[string]int{"input": 6}},
		"an embedding's total":           {attrs{"openinference.span.kind": "EMBEDDING", "llm.token_count.total": 6}, map[string]int{"input": 6}},
		"absent is not zero":             {llm(nil), map[string]int{}},
		"zero is not absent":             {llm(attrs{"gen_ai.usage.input_tokens": 0, "gen_ai.usage.output_tokens": 0}), map[string]int{"input": 0, "output": 0}},
		"negative numbers are no counts": {llm(attrs{"gen_ai.usage.input_tokens": -5, "gen_ai.usage.output_tokens": 3}), map[string]int{"output": 3}},
		"nor are absurd ones":            {llm(attrs{"gen_ai.usage.input_tokens": 9e18, "gen_ai.usage.output_tokens": "many"}), map[string]int{}},
		"a sum of an agent is kept and not counted": {
			attrs{"gen_ai.operation.name": "invoke_agent", "gen_ai.aggregated_usage.input_tokens": 100, "gen_ai.usage.input_tokens": 90},
			map[string]int{"input": 90},
		},
		"details without a whole say nothing on a parent": {attrs{"gen_ai.operation.name": "agent_step", "ai.usage.outputTokenDetails.reasoningTokens": 3}, map[string]int{}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tokenMap(m.Step(span(t, "x", test.attrs)).Tokens); !maps.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestCosts(t *testing.T) {
	t.Parallel()
	m := mapper(t)
	usage := attrs{"gen_ai.usage.input_tokens": 1_000_000, "gen_ai.usage.output_tokens": 1_000_000}
	with := func(more attrs) attrs {
		all := llm(usage)
		maps.Copy(all, more)
		return all
	}
	for name, test := range map[string]struct {
		attrs attrs
		want  float64
		from  xray.CostSource
	}{
		"tokens times prices":                                   {with(nil), 0.75, xray.CostComputed},
		"a reported cost wins":                                  {with(attrs{"gen_ai.usage.cost": 0.5}), 0.5, xray.CostReported},
		"a reported cost as text":                               {with(attrs{"operation.cost": "0.25"}), 0.25, xray.CostReported},
		"Langfuse's total":                                      {attrs{"langfuse.observation.type": "generation", "langfuse.observation.cost_details": `{"input":1,"output":2,"total":3}`}, 3, xray.CostReported},
		"Langfuse's parts without a total":                      {attrs{"langfuse.observation.type": "generation", "langfuse.observation.cost_details": `{"input":1,"output":2}`}, 3, xray.CostReported},
		"OpenInference's parts":                                 {with(attrs{"llm.cost.prompt": 0.1, "llm.cost.completion": 0.2}), 0.3, xray.CostReported},
		"MLflow's total":                                        {attrs{"mlflow.spanType": `"LLM"`, "mlflow.llm.cost": `{"input_cost":1,"output_cost":1,"total_cost":2}`}, 2, xray.CostReported},
		"a zero beside tokens means unknown":                    {with(attrs{"gen_ai.usage.cost": 0}), 0.75, xray.CostComputed},
		"a zero that we cannot price either stays":              {with(attrs{"gen_ai.usage.cost": 0, "gen_ai.request.model": "house-model", "gen_ai.provider.name": "ollama"}), 0, xray.CostReported},
		"a negative cost is none":                               {with(attrs{"gen_ai.usage.cost": -1}), 0.75, xray.CostComputed},
		"an unknown model has none":                             {with(attrs{"gen_ai.request.model": "house-model"}), -1, xray.CostUnknown},
		"an unknown response model falls back to the request's": {with(attrs{"gen_ai.response.model": "gpt-4o-mini-fake"}), 0.75, xray.CostComputed},
		"no tokens, no cost":                                    {llm(nil), -1, xray.CostUnknown},
		"a parent is not priced":                                {with(attrs{"gen_ai.operation.name": "invoke_agent"}), -1, xray.CostUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			step := m.Step(span(t, "x", test.attrs))
			if step.CostFrom != test.from || (step.CostUSD == nil) != (test.want < 0) || step.CostUSD != nil && math.Abs(*step.CostUSD-test.want) > 1e-9 {
				t.Errorf("got %v from %d, want %v from %d", step.CostUSD, step.CostFrom, test.want, test.from)
			}
			if (step.PriceDate != "") != (test.from == xray.CostComputed) {
				t.Errorf("the price date is %q", step.PriceDate)
			}
		})
	}
	if step := semconv.New(nil).Step(span(t, "x", usageOnly())); step.CostUSD != nil {
		t.Error("without prices nothing is computed")
	}
}

func usageOnly() attrs { return llm(attrs{"gen_ai.usage.input_tokens": 1}) }
