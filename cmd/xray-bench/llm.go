package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

// llmFiller makes traces of an agent: the root, a call to the model that asks
// for a search, the search, and a call that is shown the whole conversation so
// far and answers. As with real agents, most of what is sent was sent before:
// the instructions are the application's (what it knows of the user is added), the question and the search result
// stand in several spans. A span has about 6 KB. A test holds how well this
// compresses against what recorded clients sent.
func llmFiller(rng *rand.Rand) filler {
	p := newProse(rng)
	agents := make([]string, 24)
	for i := range agents {
		agents[i] = p.text(1400)
	}
	var c conversation
	return func(s ptrace.Span, place int) {
		if place == 0 {
			c = p.conversation(agents[rng.IntN(len(agents))])
		}
		c.fill(rng, s, place)
	}
}

// conversation is what one trace says, each part as JSON.
type conversation struct {
	id                             string
	system, question, call, answer string // messages
	arguments, result              string
}

func (p *prose) conversation(system string) conversation {
	type item struct {
		ID          string   `json:"id"`
		Title       string   `json:"title"`
		Description string   `json:"description"`
		Price       float64  `json:"price"`
		Rating      float64  `json:"rating"`
		Categories  []string `json:"categories"`
	}
	items := make([]item, 8+p.rng.IntN(18))
	for i := range items {
		items[i] = item{
			ID: fmt.Sprintf("sku-%08d", p.rng.IntN(100_000_000)), Title: p.text(20 + p.rng.IntN(40)),
			Description: p.text(100 + p.rng.IntN(200)), Price: float64(p.rng.IntN(50_000)) / 100,
			Rating: float64(p.rng.IntN(50)) / 10, Categories: []string{p.word(), p.word()},
		}
	}
	arguments := toJSON(map[string]any{"query": p.text(40), "limit": len(items), "in_stock": true})
	result := toJSON(map[string]any{"total": p.rng.IntN(5000), "items": items})
	text := func(role, content string) string {
		return toJSON(map[string]any{"role": role, "parts": []any{map[string]string{"type": "text", "content": content}}})
	}
	return conversation{
		id:     fmt.Sprintf("conv-%d", p.rng.IntN(10_000)),
		system: text("system", system+" "+p.text(500+p.rng.IntN(700))), question: text("user", p.text(200+p.rng.IntN(600))),
		call: toJSON(map[string]any{"role": "assistant", "parts": []any{map[string]any{
			"type": "tool_call", "id": fmt.Sprintf("call_%x", randomBytes(p.rng, 12)), "name": "search_products", "arguments": arguments,
		}}}),
		answer:    text("assistant", p.text(600+p.rng.IntN(1800))),
		arguments: arguments, result: result,
	}
}

func (c *conversation) fill(rng *rand.Rand, s ptrace.Span, place int) {
	a := s.Attributes()
	a.PutStr("gen_ai.provider.name", "openai")
	a.PutStr("gen_ai.conversation.id", c.id)
	switch place {
	case 0:
		s.SetName("invoke_agent planner")
		a.PutStr("gen_ai.operation.name", "invoke_agent")
		a.PutStr("gen_ai.agent.name", "planner")
		c.messages(s, []string{c.question}, c.answer)
	case 2:
		s.SetName("execute_tool search_products")
		a.PutStr("gen_ai.operation.name", "execute_tool")
		a.PutStr("gen_ai.tool.name", "search_products")
		a.PutStr("gen_ai.tool.call.arguments", c.arguments)
		a.PutStr("gen_ai.tool.call.result", c.result)
	default:
		s.SetName("chat gpt-4o-mini")
		s.SetKind(ptrace.SpanKindClient)
		a.PutStr("gen_ai.operation.name", "chat")
		a.PutStr("gen_ai.request.model", "gpt-4o-mini")
		a.PutStr("gen_ai.response.model", "gpt-4o-mini-2024-07-18")
		a.PutDouble("gen_ai.request.temperature", 0.2)
		a.PutInt("gen_ai.usage.input_tokens", int64(200+rng.IntN(2000)))
		a.PutInt("gen_ai.usage.output_tokens", int64(20+rng.IntN(500)))
		if place == 1 {
			c.messages(s, []string{c.system, c.question}, c.call)
			return
		}
		tool := toJSON(map[string]any{"role": "tool", "parts": []any{map[string]string{"type": "tool_call_response", "response": c.result}}})
		c.messages(s, []string{c.system, c.question, c.call, tool}, c.answer)
	}
}

func (c *conversation) messages(s ptrace.Span, in []string, out string) {
	s.Attributes().PutStr("gen_ai.input.messages", "["+strings.Join(in, ",")+"]")
	s.Attributes().PutStr("gen_ai.output.messages", "["+out+"]")
}

func toJSON(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // nothing in it that JSON lacks
	}
	return string(raw)
}
