package receiver_test

import (
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/receiver"
)

func bareSpan(t *testing.T, trace byte) []byte {
	t.Helper()
	td := ptrace.NewTraces()
	span := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	span.SetTraceID([16]byte{15: trace})
	span.SetSpanID([8]byte{7: 1})
	body, err := ptraceotlp.NewExportRequestFromTraces(td).MarshalProto()
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestARequestFromInsideIsStoredOnce(t *testing.T) {
	t.Parallel()
	h := open(t, receiver.Options{})
	for range 2 {
		if err := h.receiver.Accept(t.Context(), shop, bareSpan(t, 1)); err != nil {
			t.Fatal(err)
		}
	}
	if len(h.sink.batches) != 1 || h.sink.batches[0].ProjectID != shop.Project.ID {
		t.Errorf("%d batches, want one of project %d", len(h.sink.batches), shop.Project.ID)
	}
}

func TestARequestFromInsideIsRefusedAsAnyOther(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		scope   xray.Scope
		request []byte
		want    xray.Code
	}{
		"a key that may only read":  {xray.ScopeRead, bareSpan(t, 1), xray.CodeForbidden},
		"bytes that are no request": {xray.ScopeIngest, []byte("nonsense"), xray.CodeInvalid},
		"a span without a trace id": {xray.ScopeIngest, bareSpan(t, 0), xray.CodeInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t, receiver.Options{})
			p := shop
			p.Scope = tc.scope
			err := h.receiver.Accept(t.Context(), p, tc.request)
			if xray.ErrorCode(err) != tc.want || len(h.sink.batches) != 0 {
				t.Errorf("%v with %d batches stored, want %s", err, len(h.sink.batches), tc.want)
			}
		})
	}
}
