package store

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/xraytrace/xray"
)

// randomRun makes segments whose traces have rare terms and frequent ones, and
// says at which places each term is.
func randomRun(r *rand.Rand, segments, traces int) ([]indexedSegment, map[uint32][]uint32) {
	var out []indexedSegment
	places := map[uint32][]uint32{}
	first := uint32(0)
	for s := range segments {
		terms := xray.Terms{Traces: make([]xray.TraceID, r.IntN(traces+1))}
		for i := range terms.Traces {
			terms.Traces[i] = xray.TraceID{1, byte(s), byte(s >> 8), byte(i)}
			add := func(term uint32) {
				terms.Pairs = append(terms.Pairs, uint64(term)<<32|uint64(i))
				if at := first + uint32(i); !slices.Contains(places[term], at) {
					places[term] = append(places[term], at)
				}
			}
			add(0)                           // everywhere
			add(1 << 31)                     // twice
			add(1 << 31)                     //
			add(uint32(r.IntN(9)) << 20)     // often
			add(uint32(r.IntN(1000)) << 10)  // sometimes
			add(r.Uint32() &^ (1<<4 - 1))    // once
			add(^uint32(r.IntN(20)) &^ 0xff) // at the end of the range
		}
		r.Shuffle(len(terms.Pairs), func(i, j int) { terms.Pairs[i], terms.Pairs[j] = terms.Pairs[j], terms.Pairs[i] })
		first += uint32(len(terms.Traces))
		out = append(out, indexedSegment{id: int64(s+1) << 20, terms: terms})
	}
	return out, places
}

// ask looks a term up as a search does.
func ask(t *testing.T, run termRun, term uint32) []uint32 {
	t.Helper()
	wanted := bucketsOf(term)
	for _, b := range run.buckets {
		if !slices.Contains(wanted, b.bucket) {
			continue
		}
		p, err := findTerm(run.id, b.bucket, b.data, term)
		if err != nil {
			t.Fatal(err)
		}
		places, err := p.places()
		if err != nil || len(places) != p.count {
			t.Fatalf("%d places of %d, error %v", len(places), p.count, err)
		}
		return places
	}
	return nil
}

func TestARunKnowsWhereItsTermsAre(t *testing.T) {
	t.Parallel()
	for seed, size := range [][2]int{{1, 1}, {3, 5}, {40, 60}, {300, 90}} {
		r := rand.New(rand.NewPCG(uint64(seed), 7))
		segments, places := randomRun(r, size[0], size[1])
		run := buildRun(segments)
		for term, want := range places {
			if got := ask(t, run, term); !slices.Equal(got, want) {
				t.Fatalf("%v: term %x is at %v, want %v", size, term, got, want)
			}
		}
		d, err := parseDirectory(run.segments)
		if err != nil || len(d.segments) != len(segments) {
			t.Fatalf("%v: %d segments, want %d; error %v", size, len(d.segments), len(segments), err)
		}
		checkDirectory(t, d, segments)
	}
}

func checkDirectory(t *testing.T, d *runDirectory, segments []indexedSegment) {
	t.Helper()
	place := uint32(0)
	for _, seg := range segments {
		for range seg.terms.Traces {
			got := map[int64]bool{}
			d.addSegments(got, []uint32{place})
			if len(got) != 1 || !got[seg.id] {
				t.Fatalf("place %d is in %v, want %d", place, got, seg.id)
			}
			place++
		}
	}
}

// Of terms that are not there one in five hundred may be found, in a run of half
// a million; this one is smaller.
func TestFewTermsAreFoundThatAreNotThere(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 9))
	segments, places := randomRun(r, 200, 80)
	run := buildRun(segments)
	const lookups = 20_000
	wrong := 0
	for range lookups {
		term := r.Uint32()
		if _, there := places[term&^15]; !there && len(ask(t, run, term)) > 0 {
			wrong++
		}
	}
	if most := lookups * len(places) / (1 << termBits) * 3; wrong > most+5 {
		t.Errorf("%d of %d lookups found what is not there, want at most %d", wrong, lookups, most+5)
	}
}

func TestADamagedRunIsAnErrorNotAPanic(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 3))
	segments, _ := randomRun(r, 20, 20)
	run := buildRun(segments)
	for range 5000 {
		b := run.buckets[r.IntN(len(run.buckets))]
		data := slices.Clone(b.data[:r.IntN(len(b.data)+1)])
		for range r.IntN(4) {
			if len(data) > 0 {
				data[r.IntN(len(data))] ^= byte(1 << r.IntN(8))
			}
		}
		if p, err := findTerm(run.id, b.bucket, data, uint32(r.IntN(9))<<20); err == nil {
			_, _ = p.places() // must return
		}
	}
}

// BenchmarkBuildRun says what indexing costs for each pair of a term and a
// trace, and how many bytes it takes.
func BenchmarkBuildRun(b *testing.B) {
	segments, _ := randomRun(rand.New(rand.NewPCG(1, 1)), 500, 100)
	pairs := 0
	for _, s := range segments {
		pairs += len(s.terms.Pairs)
	}
	size := 0
	for b.Loop() {
		run := buildRun(segments)
		size = len(run.traces) + len(run.segments)
		for _, bucket := range run.buckets {
			size += len(bucket.data) + 40
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(pairs), "ns/pair")
	b.ReportMetric(float64(size)/float64(pairs), "B/pair")
}
