package main

import (
	"log/slog"
	"os"
	"slices"
	"strings"
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
	Endpoints     []string      `name:"model-endpoints" env:"XRAY_MODEL_ENDPOINTS" help:"Further endpoints that projects may choose: base URLs, each with =NAME of the environment variable that holds its key, if it wants one."`
	Debug         bool          `name:"reasoning-debug" env:"XRAY_REASONING_DEBUG" help:"Log size, cost and outcome of each call to the model, never its content."`
}

func (m modelFlags) configured() bool {
	return m.OpenAIKey != "" || m.OpenAIBaseURL != "" || len(m.Endpoints) > 0
}

// endpoints are those that projects may choose, with their keys. Keys stay in
// the environment: settings, which others may change, only name addresses of
// this list.
func (m modelFlags) endpoints() ([]reasoner.Endpoint, error) {
	var list []reasoner.Endpoint
	for _, e := range m.Endpoints {
		address, variable, named := strings.Cut(strings.TrimSpace(e), "=")
		set := xray.ReasoningSettings{Policy: xray.PolicyDefault, BaseURL: address}
		if err := set.Validate(); err != nil || address == "" {
			return nil, xray.Errorf(xray.CodeInvalid, "XRAY_MODEL_ENDPOINTS: %q is not the address of an endpoint: use one like https://llm.example/v1 or https://llm.example/v1=NAME_OF_A_VARIABLE", address)
		}
		key := ""
		if named {
			if key = os.Getenv(variable); key == "" {
				return nil, xray.Errorf(xray.CodeInvalid, "XRAY_MODEL_ENDPOINTS: the environment variable %q, which should hold the key of %s, is empty", variable, address)
			}
		}
		list = append(list, reasoner.Endpoint{BaseURL: address, APIKey: key})
	}
	return list, nil
}

// places are the base URLs that this process may ask, as projects name them: ""
// for those that name none.
func (m modelFlags) places() []string {
	var places []string
	if m.OpenAIKey != "" || m.OpenAIBaseURL != "" {
		places = append(places, "")
	}
	if m.OpenAIBaseURL != "" {
		places = append(places, m.OpenAIBaseURL)
	}
	for _, e := range m.Endpoints {
		address, _, _ := strings.Cut(strings.TrimSpace(e), "=")
		places = append(places, address)
	}
	slices.Sort(places)
	return slices.Compact(places)
}

func (m modelFlags) explainer(s *store.Store, book *prices.Book, privacy reasoner.Privacy, log *slog.Logger) (*reasoner.Explainer, error) {
	endpoints, err := m.endpoints()
	if err != nil {
		return nil, err
	}
	return reasoner.New(s, reasoner.Options{
		BaseURL: m.OpenAIBaseURL, APIKey: m.OpenAIKey, Model: m.Model, Endpoints: endpoints, Settings: s.ModelSettings,
		Cache: s, Ledger: s, Ignored: s.IgnoredPaths, Privacy: privacy,
		CallTimeout: m.Timeout, Debug: m.Debug, Logger: log,
		Cost: func(project int32, model string, u reasoner.Usage) *float64 {
			return costOf(book.Of(project), model, u)
		},
	}), nil
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
