// Package openai records the calls of github.com/openai/openai-go as steps of
// the current execution, by OpenTelemetry's GenAI conventions:
//
//	client := openai.NewClient(option.WithMiddleware(xrayopenai.Middleware()))
//
// It understands chat completions, responses and embeddings, streamed or not,
// and leaves other endpoints alone. It never changes a request or an answer,
// and records what it can read of them while the program reads them: nothing
// is buffered before the program gets it. openai-go runs a middleware for each
// attempt, so a retried call is a step for each attempt.
//
// The package does not import openai-go: a middleware is a plain function, so
// this works with every version of it.
package openai

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"go.opentelemetry.io/otel/attribute"

	"github.com/xraytrace/xray/sdk"
)

// maxBody is how much of a request or an answer is looked at. What is larger
// is passed on all the same and recorded without its content.
const maxBody = 16 << 20

// Middleware returns the middleware for option.WithMiddleware.
func Middleware() func(*http.Request, func(*http.Request) (*http.Response, error)) (*http.Response, error) {
	return func(req *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
		kind := kindOf(req.URL.Path)
		if kind == other || req.Body == nil {
			return next(req)
		}
		sent, err := takeBody(req)
		if err != nil {
			return nil, err
		}
		ctx, call := begin(req.Context(), kind, req, sent)
		if call.Step() == nil { // not recorded
			return next(req)
		}
		resp, err := next(req.WithContext(ctx))
		if err != nil {
			call.End(err)
			return resp, err
		}
		resp.Body = watch(resp, call)
		return resp, nil
	}
}

// kind is what an endpoint does.
type kind int

const (
	other kind = iota
	chat
	responses
	embeddings
)

func kindOf(path string) kind {
	switch {
	case strings.HasSuffix(path, "/chat/completions"):
		return chat
	case strings.HasSuffix(path, "/responses"):
		return responses
	case strings.HasSuffix(path, "/embeddings"):
		return embeddings
	}
	return other
}

// takeBody reads the request's body and puts an equal one in its place.
func takeBody(req *http.Request) ([]byte, error) {
	if req.ContentLength > maxBody {
		return nil, nil
	}
	body, err := io.ReadAll(req.Body)
	_ = req.Body.Close() // it has been read: nothing can be lost
	if err != nil {
		return nil, fmt.Errorf("read the request to record it: %w", err)
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	return body, nil
}

func begin(ctx context.Context, k kind, req *http.Request, sent []byte) (context.Context, *xray.Call) {
	r, input := parseRequest(k, sent)
	r.Provider = "openai"
	if strings.HasSuffix(req.URL.Hostname(), ".openai.azure.com") {
		r.Provider = "azure.ai.openai"
	}
	ctx, call := xray.StartCall(ctx, r)
	call.Step().SetAttributes(attribute.String("server.address", req.URL.Hostname()))
	if input != nil {
		call.Step().SetInput(input)
	}
	return ctx, call
}
