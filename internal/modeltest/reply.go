package modeltest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Reply answers one call.
type Reply func(w http.ResponseWriter, r *http.Request, req Request)

// Text answers with a message of this content.
func Text(content string) Reply {
	return func(w http.ResponseWriter, _ *http.Request, req Request) {
		complete(w, req, map[string]any{"role": "assistant", "content": content}, "stop")
	}
}

// Answer answers with the JSON of v.
func Answer(v any) Reply {
	return func(w http.ResponseWriter, r *http.Request, req Request) {
		b, err := json.Marshal(v)
		if err != nil {
			panic(err) // a mistake in the test
		}
		Text(string(b))(w, r, req)
	}
}

// RateLimited answers 429. Retry-After is in whole seconds; 0 sends none.
func RateLimited(after time.Duration) Reply {
	return func(w http.ResponseWriter, _ *http.Request, _ Request) {
		if after > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(after.Seconds())))
		}
		fail(w, http.StatusTooManyRequests, "rate_limit_error", "rate_limit_exceeded", "Rate limit reached")
	}
}

// OutOfQuota answers 429 in the way that waiting does not mend.
func OutOfQuota(w http.ResponseWriter, _ *http.Request, _ Request) {
	fail(w, http.StatusTooManyRequests, "insufficient_quota", "insufficient_quota", "You exceeded your current quota")
}

// ServerError answers 500.
func ServerError(w http.ResponseWriter, _ *http.Request, _ Request) {
	fail(w, http.StatusInternalServerError, "server_error", "", "The server had an error")
}

// Unauthorized answers 401.
func Unauthorized(w http.ResponseWriter, _ *http.Request, _ Request) {
	fail(w, http.StatusUnauthorized, "invalid_request_error", "invalid_api_key", "Incorrect API key provided")
}

// NoSuchModel answers 404.
func NoSuchModel(w http.ResponseWriter, _ *http.Request, req Request) {
	fail(w, http.StatusNotFound, "invalid_request_error", "model_not_found", "The model "+req.Model+" does not exist")
}

// ContextTooLong answers 400 as OpenAI does for a prompt that is too long.
func ContextTooLong(w http.ResponseWriter, _ *http.Request, _ Request) {
	fail(w, http.StatusBadRequest, "invalid_request_error", "context_length_exceeded", "This model's maximum context length is 8192 tokens")
}

// Timeout never answers: it waits until the client gives up.
func Timeout(_ http.ResponseWriter, r *http.Request, _ Request) { <-r.Context().Done() }

// HangUp closes the connection in the middle of the answer.
func HangUp(w http.ResponseWriter, _ *http.Request, _ Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", "1000")
	fmt.Fprint(w, `{"id":"chatcmpl-1","choices":[`)
	panic(http.ErrAbortHandler)
}

// HTML answers 200 with a web page, as a proxy or a wrong base URL does.
func HTML(w http.ResponseWriter, _ *http.Request, _ Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprint(w, "<!DOCTYPE html><html><body><h1>Welcome</h1></body></html>")
}

// BadGateway answers 502 with a web page.
func BadGateway(w http.ResponseWriter, _ *http.Request, _ Request) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(http.StatusBadGateway)
	fmt.Fprint(w, "<html><body>502 Bad Gateway</body></html>")
}

// BrokenBody answers 200 with a body that is no JSON.
func BrokenBody(w http.ResponseWriter, _ *http.Request, _ Request) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, `{"id":"chatcmpl-1","choices":[{"mess`)
}

// NoChoices answers 200 without any choice.
func NoChoices(w http.ResponseWriter, _ *http.Request, req Request) {
	send(w, map[string]any{"id": "chatcmpl-1", "object": "chat.completion", "model": req.Model, "choices": []any{}})
}

// Malformed answers with a message that is broken JSON.
func Malformed(w http.ResponseWriter, r *http.Request, req Request) {
	Text(`{"headline": "The search returned`)(w, r, req)
}

// WrongSchema answers with JSON of another shape.
func WrongSchema(w http.ResponseWriter, r *http.Request, req Request) {
	Text(`{"summary": "All good.", "score": 10}`)(w, r, req)
}

