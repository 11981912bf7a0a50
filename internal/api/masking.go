package api

import (
	"context"
	"errors"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/mask"
)

// GetMaskingSettings answers what is not stored, and not shown to models.
func (s *Server) GetMaskingSettings(ctx context.Context, _ GetMaskingSettingsRequestObject) (GetMaskingSettingsResponseObject, error) {
	set, err := s.Masking.MaskSettings(ctx, caller(ctx).Project.ID)
	if err != nil {
		return nil, err
	}
	return GetMaskingSettings200JSONResponse(maskingSettings(set)), nil
}

// PutMaskingSettings replaces these settings.
func (s *Server) PutMaskingSettings(ctx context.Context, r PutMaskingSettingsRequestObject) (PutMaskingSettingsResponseObject, error) {
	project := caller(ctx).Project.ID
	before, err := s.Masking.MaskSettings(ctx, project)
	if err != nil {
		return nil, err
	}
	if err := s.Masking.SetMaskSettings(ctx, project, maskSettings(*r.Body)); err != nil {
		return nil, err
	}
	set, err := s.Masking.MaskSettings(ctx, project)
	if err != nil {
		return nil, err
	}
	return PutMaskingSettings200JSONResponse(maskingSettings(set)), s.recordChange(ctx, "masking.set", "", maskingSettings(before), maskingSettings(set))
}

const (
	maxMaskSample   = 256 << 10
	sampleAttribute = "xray.input" // that a sample comes under, if nobody says which
)

// TestMasking tries rules on a sample. It needs no other key than reading does:
// it tells nothing of what is stored.
func (s *Server) TestMasking(ctx context.Context, r TestMaskingRequestObject) (TestMaskingResponseObject, error) {
	if len(r.Body.Sample) > maxMaskSample {
		return nil, xray.Errorf(xray.CodeTooLarge, "the sample has %d bytes: try one of up to %d", len(r.Body.Sample), maxMaskSample)
	}
	set := maskSettings(r.Body.Settings)
	if r.Body.Settings.Rules == nil { // absent
		var err error
		if set, err = s.Masking.MaskSettings(ctx, caller(ctx).Project.ID); err != nil {
			return nil, err
		}
	}
	attribute := r.Body.Attribute
	if attribute == "" {
		attribute = sampleAttribute
	}
	trial, err := mask.Try(set, attribute, r.Body.Sample)
	if wrong, ok := errors.AsType[*xray.Error](err); ok {
		return nil, wrong.At("/settings" + wrong.Field)
	}
	if err != nil {
		return nil, err
	}
	return TestMasking200JSONResponse{
		Stored: trial.Stored, StoredHits: mapTo(trial.StoredHits, maskingHit),
		Shown: trial.Shown, ShownHits: mapTo(trial.ShownHits, maskingHit),
	}, nil
}

func maskingHit(h xray.MaskHit) MaskingHit {
	return MaskingHit{Rule: h.Rule, Where: h.Where, Count: h.Count}
}

func maskingSettings(set xray.MaskSettings) MaskingSettings {
	return MaskingSettings{
		Rules: mapTo(set.Rules, func(r xray.MaskRule) MaskingRule {
			return MaskingRule{Name: r.Name, Preset: MaskingPreset(r.Preset), Pattern: r.Pattern, Fields: r.Fields, Action: MaskingRuleAction(r.Action)}
		}),
		Model: MaskingModel{
			Presets:       mapTo(set.Model.Presets, func(p xray.MaskPreset) MaskingPreset { return MaskingPreset(p) }),
			StructureOnly: set.Model.StructureOnly,
		},
	}
}

func maskSettings(body MaskingSettings) xray.MaskSettings {
	return xray.MaskSettings{
		Rules: mapTo(body.Rules, func(r MaskingRule) xray.MaskRule {
			return xray.MaskRule{Name: r.Name, Preset: xray.MaskPreset(r.Preset), Pattern: r.Pattern, Fields: r.Fields, Action: xray.MaskAction(r.Action)}
		}),
		Model: xray.MaskModel{
			Presets:       mapTo(body.Model.Presets, func(p MaskingPreset) xray.MaskPreset { return xray.MaskPreset(p) }),
			StructureOnly: body.Model.StructureOnly,
		},
	}
}
