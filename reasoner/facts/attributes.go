package facts

import "strings"

// payloadAttributes are the keys under which conventions carry what has become
// the step's input and output; reading them again would find every item twice.
var payloadAttributes = []string{
	"xray.", "input.", "output.", "gen_ai.", "llm.", "ai.", "traceloop.", "langfuse.", "langsmith.", "retrieval.", "reranker.", "embedding.",
	"openinference.", "tool.", "telemetry.", "otel.", "service.", "exception.", "http.", "url.", "server.", "client.", "network.", "net.",
	"db.", "rpc.", "messaging.", "code.", "thread.", "session.", "user.", "metadata", "tag.", "logfire.", "mlflow.", "graph.", "process.", "host.",
}

// readAttributes reads the span's own attributes as parameters; those of the
// known conventions are left to the mapping that made the step.
func (a *analysis) readAttributes(s *stepInfo) *value {
	v := a.parse(s.d.Attributes)
	if v == nil || v.kind != object {
		return v
	}
	w := walker{a: a, step: s, side: sideAttributes, lists: map[string]*list{}}
	root := place{ptr: "/attributes", path: "/attributes"}
	for i := range v.elems {
		m := &v.elems[i]
		if conventional(m.key) || len(m.str) > 1<<20 {
			continue
		}
		w.walk(m, root.member(m.key))
	}
	return v
}

func conventional(key string) bool {
	for _, p := range payloadAttributes {
		if strings.HasPrefix(key, p) {
			return true
		}
	}
	return false
}
