package setup

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
)

// fileClient is the otlptrace.Client that appends OTLP JSON to a file, one
// TracesData document per line (OTLP's file format).
type fileClient struct {
	path string

	mu   sync.Mutex
	file *os.File
}

// Start opens the file, so that a path that cannot be written is known at
// once.
func (c *fileClient) Start(context.Context) error {
	f, err := os.OpenFile(c.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600) // payloads are nobody else's
	if err != nil {
		return fmt.Errorf("xray: record to a file: %w", err)
	}
	c.file = f
	return nil
}

func (c *fileClient) Stop(context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.file.Close()
}

func (c *fileClient) UploadTraces(_ context.Context, spans []*tracepb.ResourceSpans) error {
	for _, rs := range spans {
		for _, ss := range rs.ScopeSpans {
			for _, s := range ss.Spans {
				s.TraceId, s.SpanId, s.ParentSpanId = asHex(s.TraceId), asHex(s.SpanId), asHex(s.ParentSpanId)
				for _, l := range s.Links {
					l.TraceId, l.SpanId = asHex(l.TraceId), asHex(l.SpanId)
				}
			}
		}
	}
	text, err := protojson.MarshalOptions{UseEnumNumbers: true}.Marshal(&tracepb.TracesData{ResourceSpans: spans})
	if err != nil {
		return fmt.Errorf("%w: %w", errEncode, err)
	}
	var line bytes.Buffer
	if err := json.Compact(&line, text); err != nil { // protojson spaces its output at random
		return fmt.Errorf("%w: %w", errEncode, err)
	}
	line.WriteByte('\n')
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := c.file.Write(line.Bytes()); err != nil { // one write: lines stay whole
		return fmt.Errorf("write %s: %w", c.path, err)
	}
	return nil
}

// asHex returns the bytes that protojson, which writes bytes as base64, turns
// into the hex form of id that OTLP JSON wants: hex digits are base64 digits,
// and 16 or 32 of them need no padding.
func asHex(id []byte) []byte {
	if len(id) == 0 {
		return nil
	}
	b, err := base64.StdEncoding.DecodeString(hex.EncodeToString(id))
	if err != nil {
		return id // not reached: ids have 8 or 16 bytes
	}
	return b
}
