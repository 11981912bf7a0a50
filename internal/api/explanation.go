package api

import (
	"context"
	"fmt"

	"github.com/xraytrace/xray"
)

// maxExplainedOnRead bounds the work that one request may set off.
const maxExplainedOnRead = 2000

// explanation returns what is known about why an execution ended as it did:
// what is stored, or, for a settled one that was too plain to be explained
// beforehand, what its facts say now.
func (s *Server) explanation(ctx context.Context, e xray.Execution) ([]xray.Fact, []xray.Reasoning, error) {
	facts, err := s.Reader.Facts(ctx, e.ProjectID, e.TraceID)
	if err != nil {
		return nil, nil, fmt.Errorf("read facts: %w", err)
	}
	reasonings, err := s.Reader.Reasonings(ctx, e.ProjectID, e.TraceID)
	if err != nil {
		return nil, nil, fmt.Errorf("read reasonings: %w", err)
	}
	if len(facts)+len(reasonings) > 0 || !e.Settled || e.StepCount > maxExplainedOnRead {
		return facts, reasonings, nil
	}
	now, err := s.Explain.FromFacts(ctx, e.ProjectID, e.TraceID)
	if err != nil {
		return nil, nil, fmt.Errorf("explain from facts: %w", err)
	}
	return now.Facts, now.Reasonings, nil
}
