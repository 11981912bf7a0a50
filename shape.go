package xray

// Shape is what the executions of a pipeline that started in a range are made
// of: their steps, what these do to the items, and by which criteria items are
// dropped. It tells of the newest executions, not of all.
type Shape struct {
	StatsRange
	LookedAt int // executions whose steps were read
	Counted  int // executions whose items were counted
	Steps    []ShapeStep
	Drops    []DropSum // the criteria that dropped most first
	Releases []ReleaseSeen
	LeftOut  int // steps beyond those in the list
}

// ShapeStep is a place in the tree of steps: those of one name under one
// parent.
type ShapeStep struct {
	Name  string
	Type  StepType
	Depth int // 0 for a root
	Runs  int // executions that have it, of those whose steps were read
	Calls int // in these, as the median
	Items *ItemFlow
}

// ItemFlow is what the steps of a name do to the items, by call.
type ItemFlow struct {
	Calls    int     // that had to do with items
	In       int     // median
	Out      int     // median
	DropRate float64 // of all that went in, the share that was dropped
	Dropped  int64   // of all calls
}

// DropSum is one criterion by which a step dropped items, added up. Criteria
// that differ in numbers alone are one.
type DropSum struct {
	Step       string
	Text       string // as the newest execution has it; "" for what nothing explains
	Items      int64
	Executions int
	Sample     string // the name or key of an item that was dropped so
	Example    StepRef
}

// ReleaseSeen is when a release ran first, as far as the buckets of the range
// tell: the releases that the first and the last execution in each of them ran.
type ReleaseSeen struct {
	Release string
	At      Nano
	TraceID TraceID
}
