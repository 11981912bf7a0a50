package api

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/xraytrace/xray"
)

// longestIngestLog is as far as the log goes back.
const longestIngestLog = 7 * 24 * time.Hour

// GetIngestLog answers what was sent to the project.
func (s *Server) GetIngestLog(ctx context.Context, r GetIngestLogRequestObject) (GetIngestLogResponseObject, error) {
	until, since := r.Params.Until, r.Params.Since
	now := time.Now()
	if until.IsZero() {
		until = now
	}
	if since.IsZero() {
		since = until.Add(-time.Hour)
	}
	if !since.Before(until) || until.Sub(since) > longestIngestLog {
		return nil, xray.Errorf(xray.CodeInvalid, "since must be before until, and at most %d days: the log goes back no further", longestIngestLog/(24*time.Hour))
	}
	project := caller(ctx).Project.ID
	report, err := s.Limits.IngestReport(ctx, project, since, until)
	if err != nil {
		return nil, err
	}
	keys, err := s.Keys.Keys(ctx, project)
	if err != nil {
		return nil, err
	}
	out := IngestLog{Since: since.UTC(), Until: until.UTC(), Minutes: ingestMinutes(report.Counts), Keys: ingestKeys(report.Counts, keys), BytesToday: report.BytesToday}
	out.Queue.Waiting = report.Queue.Waiting
	if oldest := report.Queue.Since; oldest != nil {
		out.Queue.AgeSeconds = max(0, now.Sub(*oldest).Seconds())
	}
	return GetIngestLog200JSONResponse(out), nil
}

// ingestMinutes adds up what keys sent in each minute.
func ingestMinutes(counts []xray.IngestCount) []IngestMinute {
	out := []IngestMinute{}
	for _, c := range counts {
		at := time.Unix(c.Minute*60, 0).UTC()
		if len(out) == 0 || !out[len(out)-1].At.Equal(at) {
			out = append(out, IngestMinute{At: at, Refused: []Refused{}})
		}
		m := &out[len(out)-1]
		if c.Reason == "" {
			m.Requests, m.Records, m.Bytes = m.Requests+c.Requests, m.Records+c.Records, m.Bytes+c.Bytes
			continue
		}
		i := slices.IndexFunc(m.Refused, func(r Refused) bool { return r.Reason == c.Reason })
		if i < 0 {
			i, m.Refused = len(m.Refused), append(m.Refused, Refused{Reason: c.Reason})
		}
		m.Refused[i].Requests += c.Requests
		m.Refused[i].Records += c.Records
	}
	return out
}

// ingestKeys adds up what each key sent; of keys that took over from each other
// the newest stands for all.
func ingestKeys(counts []xray.IngestCount, keys []xray.APIKey) []IngestKey {
	by := map[int64]*IngestKey{}
	for _, c := range counts {
		k := by[c.Family]
		if k == nil {
			k = &IngestKey{}
			by[c.Family] = k
		}
		switch {
		case c.Reason == "":
			k.Requests, k.Bytes = k.Requests+c.Requests, k.Bytes+c.Bytes
			continue
		case c.Reason != xray.ReasonRecords:
			k.Refused += c.Requests
		}
		if k.LastError == nil || k.LastError.At.Before(c.At) {
			k.LastError = &IngestError{At: c.At.UTC(), Reason: c.Reason, Text: c.Error}
		}
	}
	for _, key := range keys { // oldest first
		if k := by[key.Family]; k != nil {
			k.KeyId, k.Name, k.Prefix = numberOrNone(key.ID), key.Name, key.Prefix
		}
	}
	out := make([]IngestKey, 0, len(by))
	for _, k := range by {
		out = append(out, *k)
	}
	slices.SortFunc(out, func(a, b IngestKey) int {
		return cmp.Or(cmp.Compare(b.Requests+b.Refused, a.Requests+a.Refused), cmp.Compare(a.KeyId, b.KeyId))
	})
	return out
}
