package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"
)

// A histogram counts durations in buckets whose bounds grow by a constant
// factor: Masson, Rim and Lee, "DDSketch: A Fast and Fully-Mergeable Quantile
// Sketch with Relative-Error Guarantees", VLDB 2019, section 2.1. With
// γ = (1+α)/(1−α), bucket i holds (γ^(i−1), γ^i] nanoseconds and stands for
// 2γ^i/(γ+1), which is at most α away from any value in it. Buckets are never
// collapsed: all durations that there are fill less than 1,200, usual ones a
// few dozen. Counts may be negative in what is to be subtracted.
type histogram map[int16]int64

const (
	// histogramError is α, a little below the 2 % that are promised.
	histogramError = 0.0195
	// zeroBucket counts durations of zero.
	zeroBucket int16 = -1
	// maxHistogramBucket is beyond the bucket of the longest duration.
	maxHistogramBucket = 1200
)

// histogramGamma is γ.
const histogramGamma = (1 + histogramError) / (1 - histogramError)

func bucketOf(d time.Duration) int16 {
	if d <= 0 {
		return zeroBucket
	}
	return int16(math.Ceil(math.Log(float64(d)) / math.Log(histogramGamma)))
}

func bucketValue(i int16) time.Duration {
	if i == zeroBucket {
		return 0
	}
	v := 2 * math.Pow(histogramGamma, float64(i)) / (histogramGamma + 1)
	if v >= math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(math.Round(v))
}

func (h histogram) add(o histogram, sign int64) {
	for i, n := range o {
		if h[i] += sign * n; h[i] == 0 {
			delete(h, i)
		}
	}
}

// quantiles returns the values of ascending ranks q of those counted: that at
// ⌊q(n−1)⌋ of the sorted n, within the histogram's error.
func (h histogram) quantiles(qs ...float64) []time.Duration {
	var total int64
	buckets := slices.Sorted(maps.Keys(h))
	for _, i := range buckets {
		total += max(0, h[i])
	}
	out := make([]time.Duration, len(qs))
	var seen int64
	at := 0
	for _, i := range buckets {
		seen += max(0, h[i])
		for at < len(qs) && int64(qs[at]*float64(total-1)) < seen {
			out[at] = bucketValue(i)
			at++
		}
	}
	return out
}

// histogramV1 begins a stored histogram: then, for each bucket in ascending
// order, the distance from the one before and the count, as varints.
const histogramV1 = 1

var errHistogram = errors.New("not a histogram")

func (h histogram) encode() []byte {
	out := append(make([]byte, 0, 1+3*len(h)), histogramV1)
	last := zeroBucket
	for _, i := range slices.Sorted(maps.Keys(h)) {
		out = binary.AppendUvarint(out, uint64(i-last))
		out = binary.AppendVarint(out, h[i])
		last = i
	}
	return out
}

// decodeInto adds a stored histogram to h; an empty one is "".
func (h histogram) decodeInto(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	if data[0] != histogramV1 {
		return fmt.Errorf("%w: version %d", errHistogram, data[0])
	}
	data = data[1:]
	i := uint64(0)
	for first := true; len(data) > 0; first = false {
		step, n := binary.Uvarint(data)
		if n <= 0 || !first && step == 0 || step > maxHistogramBucket {
			return errHistogram
		}
		count, m := binary.Varint(data[n:])
		if i += step; m <= 0 || i > maxHistogramBucket+1 {
			return errHistogram
		}
		if b := int16(i) + zeroBucket; h[b]+count == 0 {
			delete(h, b)
		} else {
			h[b] += count
		}
		data = data[n+m:]
	}
	return nil
}
