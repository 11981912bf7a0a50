package receiver

import (
	"bufio"
	"compress/flate"
	"compress/zlib"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// zstdWindow is the most memory that a zstd frame may ask for: what RFC 9659
// lets senders of "Content-Encoding: zstd" use.
const zstdWindow = 8 << 20

// decompressor returns a reader of what body unpacks to. ok is false for an
// encoding that we do not know. The error is a body that is not what its
// Content-Encoding says.
func decompressor(encoding string, body io.Reader) (r io.ReadCloser, ok bool, err error) {
	switch encoding {
	case "", "identity":
		return io.NopCloser(body), true, nil
	case "gzip", "x-gzip":
		r, err = gzip.NewReader(body)
	case "zstd":
		r, err = newZstdReader(body)
	case "deflate":
		r, err = newDeflateReader(body)
	default:
		return nil, false, nil
	}
	return r, true, err
}

func newZstdReader(body io.Reader) (io.ReadCloser, error) {
	d, err := zstd.NewReader(body,
		zstd.WithDecoderConcurrency(1), // no goroutines to leave behind
		zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(zstdWindow))
	if err != nil {
		return nil, err
	}
	return d.IOReadCloser(), nil
}

// newDeflateReader takes zlib, which HTTP means by "deflate", and the bare
// deflate that some clients send under that name.
func newDeflateReader(body io.Reader) (io.ReadCloser, error) {
	b := bufio.NewReader(body)
	head, _ := b.Peek(2)
	const deflateMethod = 8
	if len(head) == 2 && head[0]&0x0f == deflateMethod && (int(head[0])<<8|int(head[1]))%31 == 0 {
		return zlib.NewReader(b)
	}
	return flate.NewReader(b), nil
}
