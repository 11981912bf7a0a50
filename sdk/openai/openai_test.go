package openai_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/responses"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/xraytrace/xray/sdk"
	xrayopenai "github.com/xraytrace/xray/sdk/openai"
)

// record makes an openai-go client of a server that gives the answers in turn,
// and returns what was recorded.
func record(t *testing.T, use func(context.Context, openai.Client), answers ...func(http.ResponseWriter)) tracetest.SpanStubs {
	t.Helper()
	turn := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answers[min(turn, len(answers)-1)](w)
		turn++
	}))
	defer server.Close()
	mem := tracetest.NewInMemoryExporter()
	tp := sdktrace.NewTracerProvider(sdktrace.WithSyncer(mem))
	x, err := xray.New(xray.Config{}, xray.WithTracerProvider(tp))
	if err != nil {
		t.Fatal(err)
	}
	use(x.Context(t.Context()), openai.NewClient(option.WithBaseURL(server.URL+"/v1"), option.WithAPIKey("k"), option.WithMiddleware(xrayopenai.Middleware())))
	return mem.GetSpans()
}

func answer(status int, body string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

func events(lines ...string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "text/event-stream")
		for _, l := range lines {
			fmt.Fprint(w, l+"\n\n")
			w.(http.Flusher).Flush()
		}
	}
}

func check(t *testing.T, s tracetest.SpanStub, want map[string]any) {
	t.Helper()
	set := attribute.NewSet(s.Attributes...)
	for key, w := range want {
		v, _ := set.Value(attribute.Key(key))
		if fmt.Sprint(v.AsInterface()) != fmt.Sprint(w) {
			t.Errorf("%s: %s =\n  %v, want\n  %v", s.Name, key, v.AsInterface(), w)
		}
	}
}

func ask(ctx context.Context, c openai.Client) (*openai.ChatCompletion, error) {
	return c.Chat.Completions.New(ctx, openai.ChatCompletionNewParams{
		Model:       "gpt-5-mini",
		Temperature: openai.Float(0.5),
		Messages:    []openai.ChatCompletionMessageParamUnion{openai.SystemMessage("be brief"), openai.UserMessage("hello")},
	})
}

const chatAnswer = `{"id":"c-1","object":"chat.completion","model":"gpt-5-mini-2026","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"hi"}}],
"usage":{"prompt_tokens":12,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":8},"completion_tokens_details":{"reasoning_tokens":2}}}`

func TestAChatCompletion(t *testing.T) {
	spans := record(t, func(ctx context.Context, c openai.Client) {
		got, err := ask(ctx, c)
		if err != nil || got.Choices[0].Message.Content != "hi" {
			t.Errorf("the program got %v, %v", got, err)
		}
	}, answer(200, chatAnswer))
	if len(spans) != 1 || spans[0].Name != "chat gpt-5-mini" {
		t.Fatalf("spans %v", spans)
	}
	check(t, spans[0], map[string]any{
		"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.temperature": 0.5,
		"gen_ai.response.model": "gpt-5-mini-2026", "gen_ai.response.id": "c-1",
		"gen_ai.usage.input_tokens": 12, "gen_ai.usage.output_tokens": 3,
		"gen_ai.usage.cache_read.input_tokens": 8, "gen_ai.usage.reasoning.output_tokens": 2,
		"gen_ai.input.messages":  `[{"role":"system","parts":[{"content":"be brief","type":"text"}]},{"role":"user","parts":[{"content":"hello","type":"text"}]}]`,
		"gen_ai.output.messages": `[{"role":"assistant","parts":[{"content":"hi","type":"text"}],"finish_reason":"stop"}]`,
		"server.address":         "127.0.0.1",
	})
}

func TestARetriedCallIsAStepForEachAttempt(t *testing.T) {
	spans := record(t, func(ctx context.Context, c openai.Client) {
		if got, err := ask(ctx, c); err != nil || got.Choices[0].Message.Content != "hi" {
			t.Errorf("the program got %v, %v", got, err)
		}
	}, answer(503, `{"error":{"message":"overloaded"}}`), answer(200, chatAnswer))
	if len(spans) != 2 {
		t.Fatalf("%d spans, want 2", len(spans))
	}
	if spans[0].Status.Code != codes.Error || !strings.Contains(spans[0].Status.Description, "overloaded") || spans[1].Status.Code == codes.Error {
		t.Errorf("status %v, then %v", spans[0].Status, spans[1].Status)
	}
}

