// Package receiver takes OTLP in: traces, logs and metrics over HTTP
// (protobuf and JSON) and gRPC, and the seed API's plain JSON executions. It
// is also where the stored bytes are read again ([Codec]).
//
// One way for all of them: authenticate, account for the memory, decompress,
// make protobuf of it, look at every record, mask it if the project has rules,
// map the spans to steps, split into segments, hand the batch to the [Sink],
// and answer in kind once the sink has committed.
//
//	http.go grpc.go    the two transports     auth.go     whose request it is
//	compress.go        content encodings      limits.go   bytes in flight
//	json.go mend.go    OTLP JSON → protobuf   wire.go     records inside a message
//	scan.go refuse.go  is a record sound?     slim.go     what mapping reads of it
//	mask.go            what must not be kept  split.go    segments
//	traces.go logs.go  what is kept
//	status.go          errors → answers       partial.go  what was refused
//	codec.go           stored bytes → steps   seed.go     executions without OTel
//
// What a client sent in protobuf is stored as it came, unknown fields
// included, unless the project masks something; JSON is stored as the protobuf
// message it stands for.
//
// The package deliberately does not know SQL, does not buffer (an answer
// means "committed", so there is nothing to lose here), does not sample, does
// not read metrics, and keeps only those log records that complete a step.
package receiver
