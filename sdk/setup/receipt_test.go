package setup_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/xraytrace/xray/sdk"
	"github.com/xraytrace/xray/sdk/setup"
)

// TestTheReceiptTellsWhatWasLostBeforeTheExecutionEnded: what the server
// refused of its steps, one by one or as a whole, stands in the receipt, if the
// program knew of it by then.
func TestTheReceiptTellsWhatWasLostBeforeTheExecutionEnded(t *testing.T) {
	for name, c := range map[string]struct {
		refuse func(http.ResponseWriter)
		want   int64
	}{
		"one by one": {func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/x-protobuf")
			_, _ = w.Write(partial(2, "too old"))
		}, 2},
		"all of them": {func(w http.ResponseWriter) { w.WriteHeader(http.StatusForbidden) }, 3},
	} {
		t.Run(name, func(t *testing.T) {
			first := true
			var root *tracepb.Span
			r := newReceiver(t).answering(func(w http.ResponseWriter, spans []*tracepb.Span) bool {
				if first {
					c.refuse(w)
				} else {
					root = spans[len(spans)-1]
				}
				first = false
				return true
			})
			x := client(t, r, setup.WithBatch(1<<20, 512, time.Hour))
			_ = xray.Track(x.Context(t.Context()), "run", func(ctx context.Context) error {
				for range 3 {
					xray.Value(ctx, "step", func() int { return 1 })
				}
				return x.Flush(ctx)
			})
			if loss := (*xray.LossError)(nil); !errors.As(x.Shutdown(t.Context()), &loss) || loss.Lost() != c.want {
				t.Errorf("loss %v, want %d", loss, c.want)
			}
			for _, a := range root.Attributes {
				if a.Key == "xray.receipt.dropped" && a.Value.GetIntValue() == c.want {
					return
				}
			}
			t.Errorf("the receipt says something else than %d dropped: %v", c.want, root.Attributes)
		})
	}
}
