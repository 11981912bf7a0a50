package reasoner

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	openai "github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/param"
	"github.com/openai/openai-go/v3/shared"

	"github.com/xraytrace/xray/reasoner/sample"
)

const (
	// DefaultModel is asked when no model is named.
	DefaultModel = "gpt-5-mini"
	// DefaultBaseURL is used when only a key is given.
	DefaultBaseURL = "https://api.openai.com/v1"

	maxAnswerBody = 4 << 20 // bytes; a server that sends more is broken
)

// model is a model behind an OpenAI-compatible server. It is safe for
// concurrent use.
type model struct {
	chat    openai.ChatCompletionService
	name    string
	baseURL string
	host    string // for messages
	timeout time.Duration
	breaker breaker
	bucket  *bucket
	log     *slog.Logger
	level   slog.Level // of the line that each call logs

	mu    sync.Mutex
	knows abilities
}

func newModel(opts Options) *model {
	m := &model{
		name: orDefault(opts.Model, DefaultModel), baseURL: orDefault(opts.BaseURL, DefaultBaseURL),
		timeout: opts.CallTimeout, log: opts.Logger, level: slog.LevelDebug,
		bucket: newBucket(opts.RequestsPerMinute, opts.TokensPerMinute, time.Now()),
	}
	if opts.Debug {
		m.level = slog.LevelInfo
	}
	if m.timeout == 0 {
		m.timeout = time.Minute
	}
	m.host = m.baseURL
	if u, err := url.Parse(m.baseURL); err == nil && u.Host != "" {
		m.host = u.Host
	}
	// The newer name of the output limit is the only one that OpenAI's
	// reasoning models know; most others know only the older one.
	m.knows.newLimit = strings.HasSuffix(m.host, "openai.com") || strings.HasSuffix(m.host, "openai.azure.com")
	client := opts.HTTPClient
	if client == nil {
		client = &http.Client{}
	}
	// Built without openai.NewClient, which would read the environment.
	m.chat = openai.NewChatCompletionService(
		option.WithBaseURL(m.baseURL), option.WithAPIKey(opts.APIKey), option.WithHTTPClient(client),
		option.WithMaxRetries(0), // the job's runner retries
		option.WithMiddleware(boundBody),
	)
	return m
}

