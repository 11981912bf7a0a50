package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/xraytrace/xray"
)

// shownOfSecret is how much of a secret is kept, to tell keys apart in lists.
const shownOfSecret = len(xray.KeyPrefix) + 6

const keyColumns = `k.id, k.project_id, k.name, k.scope, k.prefix, k.created_at, k.expires_at, k.revoked_at, k.last_used_at,
	coalesce(k.replaces, 0), coalesce((SELECT n.id FROM api_keys n WHERE n.replaces = k.id), 0), coalesce(k.family, k.id)`

func keyInto(k *xray.APIKey) []any {
	return []any{&k.ID, &k.ProjectID, &k.Name, &k.Scope, &k.Prefix, &k.CreatedAt, &k.ExpiresAt, &k.RevokedAt, &k.LastUsedAt,
		&k.Replaces, &k.ReplacedBy, &k.Family}
}

// CreateKey makes a key for a project and returns its secret, which is stored
// nowhere: it is shown now or never. A key that cannot be is CodeInvalid, an
// unknown project CodeNotFound.
func (s *Store) CreateKey(ctx context.Context, project int32, n xray.NewKey) (secret string, key xray.APIKey, err error) {
	if err := n.Check(s.clock()); err != nil {
		return "", key, err
	}
	secret, key, err = s.insertKey(ctx, s.pool, project, n, nil, nil)
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == "23503" {
		return "", key, xray.Errorf(xray.CodeNotFound, "there is no project with the number %d", project)
	}
	if err != nil {
		return "", key, unavailable(fmt.Errorf("create key: %w", err))
	}
	return secret, key, nil
}

type rowQuerier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func (s *Store) insertKey(ctx context.Context, db rowQuerier, project int32, n xray.NewKey, replaces, family *int64) (secret string, k xray.APIKey, err error) {
	secret = xray.NewKeySecret()
	hash := xray.HashKey(secret)
	err = db.QueryRow(ctx, `
		WITH k AS (
			INSERT INTO api_keys (project_id, name, scope, prefix, hash, created_at, expires_at, replaces, family)
			VALUES (@project, @name, @scope, @prefix, @hash, @now, @expires, @replaces, @family) RETURNING *)
		SELECT `+keyColumns+` FROM k`,
		pgx.NamedArgs{
			"project": project, "name": cleanText(n.Name, maxName), "scope": string(n.Scope), "prefix": secret[:shownOfSecret], "hash": hash[:],
			"now": s.clock(), "expires": n.ExpiresAt, "replaces": replaces, "family": family,
		}).Scan(keyInto(&k)...)
	return secret, k, err
}

// RotateKey makes a key that takes over from another: same name, scope and
// limits, another secret. The old one works on until it is told to end, or until
// it would have expired. A rotation that cannot be is CodeInvalid, no such key in
// force CodeNotFound, one that was replaced already CodeConflict.
func (s *Store) RotateKey(ctx context.Context, project int32, id int64, r xray.Rotation) (secret string, made, old xray.APIKey, err error) {
	now := s.clock()
	if err := r.Check(now); err != nil {
		return "", made, old, err
	}
	if r.OldWorksUntil.Before(now) {
		r.OldWorksUntil = now
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, "SELECT "+keyColumns+" FROM api_keys k WHERE k.project_id = $1 AND k.id = $2 FOR UPDATE", project, id).Scan(keyInto(&old)...)
		if errors.Is(err, pgx.ErrNoRows) || err == nil && old.Refusal(now) != nil {
			return noKey(id)
		}
		if err != nil {
			return err
		}
		if old.ReplacedBy != 0 {
			return xray.Errorf(xray.CodeConflict, "the key %d has been replaced by the key %d: rotate that one", id, old.ReplacedBy)
		}
		secret, made, err = s.insertKey(ctx, tx, project, xray.NewKey{Name: old.Name, Scope: old.Scope, ExpiresAt: r.ExpiresAt}, &old.ID, &old.Family)
		if err != nil {
			return err
		}
		old.ReplacedBy = made.ID
		return tx.QueryRow(ctx, "UPDATE api_keys SET expires_at = least(expires_at, $2) WHERE id = $1 RETURNING expires_at", id, r.OldWorksUntil).Scan(&old.ExpiresAt)
	})
	if err != nil {
		return "", made, old, unavailable(fmt.Errorf("rotate key: %w", err))
	}
	return secret, made, old, nil
}

