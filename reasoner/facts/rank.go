package facts

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

var severityRank = map[xray.Severity]float64{xray.SeverityAlarm: 300, xray.SeverityNotice: 200, xray.SeverityInfo: 100}

// rank puts the most telling facts first: alarms before notices before infos,
// causes before what follows from them, and among equals the earlier step.
func (f *finder) rank() {
	score := func(d *draft) float64 {
		s := severityRank[d.sev] + min(d.weight, 99)
		if d.effect {
			s -= 60
		}
		if d.step >= 0 && len(f.order) > 0 {
			s -= 10 * float64(f.pos[d.step]) / float64(len(f.order))
		}
		return s
	}
	slices.SortStableFunc(f.drafts, func(a, b draft) int {
		return cmp.Or(cmp.Compare(score(&b), score(&a)), cmp.Compare(a.step, b.step), cmp.Compare(a.kind, b.kind), cmp.Compare(a.text, b.text))
	})
}

// foldKinds keeps a few facts of a kind and severity and sums up the others,
// so that a loop of a thousand calls does not crowd out the rest.
func (f *finder) foldKinds() {
	const most = 6
	type group struct {
		kind string
		sev  xray.Severity
	}
	count := map[group]int{}
	first := map[group]draft{}
	kept := f.drafts[:0]
	for _, d := range f.drafts {
		g := group{d.kind, d.sev}
		count[g]++
		if count[g] == 1 {
			first[g] = d
		}
		if count[g] <= most {
			kept = append(kept, d)
		}
	}
	f.drafts = kept
	var more []draft
	for g, n := range count {
		if n <= most {
			continue
		}
		f.left.Facts += n - most
		d := first[g]
		more = append(more, draft{kind: KindMore, sev: xray.SeverityInfo, step: -1, weight: 40, vals: vals{"kind": g.kind, "count": n},
			text: fmt.Sprintf("%d more facts of the kind %s are not listed; the first is: %s", n-most, g.kind, d.text)})
	}
	slices.SortFunc(more, func(a, b draft) int { return cmp.Compare(a.text, b.text) })
	f.drafts = append(f.drafts, more...)
}

func (f *finder) result() Result {
	profile := f.profile()
	f.calmDown()
	f.rank()
	f.foldKinds()
	f.rank()
	beyond := max(0, len(f.drafts)-MaxFacts)
	f.left.Facts += beyond
	f.drafts = f.drafts[:len(f.drafts)-beyond]
	f.sayLeftOut(beyond)
	r := Result{PerStep: map[xray.SpanID]string{}, LeftOut: f.left, Profile: profile}
	for i, d := range f.drafts {
		r.Facts = append(r.Facts, f.fact(d, i+1))
	}
	r.Funnel, r.FunnelCounts = f.funnel()
	r.Counts = f.counts()
	r.Headline = f.headline()
	for _, s := range f.steps {
		if line := f.stepLine(s); line != "" {
			r.PerStep[s.d.SpanID] = line
		}
	}
	return r
}

// sayLeftOut makes the last fact one that says what was not looked at or is
// not listed, if anything is.
func (f *finder) sayLeftOut(beyond int) {
	steps, size := f.left.Steps, f.left.Bytes
	for _, s := range f.steps {
		if s.d.HasPayload && len(s.d.Input)+len(s.d.Output) == 0 {
			steps++ // it has expired, or was too much to be handed over
		}
	}
	items := f.left.Items
	if steps+beyond+items == 0 {
		return
	}
	var parts []string
	if steps > 0 {
		text := fmt.Sprintf("What %s carried was not read", plural(steps, "step"))
		if size > 0 {
			text += fmt.Sprintf(": %.1f MB beyond the %d MB that are", float64(size)/(1<<20), maxBytes>>20)
		}
		parts = append(parts, text+".")
	}
	if items > 0 {
		parts = append(parts, fmt.Sprintf("%s beyond the first %d were not read.", plural(items, "array element"), maxElements))
	}
	if beyond > 0 {
		parts = append(parts, fmt.Sprintf("%d less telling facts are not listed.", beyond))
	}
	if len(f.drafts) == MaxFacts {
		f.drafts = f.drafts[:MaxFacts-1]
		f.left.Facts++
	}
	f.drafts = append(f.drafts, draft{kind: KindLeftOut, sev: xray.SeverityInfo, step: -1, vals: vals{"steps": steps, "bytes": size, "items": items, "facts": beyond}, text: strings.Join(parts, " ")})
}
