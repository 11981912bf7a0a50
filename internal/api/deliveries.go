package api

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/xraytrace/xray"
)

// ListWebhookDeliveries answers a page of what a webhook was told.
func (s *Server) ListWebhookDeliveries(ctx context.Context, r ListWebhookDeliveriesRequestObject) (ListWebhookDeliveriesResponseObject, error) {
	limit, before, err := numberedPage(r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	hook, err := hookNumber(r.Id)
	if err != nil {
		return nil, err
	}
	switch status := xray.DeliveryStatus(r.Params.Status); status {
	case "", xray.DeliveryPending, xray.DeliveryDelivered, xray.DeliveryFailed:
	default:
		return nil, xray.Errorf(xray.CodeInvalid, "status is %.40q: use pending, delivered or failed", status)
	}
	all, err := s.Hooks.Deliveries(ctx, caller(ctx).Project.ID, hook, before, xray.DeliveryStatus(r.Params.Status), limit+1)
	if err != nil {
		return nil, err
	}
	page := WebhookDeliveryPage{}
	if len(all) > limit {
		all = all[:limit]
		page.Next = decimal(all[limit-1].ID)
	}
	page.Deliveries = mapTo(all, delivery)
	return ListWebhookDeliveries200JSONResponse(page), nil
}

// GetWebhookDelivery answers one delivery with request and response.
func (s *Server) GetWebhookDelivery(ctx context.Context, r GetWebhookDeliveryRequestObject) (GetWebhookDeliveryResponseObject, error) {
	hook, id, err := deliveryNumbers(r.Id, r.Delivery)
	if err != nil {
		return nil, err
	}
	d, err := s.Hooks.Delivery(ctx, caller(ctx).Project.ID, hook, id)
	if err != nil {
		return nil, err
	}
	out, err := deliveryDetail(d)
	return GetWebhookDelivery200JSONResponse(out), err
}

// TestWebhook sends a notice of nothing.
func (s *Server) TestWebhook(ctx context.Context, r TestWebhookRequestObject) (TestWebhookResponseObject, error) {
	hook, err := hookNumber(r.Id)
	if err != nil {
		return nil, err
	}
	d, err := s.Hooks.TestHook(ctx, caller(ctx).Project.ID, hook)
	if err != nil {
		return nil, err
	}
	out, err := deliveryDetail(d)
	return TestWebhook202JSONResponse(out), err
}

// ResendWebhookDelivery tries a delivery again.
func (s *Server) ResendWebhookDelivery(ctx context.Context, r ResendWebhookDeliveryRequestObject) (ResendWebhookDeliveryResponseObject, error) {
	hook, id, err := deliveryNumbers(r.Id, r.Delivery)
	if err != nil {
		return nil, err
	}
	d, err := s.Hooks.ResendDelivery(ctx, caller(ctx).Project.ID, hook, id)
	if err != nil {
		return nil, err
	}
	out, err := deliveryDetail(d)
	return ResendWebhookDelivery202JSONResponse(out), err
}

func deliveryNumbers(hook, delivery string) (int64, int64, error) {
	h, err := hookNumber(hook)
	if err != nil {
		return 0, 0, err
	}
	d, err := strconv.ParseInt(delivery, 10, 64)
	if err != nil {
		return 0, 0, xray.Errorf(xray.CodeNotFound, "this webhook has no delivery %.40q: list them with GET /api/webhooks/%d/deliveries", delivery, h)
	}
	return h, d, nil
}

func delivery(d xray.Delivery) WebhookDelivery {
	out := WebhookDelivery{
		Id: decimal(d.ID), MessageId: d.MessageID, Event: WebhookEvent(d.Event), Subject: d.Subject, Status: WebhookDeliveryStatus(d.Status),
		Attempts: d.Attempts, NextAt: optionalTime(d.NextAt), CreatedAt: wallTime(d.CreatedAt), FinishedAt: optionalTime(d.FinishedAt),
	}
	if n := len(d.Tried); n > 0 {
		out.ResponseStatus, out.Error = d.Tried[n-1].Status, d.Tried[n-1].Error
	}
	return out
}

func deliveryDetail(d xray.Delivery) (WebhookDeliveryDetail, error) {
	notice, err := json.Marshal(d.Notice)
	if err != nil {
		return WebhookDeliveryDetail{}, fmt.Errorf("encode a notice: %w", err)
	}
	return WebhookDeliveryDetail{WebhookDelivery: delivery(d), Notice: notice, Tried: mapTo(d.Tried, attempt)}, nil
}

func attempt(a xray.Attempt) WebhookAttempt {
	return WebhookAttempt{
		At: wallTime(a.At), DurationMs: int(a.Duration / time.Millisecond), Status: a.Status, Error: a.Error,
		Request: exchange(a.Request), Response: exchange(a.Response),
	}
}

func exchange(e *xray.Exchange) WebhookExchange {
	if e == nil {
		return WebhookExchange{}
	}
	return WebhookExchange{Body: e.Body, Cut: e.Cut, Headers: mapTo(e.Headers, func(h xray.Header) WebhookHeader {
		return WebhookHeader{Name: h.Name, Value: h.Value}
	})}
}
