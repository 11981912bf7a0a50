package tracetest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/gzip" // some fixtures were sent with it
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
)

// Target is where to send fixtures.
type Target struct {
	HTTP string           // base URL of the OTLP/HTTP endpoint
	GRPC *grpc.ClientConn // connection to the OTLP/gRPC endpoint
	Key  string           // secret for X-Api-Key; "" sends none
}

// Send sends the request as its client did, over its own transport, with its
// own headers and compression, and returns an error unless it was answered OK.
func (r Request) Send(ctx context.Context, t testing.TB, to Target) error {
	t.Helper()
	if r.Transport == "grpc" {
		return r.sendGRPC(ctx, t, to)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.HTTP+r.Path, bytes.NewReader(r.Body))
	if err != nil {
		return err
	}
	for name, values := range r.Header {
		if name == "Connection" || name == "Content-Length" || values[0] == "(removed)" {
			continue // the HTTP client's own, or a secret taken out of the capture
		}
		req.Header[name] = values
	}
	if to.Key != "" {
		req.Header.Set("X-Api-Key", to.Key)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s: %q", r.Path, resp.Status, body)
	}
	return nil
}

func (r Request) sendGRPC(ctx context.Context, t testing.TB, to Target) error {
	opts := []grpc.CallOption{grpc.ForceCodecV2(rawCodec{})}
	if e := r.Header.Get("Grpc-Encoding"); e != "" {
		opts = append(opts, grpc.UseCompressor(e))
	}
	if to.Key != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "x-api-key", to.Key)
	}
	plain := r.Plain(t)
	var answer []byte
	return to.GRPC.Invoke(ctx, r.Path, &plain, &answer, opts...)
}

// rawCodec sends and receives messages as the bytes they are (*[]byte).
type rawCodec struct{}

var _ encoding.CodecV2 = rawCodec{}

func (rawCodec) Name() string { return "proto" }

func (rawCodec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(*v.(*[]byte))}, nil
}

func (rawCodec) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*[]byte) = data.Materialize()
	return nil
}

// RawCodec lets a gRPC client send and receive messages as *[]byte.
func RawCodec() grpc.CallOption { return grpc.ForceCodecV2(rawCodec{}) }
