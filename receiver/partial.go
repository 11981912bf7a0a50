package receiver

import (
	"encoding/json"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
)

// The three Export…ServiceResponse messages are alike: field 1 is the partial
// success, in it 1 counts what was rejected and 2 says why. Full success must
// leave it out, which pdata does not.

// protobuf encodes the response.
func (p partial) protobuf() []byte {
	if p == (partial{}) {
		return nil
	}
	inner := protowire.AppendTag(nil, 1, protowire.VarintType)
	inner = protowire.AppendVarint(inner, uint64(p.rejected))
	inner = protowire.AppendTag(inner, 2, protowire.BytesType)
	inner = protowire.AppendString(inner, p.message)
	return protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), inner)
}

// json encodes the response.
func (p partial) json(s signal) []byte {
	if p == (partial{}) {
		return []byte("{}")
	}
	body, _ := json.Marshal(map[string]any{"partialSuccess": map[string]string{
		s.rejected:     strconv.Itoa(p.rejected), // an int64: a string in JSON
		"errorMessage": p.message,
	}})
	return body
}