// Empty answers with an empty message.
func Empty(w http.ResponseWriter, r *http.Request, req Request) { Text("")(w, r, req) }

// Refusal declines to answer.
func Refusal(w http.ResponseWriter, _ *http.Request, req Request) {
	complete(w, req, map[string]any{"role": "assistant", "content": nil, "refusal": "I'm sorry, I can't help with that."}, "stop")
}

// CutOff answers with a message that ran into the length limit.
func CutOff(w http.ResponseWriter, _ *http.Request, req Request) {
	complete(w, req, map[string]any{"role": "assistant", "content": `{"headline": "The search retur`}, "length")
}

// Filtered answers as a content filter does.
func Filtered(w http.ResponseWriter, _ *http.Request, req Request) {
	complete(w, req, map[string]any{"role": "assistant", "content": ""}, "content_filter")
}

// Without refuses these response formats and passes other calls on.
func Without(next Reply, formats ...string) Reply {
	return func(w http.ResponseWriter, r *http.Request, req Request) {
		for _, f := range formats {
			if f == req.Format {
				fail(w, http.StatusBadRequest, "invalid_request_error", "unsupported_parameter", "'response_format' of type '"+f+"' is not supported with this model")
				return
			}
		}
		next(w, r, req)
	}
}

func complete(w http.ResponseWriter, req Request, message map[string]any, finish string) {
	prompt, answer := 0, 0
	for _, m := range req.Messages {
		prompt += len(m.Content)/4 + 4
	}
	if content, ok := message["content"].(string); ok {
		answer = len(content) / 4
	}
	usage := map[string]any{"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer}
	if req.Stream {
		stream(w, req, message, finish, usage)
		return
	}
	send(w, map[string]any{
		"id": "chatcmpl-1", "object": "chat.completion", "created": 1700000000, "model": req.Model,
		"choices": []any{map[string]any{"index": 0, "message": message, "finish_reason": finish}},
		"usage":   usage,
	})
}

// stream sends a message in parts of a few bytes, as a model does.
func stream(w http.ResponseWriter, req Request, message map[string]any, finish string, usage map[string]any) {
	w.Header().Set("Content-Type", "text/event-stream")
	part := func(choices []any, usage map[string]any) {
		b, err := json.Marshal(map[string]any{
			"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1700000000, "model": req.Model, "choices": choices, "usage": usage,
		})
		if err != nil {
			panic(err) // a mistake in the test
		}
		fmt.Fprintf(w, "data: %s\n\n", b)
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
	}
	choice := func(delta map[string]any, finish any) []any {
		return []any{map[string]any{"index": 0, "delta": delta, "finish_reason": finish}}
	}
	content, _ := message["content"].(string)
	first := map[string]any{"role": "assistant"}
	if refusal, ok := message["refusal"]; ok {
		first["refusal"] = refusal
	}
	part(choice(first, nil), nil)
	for rest := []rune(content); len(rest) > 0; {
		n := min(40, len(rest))
		part(choice(map[string]any{"content": string(rest[:n])}, nil), nil)
		rest = rest[n:]
	}
	part(choice(map[string]any{}, finish), nil)
	part([]any{}, usage)
	fmt.Fprint(w, "data: [DONE]\n\n")
}

// Whole answers as a server that knows no parts: at once, whatever was asked
// for.
func Whole(next Reply) Reply {
	return func(w http.ResponseWriter, r *http.Request, req Request) {
		req.Stream = false
		next(w, r, req)
	}
}

// NoStream refuses to answer in parts.
func NoStream(next Reply) Reply {
	return func(w http.ResponseWriter, r *http.Request, req Request) {
		if req.Stream {
			fail(w, http.StatusBadRequest, "invalid_request_error", "unsupported_parameter", "'stream' is not supported")
			return
		}
		next(w, r, req)
	}
}

func send(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v) // a client that went away is its own problem
}

func fail(w http.ResponseWriter, status int, typ, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"message": message, "type": typ, "param": nil, "code": code}})
}
