package store

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"sync"

	"github.com/xraytrace/xray"
)

// A run of the index of attributes says which traces of about a thousand
// segments have a term ([xray.Terms]): an inverted index. Its places are the
// traces of its segments, numbered segment by segment. Terms are cut to 28 bits,
// so that of half a million terms in a run one in five hundred lookups of a term
// that is not there finds a wrong trace, which is seen when the spans are read.
//
// The sorted terms are cut into buckets by their first bits, a row of table
// terms each. A bucket is, bit by bit:
//
//	version  8 bits
//	count    20 bits, terms
//	k        5 bits, of the distances between terms
//	n        5 bits, that a place takes
//	terms    the distance to the one before in Rice's code, then either
//	         0 and a place, or
//	         1, its places - 2 in Rice's code with k = 4, k of their distances in 5
//	         bits, 24 bits that say how many bits follow, and the places: the first
//	         in n bits, then their distances - 1 in Rice's code
const (
	runVersion  = 1
	termBits    = 28
	maxBucketed = 13  // bits of the widest bucketing
	bucketTerms = 384 // at most, but for the widest
)

var errRun = fmt.Errorf("a run of the attribute index: %w", errDamaged)

// cutTerm is a term as runs have it.
func cutTerm(term uint32) uint32 { return term >> (32 - termBits) }

// bucketsOf are the buckets that hold a term, in runs of any size.
func bucketsOf(term uint32) []int32 {
	out := make([]int32, maxBucketed+1)
	for b := range out {
		out[b] = 1<<b | int32(cutTerm(term)>>(termBits-b))
	}
	return out
}

// indexedSegment is what a run needs to know of a segment.
type indexedSegment struct {
	id    int64
	terms xray.Terms
}

// termRun is a run ready to be stored.
type termRun struct {
	id       int64
	postings int
	segments []byte
	traces   []byte
	buckets  []termBucket
}

type termBucket struct {
	bucket int32
	data   []byte
}

// buildRun makes a run of segments in order of id, at least one.
func buildRun(segments []indexedSegment) termRun {
	run := termRun{id: segments[len(segments)-1].id}
	places, pairs := 0, 0
	for _, seg := range segments {
		places += len(seg.terms.Traces)
		pairs += len(seg.terms.Pairs)
	}
	n := uint(bits.Len(uint(max(places-1, 1))))
	all := make([]uint64, 0, pairs)
	first := uint64(0)
	for _, seg := range segments {
		run.segments = binary.BigEndian.AppendUint64(run.segments, uint64(seg.id))
		run.segments = binary.BigEndian.AppendUint32(run.segments, uint32(len(seg.terms.Traces)))
		for _, id := range seg.terms.Traces {
			run.traces = append(run.traces, id[:]...)
		}
		for _, p := range seg.terms.Pairs {
			all = append(all, uint64(cutTerm(uint32(p>>32)))<<n|(first+p&(1<<32-1)))
		}
		first += uint64(len(seg.terms.Traces))
	}
	all = sortUnique(all, termBits+n)
	run.postings = len(all)
	run.buckets = encodeBuckets(all, n)
	return run
}

// sortUnique sorts numbers of so many bits and leaves each once. Sorting by
// digits takes a seventh of what comparing does for a million.
func sortUnique(all []uint64, width uint) []uint64 {
	const digit = 11
	from, to := all, make([]uint64, len(all))
	for shift := uint(0); shift < width; shift += digit {
		var at [1 << digit]int
		for _, v := range from {
			at[v>>shift&(1<<digit-1)]++
		}
		sum := 0
		for i, c := range at {
			at[i], sum = sum, sum+c
		}
		for _, v := range from {
			d := v >> shift & (1<<digit - 1)
			to[at[d]] = v
			at[d]++
		}
		from, to = to, from
	}
	out := from[:0]
	for i, v := range from {
		if i == 0 || v != out[len(out)-1] {
			out = append(out, v)
		}
	}
	return out
}

// encodeBuckets packs sorted pairs of a term and a place of n bits.
func encodeBuckets(all []uint64, n uint) []termBucket {
	terms := 0
	for i := range all {
		if i == 0 || all[i]>>n != all[i-1]>>n {
			terms++
		}
	}
	b := uint(0)
	for b < maxBucketed && terms>>b > bucketTerms {
		b++
	}
	var out []termBucket
	for len(all) > 0 {
		prefix := all[0] >> (n + termBits - b)
		end := 1
		for end < len(all) && all[end]>>(n+termBits-b) == prefix {
			end++
		}
		out = append(out, termBucket{1<<b | int32(prefix), encodeBucket(all[:end], n, termBits-b)})
		all = all[end:]
	}
	return out
}

