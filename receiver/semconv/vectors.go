package semconv

import (
	"encoding/json"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/xraytrace/xray"
)

// Embedding vectors are kept as their size: nobody reads 1,536 numbers, and
// the segment has them.

const (
	vectorOfEmbedding = 4  // numbers in a list that make it a vector, in an embedding step
	vectorAnywhere    = 32 // and elsewhere
)

// withoutVector replaces a payload that is nothing but a vector.
func withoutVector(raw json.RawMessage) json.RawMessage {
	if n := vectorSize(raw); n >= vectorAnywhere {
		return dimensions(n)
	}
	return raw
}

// withoutVectors replaces the vectors in a payload. Bodies of embedding APIs
// nest them four deep; the limit keeps what a client nests a thousand deep from
// being parsed a thousand times.
func withoutVectors(raw json.RawMessage) json.RawMessage { return withoutVectorsAt(raw, 0) }

func withoutVectorsAt(raw json.RawMessage, depth int) json.RawMessage {
	if depth > maxNesting+2 {
		return raw
	}
	if !isArray(raw) && !isObject(raw) {
		if n := vectorSize(json.RawMessage(textOfJSON(raw))); isString(raw) && n >= vectorOfEmbedding {
			return dimensions(n)
		}
		return raw
	}
	if n := vectorSize(raw); n >= vectorOfEmbedding {
		return dimensions(n)
	}
	if list, ok := asArray(raw); ok {
		for i, e := range list {
			list[i] = withoutVectorsAt(e, depth+1)
		}
		return marshal(list)
	}
	o := asObject(raw)
	for name, v := range o {
		o[name] = withoutVectorsAt(v, depth+1)
	}
	if o == nil {
		return raw
	}
	return marshal(o)
}

// vectorSize is the number of elements of a list of numbers, 0 for all else.
func vectorSize(raw json.RawMessage) int {
	if !isArray(raw) {
		return 0
	}
	var numbers []float64
	if json.Unmarshal(raw, &numbers) != nil {
		return 0
	}
	return len(numbers)
}

func dimensions(n int) json.RawMessage {
	return marshal(map[string]int{"dimensions": n})
}

// readEmbeddings reads OpenInference's texts (input) and vectors (output).
func readEmbeddings(f *found, id keyID, _ *xray.StepDetail, at side) payload {
	var list []json.RawMessage
	for _, raw := range f.unfold(id) {
		o := asObject(raw)
		if v := o["vector"]; at == outputSide && !isNothing(v) {
			list = append(list, withoutVectors(v))
		} else if text := o["text"]; at == inputSide && !isNothing(text) {
			list = append(list, text)
		}
	}
	if len(list) == 0 {
		return payload{}
	}
	return payload{marshal(list), xray.PayloadJSON}
}

// isVectorValue reports an attribute that holds a vector, for the attribute list.
func isVectorValue(v pcommon.Value) bool {
	if v.Type() != pcommon.ValueTypeSlice || v.Slice().Len() < vectorAnywhere {
		return false
	}
	return v.Slice().At(0).Type() == pcommon.ValueTypeDouble
}
