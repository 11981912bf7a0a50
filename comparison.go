package xray

import (
	"encoding/json"
	"strings"
	"time"
)

// Relation says how a step of one execution stands to its partner in another.
type Relation string

const (
	RelSame      Relation = "same"      // same input, same output
	RelInherited Relation = "inherited" // differs because something before or within it differs
	RelOrigin    Relation = "origin"    // a difference begins here
	RelOnlyA     Relation = "only_a"
	RelOnlyB     Relation = "only_b"
)

// StepPair is one line of a comparison.
type StepPair struct {
	A, B     SpanID // zero where the step has no partner
	Name     string
	Relation Relation
	Why      string // what makes it an origin: same input, different output; another model …
	Input    Diff
	Output   Diff
	OnlyA    []string // items that only A put out, by name; the first 20
	OnlyB    []string
	NOnlyA   int // all of them
	NOnlyB   int
	Moved    int           // items that both put out, at another place
	Shifts   []RankShift   // of these, those that moved furthest
	Duration time.Duration // B − A
	CostUSD  *float64      // B − A; nil if either is unknown
	Tokens   *int64        // B − A, input and output; nil if either is unknown
}

// RankShift is an item that two steps put out at different places, from 1.
type RankShift struct {
	Item string
	A, B int
}

// Comparison is two executions step by step.
type Comparison struct {
	A, B    Execution
	Steps   []StepPair // in the order of A, with B's own steps where they ran
	First   int        // index of the first divergence; -1 if there is none
	Verdict string     // one sentence
	Ignored []string   // pointers whose differences were taken for noise: ids, times
	LeftOut int        // changes beyond what a diff keeps
	Unread  LeftOut    // of both executions
}

// CheckIgnored tells, as CodeInvalid, why paths cannot be what a comparison
// leaves out: JSON pointers into {"input","output"} of every step, * standing
// for any one part.
func CheckIgnored(paths []string) error {
	const most, longest = 100, 500
	if len(paths) > most {
		return Errorf(CodeInvalid, "%d ignored paths: use at most %d, * stands for any one part", len(paths), most)
	}
	for _, p := range paths {
		if !strings.HasPrefix(p, "/") || len(p) > longest {
			return Errorf(CodeInvalid, "%.100q is no path to ignore: begin with /input or /output, and use at most %d bytes", p, longest)
		}
	}
	return nil
}

// Diff is the structural difference of two payloads.
type Diff struct {
	Changes []Difference
}

// Difference is one place where two payloads differ. A nil side has no value
// there. Pointers of array elements count in A, except for what only B has.
type Difference struct {
	Pointer string
	A, B    json.RawMessage
	Words   []WordEdit // for longer texts: how one becomes the other
}

// WordEdit is a run of words that both texts have (=), only A (-) or only B
// (+).
type WordEdit struct {
	Op   string
	Text string
}

// StepRef names a step of an execution.
type StepRef struct {
	Trace TraceID
	Step  SpanID
}

// StepStability says how often a step gives another output for the same input.
type StepStability struct {
	Name     string
	Calls    int       // calls whose input came more than once
	Inputs   int       // different inputs that came more than once
	Unstable int       // of these, inputs with more than one output
	Failing  int       // of these, inputs for which some calls failed and some did not
	Share    float64   // Unstable / Inputs
	Example  []StepRef // two calls with the same input and different output
}

// Stability is how stable the steps of a pipeline are, least stable first.
type Stability struct {
	Steps    []StepStability
	LookedAt int // executions, the newest of the pipeline
	LeftOut  int // executions that were too much to read
}

// Contrasted is one way in which a group of executions differs from a
// baseline.
type Contrasted struct {
	Step     string  // name; "" for the executions as such
	What     string  // present, error, drop rate, duration, tokens, model, parameter, fact, score
	Detail   string  // which model, parameter or fact; "" if What says it all
	Selected float64 // share of executions, or the median
	Baseline float64
	Effect   float64 // 0 (none) to 1 (complete): Cliff's delta, or the difference of shares
	Text     string
}

// Contrast is what tells selected executions from a baseline, the greatest
// effect first.
type Contrast struct {
	Differences []Contrasted
	Selected    int // executions that were compared
	Baseline    int
	LeftOut     int // executions that were too much to read
}