// encodeBucket packs pairs; of the terms only the low rest bits differ.
func encodeBucket(pairs []uint64, n, rest uint) []byte {
	count := 0
	for i := range pairs {
		if i == 0 || pairs[i]>>n != pairs[i-1]>>n {
			count++
		}
	}
	k := riceParameter(1<<rest, count)
	var w, list bitWriter
	w.buf = make([]byte, 0, 4*len(pairs)+16)
	w.write(runVersion, 8)
	w.write(uint64(count), 20)
	w.write(uint64(k), 5)
	w.write(uint64(n), 5)
	before := uint64(0)
	for len(pairs) > 0 {
		term := pairs[0] >> n & (1<<rest - 1)
		w.rice(term-before, k)
		before = term
		end := 1
		for end < len(pairs) && pairs[end]>>n == pairs[0]>>n {
			end++
		}
		encodePlaces(&w, &list, pairs[:end], n)
		pairs = pairs[end:]
	}
	return w.finish()
}

func encodePlaces(w, list *bitWriter, pairs []uint64, n uint) {
	mask := uint64(1)<<n - 1
	first := pairs[0] & mask
	if len(pairs) == 1 {
		w.write(0, 1)
		w.write(first, n)
		return
	}
	k := riceParameter(pairs[len(pairs)-1]&mask-first-uint64(len(pairs)-1), len(pairs)-1)
	list.reset()
	list.write(first, n)
	for i := 1; i < len(pairs); i++ {
		list.rice(pairs[i]-pairs[i-1]-1, k)
	}
	w.write(1, 1)
	w.rice(uint64(len(pairs)-2), 4)
	w.write(uint64(k), 5)
	w.write(uint64(list.bits()), 24)
	w.append(list)
}

// postings is where a term is in a run, still packed.
type postings struct {
	run   int64
	count int
	list  bitReader
	n, k  uint
}

// findTerm looks for a term in a bucket of it; count is 0 if it is not there.
func findTerm(run int64, bucket int32, data []byte, term uint32) (postings, error) {
	b := uint(bits.Len32(uint32(bucket))) - 1
	wanted := uint64(cutTerm(term)) & (1<<(termBits-b) - 1)
	r := bitReader{data: data}
	if v := r.read(8); v != runVersion {
		return postings{}, fmt.Errorf("written by a newer version (%d): %w", v, errRun)
	}
	count, k, n := r.read(20), uint(r.read(5)), uint(r.read(5))
	at := uint64(0)
	for range count {
		at += r.rice(k)
		p := postings{run: run, count: 1, n: n}
		length := int(n)
		if r.read(1) == 1 {
			p.count = int(r.rice(4)) + 2
			p.k = uint(r.read(5))
			length = int(r.read(24))
		}
		if r.over {
			return postings{}, errRun
		}
		if at == wanted {
			p.list = r
			return p, nil
		}
		if at > wanted {
			break
		}
		r.at += length
	}
	return postings{}, nil
}

// places unpacks the places of a term.
func (p *postings) places() ([]uint32, error) {
	if p.count == 0 {
		return nil, nil
	}
	r := p.list
	out := make([]uint32, 0, min(p.count, 1<<16))
	at := r.read(p.n)
	out = append(out, uint32(at))
	for len(out) < p.count && !r.over {
		at += r.rice(p.k) + 1
		out = append(out, uint32(at))
	}
	if r.over {
		return nil, errRun
	}
	return out, nil
}

// runDirectory says which segments the places of a run are in.
type runDirectory struct {
	segments []int64
	first    []uint32 // place of each segment's first trace
}

func parseDirectory(data []byte) (*runDirectory, error) {
	const entry = 12
	if len(data)%entry != 0 {
		return nil, errRun
	}
	d := &runDirectory{}
	place := uint32(0)
	for ; len(data) > 0; data = data[entry:] {
		d.segments = append(d.segments, int64(binary.BigEndian.Uint64(data)))
		d.first = append(d.first, place)
		place += binary.BigEndian.Uint32(data[8:])
	}
	return d, nil
}

// maxDirectories bounds how many runs' directories are remembered, 12 KB each.
const maxDirectories = 512

// directories remembers those of runs, which never change.
type directories struct {
	mu    sync.Mutex
	byRun map[int64]*runDirectory
}

func (d *directories) get(run int64) *runDirectory {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.byRun[run]
}

func (d *directories) put(run int64, dir *runDirectory) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.byRun == nil || len(d.byRun) >= maxDirectories {
		d.byRun = make(map[int64]*runDirectory) // rare; those in use come back
	}
	d.byRun[run] = dir
}
