package facts

import (
	"github.com/xraytrace/xray"
)

// Execution is what facts are computed from: one run with all its steps.
// Compute and its sisters only read it.
type Execution struct {
	Info  xray.Execution
	Steps []xray.StepDetail
}

// Result is everything Compute says of one execution.
type Result struct {
	Facts        []xray.Fact // most telling first, ids F1, F2, …
	Funnel       []Station   // in order of time
	Counts       []Station   // what each step did to the items, also those that brought them in
	FunnelCounts []int64     // what entered, then what left each station; nil without items
	Headline     string      // the whole run in a sentence
	PerStep      map[xray.SpanID]string
	LeftOut      LeftOut
	Profile      Profile // of this run, for the history of later ones
}

// MaxFacts is how many facts of one execution are kept.
const MaxFacts = 50

// Compute finds the facts of an execution. A nil history means that nothing is
// known about earlier runs of the pipeline. It never fails: a payload that is
// not JSON is read as text.
func Compute(e Execution, h *History) Result {
	a := analyse(e)
	f := &finder{analysis: a, history: h}
	f.findAll()
	return f.result()
}
