package store

import (
	"encoding/binary"
	"slices"

	"github.com/xraytrace/xray"
)

// stepTypes gives each type its number in column steps.type. The order is part
// of the stored data: append only.
func stepTypes() [18]xray.StepType {
	return [...]xray.StepType{
		0: xray.TypeSpan, 1: xray.TypeLLM, 2: xray.TypeEmbedding, 3: xray.TypeRetriever, 4: xray.TypeReranker,
		5: xray.TypeTool, 6: xray.TypeAgent, 7: xray.TypeChain, 8: xray.TypeGuardrail, 9: xray.TypeEvaluator,
		10: xray.TypePrompt, 11: xray.TypeParser, 12: xray.TypeMemory, 13: xray.TypeHTTP, 14: xray.TypeDB,
		15: xray.TypeRPC, 16: xray.TypeMessaging, 17: xray.TypeFunction,
	}
}

// typeCode is the number of t; a type that this version does not know is a span.
func typeCode(t xray.StepType) int16 {
	types := stepTypes()
	return int16(max(0, slices.Index(types[:], t)))
}

// typeOf is the type of a number; one that a newer version wrote is a span.
func typeOf(code int16) xray.StepType {
	types := stepTypes()
	if code < 0 || int(code) >= len(types) {
		return xray.TypeSpan
	}
	return types[code]
}

// Span ids are bigint in SQL: the same 8 bytes, big-endian.
func spanInt(id xray.SpanID) int64 { return int64(binary.BigEndian.Uint64(id[:])) }

func spanID(n int64) xray.SpanID {
	var id xray.SpanID
	binary.BigEndian.PutUint64(id[:], uint64(n))
	return id
}