func orDefault(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// boundBody keeps an endless answer from filling the memory.
func boundBody(r *http.Request, next option.MiddlewareNext) (*http.Response, error) {
	res, err := next(r)
	if res != nil && res.Body != nil {
		res.Body = http.MaxBytesReader(nil, res.Body, maxAnswerBody)
	}
	return res, err
}

// message is one message of a conversation.
type message struct{ role, content string }

// call is one question to the model.
type call struct {
	task      task
	schema    json.RawMessage
	system    func(schema json.RawMessage) string
	messages  []message // after the system message
	maxTokens int       // of the answer
	price     func(u Usage) *float64
	heard     func(content string) // called with what has come of the answer so far; nil: it is wanted whole
}

// reply is the model's answer.
type reply struct {
	content string
	usage   Usage
	model   string // as the server names it
}

// Usage is what a call used.
type Usage struct {
	Input  int64 // tokens, cached ones included
	Cached int64 // of Input, read from the provider's prompt cache
	Output int64
}

func (u Usage) add(v Usage) Usage {
	return Usage{u.Input + v.Input, u.Cached + v.Cached, u.Output + v.Output}
}

// ask makes a call, stepping down for each ability that the server turns out
// not to have. What worked is remembered. The error is a *failure, or the
// context's.
func (m *model) ask(ctx context.Context, c call) (reply, error) {
	knows := m.abilities()
	for {
		r, err := m.attempt(ctx, c, knows)
		f, failed := err.(*failure)
		if failed {
			if less, ok := knows.without(f.kind); ok {
				knows = less
				continue
			}
		}
		if err == nil {
			m.remember(knows)
		}
		return r, err
	}
}

func (m *model) attempt(ctx context.Context, c call, knows abilities) (reply, error) {
	params := m.params(c, knows)
	estimate := c.maxTokens / 4 // most answers are far from their limit
	for _, msg := range c.messages {
		estimate += sample.Tokens(msg.content)
	}
	if wait, ok := m.breaker.allow(time.Now()); !ok {
		return reply{}, &failure{away, wait, "The model's server at " + m.host + " has not been answering; trying again later."}
	}
	if wait, err := m.bucket.take(ctx, estimate); err != nil || wait > 0 {
		m.breaker.abandoned()
		if err != nil {
			return reply{}, err
		}
		return reply{}, &failure{later, wait, "The limit of calls to " + m.host + " is reached; trying again later."}
	}
	start := time.Now()
	heard := c.heard
	if knows.noStream {
		heard = nil
	}
	r, err := m.send(ctx, params, heard)
	m.finish(ctx, c, r, err, estimate, time.Since(start))
	return r, err
}

func (m *model) send(ctx context.Context, params openai.ChatCompletionNewParams, heard func(string)) (reply, error) {
	attempt, cancel := context.WithTimeout(ctx, m.timeout)
	defer cancel()
	var response *http.Response
	var completion *openai.ChatCompletion
	var err error
	if heard != nil {
		completion, err = m.listen(attempt, params, heard, &response)
	} else {
		completion, err = m.chat.New(attempt, params, option.WithResponseInto(&response))
	}
	if ctx.Err() != nil {
		return reply{}, ctx.Err() // the job was called off: nobody's failure
	}
	if err != nil {
		return reply{}, m.failed(err, response)
	}
	return m.read(completion)
}

// finish tells the breaker, the bucket and the log how a call ended. The log
// has sizes and outcomes, never content.
func (m *model) finish(ctx context.Context, c call, r reply, err error, estimate int, took time.Duration) {
	outcome := "answered"
	f, failed := err.(*failure)
	switch {
	case failed:
		outcome = f.message
		m.breaker.done(f.kind != away, time.Now())
		if f.kind == later && f.after > 0 {
			m.bucket.pause(f.after, time.Now())
		}
	case err != nil:
		outcome = err.Error()
		m.breaker.abandoned()
	default:
		m.breaker.done(true, time.Now())
	}
	m.bucket.settle(estimate, int(r.usage.Input+r.usage.Output))
	bytes := 0
	for _, msg := range c.messages {
		bytes += len(msg.content)
	}
	var cost any = "unknown"
	if usd := c.price(r.usage); usd != nil {
		cost = *usd
	}
	m.log.Log(ctx, m.level, "model call", "task", string(c.task), "model", m.name, "host", m.host, "bytes", bytes,
		"inputTokens", r.usage.Input, "cachedTokens", r.usage.Cached, "outputTokens", r.usage.Output, "costUsd", cost,
		"took", took.Round(time.Millisecond), "outcome", outcome)
}

func (m *model) params(c call, knows abilities) openai.ChatCompletionNewParams {
	p := openai.ChatCompletionNewParams{Model: m.name}
	if knows.newLimit {
		p.MaxCompletionTokens = param.NewOpt(int64(c.maxTokens))
	} else {
		p.MaxTokens = param.NewOpt(int64(c.maxTokens))
	}
	inPrompt := c.schema
	switch knows.format {
	case formatSchema:
		inPrompt = nil
		p.ResponseFormat.OfJSONSchema = &shared.ResponseFormatJSONSchemaParam{
			JSONSchema: shared.ResponseFormatJSONSchemaJSONSchemaParam{Name: string(c.task), Strict: param.NewOpt(true), Schema: c.schema},
		}
	case formatObject:
		p.ResponseFormat.OfJSONObject = &shared.ResponseFormatJSONObjectParam{}
	}
	p.Messages = append(p.Messages, openai.SystemMessage(c.system(inPrompt)))
	for _, msg := range c.messages {
		if msg.role == "assistant" {
			p.Messages = append(p.Messages, openai.AssistantMessage(msg.content))
			continue
		}
		p.Messages = append(p.Messages, openai.UserMessage(msg.content))
	}
	return p
}

// read takes the answer out of a completion.
func (m *model) read(c *openai.ChatCompletion) (reply, error) {
	r := reply{model: orDefault(c.Model, m.name), usage: Usage{
		Input: c.Usage.PromptTokens, Cached: c.Usage.PromptTokensDetails.CachedTokens, Output: c.Usage.CompletionTokens,
	}}
	if len(c.Choices) == 0 {
		return r, &failure{kind: unreadable, message: "The model's server at " + m.host + " sent an answer without any choice."}
	}
	choice := c.Choices[0]
	r.content = choice.Message.Content
	switch {
	case choice.Message.Refusal != "":
		return r, &failure{kind: declined, message: "The model " + m.name + " declined to explain this. The computed facts stand."}
	case choice.FinishReason == "content_filter":
		return r, &failure{kind: declined, message: "A content filter of the model's provider held the answer back. The computed facts stand."}
	case choice.FinishReason == "length":
		return r, &failure{kind: cutOff, message: "The answer of the model " + m.name + " was cut off by its length limit."}
	case strings.TrimSpace(r.content) == "":
		return r, &failure{kind: unreadable, message: "The model " + m.name + " sent an empty answer."}
	}
	return r, nil
}
