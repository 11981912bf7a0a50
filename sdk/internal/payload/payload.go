// Package payload turns any Go value into bounded JSON text: [Encode] writes
// it, never failing and never running away, and [Fit] shortens it to a limit
// so that it stays valid JSON.
//
// It knows nothing of spans and attributes, and it does not try to be
// encoding/json: what that package refuses (functions, NaN, cycles, a
// MarshalJSON that fails) becomes a note in the text, because a recording
// that holds nine of ten fields is worth more than an error.
package payload

// Cut says that something was left out of a value.
type Cut struct {
	At   string `json:"at"`   // JSON pointer (RFC 6901)
	Kept int    `json:"kept"` // elements of an array, fields of an object, bytes of a text
	Of   int    `json:"of"`   // how many there were
}

// MaxCuts bounds the list of cuts of one value: it is for people and for
// counting, and a value that is cut in a thousand places is simply "cut".
const MaxCuts = 32

func addCut(cuts []Cut, c Cut) []Cut {
	if len(cuts) >= MaxCuts {
		return cuts
	}
	return append(cuts, c)
}
