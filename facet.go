package xray

// ValueCount is a value of a field and how many executions have it.
type ValueCount struct {
	Value string
	Count int64
}

// FacetQuery asks for the most frequent values of fields, among the executions
// that a filter selects. Zero Until is now, zero Since is a day before it.
type FacetQuery struct {
	Filter
	Fields []Field
	Limit  int // values of each field
}

// Facets are the most frequent values of fields. Each field's are counted
// without the filter's conditions on the field itself.
type Facets struct {
	Facets  []Facet
	Counted int64 // executions that the whole filter selects
	// SearchedTo is set when not all of the range was counted, because that
	// would have been more than one request may: nothing that started before it
	// was.
	SearchedTo Nano
}

// Facet is the most frequent values of a field, the most frequent first.
type Facet struct {
	Field  Field
	Values []ValueCount
	More   bool // there are values beyond these
}

// ValueQuery asks for values of a field that begin with a prefix, in any letter
// case, among the executions that a filter selects. Key is that of a keyed
// field; without one, its values are its keys.
type ValueQuery struct {
	Filter
	Field  Field
	Key    string
	Prefix string
	Limit  int
}
