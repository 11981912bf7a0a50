package reasoner_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/modeltest"
	"github.com/xraytrace/xray/internal/tracetest"
	"github.com/xraytrace/xray/reasoner"
	"github.com/xraytrace/xray/receiver/prices"
)

// score says how well a model explains the pipelines with planted causes.
type score struct {
	mu                        sync.Mutex
	planted, hits             int // pipelines; those whose decisive steps hold the cause's
	cited                     int // those with an accepted claim on a fact that tells the cause
	healthy                   int
	claims, accepted          int
	falseQuotes               int // in accepted claims: quotes that do not stand where they point
	failed                    int // pipelines that the model did not explain
	inputTokens, outputTokens int64
	usd                       float64
	unpriced                  int
}

func (s *score) String() string {
	cost := fmt.Sprintf("$%.4f", s.usd)
	if s.unpriced > 0 {
		cost += fmt.Sprintf(" and %d pipelines at an unknown price", s.unpriced)
	}
	return fmt.Sprintf("decisive step hit in %d of %d (%.0f %%), the cause's fact cited in %d; %d of %d claims accepted (verified rate %.0f %%), %d false quotes among them; "+
		"%d healthy pipelines; %d not explained; %d tokens in, %d out, %s",
		s.hits, s.planted, percent(s.hits, s.planted), s.cited, s.accepted, s.claims, percent(s.accepted, s.claims), s.falseQuotes,
		s.healthy, s.failed, s.inputTokens, s.outputTokens, cost)
}

func percent(part, of int) float64 { return 100 * float64(part) / float64(max(of, 1)) }

// TestExplainScore has a model explain the corpus of planted causes. Under
// `make explain-score` it is the model of OPENAI_BASE_URL, OPENAI_API_KEY and
// XRAY_MODEL; otherwise a stand-in whose faults are known, so that the score is
// known to tell them.
func TestExplainScore(t *testing.T) {
	opts := reasoner.Options{BaseURL: os.Getenv("OPENAI_BASE_URL"), APIKey: os.Getenv("OPENAI_API_KEY"), Model: os.Getenv("XRAY_MODEL"), CallTimeout: 3 * time.Minute}
	real := os.Getenv("XRAY_EXPLAIN_SCORE") != "" && opts.BaseURL+opts.APIKey != ""
	if !real {
		model, stop := modeltest.Start(modeltest.Careless)
		defer stop()
		opts = reasoner.Options{BaseURL: model.URL, Model: "careless"}
	}
	s := scoreCorpus(t, opts)
	t.Logf("explain score: %s", s)
	if s.falseQuotes > 0 {
		t.Errorf("%d quotes were accepted that do not stand in the record", s.falseQuotes)
	}
	if real {
		return
	}
	// The stand-in names the step of the first fact, and one claim or two of
	// three are right.
	if s.failed > 0 || s.planted < 30 || s.healthy < 10 || percent(s.hits, s.planted) < 85 || percent(s.cited, s.planted) < 85 {
		t.Errorf("the stand-in's score is %s", s)
	}
	if rate := percent(s.accepted, s.claims); rate < 40 || rate > 70 || s.inputTokens == 0 || s.outputTokens == 0 {
		t.Errorf("the stand-in's score is %s", s)
	}
}

// scoreCorpus explains the pipelines of the corpus, a few at a time.
func scoreCorpus(t *testing.T, opts reasoner.Options) *score {
	t.Helper()
	pipelines, err := tracetest.LoadPipelines(os.DirFS("facts"), "testdata/corpus")
	if err != nil {
		t.Fatal(err)
	}
	table, err := prices.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	s := &score{}
	slots := make(chan struct{}, 4)
	var wg sync.WaitGroup
	for _, p := range pipelines {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			info, steps := p.Execution()
			x, err := reasoner.New(oneRun{info, steps}, opts).Explain(t.Context(), xray.ReasoningJob{ProjectID: 1, TraceID: info.TraceID})
			if err != nil {
				t.Logf("%s is not explained: %v", p.File, err)
			}
			s.add(t, p, steps, x, err, table)
		})
	}
	wg.Wait()
	return s
}

func (s *score) add(t *testing.T, p tracetest.Pipeline, steps []xray.StepDetail, x xray.Explanation, err error, table *prices.Table) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inputTokens += x.InputTokens
	s.outputTokens += x.OutputTokens
	tokens := xray.Tokens{Input: &x.InputTokens, Output: &x.OutputTokens}
	if usd, ok := table.Cost(prices.Call{Models: []string{x.Model}, Tokens: tokens, At: time.Now()}); ok {
		s.usd += usd
	} else {
		s.unpriced++
	}
	if err != nil {
		s.failed++
	}
	for _, r := range x.Reasonings {
		if r.Source == xray.SourceModel {
			s.judge(t, p, steps, r)
		}
	}
	if p.Cause == nil {
		s.healthy++
		return
	}
	s.planted++
	i := slices.IndexFunc(x.Reasonings, func(r xray.Reasoning) bool { return r.StepID.IsZero() })
	if i < 0 || x.Reasonings[i].Source != xray.SourceModel {
		return
	}
	whole := x.Reasonings[i]
	decisive := slices.ContainsFunc(whole.DecisiveSteps, func(id string) bool { return slices.Contains(causeSteps(p), id) })
	if decisive {
		s.hits++
	} else {
		t.Logf("%s: the cause is in %v, the model says %q of %v", p.File, p.Cause.Steps, whole.Headline, whole.DecisiveSteps)
	}
	var named []xray.Fact
	for _, f := range x.Facts {
		if slices.ContainsFunc(whole.Claims, func(c xray.Claim) bool {
			return c.Verdict != xray.VerdictUnverified && slices.Contains(c.Facts, f.ID)
		}) {
			named = append(named, f)
		}
	}
	if p.CauseAt(named) >= 0 {
		s.cited++
	}
}

