package store

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestQuantilesAreWithinTwoPercentOfTheTrueOnes(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for name, draw := range map[string]func() time.Duration{
		"any magnitude":        func() time.Duration { return time.Duration(r.Int64N(math.MaxInt64) >> r.IntN(63)) },
		"a usual pipeline":     func() time.Duration { return time.Duration(math.Exp(r.NormFloat64() + 20)) },
		"two kinds of a step":  func() time.Duration { return time.Duration(1+r.IntN(2)*999) * time.Millisecond },
		"almost nothing":       func() time.Duration { return time.Duration(r.IntN(4)) },
		"the longest there is": func() time.Duration { return math.MaxInt64 - time.Duration(r.IntN(9)) },
	} {
		for range 200 {
			values := make([]time.Duration, 1+r.IntN(300))
			parts := []histogram{{}, {}, {}}
			for i := range values {
				values[i] = draw()
				parts[r.IntN(3)][bucketOf(values[i])]++
			}
			merged := histogram{}
			for _, p := range parts {
				if err := merged.decodeInto(p.encode()); err != nil {
					t.Fatal(err)
				}
			}
			slices.Sort(values)
			qs := []float64{0, 0.5, 0.95, 0.99, 1}
			for i, got := range merged.quantiles(qs...) {
				want := values[int(qs[i]*float64(len(values)-1))]
				if math.Abs(float64(got)-float64(want)) > 0.02*float64(want)+0.5 { // whole nanoseconds
					t.Fatalf("%s: quantile %v of %d values is %d, want %d", name, qs[i], len(values), got, want)
				}
			}
		}
	}
}

func TestWhatIsSubtractedFromAHistogramIsGone(t *testing.T) {
	t.Parallel()
	h := histogram{zeroBucket: 2, 7: 1, 1100: 3}
	h.add(histogram{zeroBucket: 2, 7: 1, 1100: 3}, -1)
	if len(h) != 0 {
		t.Errorf("%v is left", h)
	}
	if q := h.quantiles(0.5, 0.99); q[0] != 0 || q[1] != 0 {
		t.Errorf("the quantiles of nothing are %v", q)
	}
}

func FuzzHistogram(f *testing.F) {
	f.Add(histogram{zeroBucket: 1, 0: 2, 800: 3}.encode())
	f.Add([]byte{histogramV1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 2})
	f.Fuzz(func(t *testing.T, data []byte) {
		h := histogram{}
		if h.decodeInto(data) != nil {
			return
		}
		again := histogram{}
		if err := again.decodeInto(h.encode()); err != nil {
			t.Fatalf("what was read cannot be read again: %v", err)
		}
		for i, n := range h {
			if again[i] != n {
				t.Errorf("bucket %d has %d, then %d", i, n, again[i])
			}
		}
		h.quantiles(0.5, 1)
	})
}

func TestACoverHoldsEveryMinuteOnceAndAYearIsFewBuckets(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		from := r.Int64N(1<<22) - 1<<21
		want := minuteRange{from, from + r.Int64N(1<<uint(r.IntN(20)))}
		at, buckets := want.from, int64(0)
		for _, p := range cover(want) {
			if p.from != at || p.from%int64(p.level) != 0 || p.to%int64(p.level) != 0 {
				t.Fatalf("%v of %v does not go on at %d", p, want, at)
			}
			at = p.to
			buckets += p.count(int64(p.level))
		}
		if at != want.to || buckets > 2*59+2*23+(want.to-want.from)/minutesPerDay {
			t.Fatalf("%v: covered to %d with %d buckets", want, at, buckets)
		}
	}
}
