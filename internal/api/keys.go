package api

import (
	"context"
	"strconv"
	"time"

	"github.com/xraytrace/xray"
)

// usualOverlap is how long a replaced key works on if nobody says how long.
const usualOverlap = 24 * time.Hour

// ListKeys answers the project's keys.
func (s *Server) ListKeys(ctx context.Context, _ ListKeysRequestObject) (ListKeysResponseObject, error) {
	keys, err := s.Keys.Keys(ctx, caller(ctx).Project.ID)
	if err != nil {
		return nil, err
	}
	return ListKeys200JSONResponse{Keys: mapTo(keys, key)}, nil
}

// CreateKey makes a key.
func (s *Server) CreateKey(ctx context.Context, r CreateKeyRequestObject) (CreateKeyResponseObject, error) {
	secret, k, err := s.Keys.CreateKey(ctx, caller(ctx).Project.ID, xray.NewKey{
		Name: r.Body.Name, Scope: xray.Scope(r.Body.Scope), ExpiresAt: r.Body.ExpiresAt,
	})
	if err != nil {
		return nil, err
	}
	made := key(k)
	return CreateKey201JSONResponse{Key: made, Secret: secret}, s.recordAct(ctx, "key.create", string(made.Id), keyTold(made))
}

// RotateKey makes a key that takes over from another.
func (s *Server) RotateKey(ctx context.Context, r RotateKeyRequestObject) (RotateKeyResponseObject, error) {
	id, err := keyID(r.Id)
	if err != nil {
		return nil, err
	}
	rotation := xray.Rotation{OldWorksUntil: time.Now().Add(usualOverlap), ExpiresAt: r.Body.ExpiresAt}
	if r.Body.OldWorksUntil != nil {
		rotation.OldWorksUntil = *r.Body.OldWorksUntil
	}
	secret, k, before, err := s.Keys.RotateKey(ctx, caller(ctx).Project.ID, id, rotation)
	if err != nil {
		return nil, err
	}
	made, old := key(k), key(before)
	told := keyTold(made)
	told["oldWorksUntil"] = old.ExpiresAt
	return RotateKey201JSONResponse{Key: made, Secret: secret, Old: &old}, s.recordAct(ctx, "key.rotate", r.Id, told)
}

// RevokeKey ends a key for good.
func (s *Server) RevokeKey(ctx context.Context, r RevokeKeyRequestObject) (RevokeKeyResponseObject, error) {
	id, err := keyID(r.Id)
	if err != nil {
		return nil, err
	}
	if err := s.Keys.RevokeKey(ctx, caller(ctx).Project.ID, id); err != nil {
		return nil, err
	}
	return RevokeKey204Response{}, s.recordAct(ctx, "key.revoke", r.Id, nil)
}

// keyTold is what the audit log keeps of a key.
func keyTold(k Key) map[string]any {
	told := map[string]any{"id": k.Id, "name": k.Name, "scope": k.Scope, "prefix": k.Prefix}
	if k.ExpiresAt != nil {
		told["expiresAt"] = k.ExpiresAt
	}
	return told
}

func keyID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, xray.Errorf(xray.CodeNotFound, "there is no valid key with the number %.40s in this project", text)
	}
	return id, nil
}

func key(k xray.APIKey) Key {
	return Key{
		Id: decimal(k.ID), Name: k.Name, Scope: KeyScope(k.Scope), State: KeyState(k.State(time.Now())), Prefix: k.Prefix,
		CreatedAt: k.CreatedAt.UTC(), ExpiresAt: inUTC(k.ExpiresAt), RevokedAt: inUTC(k.RevokedAt), LastUsedAt: inUTC(k.LastUsedAt),
		Replaces: numberOrNone(k.Replaces), ReplacedBy: numberOrNone(k.ReplacedBy),
	}
}

// numberOrNone is "" for 0, which is absent in JSON.
func numberOrNone(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func inUTC(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	return new(t.UTC())
}
