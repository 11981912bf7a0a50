package demo

import (
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

// call is a model call by OpenTelemetry's GenAI conventions.
type call struct {
	provider, model string
	system, user    string
	answer          string
	tool            object // the tool call that the model asked for, in place of an answer
	took            time.Duration
}

func (r *run) chat(c call) {
	r.step("chat "+c.model, "llm", func(s step) {
		s.span.SetKind(ptrace.SpanKindClient)
		s.str("gen_ai.operation.name", "chat")
		s.str("gen_ai.provider.name", c.provider)
		s.str("gen_ai.request.model", c.model)
		s.dbl("gen_ai.request.temperature", 0.2)
		s.json("gen_ai.input.messages", []object{message("system", c.system), message("user", c.user)})
		r.work(c.took)
		out, finish := message("assistant", c.answer), "stop"
		if c.tool != nil {
			out, finish = object{"role": "assistant", "parts": []object{c.tool}}, "tool_calls"
		}
		out["finish_reason"] = finish
		s.json("gen_ai.output.messages", []object{out})
		s.str("gen_ai.response.model", c.model)
		s.span.Attributes().PutEmptySlice("gen_ai.response.finish_reasons").AppendEmpty().SetStr(finish)
		// Four letters a token is close enough for a demonstration.
		s.num("gen_ai.usage.input_tokens", int64(12+(len(c.system)+len(c.user))/4))
		s.num("gen_ai.usage.output_tokens", int64(6+(len(c.answer)+len(text(c.tool)))/4))
		s.dbl("gen_ai.response.time_to_first_chunk", (c.took / 4).Seconds())
	})
}

func message(role, content string) object {
	return object{"role": role, "parts": []object{{"type": "text", "content": content}}}
}

func toolCall(id, name string, args object) object {
	return object{"type": "tool_call", "id": id, "name": name, "arguments": args}
}

// tool is the execution of a tool that a model asked for.
func (r *run) tool(id, name string, args object, took time.Duration, do func(step)) {
	r.step("execute_tool "+name, "tool", func(s step) {
		s.str("gen_ai.operation.name", "execute_tool")
		s.str("gen_ai.tool.name", name)
		s.str("gen_ai.tool.call.id", id)
		s.json("gen_ai.tool.call.arguments", args)
		r.work(took)
		do(s)
	})
}
