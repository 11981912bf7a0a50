// Package model asks a language model for the examples and records the call.
//
// With OPENAI_BASE_URL set it speaks to any OpenAI-compatible server
// (OPENAI_API_KEY and XRAY_MODEL as usual); without it, it gives the answer
// that the example brings along, so that everything runs offline.
package model

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/xraytrace/xray/sdk"
)

// Ask returns the model's answer to user under the instructions of system, or
// standIn when no model is configured.
func Ask(ctx context.Context, system, user, standIn string) (string, error) {
	base := os.Getenv("OPENAI_BASE_URL")
	name := cmp.Or(os.Getenv("XRAY_MODEL"), "gpt-5-mini")
	if base == "" {
		name = "stand-in"
	}
	messages := []xray.Message{{Role: "system", Content: system}, {Role: "user", Content: user}}
	return xray.LLM(ctx, xray.Request{Provider: "openai", Model: name, Messages: messages},
		func(ctx context.Context, call *xray.Call) (string, error) {
			if base == "" {
				time.Sleep(80 * time.Millisecond) // as if someone thought about it
				call.Answered(xray.Message{Role: "assistant", Content: standIn, FinishReason: "stop"})
				return standIn, nil
			}
			a, err := complete(ctx, base, name, messages)
			if err != nil {
				return "", err
			}
			call.Responded(a.Model, a.ID)
			call.Used(xray.Usage{Input: a.Usage.PromptTokens, Output: a.Usage.CompletionTokens})
			choice := a.Choices[0]
			call.Answered(xray.Message{Role: "assistant", Content: choice.Message.Content, FinishReason: choice.FinishReason})
			return choice.Message.Content, nil
		})
}

type answer struct {
	ID      string `json:"id"`
	Model   string `json:"model"`
	Choices []struct {
		Message      struct{ Content string } `json:"message"`
		FinishReason string                   `json:"finish_reason"`
	} `json:"choices"`
	Usage struct {
		PromptTokens     int64 `json:"prompt_tokens"`
		CompletionTokens int64 `json:"completion_tokens"`
	} `json:"usage"`
}

func complete(ctx context.Context, base, name string, messages []xray.Message) (answer, error) {
	type message struct {
		Role    string `json:"role"`
		Content string `json:"content"`
	}
	ask := struct {
		Model    string    `json:"model"`
		Messages []message `json:"messages"`
	}{Model: name}
	for _, m := range messages {
		ask.Messages = append(ask.Messages, message{m.Role, m.Content})
	}
	body, err := json.Marshal(ask)
	if err != nil {
		return answer{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(base, "/")+"/chat/completions", bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+os.Getenv("OPENAI_API_KEY"))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, fmt.Errorf("ask the model: %w", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, fmt.Errorf("read the model's answer: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return answer{}, fmt.Errorf("the model answered %s: %s", resp.Status, text)
	}
	var a answer
	if err := json.Unmarshal(text, &a); err != nil || len(a.Choices) == 0 {
		return answer{}, fmt.Errorf("the model's answer has no choices: %s", text)
	}
	return a, nil
}
