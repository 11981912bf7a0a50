package query

import "github.com/xraytrace/xray"

// Bounds of a query.
const (
	MaxLength = 4000 // bytes of text
	maxTerms  = 50
	maxValues = 100 // in one list
)

// Query is what a text asks for; see [xray.Filter] for what its parts mean.
// [Parse] puts a condition on a step into the list of that step: one begins with
// the first such condition and with every further name of a step. "-step:x" is
// about all steps and stands in Where, and so do other negated conditions on
// steps if nothing positive is said about a step.
type Query struct {
	Where []xray.Condition
	Steps [][]xray.Condition
}

// Empty reports whether q lets all executions through.
func (q Query) Empty() bool { return len(q.Where) == 0 && len(q.Steps) == 0 }

// add puts a condition where it belongs.
func (q *Query) add(c xray.Condition) {
	last := len(q.Steps) - 1
	switch {
	case !c.Field.OfStep(), c.Field == xray.FieldStep && c.Not:
		q.Where = append(q.Where, c)
	case last < 0, c.Field == xray.FieldStep && named(q.Steps[last]):
		q.Steps = append(q.Steps, []xray.Condition{c})
	default:
		q.Steps[last] = append(q.Steps[last], c)
	}
}

func named(step []xray.Condition) bool {
	for _, c := range step {
		if c.Field == xray.FieldStep {
			return true
		}
	}
	return false
}

// settle moves what is only denied of a step to the conditions on all steps:
// "-step.status:error" asks for no failed step, not for some that did not fail.
func (q *Query) settle() {
	if len(q.Steps) == 0 { // only the first can be without a name
		return
	}
	for _, c := range q.Steps[0] {
		if !c.Not {
			return
		}
	}
	q.Where = append(q.Where, q.Steps[0]...)
	q.Steps = nil
}
