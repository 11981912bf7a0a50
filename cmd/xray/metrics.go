package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/xraytrace/xray/store"
)

// backlogMetrics say how much is still to be done for executions that have
// arrived. They are counted when somebody asks.
type backlogMetrics struct {
	store                  *store.Store
	unsettled, unexplained *prometheus.Desc
	jobs, oldestJob        *prometheus.Desc
}

func newBacklogMetrics(s *store.Store) *backlogMetrics {
	return &backlogMetrics{
		store:       s,
		unsettled:   prometheus.NewDesc("xray_executions_unsettled", "Executions whose totals are provisional.", nil, nil),
		unexplained: prometheus.NewDesc("xray_executions_unexplained", "Settled executions whose facts are still to be found.", nil, nil),
		jobs:        prometheus.NewDesc("xray_reasoning_jobs", "Explanations that are to be made, by state.", []string{"state"}, nil),
		oldestJob:   prometheus.NewDesc("xray_reasoning_oldest_job_seconds", "How long ago the oldest of them was asked for, by state; 0 for none.", []string{"state"}, nil),
	}
}

// Describe implements prometheus.Collector.
func (m *backlogMetrics) Describe(to chan<- *prometheus.Desc) {
	to <- m.unsettled
	to <- m.unexplained
	to <- m.jobs
	to <- m.oldestJob
}

// Collect implements prometheus.Collector. While the database is away there is
// nothing to say.
func (m *backlogMetrics) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	b, err := m.store.Backlog(ctx)
	if err != nil {
		return
	}
	to <- prometheus.MustNewConstMetric(m.unsettled, prometheus.GaugeValue, float64(b.Unsettled))
	to <- prometheus.MustNewConstMetric(m.unexplained, prometheus.GaugeValue, float64(b.Unexplained))
	queues, err := m.store.JobQueues(ctx)
	if err != nil {
		return
	}
	for _, q := range queues {
		to <- prometheus.MustNewConstMetric(m.jobs, prometheus.GaugeValue, float64(q.Count), string(q.Status))
		to <- prometheus.MustNewConstMetric(m.oldestJob, prometheus.GaugeValue, q.Oldest.Seconds(), string(q.Status))
	}
}
