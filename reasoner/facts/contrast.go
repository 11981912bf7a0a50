package facts

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/xraytrace/xray"
)

// MinGroup is how many executions a group needs before anything is said of it.
const MinGroup = 3

const (
	worthSaying  = 0.25 // least effect
	maxContrasts = 50
	maxDetails   = 40 // different values of one parameter that are compared
)

// Contrast ranks what tells selected executions from a baseline: which step,
// model, parameter value, drop rate, score, duration or kind of fact is
// unlike. Effects are differences of shares for yes-or-no matters and Cliff's
// delta for numbers; both need at least three executions on each side.
func Contrast(selected, baseline []Execution) []Contrasted {
	if len(selected) < MinGroup || len(baseline) < MinGroup {
		return nil
	}
	a, b := gather(selected), gather(baseline)
	var out []Contrasted
	for _, k := range unionKeys(a.yes, b.yes) {
		x, y := float64(a.yes[k])/float64(len(selected)), float64(b.yes[k])/float64(len(baseline))
		out = append(out, k.contrast(x, y, math.Abs(x-y)))
	}
	for _, k := range unionKeys(a.nums, b.nums) {
		if xs, ys := a.nums[k], b.nums[k]; len(xs) >= MinGroup && len(ys) >= MinGroup {
			out = append(out, k.contrast(median(xs), median(ys), math.Abs(cliff(xs, ys))))
		}
	}
	out = slices.DeleteFunc(out, func(c Contrasted) bool { return c.Effect < worthSaying })
	slices.SortStableFunc(out, func(x, y Contrasted) int { return cmp.Compare(y.Effect, x.Effect) })
	return out[:min(len(out), maxContrasts)]
}

// trait is something that an execution has or has not, or has so much of.
type trait struct{ step, what, detail string }

type traits struct {
	yes  map[trait]int // executions that have it
	nums map[trait][]float64
}

func gather(runs []Execution) traits {
	t := traits{yes: map[trait]int{}, nums: map[trait][]float64{}}
	for _, e := range runs {
		has := map[trait]bool{}
		f := &finder{analysis: analyse(e)}
		f.findAll()
		for _, s := range f.steps {
			t.step(s, has)
		}
		for _, st := range f.stations {
			if n := st.in.len(); n > 0 {
				t.add(trait{f.steps[st.step].d.Name, "drop rate", ""}, float64(st.dropped())/float64(n))
			}
			for _, r := range st.why.rules {
				if !r.numericOp() {
					has[trait{f.steps[st.step].d.Name, "criterion", r.clause()}] = true
				}
			}
			t.scores(f, st)
		}
		for _, d := range f.drafts {
			if d.sev != xray.SeverityInfo && d.step >= 0 {
				has[trait{f.steps[d.step].d.Name, "fact", d.kind}] = true
			}
		}
		has[trait{"", "error", ""}] = e.Info.Status == xray.StatusError
		for k, ok := range has {
			if ok {
				t.yes[k]++
			}
		}
	}
	return t
}

func (t *traits) add(k trait, x float64) {
	if !math.IsNaN(x) {
		t.nums[k] = append(t.nums[k], x)
	}
}

func (t *traits) step(s *stepInfo, has map[trait]bool) {
	name := s.d.Name
	has[trait{name, "present", ""}] = true
	if s.d.Status == xray.StatusError {
		has[trait{name, "error", ErrorShape(errorText(s))}] = true
	}
	if s.d.Model != "" {
		has[trait{name, "model", s.d.Model}] = true
	}
	if p := s.d.Prompt; p != nil && p.Version != "" {
		has[trait{name, "prompt version", p.Version}] = true
	}
	t.add(trait{name, "duration", ""}, s.d.Duration().Seconds())
	if in, out := s.d.Tokens.InputTotal(), s.d.Tokens.OutputTotal(); in != nil && out != nil {
		t.add(trait{name, "tokens", ""}, float64(*in+*out))
	}
	n := 0
	for _, p := range s.params {
		if p.side == sideOutput || !p.v.scalar() || p.list != nil || len(p.v.str) > 60 || n >= maxDetails {
			continue
		}
		n++
		if x, ok := p.v.float(); ok && p.v.kind == number {
			t.add(trait{name, "parameter", p.ptr}, x)
		}
		has[trait{name, "parameter", p.ptr + " = " + string(p.v.raw())}] = true
	}
}

func (t *traits) scores(f *finder, st *station) {
	for _, c := range st.in.columns() {
		if !scoreWords.anyOf(c.words) {
			continue
		}
		if nums, ok := c.numbers(); ok {
			t.add(trait{f.steps[st.step].d.Name, "score", c.label()}, median(slices.DeleteFunc(slices.Clone(nums), math.IsNaN)))
		}
	}
}

func unionKeys[V any](a, b map[trait]V) []trait {
	var out []trait
	for k := range a {
		out = append(out, k)
	}
	for k := range b {
		if _, ok := a[k]; !ok {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, func(x, y trait) int {
		return cmp.Or(cmp.Compare(x.step, y.step), cmp.Compare(x.what, y.what), cmp.Compare(x.detail, y.detail))
	})
	return out
}

func (k trait) contrast(x, y, effect float64) Contrasted {
	c := Contrasted{Step: k.step, What: k.what, Detail: k.detail, Selected: x, Baseline: y, Effect: round(effect)}
	subject := "The run"
	if k.step != "" {
		subject = quote(k.step, 60)
	}
	what := k.what
	if k.detail != "" {
		what += " " + quote(k.detail, 80)
	}
	switch {
	case k.what == "duration":
		c.Text = fmt.Sprintf("%s takes %s against %s (medians).", subject, seconds(x), seconds(y))
	case k.what == "drop rate":
		c.Text = fmt.Sprintf("%s drops %.0f %% of its items against %.0f %% (medians).", subject, 100*x, 100*y)
	case k.what == "tokens", k.what == "score", k.what == "parameter" && k.detail != "" && !containsEquals(k.detail):
		c.Text = fmt.Sprintf("%s: %s is %s against %s (medians).", subject, what, showNumber(round(x)), showNumber(round(y)))
	default:
		c.Text = fmt.Sprintf("%s: %s in %.0f %% of the selected runs against %.0f %% of the others.", subject, what, 100*x, 100*y)
	}
	return c
}

func containsEquals(s string) bool { return slices.Contains([]byte(s), '=') }

func seconds(x float64) string {
	return time.Duration(x * float64(time.Second)).Round(time.Millisecond).String()
}

func median(xs []float64) float64 {
	if len(xs) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(xs))
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}

// cliff is Cliff's delta: how often a number of one group is above one of the
// other, less how often it is below; −1 to 1.
func cliff(xs, ys []float64) float64 {
	sorted := slices.Sorted(slices.Values(ys))
	sum := 0
	for _, x := range xs {
		below, _ := slices.BinarySearch(sorted, x)
		upTo, _ := slices.BinarySearchFunc(sorted, x, func(y, x float64) int {
			if y <= x {
				return -1
			}
			return 1
		})
		sum += below - (len(sorted) - upTo)
	}
	return float64(sum) / float64(len(xs)*len(ys))
}
