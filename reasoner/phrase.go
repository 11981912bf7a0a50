package reasoner

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner/facts"
	"github.com/xraytrace/xray/reasoner/sample"
	"github.com/xraytrace/xray/reasoner/verify"
)

// budget is what the prompts of one execution may hold, in tokens as
// [sample.Tokens] estimates them, without the static instructions.
type budget struct {
	steps     int // of all steps together
	step      int // of one step
	call      int // of the steps that share a call
	execution int // of the call about the whole
}

// normal keeps an execution of 20 steps with large payloads under 15,000
// tokens, instructions and answers included. A call's share is halved once when
// a model's context turns out to be smaller.
var normal = budget{steps: 6000, step: 2500, call: 4000, execution: 2800}

const (
	maxPhrased   = 24 // steps that a model explains; the others have their facts
	maxTogether  = 12 // steps in one call
	maxStepFacts = 5  // facts of one step in a prompt
	stepAnswer   = 450
	baseAnswer   = 700
	repeatsTaken = 2 // of the same name, when not all steps can be explained
)

// phrasing is the work of one job with a model. Its calls about steps are made
// at the same time; what they share is behind the mutex.
type phrasing struct {
	*subject
	stored *subject // as it is, for people
	e      *Explainer
	m      chosen
	out    *xray.Explanation
	halved bool // the model's context has turned out to be small

	heard func(content string) // of the answer that comes; nil: it is wanted whole

	mu    sync.Mutex // guards out, subject.record and what follows
	usage Usage
	names map[string]bool // of the models that answered, as the server has them
}

// phrasing begins the work on a subject, of which it sees what the model may.
func (e *Explainer) phrasing(s *subject, m chosen) *phrasing {
	return &phrasing{subject: s.shownTo(m.guard), stored: s, e: e, m: m, names: map[string]bool{}}
}

// answeredBy is the name of the model that answered: as the server has it, unless
// the answers came from the cache or from several.
func (p *phrasing) answeredBy() string {
	for name := range p.names {
		if len(p.names) == 1 {
			return name
		}
	}
	return p.m.name
}

// phrase has the model explain the steps and then the whole, replacing in out
// what passes. The error is an *xray.Error for the job, or the context's.
func (e *Explainer) phrase(ctx context.Context, s *subject, m chosen, out *xray.Explanation) error {
	p := e.phrasing(s, m)
	p.out = out
	err := p.run(ctx)
	out.Model, out.InputTokens, out.OutputTokens = p.answeredBy(), p.usage.Input, p.usage.Output
	out.CostUSD = e.cost(p.job.ProjectID, out.Model, p.usage)
	for i := range out.Reasonings {
		if r := &out.Reasonings[i]; r.Source == xray.SourceModel {
			r.Model = out.Model
		}
	}
	f, ok := err.(*failure)
	switch {
	case ok && f.kind == capped:
		p.noteAbout(p.job.StepID, f) // the job is done: another attempt would meet the same cap
		return nil
	case ok:
		return f.job()
	}
	return err
}

func (p *phrasing) run(ctx context.Context) error {
	groups := p.groups()
	errs := p.explainGroups(ctx, groups)
	for i, err := range errs { // in their order, whichever came first
		f, failed := err.(*failure)
		switch {
		case failed && (f.ends() || !p.job.StepID.IsZero()):
			return f
		case failed:
			p.note(groups[i], f)
		case err != nil:
			return err
		}
	}
	if !p.job.StepID.IsZero() {
		return nil
	}
	return p.explainWhole(ctx)
}

// explainGroups explains groups of steps at the same time, so many as the
// project may; the calls themselves wait for their turn. When one fails in a
// way that the others would share, those that have not begun are left out.
func (p *phrasing) explainGroups(ctx context.Context, groups []group) []error {
	errs := make([]error, len(groups))
	var failed atomic.Bool
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(len(groups), max(1, p.m.concurrency)) {
		wg.Go(func() {
			for !failed.Load() {
				i := int(next.Add(1)) - 1
				if i >= len(groups) {
					return
				}
				errs[i] = p.explainSafely(ctx, groups[i])
				if f, ok := errs[i].(*failure); errs[i] != nil && (!ok || f.ends()) {
					failed.Store(true)
				}
			}
		})
	}
	wg.Wait()
	return errs
}

