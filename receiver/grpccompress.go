package receiver

import (
	"compress/zlib"
	"io"

	"github.com/klauspost/compress/zstd"
	"google.golang.org/grpc/encoding"
)

// gRPC's registry of compressors is global and may only be written while the
// program initialises: the one init of this package.
func init() {
	encoding.RegisterCompressor(zstdCompressor{})
	encoding.RegisterCompressor(deflateCompressor{})
}

// zstdCompressor lets clients send grpc-encoding: zstd, as the Collector can.
type zstdCompressor struct{}

func (zstdCompressor) Name() string { return "zstd" }

func (zstdCompressor) Compress(w io.Writer) (io.WriteCloser, error) {
	return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
}

// Decompress returns a reader that gRPC closes after use.
func (zstdCompressor) Decompress(r io.Reader) (io.Reader, error) { return newZstdReader(r) }

// deflateCompressor is for clients on gRPC's C core (Python, Ruby, PHP), which
// know gzip and deflate.
type deflateCompressor struct{}

func (deflateCompressor) Name() string { return "deflate" }

func (deflateCompressor) Compress(w io.Writer) (io.WriteCloser, error) { return zlib.NewWriter(w), nil }

func (deflateCompressor) Decompress(r io.Reader) (io.Reader, error) { return newDeflateReader(r) }
