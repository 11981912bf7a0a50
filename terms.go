package xray

// MaxTermValue is how long an attribute's text may be, in bytes, to be in the
// index of attributes: longer ones are prompts and answers, which [FieldText]
// finds.
const MaxTermValue = 256

// Terms is what the spans of a piece of a traces segment can be found by: for
// each attribute of a span, its resource, its scope and its events, a hash of
// key and value, and one of the key alone.
type Terms struct {
	Traces []TraceID // in the order in which they first come
	// Pairs hold a term in the upper half and the index of a trace that has it in
	// the lower. Few are there more than once.
	Pairs []uint64
}

// Hit says of one record of a segment which conditions hold on it: bit i for
// the i-th condition.
type Hit struct {
	TraceID TraceID
	Ordinal int
	Holds   uint64
}

// Finder looks for records on which some conditions hold. It is safe for
// concurrent use.
type Finder interface {
	// Find returns the records of a segment on which at least one holds, only
	// those of some traces if they are named.
	Find(signal Signal, data []byte, of map[TraceID]bool) ([]Hit, error)
	// Terms returns, for the i-th condition, the terms of which a trace has at
	// least one if the condition holds on any of its spans; false if terms cannot
	// tell.
	Terms(i int) ([]uint32, bool)
}