func noKey(id int64) error {
	return xray.Errorf(xray.CodeNotFound, "there is no valid key with the number %d in this project", id)
}

// KeyByHash finds the valid key of a secret's hash ([xray.HashKey]) and its
// project. Unknown, revoked and expired keys are CodeUnauthorized, with words
// for whoever holds the secret.
func (s *Store) KeyByHash(ctx context.Context, hash [32]byte) (xray.APIKey, xray.Project, error) {
	var k xray.APIKey
	var p xray.Project
	err := s.pool.QueryRow(ctx, "SELECT "+keyColumns+`, p.id, p.slug, p.created_at
		FROM api_keys k JOIN projects p ON p.id = k.project_id WHERE k.hash = @hash`,
		pgx.NamedArgs{"hash": hash[:]}).Scan(append(keyInto(&k), &p.ID, &p.Slug, &p.CreatedAt)...)
	if errors.Is(err, pgx.ErrNoRows) {
		return xray.APIKey{}, xray.Project{}, xray.Errorf(xray.CodeUnauthorized,
			"this key is not valid here; make one with `xray key create`")
	}
	if err != nil {
		return xray.APIKey{}, xray.Project{}, unavailable(fmt.Errorf("find key: %w", err))
	}
	if err := k.Refusal(s.clock()); err != nil {
		return xray.APIKey{}, xray.Project{}, err
	}
	return k, p, nil
}

// Keys returns a project's keys, also those that open nothing any more, oldest
// first.
func (s *Store) Keys(ctx context.Context, project int32) ([]xray.APIKey, error) {
	rows, err := s.of(project).Query(ctx, "SELECT "+keyColumns+" FROM api_keys k WHERE k.project_id = $1 ORDER BY k.created_at, k.id", project)
	if err != nil {
		return nil, unavailable(fmt.Errorf("list keys: %w", err))
	}
	keys, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (xray.APIKey, error) {
		var k xray.APIKey
		err := row.Scan(keyInto(&k)...)
		return k, err
	})
	if err != nil {
		return nil, unavailable(fmt.Errorf("list keys: %w", err))
	}
	return keys, nil
}

// RevokeKey ends a key of a project for good. None of this number, or one that
// is revoked already, is CodeNotFound.
func (s *Store) RevokeKey(ctx context.Context, project int32, id int64) error {
	tag, err := s.pool.Exec(ctx, `
		UPDATE api_keys SET revoked_at = $3 WHERE project_id = $1 AND id = $2 AND revoked_at IS NULL`, project, id, s.clock())
	if err != nil {
		return unavailable(fmt.Errorf("revoke key: %w", err))
	}
	if tag.RowsAffected() == 0 {
		return noKey(id)
	}
	return nil
}

// HasKeys reports whether any project has a valid key.
func (s *Store) HasKeys(ctx context.Context) (bool, error) {
	var has bool
	err := s.pool.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM api_keys WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1))`,
		s.clock()).Scan(&has)
	if err != nil {
		return false, unavailable(fmt.Errorf("look for keys: %w", err))
	}
	return has, nil
}

// NoteKeyUses keeps when keys were last used, all in one statement.
func (s *Store) NoteKeyUses(ctx context.Context, uses map[int64]time.Time) error {
	ids, at := make([]int64, 0, len(uses)), make([]time.Time, 0, len(uses))
	for id, t := range uses {
		ids, at = append(ids, id), append(at, t)
	}
	_, err := s.pool.Exec(ctx, `
		UPDATE api_keys k SET last_used_at = greatest(k.last_used_at, u.at)
		FROM unnest($1::bigint[], $2::timestamptz[]) AS u (id, at) WHERE k.id = u.id`, ids, at)
	if err != nil {
		return unavailable(fmt.Errorf("note the use of keys: %w", err))
	}
	return nil
}
