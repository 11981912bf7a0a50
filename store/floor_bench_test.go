package store_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/klauspost/compress/zstd"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
)

// BenchmarkFloor says what storing cannot cost less than: zstd of the same bytes
// alone, and COPY of the same rows alone, with all their indexes but without
// transactions, locks, hashes and settling. Compare with BenchmarkAppend.
func BenchmarkFloor(b *testing.B) {
	for name, l := range map[string]load{
		"micro": {spansPerTrace: 10, spansPerRequest: 512, clients: 8},
		"llm":   {spansPerTrace: 10, spansPerRequest: 64, clients: 8, payload: 5400},
	} {
		b.Run(name, func(b *testing.B) { benchmarkFloor(b, l) })
	}
}

func benchmarkFloor(b *testing.B, l load) {
	url := pgtest.New(b)
	s := open(b, url, quick())
	r := rand.New(rand.NewPCG(1, 2))
	batches := make([]xray.Batch, (b.N+l.spansPerRequest-1)/l.spansPerRequest)
	raw := make([][]byte, len(batches))
	for i := range batches {
		batches[i] = traffic(r, l)
		raw[i] = batches[i].Segments[0].Data
	}
	sendAll(b, s, batches, l.clients)
	spans := float64(len(batches) * l.spansPerRequest)

	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		b.Fatal(err)
	}
	before := ownCPU(b)
	for _, data := range raw {
		enc.EncodeAll(data, nil)
	}
	packing := ownCPU(b) - before

	conn, err := pgx.Connect(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(b.Context())
	tables := []string{"segments", "steps", "executions"}
	rows := make(map[string]*bytes.Buffer)
	for _, table := range tables {
		rows[table] = new(bytes.Buffer)
		if _, err := conn.PgConn().CopyTo(b.Context(), rows[table], "COPY (SELECT * FROM "+table+") TO STDOUT (FORMAT binary)"); err != nil {
			b.Fatal(err)
		}
		if _, err := conn.Exec(b.Context(), "TRUNCATE "+table); err != nil {
			b.Fatal(err)
		}
	}
	postmaster := postmasterOf(b, url)
	began := treeCPU(b, postmaster)
	b.ResetTimer()
	for _, table := range tables {
		if _, err := conn.PgConn().CopyFrom(b.Context(), rows[table], "COPY "+table+" FROM STDIN (FORMAT binary)"); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	b.ReportMetric(packing.Seconds()/spans*1e6, "zstd-s/M")
	b.ReportMetric((treeCPU(b, postmaster)-began).Seconds()/spans*1e6, "copy-s/M")
}
