package semconv

import (
	"encoding/json"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray"
)

// maxExecutionID is the longest client id, in characters (docs/attributes.md).
const maxExecutionID = 256

// hints collects what the span says about its execution; nil if nothing, as
// for most spans.
func (f *found) hints(s Span, step *xray.Step) *xray.ExecutionHints {
	if f.hint {
		h := f.ownHints(step)
		attributes := s.Resource.Attributes()
		h.Environment = firstOf(h.Environment, attributes, f.v.environment)
		h.Release = firstOf(h.Release, attributes, f.v.release)
		if saysNothing(h) { // the keys were there and empty
			return nil
		}
		return h
	}
	if !entersProcess(s.Span) {
		return nil
	}
	attributes := s.Resource.Attributes()
	environment := firstOf("", attributes, f.v.environment)
	release := firstOf("", attributes, f.v.release)
	if environment == "" && release == "" {
		return nil
	}
	return &xray.ExecutionHints{Environment: environment, Release: release}
}

func saysNothing(h *xray.ExecutionHints) bool {
	return h.ExecutionID == "" && h.Name == "" && h.SessionID == "" && h.UserID == "" && h.Environment == "" &&
		h.Release == "" && h.Tags == nil && h.Metadata == nil && h.FinalOutcome == nil && h.Receipt == nil && h.AutoReasoning == nil
}

func (f *found) ownHints(step *xray.Step) *xray.ExecutionHints {
	h := &xray.ExecutionHints{
		Name:        f.executionName(step.ParentID.IsZero()),
		SessionID:   cleanColumn(f.text(f.v.session)),
		UserID:      cleanColumn(f.text(f.v.user)),
		Environment: cleanColumn(f.text(f.v.environment)),
		Release:     cleanColumn(f.text(f.v.release)),
		Tags:        f.list(f.v.tags),
		Metadata:    f.metadata(),
	}
	f.identity(h)
	return h
}

func (f *found) identity(h *xray.ExecutionHints) {
	x := f.v.execution
	if !f.is(x) {
		return
	}
	value := func(i int) (pcommon.Value, bool) { return f.values[x.ids[i]], f.has[x.ids[i]] }
	if v, ok := value(0); ok {
		h.ExecutionID = cut(cleanColumn(plainText(v)), maxExecutionID)
	}
	if v, ok := value(1); ok {
		h.FinalOutcome = strictJSON(v)
	}
	if v, ok := value(2); ok {
		if wish, said := boolOf(v); said {
			h.AutoReasoning = &wish
		}
	}
	var counts [4]int64
	receipt := false
	for i := range counts {
		if v, ok := value(3 + i); ok {
			if n, isNumber := numberOf(v); isNumber && n >= 0 && n <= maxTokens {
				counts[i], receipt = int64(n), true
			}
		}
	}
	if receipt {
		h.Receipt = &xray.Receipt{Started: counts[0], Ended: counts[1], Dropped: counts[2], Cut: counts[3]}
	}
}

func (f *found) executionName(root bool) string {
	name := f.text(f.v.name)
	if name == "" && root {
		name = f.text(f.v.rootName)
	}
	return cleanColumn(name)
}

// metadata unites the metadata sources. Text stays text unless it holds a JSON
// object or array: Langfuse writes nested values so.
func (f *found) metadata() map[string]json.RawMessage {
	var all map[string]json.RawMessage
	add := func(key string, value json.RawMessage) {
		if all == nil {
			all = map[string]json.RawMessage{}
		}
		key = clean(key)
		if _, taken := all[key]; !taken && len(value) > 0 && !isPlumbing(key) {
			all[key] = value
		}
	}
	for i, id := range f.v.metadata.ids {
		if !f.has[id] {
			continue
		}
		if strings.HasSuffix(f.v.metadata.sources[i].key, "*") {
			f.each(id, func(rest string, v pcommon.Value) { add(rest, jsonOf(v)) })
			continue
		}
		for key, value := range f.object(id) {
			add(key, value)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

// plumbing is what frameworks write into the metadata for themselves; it
// differs from span to span and says nothing about the run.
var plumbing = []string{"LANGSMITH_", "ls_", "langgraph_", "__pregel", "checkpoint_ns", "usage_metadata", "versions", "revision_id"}

func isPlumbing(key string) bool {
	switch key {
	case "session_id", "thread_id", "conversation_id", "user_id":
		return true // known as session and user already
	}
	for _, p := range plumbing {
		if strings.HasPrefix(key, p) {
			return true
		}
	}
	return false
}

// entersProcess reports the spans that speak for their resource: a root, or
// the first span of a service in a trace that came from elsewhere. Saying it
// on every span would cost an allocation each.
func entersProcess(span ptrace.Span) bool {
	const parentIsRemote = 0x300 // SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE | …IS_REMOTE
	return span.ParentSpanID().IsEmpty() ||
		span.Kind() == ptrace.SpanKindServer || span.Kind() == ptrace.SpanKindConsumer ||
		span.Flags()&parentIsRemote == parentIsRemote
}

func firstOf(said string, attributes pcommon.Map, t *table) string {
	if said != "" {
		return said
	}
	for _, s := range t.sources {
		if v, ok := attributes.Get(s.key); ok {
			if text := strings.TrimSpace(plainText(v)); text != "" {
				return cleanColumn(text)
			}
		}
	}
	return ""
}
