package store

import "math/bits"

// bitWriter appends numbers of any number of bits, the highest bit first.
type bitWriter struct {
	buf  []byte
	acc  uint64
	held uint // bits of acc, fewer than 8 between calls
}

// write appends the low n bits of v, at most 56.
func (w *bitWriter) write(v uint64, n uint) {
	w.acc = w.acc<<n | v&(1<<n-1)
	for w.held += n; w.held >= 8; {
		w.held -= 8
		w.buf = append(w.buf, byte(w.acc>>w.held))
	}
}

// maxUnary is where a Rice code gives up counting: the number follows whole.
const maxUnary = 20

// rice appends v in Rice's code: v>>k in unary, then k bits. It is short for
// numbers about as large as 2^k.
func (w *bitWriter) rice(v uint64, k uint) {
	if q := v >> k; q < maxUnary {
		w.write(1<<(q+1)-2, uint(q)+1)
		w.write(v, k)
		return
	}
	w.write(1<<maxUnary-1, maxUnary)
	w.write(v, 40)
}

// bits is how many have been written.
func (w *bitWriter) bits() int { return 8*len(w.buf) + int(w.held) }

// append appends what another has written.
func (w *bitWriter) append(o *bitWriter) {
	for _, b := range o.buf {
		w.write(uint64(b), 8)
	}
	w.write(o.acc, o.held)
}

// finish fills the last byte.
func (w *bitWriter) finish() []byte {
	if w.held > 0 {
		w.write(0, 8-w.held)
	}
	return w.buf
}

func (w *bitWriter) reset() { *w = bitWriter{buf: w.buf[:0]} }

// bitReader reads what a bitWriter wrote; beyond the end it reads zeros and
// notes it.
type bitReader struct {
	data []byte
	at   int // bit
	over bool
}

func (r *bitReader) read(n uint) (v uint64) {
	if r.at+int(n) > 8*len(r.data) {
		r.at, r.over = 8*len(r.data), true
		return 0
	}
	for n > 0 {
		left := 8 - uint(r.at)&7
		take := min(left, n)
		b := uint64(r.data[r.at>>3]) >> (left - take) & (1<<take - 1)
		v = v<<take | b
		r.at += int(take)
		n -= take
	}
	return v
}

func (r *bitReader) rice(k uint) uint64 {
	q := uint64(0)
	for q < maxUnary {
		if r.at&7 == 0 && r.at>>3 < len(r.data) && r.data[r.at>>3] == 0xff && q+8 <= maxUnary {
			q += 8
			r.at += 8
			continue
		}
		if r.read(1) == 0 {
			return q<<k | r.read(k)
		}
		q++
	}
	return r.read(40)
}

// riceParameter is a good k for n numbers that add up to sum.
func riceParameter(sum uint64, n int) uint {
	if n == 0 {
		return 0
	}
	return uint(max(0, bits.Len64(sum*69/100/uint64(n))-1))
}
