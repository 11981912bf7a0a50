// Package mask takes out of texts what a project does not want stored, or
// shown to a model: what a rule's preset or pattern finds, and whole fields.
//
// A [Masker] is the compiled rules of one project. A [Pass] carries it through
// one record: whoever knows the record's form (OTLP in the receiver, the test
// box in the API) tells the pass into which attribute it goes and hands over
// the texts; texts that are JSON, and JSON inside of those, the pass takes
// apart by itself and leaves as valid JSON. A [Book] holds the maskers of all
// projects.
//
//	masker.go  rules, compiled      text.go    one text
//	fields.go  which field is it?   json.go    a text that is JSON
//	preset*.go what has a shape     loose.go   password=… in a text that is not
//	pass.go    one record           book.go    every project's rules
//	numbers.go markers that can be taken back
//	try.go     the test box         structure.go  a value without its texts
//
// What is masked stays masked: another pass of the same rules changes nothing,
// and in what one returns no rule finds anything outside of markers. Rules see
// values as people do, never the quotation marks and escapes around them.
//
// The package deliberately does not look into what only machines read (base64,
// compressed data), does not guess what might be private beyond its rules, and
// keeps nothing of what it sees.
package mask