func TestAStreamedAnswerWithToolCalls(t *testing.T) {
	spans := record(t, func(ctx context.Context, c openai.Client) {
		stream := c.Chat.Completions.NewStreaming(ctx, openai.ChatCompletionNewParams{Model: "m", Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage("weather?")}})
		n := 0
		for stream.Next() {
			n++
		}
		if err := stream.Err(); err != nil || n != 6 {
			t.Errorf("the program got %d pieces, %v", n, err)
		}
	}, events(
		`data: {"id":"c-2","model":"m-1","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}`,
		`data: {"id":"c-2","choices":[{"index":0,"delta":{"content":"Let me "}}]}`,
		`data: {"id":"c-2","choices":[{"index":0,"delta":{"content":"look."}}]}`,
		`data: {"id":"c-2","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t-1","function":{"name":"weather","arguments":"{\"city\":"}}]}}]}`,
		`data: {"id":"c-2","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"Graz\"}"}}]},"finish_reason":"tool_calls"}]}`,
		`data: {"id":"c-2","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":7}}`,
		`data: [DONE]`,
	))
	check(t, spans[0], map[string]any{
		"gen_ai.request.stream": true, "gen_ai.response.model": "m-1", "gen_ai.usage.output_tokens": 7,
		"gen_ai.response.finish_reasons": []string{"tool_calls"},
		"gen_ai.output.messages":         `[{"role":"assistant","parts":[{"content":"Let me look.","type":"text"},{"arguments":{"city":"Graz"},"id":"t-1","name":"weather","type":"tool_call"}],"finish_reason":"tool_calls"}]`,
	})
	set := attribute.NewSet(spans[0].Attributes...)
	if !set.HasValue("gen_ai.response.time_to_first_chunk") {
		t.Error("no time to the first piece")
	}
}

const responseAnswer = `{"id":"r-1","object":"response","model":"gpt-5","status":"completed","output":[
{"type":"reasoning","summary":[{"type":"summary_text","text":"thinking"}]},
{"type":"message","role":"assistant","content":[{"type":"output_text","text":"hello you"}]}],
"usage":{"input_tokens":9,"output_tokens":4,"input_tokens_details":{"cached_tokens":1},"output_tokens_details":{"reasoning_tokens":2}}}`

func TestTheResponsesAPI(t *testing.T) {
	want := map[string]any{
		"gen_ai.response.id": "r-1", "gen_ai.usage.input_tokens": 9, "gen_ai.usage.reasoning.output_tokens": 2,
		"gen_ai.input.messages":  `[{"role":"system","parts":[{"content":"be kind","type":"text"}]},{"role":"user","parts":[{"content":"hi","type":"text"}]}]`,
		"gen_ai.output.messages": `[{"role":"assistant","parts":[{"content":"thinking","type":"reasoning"},{"content":"hello you","type":"text"}],"finish_reason":"stop"}]`,
	}
	params := responses.ResponseNewParams{Model: "gpt-5", Instructions: openai.String("be kind"), Input: responses.ResponseNewParamsInputUnion{OfString: openai.String("hi")}}
	t.Run("in one piece", func(t *testing.T) {
		spans := record(t, func(ctx context.Context, c openai.Client) {
			if r, err := c.Responses.New(ctx, params); err != nil || r.OutputText() != "hello you" {
				t.Errorf("the program got %v, %v", r, err)
			}
		}, answer(200, responseAnswer))
		check(t, spans[0], want)
	})
	t.Run("streamed", func(t *testing.T) {
		spans := record(t, func(ctx context.Context, c openai.Client) {
			stream := c.Responses.NewStreaming(ctx, params)
			for stream.Next() {
			}
			if err := stream.Err(); err != nil {
				t.Error(err)
			}
		}, events(
			"event: response.output_text.delta\n"+`data: {"type":"response.output_text.delta","delta":"hello "}`,
			"event: response.completed\n"+`data: {"type":"response.completed","response":`+strings.ReplaceAll(responseAnswer, "\n", "")+`}`,
		))
		check(t, spans[0], want)
	})
}

func TestEmbeddingsAreRecordedWithoutTheirVectors(t *testing.T) {
	spans := record(t, func(ctx context.Context, c openai.Client) {
		if _, err := c.Embeddings.New(ctx, openai.EmbeddingNewParams{Model: "e", Input: openai.EmbeddingNewParamsInputUnion{OfString: openai.String("words")}}); err != nil {
			t.Error(err)
		}
	}, answer(200, `{"object":"list","model":"e-1","data":[{"object":"embedding","index":0,"embedding":[0.123456]}],"usage":{"prompt_tokens":2,"total_tokens":2}}`))
	check(t, spans[0], map[string]any{"xray.step.type": "embedding", "gen_ai.operation.name": "embeddings", "xray.input": `"words"`, "gen_ai.usage.input_tokens": 2})
	if strings.Contains(fmt.Sprint(spans[0].Attributes), "0.123") {
		t.Error("the vector was recorded")
	}
}

func TestAStreamThatBreaksIsAnError(t *testing.T) {
	spans := record(t, func(ctx context.Context, c openai.Client) {
		stream := c.Chat.Completions.NewStreaming(ctx, openai.ChatCompletionNewParams{Model: "m"})
		for stream.Next() {
		}
	}, events(`data: {"choices":[{"index":0,"delta":{"content":"par"}}]}`, `data: {"error":{"message":"server shut down"}}`))
	if s := spans[0]; s.Status.Code != codes.Error || !strings.Contains(s.Status.Description, "server shut down") {
		t.Errorf("status %v", s.Status)
	}
	check(t, spans[0], map[string]any{"gen_ai.output.messages": `[{"role":"assistant","parts":[{"content":"par","type":"text"}]}]`})
}

func TestOtherEndpointsAreLeftAlone(t *testing.T) {
	spans := record(t, func(ctx context.Context, c openai.Client) {
		if _, err := c.Models.List(ctx); err != nil {
			t.Error(err)
		}
	}, answer(200, `{"object":"list","data":[]}`))
	if len(spans) != 0 {
		t.Errorf("%d spans", len(spans))
	}
}
