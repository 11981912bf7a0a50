package store

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/xraytrace/xray"
)

// randomStep draws from what is likely and from what is not.
func randomStep(r *rand.Rand) xray.Step {
	odd := []int64{0, 1, -1, math.MaxInt64, math.MinInt64, r.Int64(), -r.Int64(), 1_760_000_000_000_000_000 + r.Int64N(1e9)}
	texts := []string{"", "a", "checkout", "модель", string(make([]byte, 200))}
	number := func() int64 { return odd[r.IntN(len(odd))] }
	text := func() string { return texts[r.IntN(len(texts))] }
	types := stepTypes()
	s := xray.Step{
		SpanID: spanID(int64(r.IntN(6)) + 1), ParentID: spanID(int64(r.IntN(8))), Name: text(), Service: text(),
		Type: types[r.IntN(len(types))], Status: xray.Status(r.IntN(3)), Start: xray.Nano(number()), End: xray.Nano(number()),
		ModelCall: r.IntN(2) == 0, Pending: r.IntN(2) == 0, HasPayload: r.IntN(2) == 0, CostFrom: xray.CostSource(r.IntN(3)),
		Model: text(), Provider: text(), PriceDate: text(), Error: text(),
	}
	if s.Pending {
		s.PendingFor = s.SpanID
	}
	for _, class := range tokensOf(&s.Tokens) {
		if r.IntN(2) == 0 {
			n := number()
			*class = &n
		}
	}
	if r.IntN(2) == 0 {
		cost := r.NormFloat64()
		s.CostUSD = &cost
	}
	return s
}

func TestPackedStepsComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	p := newPacker()
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 7))
		want := make([]placedStep, 1+r.IntN(10))
		ordinal := 0
		for i := range want {
			s := randomStep(r)
			ordinal += r.IntN(300)
			want[i] = placedStep{&s, ordinal}
		}
		got, err := unpackSteps(xray.TraceID{}, p.pack(nil, want))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(placedStep{})); diff != "" {
			t.Fatalf("seed %d (-packed +unpacked):\n%s", seed, diff)
		}
	}
}

func FuzzUnpackSteps(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		a, b := randomStep(r), randomStep(r)
		f.Add(newPacker().pack(nil, []placedStep{{&a, 0}, {&b, 7}}))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		steps, err := unpackSteps(xray.TraceID{1}, data)
		if err != nil || len(steps) == 0 {
			return
		}
		again, err := unpackSteps(xray.TraceID{1}, newPacker().pack(nil, steps))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(steps, again, cmp.AllowUnexported(placedStep{}), cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("packed again it differs:\n%s", diff)
		}
	})
}
