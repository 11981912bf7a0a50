package xray

import "time"

// Stats are totals over executions, or over steps of them. Percentiles are
// nearest-rank quantiles of the duration, off by at most 2 %.
type Stats struct {
	Count        int64
	Errors       int64
	P50          time.Duration
	P95          time.Duration
	P99          time.Duration
	InputTokens  int64
	OutputTokens int64
	CostUSD      float64 // of the calls whose cost is known
}

// NamedStats are the statistics of a pipeline (the executions of one name) or
// of the steps of one name in it.
type NamedStats struct {
	Name string
	Stats
}

// StatsQuery selects executions by their start. Zero Until is now, zero Since
// is a day before it.
type StatsQuery struct {
	Since   Nano
	Until   Nano
	Buckets int    // how many a series may have at most
	Step    string // the series is that of the steps of this name; "" for the executions
}

// Bounds of [StatsQuery].Buckets.
const (
	DefaultBuckets = 60
	MaxBuckets     = 500
)

// ActivityQuery selects the executions whose activity is asked for. Zero Until
// is now, zero Since is a day before it.
type ActivityQuery struct {
	Filter
	Buckets int // how many there may be at most
}

// StatsRange is what statistics are really about: a query's times moved
// outwards to whole buckets.
type StatsRange struct {
	Since Nano
	Until Nano
	Width time.Duration // of a bucket; 0 if there are none
}

// PipelineList is every pipeline that ran in a range, the busiest first.
type PipelineList struct {
	StatsRange
	Pipelines []ListedPipeline
	LeftOut   int // pipelines beyond those in the list
}

// ListedPipeline is one pipeline in short.
type ListedPipeline struct {
	NamedStats
	Runs     []int64 // executions, one number for each bucket; nil without buckets
	Failures []int64 // of these, those that failed
}

// Pipeline is one pipeline over time and by its steps.
type Pipeline struct {
	StatsRange
	Total   NamedStats
	Series  []Stats      // one for each bucket, also for empty ones
	Steps   []NamedStats // by name
	LeftOut int          // steps beyond those in the list
}

// Activity is how executions ended, by their start.
type Activity struct {
	StatsRange
	Buckets []ActivityBucket
	Total   Stats // of those that have ended
	// ExplanationUSD is what models cost that explained these executions.
	ExplanationUSD float64
	// SearchedTo is set when not all of the range was counted, because that
	// would have been more than one request may: nothing that started before it
	// was.
	SearchedTo Nano
}

// ActivityBucket counts the executions that started in one bucket.
type ActivityBucket struct {
	OK      int64
	Failed  int64
	Running int64
}
