package facts

import (
	"maps"
	"slices"

	"github.com/xraytrace/xray"
)

// Profile is what one run did, step by step, in a few hundred bytes: enough to
// say of a later run what is unusual about it. It is stored as JSON; fields are
// only ever added.
type Profile struct {
	Release string                 `json:"release,omitempty"`
	Steps   map[string]StepProfile `json:"steps,omitempty"` // by step name
}

// StepProfile is what the steps of one name did in a run.
type StepProfile struct {
	Nanos   []int64   `json:"nanos,omitempty"`   // durations of some calls, the longest among them
	Tokens  int64     `json:"tokens,omitempty"`  // of the call that used most, input and output; 0 = unknown
	CostUSD float64   `json:"cost,omitempty"`    // of the dearest call; 0 = unknown
	Drops   []float64 `json:"drops,omitempty"`   // share of items dropped, 0–1, of some calls
	Empty   bool      `json:"empty,omitempty"`   // some call put out nothing
	Errors  []string  `json:"errors,omitempty"`  // as [ErrorShape] writes them
	Models  []string  `json:"models,omitempty"`  //
	Prompts []string  `json:"prompts,omitempty"` // versions
	Params  []string  `json:"params,omitempty"`  // pointers of input values that were not empty in any call
	Alarms  []string  `json:"alarms,omitempty"`  // kinds of facts that were an alarm at this step
}

// What a profile keeps; pipelines that name a step after its input have many.
const (
	maxProfileSteps  = 200
	maxProfileCalls  = 8
	maxProfileTexts  = 5
	maxProfileParams = 40
)

// profile sums the run up. It is taken before what is normal is told from what
// is not.
func (f *finder) profile() Profile {
	p := Profile{Release: cut(f.e.Info.Release, 100), Steps: map[string]StepProfile{}}
	for _, s := range f.steps {
		old, again := p.Steps[s.d.Name]
		if !again && len(p.Steps) >= maxProfileSteps {
			continue
		}
		p.Steps[s.d.Name] = f.profileStep(s, old, again)
	}
	for _, d := range f.drafts {
		if d.sev != xray.SeverityAlarm || d.step < 0 {
			continue
		}
		name := f.steps[d.step].d.Name
		if sp, ok := p.Steps[name]; ok {
			sp.Alarms = remember(sp.Alarms, d.kind, 20)
			p.Steps[name] = sp
		}
	}
	return p
}

// profileStep adds a call to what is known of the calls of this name.
func (f *finder) profileStep(s *stepInfo, sp StepProfile, again bool) StepProfile {
	sp.Nanos = sampled(sp.Nanos, int64(s.d.Duration()))
	sp.Tokens = max(sp.Tokens, tokensOf(s))
	if c := s.d.CostUSD; c != nil {
		sp.CostUSD = max(sp.CostUSD, *c)
	}
	if st := f.byStep[s.idx]; st != nil && st.in.len() > 0 {
		sp.Drops = sampled(sp.Drops, round(float64(st.dropped())/float64(st.in.len())))
	}
	sp.Empty = sp.Empty || s.out != nil && s.out.empty()
	if e := errorText(s); e != "" && s.d.Status == xray.StatusError {
		sp.Errors = remember(sp.Errors, ErrorShape(e), maxProfileTexts)
	}
	sp.Models = remember(sp.Models, s.d.Model, maxProfileTexts)
	if t := s.d.Prompt; t != nil {
		sp.Prompts = remember(sp.Prompts, t.Version, maxProfileTexts)
	}
	if params := filledParams(s.in, "/input", 3, nil); again {
		sp.Params = slices.DeleteFunc(sp.Params, func(p string) bool { return !slices.Contains(params, p) })
	} else {
		sp.Params = params
	}
	return sp
}

func tokensOf(s *stepInfo) int64 {
	var n int64
	for _, t := range []*int64{s.d.Tokens.InputTotal(), s.d.Tokens.OutputTotal()} {
		if t != nil {
			n += *t
		}
	}
	return n
}

// sampled keeps the first numbers and the greatest.
func sampled[T int64 | float64](xs []T, x T) []T {
	if len(xs) < maxProfileCalls {
		return append(xs, x)
	}
	last := len(xs) - 1
	xs[last] = max(xs[last], x)
	return xs
}

func remember(texts []string, text string, most int) []string {
	if text = cut(text, 200); text == "" || len(texts) >= most || slices.Contains(texts, text) {
		return texts
	}
	return append(texts, text)
}

// filledParams lists the members of objects that hold something. Elements of
// arrays come and go and are no parameters.
func filledParams(v *value, ptr string, depth int, out []string) []string {
	if v == nil || v.empty() || len(out) >= maxProfileParams || len(ptr) > 200 {
		return out
	}
	out = append(out, ptr)
	if v.kind != object || depth == 0 {
		return out
	}
	for i := range v.elems {
		out = filledParams(&v.elems[i], ptr+"/"+escape(v.elems[i].key), depth-1, out)
	}
	return out
}

// NewHistory makes of the profiles of earlier runs what is normal. nil entries
// of a step that some runs did not have do no harm.
func NewHistory(runs []Profile) *History {
	h := &History{Runs: len(runs), Steps: map[string]StepHistory{}}
	byName := map[string][]StepProfile{}
	releases := map[string]int{}
	for _, r := range runs {
		releases[r.Release]++
		for name, s := range r.Steps {
			byName[name] = append(byName[name], s)
		}
	}
	for _, r := range slices.Sorted(maps.Keys(releases)) {
		if releases[r]*2 > len(runs) {
			h.Release = r
		}
	}
	for name, calls := range byName {
		h.Steps[name] = stepHistory(calls)
	}
	return h
}

func stepHistory(runs []StepProfile) StepHistory {
	h := StepHistory{
		Runs: len(runs), Errors: map[string]bool{}, Models: map[string]bool{}, PromptVersions: map[string]bool{},
		Params: map[string]float64{}, Alarms: map[string]float64{},
	}
	share := 1 / float64(len(runs))
	var nanos, tokens []int64
	var costs, drops []float64
	for _, r := range runs {
		nanos, drops = append(nanos, r.Nanos...), append(drops, r.Drops...)
		tokens, costs = append(tokens, r.Tokens), append(costs, r.CostUSD)
		if r.Empty {
			h.EmptyRate += share
		}
		for texts, set := range map[*[]string]map[string]bool{&r.Errors: h.Errors, &r.Models: h.Models, &r.Prompts: h.PromptVersions} {
			for _, t := range *texts {
				set[t] = true
			}
		}
		for texts, set := range map[*[]string]map[string]float64{&r.Params: h.Params, &r.Alarms: h.Alarms} {
			for _, t := range *texts {
				set[t] += share
			}
		}
	}
	h.P50Nano, h.P95Nano = quantile(nanos, 0.5), quantile(nanos, 0.95)
	h.TokensP95, h.CostP95 = quantile(tokens, 0.95), quantile(costs, 0.95)
	h.DropRateP05, h.DropRateP95, h.HasDropRate = quantile(drops, 0.05), quantile(drops, 0.95), len(drops) >= MinRuns
	return h
}

// quantile is the nearest rank, 0 of nothing.
func quantile[T int64 | float64](xs []T, q float64) T {
	if len(xs) == 0 {
		return 0
	}
	slices.Sort(xs)
	return xs[max(0, min(len(xs)-1, int(q*float64(len(xs))+0.999999)-1))]
}
