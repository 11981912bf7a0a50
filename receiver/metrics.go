package receiver

import "github.com/prometheus/client_golang/prometheus"

// metrics is what the receiver counts about itself.
type metrics struct {
	requests *prometheus.CounterVec // transport, signal, code
	records  *prometheus.CounterVec // signal, fate
	bytes    *prometheus.CounterVec // transport, stage
	flight   prometheus.GaugeFunc
}

// The fates of a record.
const (
	fateAccepted = "accepted"
	fateRefused  = "refused" // unusable; said so in partial_success
	fateIgnored  = "ignored" // fine, but nothing that we keep
)

func newMetrics(reg prometheus.Registerer, f *flight) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "xray", Subsystem: "receiver", Name: name, Help: help}, labels)
	}
	m := &metrics{
		requests: counter("requests_total", "OTLP requests by how they were answered (gRPC code name).", "transport", "signal", "code"),
		records:  counter("records_total", "Spans, log records and metric requests by what became of them.", "signal", "fate"),
		bytes:    counter("bytes_total", "Body bytes, as received and unpacked.", "transport", "stage"),
		flight: prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Namespace: "xray", Subsystem: "receiver", Name: "in_flight_bytes",
			Help: "Memory that unanswered requests hold.",
		}, func() float64 { return float64(f.used.Load()) }),
	}
	if reg != nil {
		reg.MustRegister(m.requests, m.records, m.bytes, m.flight)
	}
	return m
}

func (m *metrics) count(s signal, fate string, n int) {
	if n > 0 {
		m.records.WithLabelValues(s.name, fate).Add(float64(n))
	}
}