func causeSteps(p tracetest.Pipeline) (ids []string) {
	for i, step := range p.Steps {
		if slices.Contains(p.Cause.Steps, step.ID) || step.ID == "" && slices.Contains(p.Cause.Steps, step.Name) {
			ids = append(ids, p.StepID(i).String())
		}
	}
	return ids
}

// judge counts claims, and looks by itself whether what accepted ones quote
// stands there.
func (s *score) judge(t *testing.T, p tracetest.Pipeline, steps []xray.StepDetail, r xray.Reasoning) {
	for _, c := range r.Claims {
		s.claims++
		if c.Verdict == xray.VerdictUnverified {
			continue
		}
		s.accepted++
		for _, e := range c.Evidence {
			if !stands(steps, e) {
				s.falseQuotes++
				t.Logf("%s: %q is accepted and quotes %q, which does not stand at %s", p.File, c.Text, e.Quote, e.Pointer)
			}
		}
	}
}

// stands is a second opinion on a quote, much simpler than the verifier's: the
// value is the quote, or a text with it inside.
func stands(steps []xray.StepDetail, e xray.Evidence) bool {
	i := slices.IndexFunc(steps, func(d xray.StepDetail) bool { return d.SpanID.String() == e.StepID })
	if i < 0 {
		return false
	}
	raw, err := json.Marshal(steps[i].Payload())
	if err != nil {
		return false
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return false
	}
	for part := range strings.SplitSeq(strings.TrimPrefix(e.Pointer, "/"), "/") {
		part = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
		switch at := v.(type) {
		case map[string]any:
			v = at[part]
		case []any:
			n, err := strconv.Atoi(part)
			if err != nil || n < 0 || n >= len(at) {
				return false
			}
			v = at[n]
		default:
			return false
		}
	}
	quote := strings.Join(strings.Fields(e.Quote), " ")
	switch v := v.(type) {
	case string:
		return strings.Contains(strings.Join(strings.Fields(v), " "), quote)
	case json.Number:
		want, err1 := v.Float64()
		got, err2 := strconv.ParseFloat(strings.NewReplacer(",", "", " ", "").Replace(quote), 64)
		return err1 == nil && err2 == nil && want == got
	case map[string]any, []any:
		var got any
		g := json.NewDecoder(strings.NewReader(e.Quote))
		g.UseNumber()
		want, err1 := json.Marshal(v)
		err2 := g.Decode(&got)
		gotRaw, err3 := json.Marshal(got)
		return err1 == nil && err2 == nil && err3 == nil && string(want) == string(gotRaw)
	}
	return fmt.Sprint(v) == quote || v == nil && quote == "null"
}

// oneRun is a source of one execution.
type oneRun struct {
	info  xray.Execution
	steps []xray.StepDetail
}

func (r oneRun) Execution(context.Context, int32, string) (xray.Execution, error) { return r.info, nil }

func (r oneRun) Details(context.Context, int32, xray.TraceID) ([]xray.StepDetail, error) {
	return slices.Clone(r.steps), nil
}

func (r oneRun) Profiles(context.Context, xray.Execution, int) ([]json.RawMessage, error) {
	return nil, nil
}

// A score that cannot tell a false quote would be worth nothing.
func TestTheScoreCountsFalseQuotes(t *testing.T) {
	t.Parallel()
	p := tracetest.Pipeline{File: "f", Cause: &tracetest.Cause{Steps: []string{"filter"}}, Steps: []tracetest.PipelineStep{
		{Name: "search"}, {Name: "filter", Input: json.RawMessage(`{"min":7.50,"title":"a  red bottle","tags":["a"]}`)},
	}}
	_, steps := p.Execution()
	id := p.StepID(1).String()
	for quote, pointer := range map[string]string{"7.5": "/input/min", "red bottle": "/input/title", `["a"]`: "/input/tags", "a": "/input/tags/0"} {
		if !stands(steps, xray.Evidence{StepID: id, Pointer: pointer, Quote: quote}) {
			t.Errorf("%q stands at %s", quote, pointer)
		}
	}
	var s score
	claim := func(pointer, quote string) xray.Claim {
		return xray.Claim{Verdict: xray.VerdictVerified, Evidence: []xray.Evidence{{StepID: id, Pointer: pointer, Quote: quote}}}
	}
	s.judge(t, p, steps, xray.Reasoning{Claims: []xray.Claim{
		claim("/input/min", "8"), claim("/input/title", "green"), claim("/input/tags/1", "a"), claim("/input/none", "x"), claim("/input/min", "7.5"),
		{Verdict: xray.VerdictUnverified, Evidence: []xray.Evidence{{StepID: id, Pointer: "/input/min", Quote: "9"}}},
	}})
	if s.claims != 6 || s.accepted != 5 || s.falseQuotes != 4 {
		t.Errorf("%d claims, %d accepted, %d false quotes; want 6, 5 and 4", s.claims, s.accepted, s.falseQuotes)
	}
}
