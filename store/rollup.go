package store

import (
	"cmp"
	"math"
	"time"
	"unique"

	"github.com/xraytrace/xray"
)

// contribution is what a settled execution adds to the rollups. Table rollups
// is the sum of the contributions of all executions that are settled: whoever
// settles one adds it, and whoever unsettles or deletes one subtracts it. It is
// not stored: it follows from the steps that the execution had when it was
// settled, which are there until the same transaction changes them.
type contribution struct {
	name  unique.Handle[string]
	start xray.Nano
	own   stat // of the execution itself
	steps []stat
}

// stat is one duration and what it cost. Names are kept as handles: many
// executions wait for their settling, and their names are few.
type stat struct {
	name          unique.Handle[string]
	input, output int64
	cost          int64 // USD / 10^9
	bucket        int16 // of the duration
	failed        bool
}

const (
	// maxStatNames bounds the rows that one execution writes: steps whose name is
	// none of its first are not counted by name.
	maxStatNames = 100
	// maxKept is how many steps an execution may have to be settled from memory.
	maxKept = 200

	// What one execution can add, however wrong its numbers are: sums stay in
	// int64, and what was added can be subtracted.
	maxStatTokens = 1 << 40
	maxStatUSD    = 1e6
)

func statOf(step *xray.Step, repeated bool) stat {
	s := stat{
		name: unique.Make(step.Name), bucket: bucketOf(step.Duration()), failed: step.Status == xray.StatusError,
	}
	if step.ModelCall && !repeated {
		s.input, s.output = statTokens(step.Tokens.InputTotal()), statTokens(step.Tokens.OutputTotal())
		s.cost = statCost(step.CostUSD)
	}
	return s
}

func statTokens(n *int64) int64 {
	if n == nil {
		return 0
	}
	return min(max(*n, -maxStatTokens), maxStatTokens)
}

func statCost(usd *float64) int64 {
	if usd == nil || math.IsNaN(*usd) {
		return 0
	}
	return int64(math.Round(min(max(*usd, -maxStatUSD), maxStatUSD) * 1e9))
}

// contributionOf is that of an execution whose steps are all in s.
func contributionOf(s *summary) *contribution {
	c := &contribution{
		name:  unique.Make(cmp.Or(s.hints.text(wordName), s.baseName)),
		start: s.Start,
		own:   stat{name: unique.Make(""), bucket: bucketOf(s.duration()), failed: s.finalStatus() == xray.StatusError},
		steps: s.stats,
	}
	for _, st := range s.stats {
		c.own.input += st.input
		c.own.output += st.output
		c.own.cost += st.cost
	}
	return c
}

// rollupKey names a row of table rollups.
type rollupKey struct {
	project    int32
	minutes    int16
	bucket     int64 // first minute since 1970
	name, step string
}

func (k rollupKey) compare(o rollupKey) int {
	return cmp.Or(cmp.Compare(k.project, o.project), cmp.Compare(k.name, o.name), cmp.Compare(k.minutes, o.minutes),
		cmp.Compare(k.bucket, o.bucket), cmp.Compare(k.step, o.step))
}

// rollup is what a row of table rollups says.
type rollup struct {
	count, errors, input, output, cost int64
	durations                          histogram
}

func (r *rollup) addStat(s *stat, sign int64) {
	r.count += sign
	if s.failed {
		r.errors += sign
	}
	r.input += sign * s.input
	r.output += sign * s.output
	r.cost += sign * s.cost
	if r.durations[s.bucket] += sign; r.durations[s.bucket] == 0 {
		delete(r.durations, s.bucket)
	}
}

func (r *rollup) add(o *rollup) {
	r.count += o.count
	r.errors += o.errors
	r.input += o.input
	r.output += o.output
	r.cost += o.cost
	r.durations.add(o.durations, 1)
}

func (r *rollup) stats() xray.Stats {
	q := r.durations.quantiles(0.50, 0.95, 0.99)
	return xray.Stats{
		Count: r.count, Errors: r.errors, P50: q[0], P95: q[1], P99: q[2],
		InputTokens: r.input, OutputTokens: r.output, CostUSD: float64(r.cost) / 1e9,
	}
}

// rollupLevels are the buckets' widths in minutes. A range of any length is
// few buckets of these.
func rollupLevels() []int16 { return []int16{1, 60, 1440} }

// rollupDelta collects what one transaction adds to the rollups, by minute.
type rollupDelta map[rollupKey]*rollup

func (d rollupDelta) add(project int32, c *contribution, sign int64) {
	key := rollupKey{project: project, minutes: 1, bucket: minuteOf(c.start), name: c.name.Value()}
	d.row(key).addStat(&c.own, sign)
	counted := make(map[unique.Handle[string]]*rollup, min(len(c.steps), maxStatNames))
	for i := range c.steps {
		st := &c.steps[i]
		row := counted[st.name]
		if row == nil {
			if key.step = st.name.Value(); key.step == "" || len(counted) == maxStatNames {
				continue // "" stands for the execution
			}
			row = d.row(key)
			counted[st.name] = row
		}
		row.addStat(st, sign)
	}
}

func (d rollupDelta) row(key rollupKey) *rollup {
	r := d[key]
	if r == nil {
		r = &rollup{durations: histogram{}}
		d[key] = r
	}
	return r
}

// spread adds the hours and days of the minutes.
func (d rollupDelta) spread() {
	minutes := make(map[rollupKey]*rollup, len(d))
	for k, r := range d {
		minutes[k] = r
	}
	for k, r := range minutes {
		for _, level := range rollupLevels()[1:] {
			wide := k
			wide.minutes, wide.bucket = level, floorTo(k.bucket, int64(level))
			d.row(wide).add(r)
		}
	}
}

// minuteOf is the minute since 1970 that n lies in.
func minuteOf(n xray.Nano) int64 { return floorTo(int64(n), int64(time.Minute)) / int64(time.Minute) }

// floorTo is the greatest multiple of width that is not above n.
func floorTo(n, width int64) int64 {
	if rest := n % width; rest < 0 {
		return n - rest - width
	} else {
		return n - rest
	}
}