// chosen are the steps that the model explains: those worth words,
// most telling first when there are too many, then in their order.
func (p *phrasing) chosen() []int {
	score := make([]int, len(p.steps))
	var chosen []int
	for i := range p.steps {
		if score[i] = p.score(i); score[i] > 0 {
			chosen = append(chosen, i)
		}
	}
	if len(chosen) > maxPhrased {
		slices.SortStableFunc(chosen, func(a, b int) int { return score[b] - score[a] })
		seen := map[string]int{}
		chosen = slices.DeleteFunc(chosen, func(i int) bool {
			seen[p.steps[i].Name]++
			return seen[p.steps[i].Name] > repeatsTaken
		})
		chosen = chosen[:min(maxPhrased, len(chosen))]
		slices.Sort(chosen)
	}
	return chosen
}

// score says how much prose would add to a step: 0 for one without anything to
// quote, without a reasoning to replace, or of which nothing was found but that
// it ran. One that a person asks about is always worth words.
func (p *phrasing) score(i int) int {
	step := &p.steps[i]
	if len(step.Input) == 0 && len(step.Output) == 0 || p.place(step.SpanID) < 0 {
		return 0
	}
	score := 0
	if !p.job.StepID.IsZero() {
		score = 1
	}
	if step.Status == xray.StatusError {
		score += 3
	}
	for _, f := range p.factsOf(step.SpanID) {
		switch {
		case f.Kind == facts.KindError && f.Severity == xray.SeverityInfo:
			score -= 3 // the error of a step below
		case f.Severity == xray.SeverityAlarm:
			score += 4
		case f.Severity == xray.SeverityNotice:
			score += 2
		case !trivial[f.Kind]:
			score++
		}
	}
	return score
}

// trivial are the kinds of facts that, while they are only information, say all
// there is to say: another order, a field that was added, a record that was cut.
var trivial = map[string]bool{
	facts.KindReordered: true, facts.KindEdited: true, facts.KindDuplicates: true,
	facts.KindRecordCut: true, facts.KindMore: true, facts.KindLeftOut: true,
}

// group is a set of steps that share a call, and what each may use of it.
type group struct {
	steps  []int
	tokens []int
}

// groups shares the budget out and packs steps into calls, in order. Small
// steps take what they need, the others share the rest evenly.
func (p *phrasing) groups() []group {
	chosen := p.chosen()
	share := shares(p.needs(chosen), normal.steps)
	var groups []group
	used := 0
	for n, i := range chosen {
		used += share[n]
		if len(groups) == 0 || used > normal.call || len(groups[len(groups)-1].steps) == maxTogether {
			groups = append(groups, group{})
			used = share[n]
		}
		g := &groups[len(groups)-1]
		g.steps, g.tokens = append(g.steps, i), append(g.tokens, share[n])
	}
	return groups
}

func (p *phrasing) needs(chosen []int) []int {
	needs := make([]int, len(chosen))
	for n, i := range chosen {
		step := &p.steps[i]
		needs[n] = 4*sample.MinTokens + (len(step.Input)+len(step.Output))/3
		for _, f := range p.stepFacts(i) {
			needs[n] += sample.Tokens(f.Text)
		}
		needs[n] = min(needs[n], normal.step)
	}
	return needs
}

// shares divides total so that nobody gets more than it needs and those who
// need more than an even share all get the same.
func shares(needs []int, total int) []int {
	out := make([]int, len(needs))
	order := make([]int, len(needs))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return needs[a] - needs[b] })
	for n, i := range order {
		out[i] = min(needs[i], total/(len(order)-n))
		total -= out[i]
	}
	return out
}

func (p *phrasing) stepFacts(i int) []xray.Fact {
	facts := p.factsOf(p.steps[i].SpanID)
	return facts[:min(maxStepFacts, len(facts))]
}

// task is what a call about the group asks for.
func (g group) task() task {
	if len(g.steps) == 1 {
		return taskStep
	}
	return taskSteps
}

func (p *phrasing) explainSteps(ctx context.Context, g group) error {
	targets := map[string]int{}
	for _, i := range g.steps {
		targets[alias(i)] = p.place(p.steps[i].SpanID)
	}
	return p.explain(ctx, g.task(), targets, func(halved bool) (json.RawMessage, shown) { return p.draftSteps(g, halved) })
}

// explainSafely turns a panic into an error: it would end the process, because
// nobody above sees it in this goroutine.
func (p *phrasing) explainSafely(ctx context.Context, g group) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return p.explainSteps(ctx, g)
}

func (p *phrasing) draftSteps(g group, halved bool) (json.RawMessage, shown) {
	d := p.draft()
	for n, i := range g.steps {
		left, facts := g.tokens[n], p.stepFacts(i)
		if halved {
			left /= 2
		}
		for _, f := range facts {
			d.addFact(f)
			left -= sample.Tokens(f.Text)
		}
		d.addStep(i, facts, max(left, 4*sample.MinTokens))
	}
	return d.done()
}

