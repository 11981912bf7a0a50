package api

import (
	"context"

	"github.com/xraytrace/xray"
)

// GetRetention answers for how long the project's data is kept.
func (s *Server) GetRetention(ctx context.Context, _ GetRetentionRequestObject) (GetRetentionResponseObject, error) {
	kept, err := s.Retentions.Retention(ctx, caller(ctx).Project.ID)
	if err != nil {
		return nil, err
	}
	return GetRetention200JSONResponse(kept), nil
}

// PutRetention changes it.
func (s *Server) PutRetention(ctx context.Context, r PutRetentionRequestObject) (PutRetentionResponseObject, error) {
	project := caller(ctx).Project.ID
	before, err := s.Retentions.Retention(ctx, project)
	if err != nil {
		return nil, err
	}
	now := xray.Retention(*r.Body)
	if err := s.Retentions.SetRetention(ctx, project, now); err != nil {
		return nil, err
	}
	return PutRetention200JSONResponse(now), s.recordChange(ctx, "retention.set", "", before, now)
}

// GetExpiry answers what other days would take, before somebody sets them.
func (s *Server) GetExpiry(ctx context.Context, r GetExpiryRequestObject) (GetExpiryResponseObject, error) {
	e, err := s.Retentions.Expiry(ctx, caller(ctx).Project.ID, xray.Retention{PayloadDays: r.Params.PayloadDays, StructureDays: r.Params.StructureDays})
	if err != nil {
		return nil, err
	}
	return GetExpiry200JSONResponse{
		PayloadsBefore: e.PayloadsBefore, StructureBefore: e.StructureBefore,
		Payloads: e.Payloads, Structure: e.Structure, Counted: xray.MaxExpiryCount,
	}, nil
}
