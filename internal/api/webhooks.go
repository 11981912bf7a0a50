package api

import (
	"context"
	"strconv"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/query"
)

// ListWebhooks answers the project's webhooks.
func (s *Server) ListWebhooks(ctx context.Context, _ ListWebhooksRequestObject) (ListWebhooksResponseObject, error) {
	hooks, err := s.Hooks.Hooks(ctx, caller(ctx).Project.ID)
	return ListWebhooks200JSONResponse{Webhooks: mapTo(hooks, webhook)}, err
}

// CreateWebhook makes a webhook and shows its secret, once.
func (s *Server) CreateWebhook(ctx context.Context, r CreateWebhookRequestObject) (CreateWebhookResponseObject, error) {
	h := hookOf(*r.Body)
	h.ProjectID = caller(ctx).Project.ID
	if err := s.checkHook(&h); err != nil {
		return nil, err
	}
	secret := ""
	if h.Kind == xray.HookStandard {
		secret = s.HookOutlet.NewSecret()
	}
	h, err := s.Hooks.CreateHook(ctx, h, secret)
	if err != nil {
		return nil, err
	}
	out := CreateWebhook201JSONResponse{Webhook: webhook(h), Secret: secret}
	return out, s.recordAct(ctx, "webhook.create", h.Name, actOfHook(h))
}

// ReplaceWebhook replaces a webhook but for what it keeps secret.
func (s *Server) ReplaceWebhook(ctx context.Context, r ReplaceWebhookRequestObject) (ReplaceWebhookResponseObject, error) {
	old, err := s.hook(ctx, r.Id)
	if err != nil {
		return nil, err
	}
	h := hookOf(*r.Body)
	h.ID, h.ProjectID = old.ID, old.ProjectID
	if h.URL == "" || h.URL == old.ShownURL() {
		h.URL = old.URL
	}
	if len(h.To) == 0 {
		h.To = old.To
	}
	if err := s.checkHook(&h); err != nil {
		return nil, err
	}
	if h, err = s.Hooks.ReplaceHook(ctx, h); err != nil {
		return nil, err
	}
	return ReplaceWebhook200JSONResponse(webhook(h)), s.recordChange(ctx, "webhook.change", h.Name, actOfHook(old), actOfHook(h))
}

// DeleteWebhook deletes a webhook.
func (s *Server) DeleteWebhook(ctx context.Context, r DeleteWebhookRequestObject) (DeleteWebhookResponseObject, error) {
	h, err := s.hook(ctx, r.Id)
	if err != nil {
		return nil, err
	}
	if err := s.Hooks.DeleteHook(ctx, h.ProjectID, h.ID); err != nil {
		return nil, err
	}
	return DeleteWebhook204Response{}, s.recordAct(ctx, "webhook.delete", h.Name, nil)
}

// RotateWebhookSecret gives a webhook a new secret and shows it, once.
func (s *Server) RotateWebhookSecret(ctx context.Context, r RotateWebhookSecretRequestObject) (RotateWebhookSecretResponseObject, error) {
	const usual, most = 24.0, 168.0
	hours := usual
	if r.Body.OverlapHours != nil {
		hours = *r.Body.OverlapHours
	}
	if !(hours >= 0 && hours <= most) {
		return nil, xray.Errorf(xray.CodeInvalid, "overlapHours is %g: use 0 to %g", hours, most)
	}
	h, err := s.hook(ctx, r.Id)
	if err != nil {
		return nil, err
	}
	secret := s.HookOutlet.NewSecret()
	if err := s.Hooks.RotateHook(ctx, h.ProjectID, h.ID, secret, time.Duration(hours*float64(time.Hour))); err != nil {
		return nil, err
	}
	if h, err = s.Hooks.Hook(ctx, h.ProjectID, h.ID); err != nil {
		return nil, err
	}
	out := RotateWebhookSecret200JSONResponse{Webhook: webhook(h), Secret: secret}
	return out, s.recordAct(ctx, "webhook.rotate", h.Name, map[string]float64{"overlapHours": hours})
}

// hook is the webhook of a path.
func (s *Server) hook(ctx context.Context, id string) (xray.Hook, error) {
	n, err := hookNumber(id)
	if err != nil {
		return xray.Hook{}, err
	}
	return s.Hooks.Hook(ctx, caller(ctx).Project.ID, n)
}

func hookNumber(id string) (int64, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0, xray.Errorf(xray.CodeNotFound, "there is no webhook %.40q in this project: list them with GET /api/webhooks", id)
	}
	return n, nil
}

func (s *Server) checkHook(h *xray.Hook) error {
	if err := h.Check(); err != nil {
		return err
	}
	if _, err := query.Parse(h.Query); err != nil {
		return err
	}
	return s.HookOutlet.Check(*h)
}

func hookOf(in NewWebhook) xray.Hook {
	return xray.Hook{
		Name: in.Name, Kind: xray.HookKind(in.Kind), URL: in.Url, To: in.To, Query: in.Query, Paused: in.Paused,
		Events: mapTo(in.Events, func(e WebhookEvent) xray.HookEvent { return xray.HookEvent(e) }),
	}
}

// actOfHook is a webhook as the audit log has it: without what is secret.
func actOfHook(h xray.Hook) NewWebhook { return webhook(h).NewWebhook }

func webhook(h xray.Hook) Webhook {
	return Webhook{
		NewWebhook: NewWebhook{
			Name: h.Name, Kind: WebhookKind(h.Kind), Url: h.ShownURL(), To: h.To, Query: h.Query, Paused: h.Paused,
			Events: mapTo(h.Events, func(e xray.HookEvent) WebhookEvent { return WebhookEvent(e) }),
		},
		Id: decimal(h.ID), PausedWhy: h.PausedWhy, Failures: h.Failures, ClosedUntil: optionalTime(h.ClosedUntil),
		Waiting: h.Waiting, Dropped: decimal(h.Dropped), LastOkAt: optionalTime(h.LastOK), LastErrorAt: optionalTime(h.LastError),
		Secrets: h.Secrets, CreatedAt: wallTime(h.CreatedAt), UpdatedAt: wallTime(h.UpdatedAt),
	}
}

// optionalTime is "" for none.
func optionalTime(t *time.Time) string {
	if t == nil {
		return ""
	}
	return wallTime(*t)
}
