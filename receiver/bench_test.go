package receiver_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/tracetest"
	"github.com/xraytrace/xray/receiver"
	"github.com/xraytrace/xray/receiver/semconv"
)

type nowhere struct{}

func (nowhere) Append(context.Context, xray.Batch) error { return nil }

// BenchmarkReceive measures a whole HTTP request but for the store.
func BenchmarkReceive(b *testing.B) {
	gin.SetMode(gin.ReleaseMode)
	for name, td := range map[string]ptrace.Traces{"micro": tracetest.Micro(512), "llm": tracetest.LLM(64)} {
		for _, kind := range []string{protobufType, jsonType} {
			b.Run(name+"/"+kind[len("application/"):], func(b *testing.B) {
				engine := gin.New()
				receiver.New(nowhere{}, gate{}, semconv.New(nil), receiver.Options{}).Routes(engine)
				body := encode(b, td, kind)
				b.SetBytes(int64(len(body)))
				b.ReportAllocs()
				report := tracetest.CPUPerSpan(b, td.SpanCount())
				for b.Loop() {
					req := httptest.NewRequest(http.MethodPost, "/v1/traces", bytes.NewReader(body))
					req.Header.Set("Content-Type", kind)
					req.Header.Set("X-Api-Key", ingestKey)
					rec := httptest.NewRecorder()
					if engine.ServeHTTP(rec, req); rec.Code != http.StatusOK {
						b.Fatal(rec.Code, rec.Body)
					}
				}
				report()
				b.ReportMetric(float64(len(body)/td.SpanCount()), "B/span")
			})
		}
	}
}
