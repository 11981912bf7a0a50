package xray

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// Message is one chat message. Content is the plain text; a message that also
// calls tools or answers one has Parts in place of it, in the form of
// OpenTelemetry's GenAI conventions (gen-ai-input-messages.json).
type Message struct {
	Role    string // system, user, assistant, tool
	Content string
	Parts   []map[string]any
	// FinishReason is for output messages: stop, length, tool_calls, …
	FinishReason string
}

// Request is what a model is asked.
type Request struct {
	Operation   string // chat when empty; generate_content, text_completion, embeddings
	Provider    string // openai, anthropic, gcp.gemini, aws.bedrock, …
	Model       string
	Messages    []Message
	Temperature *float64
	TopP        *float64
	MaxTokens   *int64
	Tools       any // definitions of the tools on offer, as the API takes them
	Stream      bool
}

// Usage counts tokens. Cached and reasoning tokens are parts of Input and
// Output, not additions to them, as providers and OpenTelemetry count.
type Usage struct {
	Input, Output       int64
	CacheRead, Thinking int64
}

// LLM runs fn, a call to a language model, as a step with OpenTelemetry's
// GenAI attributes. fn tells what came back through call; the result it
// returns is handed on untouched and recorded only if no message was.
//
//	text, err := xray.LLM(ctx, xray.Request{Provider: "openai", Model: "gpt-5-mini", Messages: ask},
//		func(ctx context.Context, call *xray.Call) (string, error) {
//			answer, err := client.Chat(ctx, …)
//			call.Responded(answer.Model, answer.ID)
//			call.Used(xray.Usage{Input: answer.Usage.In, Output: answer.Usage.Out})
//			call.Answered(xray.Message{Role: "assistant", Content: answer.Text, FinishReason: "stop"})
//			return answer.Text, err
//		})
func LLM[T any](ctx context.Context, req Request, fn func(context.Context, *Call) (T, error)) (T, error) {
	ctx, call := StartCall(ctx, req)
	done := false
	defer func() {
		if !done {
			call.step.unwind(recover())
		}
	}()
	out, err := fn(ctx, call)
	done = true
	if call.answered() {
		call.step.End(err)
	} else {
		finish(call.step, out, err)
	}
	return out, err
}

// Call is a model call under way. Its methods may be called from several
// goroutines.
type Call struct {
	step *OpenStep

	mu    sync.Mutex
	first bool
	spoke bool
}

// StartCall begins a model call that the caller ends with [Call.End], for code
// that is not one function, such as a streamed answer. [LLM] is safer wherever
// it fits.
func StartCall(ctx context.Context, req Request) (context.Context, *Call) {
	if req.Operation == "" {
		req.Operation = "chat"
	}
	sc := scopeOf(ctx)
	if sc.client == nil || sc.client.disabled {
		return ctx, &Call{}
	}
	ctx, s := sc.client.open(ctx, sc, req.Operation+" "+req.Model, trace.WithSpanKind(trace.SpanKindClient))
	call := &Call{step: s}
	s.SetType(TypeLLM)
	if req.Operation == "embeddings" {
		s.SetType(TypeEmbedding)
	}
	if s.recording() {
		call.ask(req)
	}
	return ctx, call
}

func (c *Call) ask(req Request) {
	attrs := []attribute.KeyValue{
		attribute.String("gen_ai.operation.name", req.Operation),
		attribute.String("gen_ai.request.model", req.Model),
	}
	if req.Provider != "" {
		attrs = append(attrs, attribute.String("gen_ai.provider.name", req.Provider))
	}
	if req.Temperature != nil {
		attrs = append(attrs, attribute.Float64("gen_ai.request.temperature", *req.Temperature))
	}
	if req.TopP != nil {
		attrs = append(attrs, attribute.Float64("gen_ai.request.top_p", *req.TopP))
	}
	if req.MaxTokens != nil {
		attrs = append(attrs, attribute.Int64("gen_ai.request.max_tokens", *req.MaxTokens))
	}
	if req.Stream {
		attrs = append(attrs, attribute.Bool("gen_ai.request.stream", true))
	}
	c.step.SetAttributes(attrs...)
	if len(req.Messages) > 0 {
		c.payload("gen_ai.input.messages", genAIMessages(req.Messages))
	}
	if req.Tools != nil {
		c.payload("gen_ai.tool.definitions", req.Tools)
	}
}

// payload records a JSON attribute, masked and bounded as all payloads are.
func (c *Call) payload(key string, v any) {
	at := "/attributes/" + key
	c.step.set(key, at, c.step.client.capture(key, at, v), nil)
}

// End ends the call; err may be nil. Only the first call counts.
func (c *Call) End(err error) { c.step.End(err) }

// Step is the call's step; nil if nothing is recorded.
func (c *Call) Step() *OpenStep { return c.step }

// Responded records which model answered, which is not always the one that
// was asked, and the provider's id of the response.
func (c *Call) Responded(model, id string) {
	if !c.step.recording() {
		return
	}
	if model != "" {
		c.step.SetAttributes(attribute.String("gen_ai.response.model", model))
	}
	if id != "" {
		c.step.SetAttributes(attribute.String("gen_ai.response.id", id))
	}
}

// Used records the tokens that the provider counted.
func (c *Call) Used(u Usage) {
	if !c.step.recording() {
		return
	}
	attrs := []attribute.KeyValue{
		attribute.Int64("gen_ai.usage.input_tokens", u.Input),
		attribute.Int64("gen_ai.usage.output_tokens", u.Output),
	}
	if u.CacheRead > 0 {
		attrs = append(attrs, attribute.Int64("gen_ai.usage.cache_read.input_tokens", u.CacheRead))
	}
	if u.Thinking > 0 {
		attrs = append(attrs, attribute.Int64("gen_ai.usage.reasoning.output_tokens", u.Thinking))
	}
	c.step.SetAttributes(attrs...)
}

// FirstToken records the time to the first piece of a streamed answer. Only
// the first call counts.
func (c *Call) FirstToken() {
	c.mu.Lock()
	again := c.first
	c.first = true
	c.mu.Unlock()
	if !again && c.step.recording() {
		c.step.SetAttributes(attribute.Float64("gen_ai.response.time_to_first_chunk", time.Since(c.step.start).Seconds()))
	}
}

// Answered records the model's answer, one message per choice.
func (c *Call) Answered(choices ...Message) {
	if !c.step.recording() || len(choices) == 0 {
		return
	}
	c.mu.Lock()
	c.spoke = true
	c.mu.Unlock()
	var reasons []string
	for _, m := range choices {
		if m.FinishReason != "" {
			reasons = append(reasons, m.FinishReason)
		}
	}
	if len(reasons) > 0 {
		c.step.SetAttributes(attribute.StringSlice("gen_ai.response.finish_reasons", reasons))
	}
	c.payload("gen_ai.output.messages", genAIMessages(choices))
}

func (c *Call) answered() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.spoke
}

type genAIMessage struct {
	Role         string           `json:"role"`
	Parts        []map[string]any `json:"parts"`
	FinishReason string           `json:"finish_reason,omitempty"`
}

func genAIMessages(in []Message) []genAIMessage {
	out := make([]genAIMessage, len(in))
	for i, m := range in {
		parts := m.Parts
		if m.Content != "" || len(parts) == 0 {
			parts = append([]map[string]any{{"type": "text", "content": m.Content}}, parts...)
		}
		out[i] = genAIMessage{m.Role, parts, m.FinishReason}
	}
	return out
}
