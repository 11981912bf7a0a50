package reasoner

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner/verify"
)

// Source is where executions are read from.
type Source interface {
	// Execution finds one by its trace id in hex.
	Execution(ctx context.Context, project int32, ref string) (xray.Execution, error)
	// Details returns all its steps with what they carried.
	Details(ctx context.Context, project int32, id xray.TraceID) ([]xray.StepDetail, error)
	// Profiles returns what explanations of earlier executions of the same name
	// left as their Profile, newest first.
	Profiles(ctx context.Context, e xray.Execution, limit int) ([]json.RawMessage, error)
}

// Options configure an [Explainer]. Without BaseURL and APIKey it explains from
// facts alone.
type Options struct {
	BaseURL string // of an OpenAI-compatible server; "" with an APIKey means OpenAI's
	APIKey  string // "" for servers that want none
	Model   string // "" means [DefaultModel]
	// Endpoints are what projects may choose instead.
	Endpoints []Endpoint
	// Settings are those that hold for a project; nil: the zero value for all.
	Settings func(ctx context.Context, project int32) (xray.ReasoningSettings, error)

	// Analyze computes the facts; nil: package facts does. history is what
	// Profiles gave.
	Analyze func(e xray.Execution, steps []xray.StepDetail, history []json.RawMessage) Findings
	// Cost prices tokens of a model for a project in US dollars, nil for an
	// unknown price.
	Cost func(project int32, model string, u Usage) *float64
	// Ignored are what comparisons of executions of a name leave out; nil: nothing.
	Ignored func(ctx context.Context, project int32, name string) ([]string, error)
	Cache   Cache   // nil: in memory
	Ledger  Ledger  // nil: calls are not accounted for, and have no cap
	Privacy Privacy // nil: a model is shown nothing that a preset of package mask knows

	CallTimeout       time.Duration // of one call; 0 means a minute
	RequestsPerMinute int           // towards the model; 0 means no limit of our own
	TokensPerMinute   int           // towards the model; 0 means no limit of our own

	Logger     *slog.Logger     // nil: silent
	Debug      bool             // log each call's size and outcome (never content) at Info instead of Debug
	HTTPClient *http.Client     // nil: a new one
	Now        func() time.Time // for CreatedAt; nil: time.Now
}

// Explainer explains executions. It is safe for concurrent use.
type Explainer struct {
	source  Source
	opts    Options
	prompts *prompts
	cache   Cache
	models  models
	gates   gates
	busy    chan struct{} // holds one for each question whose facts are computed
}

// New returns an Explainer that reads from source.
func New(source Source, opts Options) *Explainer {
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Analyze == nil {
		opts.Analyze = analyze
	}
	if opts.Cache == nil {
		opts.Cache = newMemoryCache()
	}
	return &Explainer{source: source, opts: opts, prompts: newPrompts(), cache: opts.Cache, busy: make(chan struct{}, atOnce)}
}

// Model is the name of the model that is asked for projects that have chosen
// no other, "" without one.
func (e *Explainer) Model() string {
	if e.opts.BaseURL == "" && e.opts.APIKey == "" {
		return ""
	}
	return e.DefaultModel()
}

// DefaultModel is the name of the model that is asked wherever a project names
// none.
func (e *Explainer) DefaultModel() string { return orDefault(e.opts.Model, DefaultModel) }

// Endpoints are the base URLs that projects may choose.
func (e *Explainer) Endpoints() []string {
	list := []string{}
	for _, p := range e.opts.Endpoints {
		list = append(list, p.BaseURL)
	}
	return list
}

