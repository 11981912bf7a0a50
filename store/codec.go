package store

import (
	"io"
	"iter"

	"github.com/xraytrace/xray"
)

// Codec reads the bytes of segments: OTLP protobuf, uncompressed. The store
// keeps and moves these bytes without understanding them. Implementations are
// safe for concurrent use and keep no reference to data after they return.
type Codec interface {
	// Steps maps all spans of a project's traces segment, in order. Reindexing
	// calls it.
	Steps(project int32, data []byte) ([]xray.Step, error)

	// Details maps the named spans in full, in the order given (segment by
	// segment, ordinal by ordinal). logs names log records of the same trace;
	// each joins its span by span id.
	Details(spans, logs []xray.Extract) ([]xray.StepDetail, error)

	// JSON writes one OTLP JSON TracesData with exactly the named spans, with
	// their resources, scopes and schema URLs. The segments come one after the
	// other, so that an execution larger than memory can pass; an error from
	// the sequence ends the writing and is returned. An Extract's bytes are
	// valid until the next one is asked for.
	JSON(w io.Writer, spans iter.Seq2[xray.Extract, error]) error

	// Terms lists what the spans of a project's traces segment can be found by.
	Terms(project int32, data []byte) (xray.Terms, error)

	// Finder looks for records of a project on which conditions on FieldAttr and
	// FieldText hold, at most 64 of them.
	Finder(project int32, conditions []xray.Condition) (xray.Finder, error)

	// Without returns a segment's bytes minus the named records, which is how
	// an execution is deleted.
	Without(signal xray.Signal, data []byte, ordinals []int) ([]byte, error)
}
