package xray

import (
	"math"
	"time"
)

// Limits bound what is taken from a project, or from one of its keys. 0 is no
// bound.
type Limits struct {
	RequestsPerSecond float64 `json:"requestsPerSecond"`
	BytesPerSecond    int64   `json:"bytesPerSecond"` // unpacked
	// BurstSeconds is how many seconds' worth may come at once after a pause;
	// 0 stands for DefaultBurst.
	BurstSeconds    float64 `json:"burstSeconds"`
	BytesPerDay     int64   `json:"bytesPerDay"`     // taken in a day (UTC), unpacked
	MaxRequestBytes int64   `json:"maxRequestBytes"` // unpacked
}

// DefaultBurst is what [Limits] that name no burst have.
const DefaultBurst = 5 * time.Second

// Burst is how much may come at once of what has a rate.
func (l Limits) Burst(rate float64) float64 {
	seconds := l.BurstSeconds
	if seconds == 0 {
		seconds = DefaultBurst.Seconds()
	}
	return max(1, rate*seconds)
}

// Check is CodeInvalid for limits that cannot be.
func (l Limits) Check() error {
	switch {
	case !(l.RequestsPerSecond >= 0 && l.RequestsPerSecond <= 1e6), l.RequestsPerSecond > 0 && l.RequestsPerSecond < 1e-3:
		return Errorf(CodeInvalid, "requestsPerSecond is %g: use 0.001 to 1000000, or 0 for no limit", l.RequestsPerSecond).At("/requestsPerSecond")
	case !(l.BurstSeconds >= 0 && l.BurstSeconds <= 86400):
		return Errorf(CodeInvalid, "burstSeconds is %g: use up to 86400, or 0 for %g", l.BurstSeconds, DefaultBurst.Seconds()).At("/burstSeconds")
	}
	for _, bytes := range []struct {
		field string
		n     int64
	}{{"/bytesPerSecond", l.BytesPerSecond}, {"/bytesPerDay", l.BytesPerDay}, {"/maxRequestBytes", l.MaxRequestBytes}} {
		if bytes.n < 0 || bytes.n > math.MaxInt64>>10 {
			return Errorf(CodeInvalid, "a number of bytes is negative or beyond all measure: use 0 for no limit").At(bytes.field)
		}
	}
	return nil
}

// KeyLimits are the limits of a key and of those that take over from it.
type KeyLimits struct {
	KeyID int64
	Limits
}

// LimitSettings are all limits of a project.
type LimitSettings struct {
	ProjectID int32
	Project   Limits
	Keys      []KeyLimits // those that have any, in order; by family where the store says so
}

// LimitUse is what one process has taken of what is limited, since it started.
type LimitUse struct {
	ProjectID       int32
	Family          int64 // 0: the project's
	Instance        string
	Requests, Bytes int64
}

// DayUse is what a project, or a family of its keys, has sent on a day.
type DayUse struct {
	ProjectID int32
	Family    int64
	Bytes     int64
}

// IngestCount counts what was sent to a project in a minute with a family of
// keys, and taken, or refused for one reason.
type IngestCount struct {
	ProjectID int32
	Minute    int64  // since 1970
	Family    int64  // 0: without a stored key
	Reason    string // "": taken
	Requests  int64
	Records   int64 // spans, log records; those that were refused one by one have the reason "records" and no requests
	Bytes     int64 // unpacked
	Error     string
	At        time.Time // of the last one
}

// Why requests are refused, beside the codes of errors.
const (
	ReasonRequests = "requests_per_second"
	ReasonBytes    = "bytes_per_second"
	ReasonDay      = "bytes_per_day"
	ReasonSize     = "max_request_bytes"
	ReasonRecords  = "records"
)

// IngestQueue is what of a project waits to be explained.
type IngestQueue struct {
	Waiting int
	Since   *time.Time // the oldest; nil: nothing waits
}

// IngestReport is a part of a project's ingest log.
type IngestReport struct {
	Counts     []IngestCount // in order of time
	BytesToday int64
	Queue      IngestQueue
}
