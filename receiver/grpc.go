package receiver

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/gzip" // registers the compressor
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/xraytrace/xray"
)

// grpcReserve is taken before a gRPC message is read, whose size nothing
// announces. It is corrected once the message is there.
const grpcReserve = 256 << 10

// GRPC returns a server of the three OTLP services. The caller starts and
// stops it. opts come last and can add to it (TLS, interceptors).
//
// The services are not pdata's generated ones: those decode before anybody
// can say no, and do not bound the nesting. Ours receive bytes, after
// authentication, and go the same way as HTTP. That is why the methods are
// declared as streams; on the wire a unary call is a stream of one message.
func (r *Receiver) GRPC(opts ...grpc.ServerOption) *grpc.Server {
	limit := int(max(r.opts.MaxBody, r.opts.MaxDecompressed))
	srv := grpc.NewServer(append([]grpc.ServerOption{
		grpc.ForceServerCodecV2(bytesCodec{}),
		grpc.MaxRecvMsgSize(limit),
		// Exporters keep their connection open and ping it; be patient.
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 5 * time.Second, PermitWithoutStream: true}),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: 2 * time.Minute, Timeout: 20 * time.Second}),
		grpc.MaxConcurrentStreams(256),
	}, opts...)...)
	for _, s := range signals {
		srv.RegisterService(&grpc.ServiceDesc{
			ServiceName: s.service,
			HandlerType: (*any)(nil),
			Streams: []grpc.StreamDesc{{
				StreamName: "Export",
				Handler:    func(_ any, stream grpc.ServerStream) error { return r.serveGRPC(stream, s) },
			}},
		}, r)
	}
	return srv
}

func (r *Receiver) serveGRPC(stream grpc.ServerStream, s signal) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.log.Error("panic in receiver", "signal", s.name, "panic", p, "stack", string(debug.Stack()))
			err = status.FromProto(answerTo(fmt.Errorf("panic: %v", p)).rpc()).Err()
		}
		r.metrics.requests.WithLabelValues("grpc", s.name, status.Code(err).String()).Inc()
	}()
	part, err := r.handleGRPC(stream, s)
	if err != nil {
		a := answerTo(err)
		if a.grpc == codes.Internal || a.grpc == codes.Unavailable {
			r.outages.note("grpc", s, a, err)
		}
		return status.FromProto(a.rpc()).Err()
	}
	return stream.SendMsg(&rawMessage{part.protobuf()})
}

func (r *Receiver) handleGRPC(stream grpc.ServerStream, s signal) (part partial, err error) {
	ctx := stream.Context()
	principal, err := r.authenticate(ctx, metadataOf(ctx))
	if err != nil {
		return partial{}, err
	}
	v, err := r.enter(principal)
	defer func() { v.end(part, err) }()
	if err != nil {
		return partial{}, err
	}
	l := &lease{flight: r.flight}
	defer l.release()
	reserved := min(grpcReserve, r.opts.MaxBody)
	if err := l.take(reserved); err != nil {
		return partial{}, err
	}
	var msg rawMessage
	if err := stream.RecvMsg(&msg); err != nil {
		return partial{}, recvError(err)
	}
	r.metrics.bytes.WithLabelValues("grpc", "unpacked").Add(float64(len(msg.data)))
	if more := int64(len(msg.data)) - reserved; more > 0 {
		if err := l.take(more); err != nil {
			return partial{}, err
		}
	}
	if err := v.arrived(len(msg.data), v.most(r.opts.MaxDecompressed)); err != nil {
		return partial{}, err
	}
	return s.accept(r, ctx, incoming{signal: s, project: principal.Project, body: msg.data, lease: l, visit: v})
}

// metadataOf reads a call's metadata as headers; gRPC lowers their names.
func metadataOf(ctx context.Context) func(string) string {
	return func(name string) string {
		if v := metadata.ValueFromIncomingContext(ctx, name); len(v) > 0 {
			return v[0]
		}
		return ""
	}
}

// recvError gives gRPC's complaints about a message our codes. What gRPC
// calls INTERNAL there is a body that does not unpack: the sender's fault.
func recvError(err error) error {
	st := status.Convert(err)
	switch st.Code() {
	case codes.ResourceExhausted:
		return xray.Errorf(xray.CodeTooLarge, "%s: send smaller batches", st.Message())
	case codes.Canceled:
		return context.Canceled
	case codes.DeadlineExceeded:
		return context.DeadlineExceeded
	}
	return xray.Errorf(xray.CodeInvalid, "the message did not arrive whole: %s", st.Message())
}

// rawMessage is a message as bytes.
type rawMessage struct{ data []byte }

// bytesCodec hands messages over without decoding them. Messages of other
// services on the same server (health, reflection) go to gRPC's own codec.
type bytesCodec struct{}

func (bytesCodec) Name() string { return "proto" }

func (bytesCodec) Marshal(v any) (mem.BufferSlice, error) {
	if m, ok := v.(*rawMessage); ok {
		return mem.BufferSlice{mem.SliceBuffer(m.data)}, nil
	}
	return encoding.GetCodecV2("proto").Marshal(v)
}

func (bytesCodec) Unmarshal(data mem.BufferSlice, v any) error {
	if m, ok := v.(*rawMessage); ok {
		m.data = data.Materialize() // a copy: the batch outlives gRPC's buffers
		return nil
	}
	return encoding.GetCodecV2("proto").Unmarshal(data, v)
}