// Explain explains what the job asks for: an execution with all its steps, or
// one step; then Headline is "" and the execution's stays as it is.
//
// It may return both an explanation and an error: the facts stand even when
// the model does not answer. CodeLimit and CodeUnavailable mean that the job
// should be tried again, after RetryAfter if given; CodeInvalid means that
// trying again is of no use, with a message for people. If the explanation that
// stands has the same basis, it says so and makes none.
func (e *Explainer) Explain(ctx context.Context, job xray.ReasoningJob) (xray.Explanation, error) {
	s, err := e.load(ctx, job)
	if err != nil {
		return xray.Explanation{}, err
	}
	var m chosen
	if !job.FactsOnly {
		m, err = e.choose(ctx, job.ProjectID)
	}
	if _, ours := err.(*failure); err != nil && !ours {
		return xray.Explanation{}, err
	}
	basis := s.basis(m, e.prompts.version)
	if err == nil && basis == job.Stands {
		return xray.Explanation{Basis: basis, Record: s.recorded(), Unchanged: true}, nil
	}
	out := s.fromFacts()
	switch {
	case err != nil:
		return out, failureOf(err)
	case m.model == nil:
		out.Basis = basis
		return out, nil
	}
	if err = e.phrase(ctx, s, m, &out); err == nil && byModel(out, job.StepID) {
		out.Basis = basis
	}
	return out, err
}

// FromFacts explains an execution from facts alone, whether there is a model
// or not. It is for executions that were too plain to be explained beforehand.
func (e *Explainer) FromFacts(ctx context.Context, project int32, id xray.TraceID) (xray.Explanation, error) {
	s, err := e.load(ctx, xray.ReasoningJob{ProjectID: project, TraceID: id})
	if err != nil {
		return xray.Explanation{}, err
	}
	return s.fromFacts(), nil
}

func (e *Explainer) cost(project int32, model string, u Usage) *float64 {
	if e.opts.Cost == nil {
		return nil
	}
	return e.opts.Cost(project, model, u)
}

func (e *Explainer) load(ctx context.Context, job xray.ReasoningJob) (*subject, error) {
	execution, err := e.source.Execution(ctx, job.ProjectID, job.TraceID.String())
	if xray.ErrorCode(err) == xray.CodeNotFound {
		return nil, xray.Errorf(xray.CodeInvalid, "The execution no longer exists.")
	}
	if err != nil {
		return nil, fmt.Errorf("read the execution: %w", err)
	}
	return e.read(ctx, job, execution)
}

// read loads the steps of an execution and has the facts computed.
func (e *Explainer) read(ctx context.Context, job xray.ReasoningJob, execution xray.Execution) (*subject, error) {
	steps, err := e.source.Details(ctx, job.ProjectID, job.TraceID)
	if err != nil {
		return nil, fmt.Errorf("read the steps: %w", err)
	}
	steps = slices.DeleteFunc(steps, func(d xray.StepDetail) bool { return d.Pending })
	if !job.StepID.IsZero() && !slices.ContainsFunc(steps, func(d xray.StepDetail) bool { return d.SpanID == job.StepID }) {
		return nil, xray.Errorf(xray.CodeInvalid, "The execution has no step %s.", job.StepID)
	}
	history, err := e.source.Profiles(ctx, execution, xray.HistoryRuns)
	if err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	return e.subject(job, execution, steps, history), nil
}

// subject finds out what pure code can about an execution.
func (e *Explainer) subject(job xray.ReasoningJob, execution xray.Execution, steps []xray.StepDetail, history []json.RawMessage) *subject {
	s := &subject{job: job, execution: execution, steps: steps, now: e.opts.Now()}
	s.findings = e.opts.Analyze(execution, steps, history)
	s.record = verify.NewRecord(steps, s.findings.Facts)
	return s
}

// FromRecords explains executions of one pipeline, in order of start, from
// facts alone and without reading anything else. history is what Profiles gives
// for the first of them, newest first; each execution is held also against
// those that come before it in runs.
func (e *Explainer) FromRecords(runs []xray.Recorded, history []json.RawMessage) []xray.Explanation {
	out := make([]xray.Explanation, len(runs))
	for i, r := range runs {
		steps := slices.DeleteFunc(r.Steps, func(d xray.StepDetail) bool { return d.Pending })
		job := xray.ReasoningJob{ProjectID: r.Execution.ProjectID, TraceID: r.Execution.TraceID}
		out[i] = e.subject(job, r.Execution, steps, history).fromFacts()
		if profile := out[i].Profile; profile != nil {
			history = append([]json.RawMessage{profile}, history[:min(len(history), xray.HistoryRuns-1)]...)
		}
	}
	return out
}
