package api

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/xraytrace/xray"
)

// GetLimits answers what is taken at most.
func (s *Server) GetLimits(ctx context.Context, _ GetLimitsRequestObject) (GetLimitsResponseObject, error) {
	set, err := s.Limits.Limits(ctx, caller(ctx).Project.ID)
	return GetLimits200JSONResponse(limitSettings(set)), err
}

// PutLimits replaces these limits.
func (s *Server) PutLimits(ctx context.Context, r PutLimitsRequestObject) (PutLimitsResponseObject, error) {
	project := caller(ctx).Project.ID
	before, err := s.Limits.Limits(ctx, project)
	if err != nil {
		return nil, err
	}
	set := xray.LimitSettings{ProjectID: project, Project: newLimits(r.Body.Project)}
	if err := limitsAt("/project", set.Project); err != nil {
		return nil, err
	}
	for i, k := range r.Body.Keys {
		id, err := keyID(k.KeyId)
		if err != nil {
			return nil, err
		}
		own := newLimits(k.Limits)
		if err := limitsAt(fmt.Sprintf("/keys/%d/limits", i), own); err != nil {
			return nil, err
		}
		set.Keys = append(set.Keys, xray.KeyLimits{KeyID: id, Limits: own})
	}
	if err := s.Limits.SetLimits(ctx, project, set); err != nil {
		return nil, err
	}
	now, err := s.Limits.Limits(ctx, project)
	if err != nil {
		return nil, err
	}
	return PutLimits200JSONResponse(limitSettings(now)), s.recordChange(ctx, "limits.set", "", limitSettings(before), limitSettings(now))
}

// limitsAt checks limits that stand at a place of the body.
func limitsAt(place string, l xray.Limits) error {
	err := l.Check()
	if wrong, ok := errors.AsType[*xray.Error](err); ok {
		return wrong.At(place + wrong.Field)
	}
	return err
}

func newLimits(l Limits) xray.Limits {
	return xray.Limits{
		RequestsPerSecond: l.RequestsPerSecond, BytesPerSecond: l.BytesPerSecond, BurstSeconds: l.BurstSeconds,
		BytesPerDay: l.BytesPerDay, MaxRequestBytes: l.MaxRequestBytes,
	}
}

func limits(l xray.Limits) Limits {
	return Limits{
		RequestsPerSecond: l.RequestsPerSecond, BytesPerSecond: l.BytesPerSecond, BurstSeconds: l.BurstSeconds,
		BytesPerDay: l.BytesPerDay, MaxRequestBytes: l.MaxRequestBytes,
	}
}

func limitSettings(set xray.LimitSettings) LimitSettings {
	return LimitSettings{Project: limits(set.Project), Keys: mapTo(set.Keys, func(k xray.KeyLimits) KeyLimits {
		return KeyLimits{KeyId: strconv.FormatInt(k.KeyID, 10), Limits: limits(k.Limits)}
	})}
}
