package api

import (
	"context"

	"github.com/xraytrace/xray"
)

// GetActivity answers how executions ended over time.
func (s *Server) GetActivity(ctx context.Context, r GetActivityRequestObject) (GetActivityResponseObject, error) {
	q, err := statsQuery(r.Params.Since, r.Params.Until, r.Params.Buckets)
	if err != nil {
		return nil, err
	}
	f, err := filter(r.Params.Q, r.Params.Since, r.Params.Until)
	if err != nil {
		return nil, err
	}
	a, err := s.Statistics.Activity(ctx, caller(ctx).Project.ID, xray.ActivityQuery{Filter: f, Buckets: q.Buckets})
	if err != nil {
		return nil, err
	}
	return GetActivity200JSONResponse{
		Since: timeString(a.Since), Until: timeString(a.Until), BucketNano: decimal(a.Width),
		Buckets: mapTo(a.Buckets, func(b xray.ActivityBucket) ActivityBucket {
			return ActivityBucket{Ok: int(b.OK), Error: int(b.Failed), Running: int(b.Running)}
		}),
		Total: stats(a.Total), ExplanationCostUsd: a.ExplanationUSD, SearchedTo: searchedTo(a.SearchedTo),
	}, nil
}
