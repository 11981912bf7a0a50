package facts

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/xraytrace/xray"
)

// detectHistory compares each step with what this pipeline normally does.
func (f *finder) detectHistory() {
	h := f.history
	if h == nil || h.Runs < MinRuns {
		return
	}
	present := map[string]bool{}
	for _, s := range f.steps {
		present[s.d.Name] = true
		n, ok := h.Steps[s.d.Name]
		if !ok || n.Runs < MinRuns {
			continue
		}
		f.slower(s, &n)
		f.moreUsed(s, &n)
		f.oddDrops(s, &n)
		f.newThings(s, &n)
		f.goneParams(s, &n)
	}
	if f.e.Info.Status != xray.StatusRunning {
		f.goneSteps(h, present)
	}
	if r := f.e.Info.Release; r != "" && h.Release != "" && r != h.Release {
		f.add(draft{kind: KindNewVersion, sev: xray.SeverityInfo, step: -1, weight: 35, vals: vals{"release": r, "usual": h.Release}, text: fmt.Sprintf("This run used release %s; earlier runs used %s.", quote(r, 40), quote(h.Release, 40))})
	}
}

// calmDown makes notices of alarms that at least half of the earlier runs had
// at the same step: what is normal for a pipeline is never an alarm. The error
// that made a run fail stays one: a pipeline that always fails is broken.
func (f *finder) calmDown() {
	h := f.history
	if h == nil || h.Runs < MinRuns {
		return
	}
	for i := range f.drafts {
		d := &f.drafts[i]
		if d.sev != xray.SeverityAlarm || d.step < 0 || d.kind == KindError && f.e.Info.Status == xray.StatusError {
			continue
		}
		n := h.Steps[f.steps[d.step].d.Name]
		if share := n.Alarms[d.kind]; n.Runs >= MinRuns && share >= 0.5 {
			d.sev = xray.SeverityNotice
			d.text += fmt.Sprintf(" It was so in %.0f %% of the earlier runs.", 100*share)
		}
	}
}

func (f *finder) slower(s *stepInfo, n *StepHistory) {
	took := s.d.Duration()
	if n.P95Nano <= 0 || took < 50*time.Millisecond || int64(took) < 2*n.P95Nano {
		return
	}
	d := draft{kind: KindSlow, sev: xray.SeverityNotice, step: s.idx, weight: 38, vals: vals{"durationNano": int64(took), "p50Nano": n.P50Nano, "p95Nano": n.P95Nano},
		text:  fmt.Sprintf("%s took %s; it normally takes %s (19 of 20 runs under %s).", f.name(s.idx), took.Round(time.Millisecond), time.Duration(n.P50Nano).Round(time.Millisecond), time.Duration(n.P95Nano).Round(time.Millisecond)),
		short: fmt.Sprintf("%s was slow", f.name(s.idx))}
	if int64(took) > 10*n.P95Nano && took > 5*time.Second {
		d.sev, d.weight = xray.SeverityAlarm, 50
	}
	d.effect = slices.ContainsFunc(s.kids, func(k int) bool { return int64(f.steps[k].d.Duration()) > int64(took)*3/4 })
	f.add(d)
}

func (f *finder) moreUsed(s *stepInfo, n *StepHistory) {
	tokens := tokensOf(s)
	if n.TokensP95 > 0 && tokens > 2*n.TokensP95 {
		f.add(draft{kind: KindTokens, sev: xray.SeverityNotice, step: s.idx, weight: 33, vals: vals{"tokens": tokens, "p95": n.TokensP95},
			text: fmt.Sprintf("%s used %d tokens; 19 of 20 earlier runs used at most %d.", f.name(s.idx), tokens, n.TokensP95), short: fmt.Sprintf("%s used unusually many tokens", f.name(s.idx))})
	}
	if c := s.d.CostUSD; c != nil && n.CostP95 > 0 && *c > 2*n.CostP95 {
		f.add(draft{kind: KindCost, sev: xray.SeverityNotice, step: s.idx, weight: 32, vals: vals{"costUsd": *c, "p95": n.CostP95},
			text: fmt.Sprintf("%s cost $%s; 19 of 20 earlier runs cost at most $%s.", f.name(s.idx), showNumber(*c), showNumber(n.CostP95)), short: fmt.Sprintf("%s was unusually dear", f.name(s.idx))})
	}
}

