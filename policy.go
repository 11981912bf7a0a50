package xray

import (
	"hash/fnv"
	"math"
	"net/url"
	"strings"
	"time"
	"unicode"
)

// ReasoningPolicy says which executions of a project a model explains. Facts
// are computed for all of them.
type ReasoningPolicy string

const (
	PolicyDefault  ReasoningPolicy = "default"   // the server's
	PolicyOff      ReasoningPolicy = "off"       // none, also when a person asks
	PolicyOnDemand ReasoningPolicy = "on_demand" // those that a person asks for
	PolicyFailures ReasoningPolicy = "failures"  // and those that failed
	PolicySample   ReasoningPolicy = "sample"    // and a share of all
	PolicyAll      ReasoningPolicy = "all"       // every one
)

// ParseReasoningPolicy reads a policy. An error is CodeInvalid.
func ParseReasoningPolicy(s string) (ReasoningPolicy, error) {
	switch p := ReasoningPolicy(s); p {
	case PolicyDefault, PolicyOff, PolicyOnDemand, PolicyFailures, PolicySample, PolicyAll:
		return p, nil
	}
	return "", Errorf(CodeInvalid, "unknown policy %q: use default, off, on_demand, failures, sample or all", s)
}

// ReasoningSettings are a project's.
type ReasoningSettings struct {
	Policy        ReasoningPolicy `json:"policy"`
	SamplePercent float64         `json:"samplePercent"`           // 0 to 100, for PolicySample
	DailyCapUSD   *float64        `json:"dailyCapUsd,omitempty"`   // by UTC day; nil: none
	MonthlyCapUSD *float64        `json:"monthlyCapUsd,omitempty"` // by UTC month; nil: none
	Concurrency   int             `json:"concurrency"`             // calls to a model under way at once; 0: the server's number
	Model         string          `json:"model"`                   // "": the server's
	BaseURL       string          `json:"baseUrl"`                 // of an endpoint that the server knows; "": the server's own
}

// MaxConcurrency bounds [ReasoningSettings.Concurrency].
const MaxConcurrency = 64

// Validate checks settings that somebody sent. An error is CodeInvalid.
func (s ReasoningSettings) Validate() error {
	if _, err := ParseReasoningPolicy(string(s.Policy)); err != nil {
		return err
	}
	if !(s.SamplePercent >= 0 && s.SamplePercent <= 100) {
		return Errorf(CodeInvalid, "samplePercent is %v: use 0 to 100", s.SamplePercent).At("/samplePercent")
	}
	for field, limit := range map[string]*float64{"/dailyCapUsd": s.DailyCapUSD, "/monthlyCapUsd": s.MonthlyCapUSD} {
		if limit != nil && !(*limit >= 0 && *limit < math.MaxInt32) {
			return Errorf(CodeInvalid, "a cap is %v: use US dollars, 0 or more, or leave it out for none", *limit).At(field)
		}
	}
	if s.Concurrency < 0 || s.Concurrency > MaxConcurrency {
		return Errorf(CodeInvalid, "concurrency is %d: use 1 to %d, or 0 for the server's number", s.Concurrency, MaxConcurrency).At("/concurrency")
	}
	const longest = 200
	if len(s.Model) > longest || strings.ContainsFunc(s.Model, func(r rune) bool { return !unicode.IsGraphic(r) || unicode.IsSpace(r) }) {
		return Errorf(CodeInvalid, "model is no name of one: use at most %d characters without spaces", longest).At("/model")
	}
	return checkBaseURL(s.BaseURL)
}

func checkBaseURL(raw string) error {
	if raw == "" {
		return nil
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || len(raw) > 2000 {
		return Errorf(CodeInvalid, "baseUrl is not the address of an endpoint: use one like https://llm.example/v1, without user, key or query").At("/baseUrl")
	}
	return nil
}

// Takes reports whether a model explains an execution that nobody asked about.
// A sample is chosen by trace id: the same execution is always in it or never.
func (s ReasoningSettings) Takes(id TraceID, status Status) bool {
	switch s.Policy {
	case PolicyAll:
		return true
	case PolicyFailures:
		return status == StatusError
	case PolicySample:
		h := fnv.New64a()
		h.Write(id[:])
		// FNV's low bits follow the last byte closely; fold the high ones in.
		sum := h.Sum64()
		return float64((sum^sum>>32)%10_000) < 100*s.SamplePercent
	default:
		return false
	}
}

// ModelCall is one call to a model, as it is accounted for: nothing of what
// was said.
type ModelCall struct {
	ProjectID    int32
	TraceID      TraceID
	Task         string
	Model        string
	PromptHash   [32]byte // SHA-256 of the whole prompt
	PromptBytes  int
	InputTokens  int64
	OutputTokens int64
	CostUSD      *float64 // estimated before the call, then what it used; nil for an unknown price
	Outcome      string   // "answered", or what went wrong
}

// RecordedCall is a [ModelCall] in the books.
type RecordedCall struct {
	ID int64
	ModelCall
	CreatedAt time.Time
	EndedAt   *time.Time // nil while Outcome is "open"
}

// ReasoningSpend is what models cost a project on one day.
type ReasoningSpend struct {
	Day           time.Time // UTC midnight
	Calls         int64
	UnpricedCalls int64 // of a model without a known price
	InputTokens   int64
	OutputTokens  int64
	CostUSD       float64 // calls under way count with their estimate
}
