package store_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

// BenchmarkRead reads executions of three sizes, with many others around them.
func BenchmarkRead(b *testing.B) {
	s := open(b, pgtest.New(b), quick())
	r := rand.New(rand.NewPCG(3, 4))
	l := load{spansPerTrace: 10, spansPerRequest: 512}
	for range 100 {
		put(b, s, traffic(r, l))
	}
	for name, steps := range map[string]int{"10 steps": 10, "10000 steps": 10_000, "100000 steps": 100_000} {
		id := traceID(steps)
		for first := 0; first < steps; first += 500 {
			var some []xray.Step
			for n := first; n < min(first+500, steps); n++ {
				some = append(some, span(steps, n+1, n/2, "search the catalogue", n, n+5))
			}
			put(b, s, batchOf(b, theProject, some...))
		}
		b.Run("structure of "+name, func(b *testing.B) {
			for b.Loop() {
				if got, err := s.Steps(b.Context(), theProject, id); err != nil || len(got) != steps {
					b.Fatal(len(got), err)
				}
			}
		})
		b.Run("one payload of "+name, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Step(b.Context(), theProject, id, spanID(steps/2)); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("OTLP of "+name, func(b *testing.B) {
			for b.Loop() {
				if err := s.OTLP(b.Context(), theProject, id, new(bytes.Buffer)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("newest 20", func(b *testing.B) { benchmarkList(b, s, xray.ExecutionQuery{Limit: 20}) })
	b.Run("newest 20 of a service", func(b *testing.B) {
		benchmarkList(b, s, xray.ExecutionQuery{Limit: 20, Filter: where(xray.Is(xray.FieldService, "checkout-service"))})
	})
}

func benchmarkList(b *testing.B, s *store.Store, q xray.ExecutionQuery) {
	for b.Loop() {
		if page, err := s.Executions(b.Context(), theProject, q); err != nil || len(page.Executions) != q.Limit {
			b.Fatal(len(page.Executions), err)
		}
	}
}