func (f *finder) oddDrops(s *stepInfo, n *StepHistory) {
	st := f.byStep[s.idx]
	if st == nil || !n.HasDropRate || st.in.len() < 5 {
		return
	}
	rate := float64(st.dropped()) / float64(st.in.len())
	if rate > n.DropRateP95+0.1 || rate < n.DropRateP05-0.1 {
		f.add(draft{kind: KindDropRate, sev: xray.SeverityNotice, step: s.idx, weight: 58, ptrs: f.stationPtrs(st), vals: vals{"rate": round(rate), "p05": n.DropRateP05, "p95": n.DropRateP95},
			text:  fmt.Sprintf("%s dropped %.0f %% of its items; it normally drops %.0f to %.0f %%.", f.name(s.idx), 100*rate, 100*n.DropRateP05, 100*n.DropRateP95),
			short: fmt.Sprintf("%s dropped %.0f %% instead of %.0f–%.0f %%", f.name(s.idx), 100*rate, 100*n.DropRateP05, 100*n.DropRateP95)})
	}
}

func (f *finder) newThings(s *stepInfo, n *StepHistory) {
	if e := errorText(s); s.d.Status == xray.StatusError && e != "" && !n.Errors[ErrorShape(e)] {
		f.add(draft{kind: KindNewError, sev: xray.SeverityNotice, step: s.idx, weight: 48, ptrs: []string{"/attributes/exception.message"}, vals: vals{"error": e},
			text: fmt.Sprintf("%s failed in a way that no earlier run did: %s.", f.name(s.idx), quote(e, 160))})
	}
	if m := s.d.Model; m != "" && len(n.Models) > 0 && !n.Models[m] {
		f.add(draft{kind: KindNewModel, sev: xray.SeverityNotice, step: s.idx, weight: 57, ptrs: []string{"/attributes/gen_ai.response.model"}, vals: vals{"model": m, "usual": keys(n.Models)},
			text: fmt.Sprintf("%s ran on model %s; earlier runs used %s.", f.name(s.idx), quote(m, 60), and(keys(n.Models), 3)), short: fmt.Sprintf("%s ran on %s for the first time", f.name(s.idx), m)})
	}
	if p := s.d.Prompt; p != nil && p.Version != "" && len(n.PromptVersions) > 0 && !n.PromptVersions[p.Version] {
		f.add(draft{kind: KindNewPrompt, sev: xray.SeverityNotice, step: s.idx, weight: 54, vals: vals{"version": p.Version, "usual": keys(n.PromptVersions)},
			text: fmt.Sprintf("%s used prompt version %s; earlier runs used %s.", f.name(s.idx), quote(p.Version, 40), and(keys(n.PromptVersions), 3)), short: fmt.Sprintf("%s used a new prompt version", f.name(s.idx))})
	}
	if s.out != nil && s.out.empty() && n.EmptyRate < 0.05 {
		f.add(draft{kind: KindNewEmpty, sev: xray.SeverityAlarm, step: s.idx, weight: 60, ptrs: []string{"/output"}, vals: vals{"emptyRate": n.EmptyRate},
			text: fmt.Sprintf("%s put out nothing; in earlier runs it nearly always put out something.", f.name(s.idx)), short: fmt.Sprintf("%s came back empty, as it hardly ever does", f.name(s.idx)), effect: f.emptyBefore(s)})
	}
}

func keys(m map[string]bool) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func (f *finder) goneParams(s *stepInfo, n *StepHistory) {
	said := "-" // what stands below an empty object is gone with it
	for _, ptr := range sortedKeys(n.Params) {
		if n.Params[ptr] < 0.9 || strings.HasPrefix(ptr, said+"/") {
			continue
		}
		v := f.lookup(s.idx, ptr)
		if v == nil && s.in == nil || v != nil && !v.empty() {
			continue
		}
		said = ptr
		at := []string{ptr, "/input"}
		what := "missing"
		if v != nil {
			at, what = []string{ptr}, "empty"
		}
		f.add(draft{kind: KindParamGone, sev: xray.SeverityAlarm, step: s.idx, weight: 79, ptrs: at, vals: vals{"pointer": ptr, "usuallyPresent": n.Params[ptr]},
			text:  fmt.Sprintf("%s is %s at %s; %.0f %% of earlier runs had a value there.", ptr, what, f.name(s.idx), 100*n.Params[ptr]),
			short: fmt.Sprintf("%s had no %s, which it normally has", f.name(s.idx), ptr[1+max(0, lastSlash(ptr)):])})
	}
}

func lastSlash(s string) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '/' {
			return i
		}
	}
	return 0
}

func sortedKeys(m map[string]float64) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func (f *finder) goneSteps(h *History, present map[string]bool) {
	var gone []string
	for name, n := range h.Steps {
		if !present[name] && n.Runs*10 >= h.Runs*9 {
			gone = append(gone, quote(name, 40))
		}
	}
	slices.Sort(gone)
	if len(gone) > 0 {
		f.add(draft{kind: KindStepGone, sev: xray.SeverityNotice, step: -1, weight: 50, vals: vals{"steps": gone}, text: fmt.Sprintf("This run has no step %s, which nearly every earlier run had.", and(gone, 4)), short: fmt.Sprintf("the step %s is missing", and(gone, 2))})
	}
}
