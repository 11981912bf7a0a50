package store

import (
	"fmt"
	"slices"

	"github.com/klauspost/compress/zstd"
)

// maxUnzipped bounds what one stored segment may grow to in memory: the body
// limit of the receiver is far below it.
const maxUnzipped = 256 << 20

// zipper packs and unpacks segments with zstd.
type zipper struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
}

func newZipper() (*zipper, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderCRC(false))
	if err != nil {
		return nil, fmt.Errorf("set up zstd: %w", err)
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxUnzipped))
	if err != nil {
		return nil, fmt.Errorf("set up zstd: %w", err)
	}
	return &zipper{enc: enc, dec: dec}, nil
}

func (z *zipper) pack(raw []byte) []byte {
	return z.enc.EncodeAll(raw, make([]byte, 0, len(raw)/4+64))
}

func (z *zipper) unpack(packed []byte, rawBytes int) ([]byte, error) {
	return z.unpackTo(nil, packed, rawBytes)
}

// unpackTo overwrites dst if it is large enough.
func (z *zipper) unpackTo(dst, packed []byte, rawBytes int) ([]byte, error) {
	raw, err := z.dec.DecodeAll(packed, slices.Grow(dst[:0], min(rawBytes, maxUnzipped)))
	if err != nil {
		return nil, fmt.Errorf("unpack a segment of %d bytes: %w: %w", len(packed), errDamaged, err)
	}
	return raw, nil
}
