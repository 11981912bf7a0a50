package receiver

import (
	"bytes"
	"encoding/json"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray"
)

// tracesFromJSON makes the protobuf message that an OTLP JSON request stands
// for.
func tracesFromJSON(body []byte, l *lease) ([]byte, error) {
	return fromJSON(body, l, func(body []byte) ([]byte, error) {
		td, err := (&ptrace.JSONUnmarshaler{}).UnmarshalTraces(body)
		if err != nil {
			return nil, err
		}
		return (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
	})
}

// logsFromJSON does the same for logs.
func logsFromJSON(body []byte, l *lease) ([]byte, error) {
	return fromJSON(body, l, func(body []byte) ([]byte, error) {
		ld, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs(body)
		if err != nil {
			return nil, err
		}
		return (&plog.ProtoMarshaler{}).MarshalLogs(ld)
	})
}

// fromJSON lets pdata read body, and once more after mending if pdata does
// not take it as it is.
func fromJSON(body []byte, l *lease, decode func([]byte) ([]byte, error)) ([]byte, error) {
	// Valid also bounds the nesting (10,000), which pdata does not.
	if !json.Valid(body) {
		var raw json.RawMessage
		return nil, xray.Errorf(xray.CodeInvalid, "the body is not JSON: %v", json.Unmarshal(body, &raw))
	}
	objects := int64(bytes.Count(body, []byte{'{'})) * keyValueCost
	if err := l.take(objects + int64(len(body))); err != nil {
		return nil, err
	}
	defer l.shrink(objects)
	out, err := decode(body)
	if err == nil {
		return out, nil
	}
	mended, ok := mend(body)
	if !ok {
		return nil, notOTLP(err)
	}
	if out, err = decode(mended); err != nil {
		return nil, notOTLP(err)
	}
	return out, nil
}

func notOTLP(err error) error {
	return xray.Errorf(xray.CodeInvalid, "the body is not OTLP JSON: %v", err)
}
