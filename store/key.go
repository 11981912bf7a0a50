package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/xraytrace/xray"
)

// shownOfSecret is how much of a secret is kept, to tell keys apart in lists.
const shownOfSecret = len(xray.KeyPrefix) + 6

// CreateKey makes a key for a project and returns its secret, which is stored
// nowhere: it is shown now or never. An unknown scope is CodeInvalid, an
// unknown project CodeNotFound.
func (s *Store) CreateKey(ctx context.Context, project int32, name string, scope xray.Scope) (secret string, key xray.APIKey, err error) {
	if _, err := xray.ParseScope(string(scope)); err != nil {
		return "", xray.APIKey{}, err
	}
	secret = xray.NewKeySecret()
	hash := xray.HashKey(secret)
	key = xray.APIKey{ProjectID: project, Name: cleanText(name, maxName), Scope: scope, Prefix: secret[:shownOfSecret]}
	err = s.pool.QueryRow(ctx, `
		INSERT INTO api_keys (project_id, name, scope, prefix, hash)
		VALUES (@project, @name, @scope, @prefix, @hash) RETURNING id, created_at`,
		pgx.NamedArgs{"project": project, "name": key.Name, "scope": string(scope), "prefix": key.Prefix, "hash": hash[:]}).
		Scan(&key.ID, &key.CreatedAt)
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == "23503" {
		return "", xray.APIKey{}, xray.Errorf(xray.CodeNotFound, "there is no project with the number %d", project)
	}
	if err != nil {
		return "", xray.APIKey{}, unavailable(fmt.Errorf("create key: %w", err))
	}
	return secret, key, nil
}

// KeyByHash finds the valid key of a secret's hash ([xray.HashKey]) and its
// project. Unknown, revoked and expired keys are CodeUnauthorized.
func (s *Store) KeyByHash(ctx context.Context, hash [32]byte) (xray.APIKey, xray.Project, error) {
	var k xray.APIKey
	var p xray.Project
	err := s.pool.QueryRow(ctx, `
		SELECT k.id, k.name, k.scope, k.prefix, k.created_at, k.revoked_at, p.id, p.slug, p.created_at
		FROM api_keys k JOIN projects p ON p.id = k.project_id
		WHERE k.hash = @hash AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > @now)`,
		pgx.NamedArgs{"hash": hash[:], "now": s.clock()}).
		Scan(&k.ID, &k.Name, &k.Scope, &k.Prefix, &k.CreatedAt, &k.RevokedAt, &p.ID, &p.Slug, &p.CreatedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return xray.APIKey{}, xray.Project{}, xray.Errorf(xray.CodeUnauthorized,
			"this key is not valid here; make one with `xray key create`")
	}
	if err != nil {
		return xray.APIKey{}, xray.Project{}, unavailable(fmt.Errorf("find key: %w", err))
	}
	k.ProjectID = p.ID
	return k, p, nil
}

// Keys returns a project's keys, also revoked ones, oldest first.
func (s *Store) Keys(ctx context.Context, project int32) ([]xray.APIKey, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT id, project_id, name, scope, prefix, created_at, revoked_at
		FROM api_keys WHERE project_id = $1 ORDER BY created_at, id`, project)
	if err != nil {
		return nil, unavailable(fmt.Errorf("list keys: %w", err))
	}
	keys, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (xray.APIKey, error) {
		var k xray.APIKey
		err := row.Scan(&k.ID, &k.ProjectID, &k.Name, &k.Scope, &k.Prefix, &k.CreatedAt, &k.RevokedAt)
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
		return xray.Errorf(xray.CodeNotFound, "there is no valid key with the number %d in this project", id)
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
