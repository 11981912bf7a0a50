package tracetest

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/xraytrace/xray"
)

type anyMap = map[string]any

// OTLP is the pipeline as a client would send it: an OTLP/JSON
// ExportTraceServiceRequest with xray.* and gen_ai.* attributes.
func (p Pipeline) OTLP() ([]byte, error) {
	var spans []anyMap
	for i, s := range p.Steps {
		from, to := p.window(i)
		span := anyMap{
			"traceId": p.TraceID().String(), "spanId": p.StepID(i).String(), "name": s.Name, "kind": 1,
			"startTimeUnixNano": strconv.FormatInt(int64(from), 10), "endTimeUnixNano": strconv.FormatInt(int64(to), 10),
			"attributes": s.otlpAttributes(),
		}
		if parent := p.parent(i); !parent.IsZero() {
			span["parentSpanId"] = parent.String()
		}
		if s.Error != "" {
			span["status"] = anyMap{"code": 2, "message": s.Error}
		}
		spans = append(spans, span)
	}
	return json.Marshal(anyMap{"resourceSpans": []anyMap{{
		"resource":   anyMap{"attributes": []anyMap{attribute("service.name", "corpus")}},
		"scopeSpans": []anyMap{{"scope": anyMap{"name": "xray-corpus"}, "spans": spans}},
	}}})
}

func (s PipelineStep) otlpAttributes() []anyMap {
	all := anyMap{}
	_ = json.Unmarshal(s.attributes(), &all) // attributes made it from a map
	t := s.Type
	if t == "" {
		t = xray.TypeFunction
	}
	all["xray.step.type"] = string(t)
	if t == xray.TypeLLM {
		all["gen_ai.operation.name"] = "chat"
	}
	var out []anyMap
	for _, key := range slices.Sorted(maps.Keys(all)) {
		out = append(out, attribute(key, all[key]))
	}
	return out
}

func attribute(key string, v any) anyMap { return anyMap{"key": key, "value": otlpValue(v)} }

func otlpValue(v any) anyMap {
	switch x := v.(type) {
	case string:
		return anyMap{"stringValue": x}
	case bool:
		return anyMap{"boolValue": x}
	case float64:
		if x == float64(int64(x)) {
			return anyMap{"intValue": strconv.FormatInt(int64(x), 10)}
		}
		return anyMap{"doubleValue": x}
	case []any:
		values := []anyMap{}
		for _, e := range x {
			values = append(values, otlpValue(e))
		}
		return anyMap{"arrayValue": anyMap{"values": values}}
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return anyMap{"stringValue": ""}
	}
	return anyMap{"stringValue": string(raw)}
}
