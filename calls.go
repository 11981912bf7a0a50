package xray

// RepeatedCalls finds the model calls among an execution's steps that only
// repeat what a child of theirs reports: two spans that describe one call, as
// the AI SDK's nested embeddings do, or a framework's and a provider's
// instrumentation together. One span alone cannot tell, so [Step.ModelCall] is
// true on both; totals count the inner one.
//
// A call repeats its children if they are of its type and it reports no tokens
// itself, or as many as they do together.
func RepeatedCalls(steps []*Step) map[SpanID]bool {
	var calls map[SpanID]*Step // most traces have none, and this runs for each
	for _, s := range steps {
		if s.ModelCall && !s.Pending {
			if calls == nil {
				calls = map[SpanID]*Step{}
			}
			calls[s.SpanID] = s
		}
	}
	if len(calls) < 2 {
		return nil
	}
	inner := map[SpanID]Tokens{} // of the direct children, by parent
	for _, s := range calls {
		if parent, ok := calls[s.ParentID]; ok && parent.Type == s.Type && s.SpanID != s.ParentID {
			sum := inner[s.ParentID]
			sum.Input = sumReported(sum.Input, s.Tokens.InputTotal())
			sum.Output = sumReported(sum.Output, s.Tokens.OutputTotal())
			inner[s.ParentID] = sum
		}
	}
	repeated := map[SpanID]bool{}
	for id, children := range inner {
		in, out := calls[id].Tokens.InputTotal(), calls[id].Tokens.OutputTotal()
		if in == nil && out == nil || sameCount(in, children.Input) && sameCount(out, children.Output) {
			repeated[id] = true
		}
	}
	return repeated
}

func sameCount(a, b *int64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