// place is where a step's reasoning stands in the explanation.
func (p *phrasing) place(id xray.SpanID) int {
	return slices.IndexFunc(p.out.Reasonings, func(r xray.Reasoning) bool { return r.StepID == id })
}

// explain asks, reads, has mended once what fails, and puts what passes into
// the explanation. targets are the places of the reasonings by alias; "" is
// the whole execution.
func (p *phrasing) explain(ctx context.Context, t task, targets map[string]int, draft func(halved bool) (json.RawMessage, shown)) error {
	halved := t == taskExecution && p.halved // of the calls at the same time each finds out by itself
	record, seen := draft(halved)
	answers, spent, err := p.converse(ctx, t, len(targets), record, nil)
	if f, ok := err.(*failure); ok && f.kind == tooLong && !halved {
		p.learnSmall()
		record, seen = draft(true)
		answers, spent, err = p.converse(ctx, t, len(targets), record, nil)
	}
	if err != nil {
		return err
	}
	best := p.judgeAll(answers.read, targets, seen)
	if problems, only := p.problems(best, targets); len(problems) > 0 {
		mended, more, err := p.converse(ctx, t, len(targets), record, []message{
			{"assistant", answers.content}, {"user", p.e.prompts.repair(p.guard.problems(problems), only)},
		})
		spent = spent.add(more)
		if f, ok := err.(*failure); ok && f.ends() && f.kind != capped {
			return f
		}
		if err == nil {
			for key, j := range p.judgeAll(mended.read, targets, seen) {
				if old, ok := best[key]; !ok || j.better(old) {
					best[key] = j
				}
			}
		} else if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	p.keep(best, targets, spent)
	return nil
}

func (p *phrasing) learnSmall() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.halved = true
}

// better reports whether a mended explanation is worth taking.
func (j judged) better(old judged) bool {
	if j.accepted != old.accepted {
		return j.accepted > old.accepted
	}
	return len(j.problems) < len(old.problems)
}

func (p *phrasing) judgeAll(answers []written, targets map[string]int, seen shown) map[string]judged {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := map[string]judged{}
	for _, w := range answers {
		key := w.Step
		if len(targets) == 1 {
			for only := range targets {
				key = only // asked about one thing, it answers about that
			}
		}
		at, asked := targets[key]
		if _, twice := out[key]; !asked || at < 0 || twice {
			continue
		}
		out[key] = p.judge(w, p.out.Reasonings[at], seen)
	}
	return out
}

// problems lists what failed, and for a call about several steps which.
func (p *phrasing) problems(all map[string]judged, targets map[string]int) (problems []string, only string) {
	var which []string
	for _, key := range sortedKeys(targets) {
		j, answered := all[key]
		switch {
		case !answered:
			problems = append(problems, "there is no explanation of "+key)
		case len(j.problems) > 0:
			problems = append(problems, j.problems...)
		default:
			continue
		}
		which = append(which, key)
	}
	if len(targets) > 1 {
		only = strings.Join(which, ", ")
	}
	return problems[:min(len(problems), 20)], only
}

// keep puts what was judged into the explanation. A call's tokens are shared
// out evenly among what it explained.
func (p *phrasing) keep(all map[string]judged, targets map[string]int, spent Usage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for key, j := range all {
		r := p.guard.reasoning(j.reasoning, p.stored.record)
		r.Model, r.PromptVersion, r.VerifierVersion = p.m.name, p.e.prompts.version, verify.Version
		share := Usage{Input: spent.Input / int64(len(all)), Cached: spent.Cached / int64(len(all)), Output: spent.Output / int64(len(all))}
		r.InputTokens, r.OutputTokens = share.Input, share.Output
		r.CostUSD = p.e.cost(p.job.ProjectID, p.m.name, share)
		p.out.Reasonings[targets[key]] = r
		if r.StepID.IsZero() {
			p.out.Headline = r.Headline
		}
	}
}

// note says in the steps' reasonings why no model explained them.
func (p *phrasing) note(g group, f *failure) {
	for _, i := range g.steps {
		p.noteAbout(p.steps[i].SpanID, f)
	}
}

func (p *phrasing) noteAbout(id xray.SpanID, f *failure) {
	if at := p.place(id); at >= 0 {
		p.out.Reasonings[at].Missing = append(p.out.Reasonings[at].Missing, f.message)
	}
}
