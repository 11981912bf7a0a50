package setup

import (
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// sizeOf estimates what a span takes on the wire, uncompressed. It counts
// texts exactly and everything else roughly: batches need the order of
// magnitude, and exactness would mean encoding twice.
func sizeOf(s sdktrace.ReadOnlySpan) int {
	n := 128 + len(s.Name()) + len(s.Status().Description) + sizeOfAll(s.Attributes())
	for _, e := range s.Events() {
		n += 32 + len(e.Name) + sizeOfAll(e.Attributes)
	}
	for _, l := range s.Links() {
		n += 48 + sizeOfAll(l.Attributes)
	}
	return n
}

func sizeOfAll(attrs []attribute.KeyValue) int {
	n := 0
	for _, a := range attrs {
		n += 12 + len(a.Key)
		switch a.Value.Type() {
		case attribute.STRING:
			n += len(a.Value.AsString())
		case attribute.STRINGSLICE:
			for _, s := range a.Value.AsStringSlice() {
				n += 6 + len(s)
			}
		case attribute.BOOL, attribute.INT64, attribute.FLOAT64:
		default:
			n += len(a.Value.String())
		}
	}
	return n
}
