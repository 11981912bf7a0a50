package main

import (
	"log/slog"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner"
	"github.com/xraytrace/xray/receiver/prices"
	"github.com/xraytrace/xray/store"
)

// modelFlags choose who writes explanations: nobody (facts) or a model behind
// any OpenAI-compatible endpoint.
type modelFlags struct {
	OpenAIKey     string        `name:"openai-api-key" env:"OPENAI_API_KEY" help:"Key for the model. With it or a base URL, a model writes the explanations."`
	OpenAIBaseURL string        `name:"openai-base-url" env:"OPENAI_BASE_URL" help:"An OpenAI-compatible endpoint: Azure, Ollama, vLLM, LM Studio, a gateway."`
	Model         string        `env:"XRAY_MODEL" help:"The model that writes explanations (default ${model})."`
	Timeout       time.Duration `name:"model-timeout" env:"XRAY_MODEL_TIMEOUT" default:"1m" help:"How long one call to the model may take."`
	Debug         bool          `name:"reasoning-debug" env:"XRAY_REASONING_DEBUG" help:"Log size, cost and outcome of each call to the model, never its content."`
}

func (m modelFlags) configured() bool { return m.OpenAIKey != "" || m.OpenAIBaseURL != "" }

func (m modelFlags) explainer(s *store.Store, book *prices.Book, log *slog.Logger) *reasoner.Explainer {
	return reasoner.New(s, reasoner.Options{
		BaseURL: m.OpenAIBaseURL, APIKey: m.OpenAIKey, Model: m.Model,
		Cache: s, Ledger: s, Ignored: s.IgnoredPaths,
		CallTimeout: m.Timeout, Debug: m.Debug, Logger: log,
		Cost: func(model string, u reasoner.Usage) *float64 { return costOf(book.Of(0), model, u) },
	})
}

// costOf prices what a model's answer used, nil if the model has no price.
func costOf(table *prices.Table, model string, u reasoner.Usage) *float64 {
	uncached := u.Input - u.Cached
	usd, ok := table.Cost(prices.Call{
		Models: []string{model},
		Tokens: xray.Tokens{Input: &uncached, CacheRead: &u.Cached, Output: &u.Output},
		At:     time.Now(),
	})
	if !ok {
		return nil
	}
	return &usd
}
