package reasoner

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner/facts"
	"github.com/xraytrace/xray/reasoner/verify"
)

// Findings is what pure code found out about an execution.
type Findings struct {
	Facts     []xray.Fact // most telling first
	Funnel    []int64
	Stations  []xray.Station
	Headline  string                 // the whole run in a sentence
	Headlines map[xray.SpanID]string // each step in a sentence
	Profile   json.RawMessage        // for the history of later executions; nil for none
}

// analyze has package facts find out what it can from this execution and from
// what earlier ones of its name did.
func analyze(e xray.Execution, steps []xray.StepDetail, history []json.RawMessage) Findings {
	r := facts.Compute(facts.Execution{Info: e, Steps: steps}, historyOf(history))
	profile, err := json.Marshal(r.Profile)
	if err != nil {
		profile = nil // a cost that is no number; the run is left out of the history
	}
	return Findings{Facts: r.Facts, Funnel: r.FunnelCounts, Stations: r.Counts, Headline: r.Headline, Headlines: r.PerStep, Profile: profile}
}

// historyOf reads stored profiles. One that another release wrote differently
// is left out.
func historyOf(stored []json.RawMessage) *facts.History {
	var runs []facts.Profile
	for _, raw := range stored {
		var p facts.Profile
		if json.Unmarshal(raw, &p) == nil {
			runs = append(runs, p)
		}
	}
	return facts.NewHistory(runs)
}

const (
	maxExecutionClaims = 8    // facts that the explanation of a whole execution repeats
	maxDecisive        = 3    // steps
	maxQuote           = 200  // bytes; longer values are pointed at by the fact alone
	maxStepReasonings  = 1000 // above it, steps that have nothing to tell get no row of their own
)

// subject is an execution that is being explained.
type subject struct {
	job       xray.ReasoningJob
	execution xray.Execution
	steps     []xray.StepDetail
	findings  Findings
	record    *verify.Record
	guard     guard // of the subject as it is shown to a model
	now       time.Time
}

// fromFacts writes the explanation that needs no model: the facts' own
// sentences, checked like anybody else's.
func (s *subject) fromFacts() xray.Explanation {
	out := xray.Explanation{
		Facts: s.findings.Facts, Funnel: s.findings.Funnel, Stations: s.findings.Stations, Profile: s.findings.Profile, Record: s.recorded(),
	}
	byStep := map[string][]xray.Fact{}
	for _, f := range s.findings.Facts {
		byStep[f.StepID] = append(byStep[f.StepID], f)
	}
	for i := range s.steps {
		step := &s.steps[i]
		own := byStep[step.SpanID.String()]
		if !s.wants(step.SpanID) || len(s.steps) > maxStepReasonings && len(own) == 0 {
			continue
		}
		out.Reasonings = append(out.Reasonings, s.reasoning(step.SpanID, s.stepHeadline(step), own))
	}
	if s.job.StepID.IsZero() {
		out.Headline = s.headline()
		telling := s.findings.Facts[:min(maxExecutionClaims, len(s.findings.Facts))]
		out.Reasonings = append(out.Reasonings, s.reasoning(xray.SpanID{}, out.Headline, telling))
	}
	return out
}

// wants reports whether the job asks for this step.
func (s *subject) wants(id xray.SpanID) bool { return s.job.StepID.IsZero() || s.job.StepID == id }

func (s *subject) reasoning(step xray.SpanID, headline string, facts []xray.Fact) xray.Reasoning {
	r := xray.Reasoning{
		ProjectID: s.job.ProjectID, TraceID: s.job.TraceID, StepID: step,
		Source: xray.SourceFacts, Headline: headline,
		Claims: []xray.Claim{}, DecisiveSteps: decisive(facts), Missing: []string{},
		VerifierVersion: verify.Version, CreatedAt: s.now,
	}
	for _, f := range facts {
		r.Claims = append(r.Claims, s.record.Claim(s.claim(f), scope(step)))
	}
	r.VerifiedRate = verify.Rate(r.Claims)
	return r
}

// scope is how the verifier names what an explanation is about.
func scope(step xray.SpanID) string {
	if step.IsZero() {
		return ""
	}
	return step.String()
}

// claim says a fact, with the values it points at as evidence.
func (s *subject) claim(f xray.Fact) xray.Claim {
	c := xray.Claim{Text: f.Text, Kind: xray.ClaimDerived, Facts: []string{f.ID}, Evidence: []xray.Evidence{}}
	for _, ptr := range f.Pointers {
		value, err := s.record.Value(f.StepID, ptr)
		if err != nil {
			continue
		}
		if quote, ok := quoteOf(value); ok {
			c.Evidence = append(c.Evidence, xray.Evidence{StepID: f.StepID, Pointer: ptr, Quote: quote})
		}
	}
	return c
}

// quoteOf writes a scalar as it is quoted.
func quoteOf(value any) (string, bool) {
	switch v := value.(type) {
	case nil:
		return "null", true
	case string:
		return v, len(v) <= maxQuote
	case json.Number:
		return v.String(), true
	case bool:
		return fmt.Sprint(v), true
	}
	return "", false
}

// decisive names the steps of the facts that are worth a look.
func decisive(facts []xray.Fact) []string {
	steps := []string{}
	for _, f := range facts {
		if f.Severity == xray.SeverityInfo || f.StepID == "" || slices.Contains(steps, f.StepID) {
			continue
		}
		if steps = append(steps, f.StepID); len(steps) == maxDecisive {
			break
		}
	}
	return steps
}

func (s *subject) headline() string {
	if s.findings.Headline != "" {
		return s.findings.Headline
	}
	e := &s.execution
	switch {
	case e.Status == xray.StatusError:
		return fmt.Sprintf("Failed: %d of %d steps with an error.", e.ErrorCount, e.StepCount)
	default:
		return fmt.Sprintf("Completed %d steps in %s.", e.StepCount, rounded(time.Duration(max(0, e.End-e.Start))))
	}
}

func (s *subject) stepHeadline(step *xray.StepDetail) string {
	if h := s.findings.Headlines[step.SpanID]; h != "" {
		return h
	}
	switch {
	case step.Status == xray.StatusError && step.Error != "":
		return "Failed: " + step.Error
	case step.Status == xray.StatusError:
		return "Failed after " + rounded(step.Duration()) + "."
	case step.Status == xray.StatusRunning:
		return "Has not ended."
	}
	return "Took " + rounded(step.Duration()) + "."
}

// rounded writes a duration with three significant digits.
func rounded(d time.Duration) string {
	unit := time.Nanosecond
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit).String()
}
