package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// AddLink keeps the hash of a one-time link; user is 0 for a set-up link. Links
// that are too old are forgotten on the way.
func (s *Store) AddLink(ctx context.Context, kind xray.LinkKind, link [32]byte, user int64, until time.Time) error {
	return s.inTx(ctx, "keep a link", func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM account_links WHERE expires_at <= $1", s.clock()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "INSERT INTO account_links (token_hash, kind, user_id, expires_at) VALUES ($1, $2, nullif($3::bigint, 0), $4)",
			link[:], string(kind), user, until)
		return err
	})
}

// HasLink reports whether a one-time link still works.
func (s *Store) HasLink(ctx context.Context, kind xray.LinkKind, link [32]byte) (bool, error) {
	return s.exists(ctx, "look for a link",
		"SELECT EXISTS (SELECT FROM account_links WHERE token_hash = $1 AND kind = $2 AND expires_at > $3)", link[:], string(kind), s.clock())
}

// SetUp makes the first owner and ends all set-up links. Errors: CodeNotFound
// for a link that does not work any more, CodeConflict where there is an owner.
// Somebody who has an account already becomes the owner of that name.
func (s *Store) SetUp(ctx context.Context, link [32]byte, who xray.User, password string) (u xray.User, err error) {
	err = s.inTx(ctx, "set up", func(tx pgx.Tx) error {
		// Two who use two links at once: the second finds an owner.
		if _, err := tx.Exec(ctx, "LOCK TABLE members IN SHARE ROW EXCLUSIVE MODE"); err != nil {
			return err
		}
		var owned, works bool
		err := tx.QueryRow(ctx, `
			SELECT EXISTS (SELECT FROM members WHERE role = 'owner'),
			       EXISTS (SELECT FROM account_links WHERE token_hash = $1 AND kind = 'setup' AND expires_at > $2)`,
			link[:], s.clock()).Scan(&owned, &works)
		switch {
		case err != nil:
			return err
		case owned:
			return xray.Errorf(xray.CodeConflict, "this server has been set up: sign in, or ask its owner for an invitation")
		case !works:
			return xray.Errorf(xray.CodeNotFound, "this set-up link is used up or too old: start X-Ray again, it prints a new one while there is no owner")
		}
		u, err = s.makeOwner(ctx, tx, who, password)
		return err
	})
	return u, err
}

func (s *Store) makeOwner(ctx context.Context, tx pgx.Tx, who xray.User, password string) (u xray.User, err error) {
	err = tx.QueryRow(ctx, `
		INSERT INTO users AS u (email, name, password, created_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (email) DO UPDATE SET name = excluded.name, password = excluded.password
		RETURNING `+userColumns, who.Email, cleanText(who.Name, maxName), password, s.clock()).Scan(userInto(&u)...)
	if err != nil {
		return u, err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO members (organisation_id, user_id, role, created_at) VALUES ($1, $2, 'owner', $3)
		ON CONFLICT (organisation_id, user_id) DO UPDATE SET role = 'owner'`, organisation, u.ID, s.clock())
	if err != nil {
		return u, err
	}
	_, err = tx.Exec(ctx, "DELETE FROM account_links WHERE kind = 'setup'")
	return u, err
}

// UserOfLink finds whose password a reset link sets. One that does not work any
// more is CodeNotFound.
func (s *Store) UserOfLink(ctx context.Context, link [32]byte) (xray.User, error) {
	var u xray.User
	err := s.pool.QueryRow(ctx, "SELECT "+userColumns+` FROM account_links l JOIN users u ON u.id = l.user_id
		WHERE l.token_hash = $1 AND l.kind = 'reset' AND l.expires_at > $2`, link[:], s.clock()).Scan(userInto(&u)...)
	if errors.Is(err, pgx.ErrNoRows) {
		return u, usedUp()
	}
	if err != nil {
		return u, unavailable(fmt.Errorf("find a link: %w", err))
	}
	return u, nil
}

// UseResetLink sets the password of the link's user, and ends the link and the
// user's sessions. One that does not work any more is CodeNotFound.
func (s *Store) UseResetLink(ctx context.Context, link [32]byte, password string) (u xray.User, err error) {
	err = s.inTx(ctx, "reset a password", func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `
			WITH used AS (DELETE FROM account_links WHERE token_hash = $1 AND kind = 'reset' AND expires_at > $2 RETURNING user_id)
			SELECT `+userColumns+` FROM used JOIN users u ON u.id = used.user_id`, link[:], s.clock()).Scan(userInto(&u)...)
		if errors.Is(err, pgx.ErrNoRows) {
			return usedUp()
		}
		if err != nil {
			return err
		}
		return setPassword(ctx, tx, u.ID, password, 0)
	})
	return u, err
}

func usedUp() error {
	return xray.Errorf(xray.CodeNotFound, "this link is used up or too old: ask for a new one (xray user reset-password)")
}
