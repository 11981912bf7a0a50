package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/xraytrace/xray"
)

// organisation is the number of the one that a server has (migration 00020).
const organisation = 1

// userColumns are of a table called u, in the order of userInto.
const userColumns = "u.id, u.email, u.name, u.password IS NOT NULL, coalesce(u.issuer, ''), u.created_at, u.last_login_at"

func userInto(u *xray.User) []any {
	return []any{&u.ID, &u.Email, &u.Name, &u.HasPassword, &u.Issuer, &u.CreatedAt, &u.LastLoginAt}
}

// HasUsers reports whether anybody can sign in to the migrated database of a
// URL: a server has to know before it opens the store.
func HasUsers(ctx context.Context, databaseURL string) (has bool, err error) {
	conn, err := pgx.Connect(ctx, databaseURL)
	if err != nil {
		return false, unavailable(fmt.Errorf("look for users: %w", err))
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM users)").Scan(&has); err != nil {
		return false, unavailable(fmt.Errorf("look for users: %w", err))
	}
	return has, nil
}

// HasOwner reports whether the organisation has an owner.
func (s *Store) HasOwner(ctx context.Context) (bool, error) {
	return s.exists(ctx, "look for an owner", "SELECT EXISTS (SELECT FROM members WHERE role = 'owner')")
}

func (s *Store) exists(ctx context.Context, act, sql string, args ...any) (has bool, err error) {
	if err := s.pool.QueryRow(ctx, sql, args...).Scan(&has); err != nil {
		return false, unavailable(fmt.Errorf("%s: %w", act, err))
	}
	return has, nil
}

// UserByEmail finds a user and the hash of the password, "" for none. Nobody is
// CodeNotFound.
func (s *Store) UserByEmail(ctx context.Context, email string) (xray.User, string, error) {
	return s.findUser(ctx, "u.email = $1", email)
}

// UserByID finds a user and the hash of the password, "" for none. Nobody is
// CodeNotFound.
func (s *Store) UserByID(ctx context.Context, id int64) (xray.User, string, error) {
	return s.findUser(ctx, "u.id = $1", id)
}

// UserByIdentity finds the user that an identity of an issuer is linked to.
// Nobody is CodeNotFound.
func (s *Store) UserByIdentity(ctx context.Context, issuer, subject string) (xray.User, error) {
	u, _, err := s.findUser(ctx, "u.issuer = $1 AND u.subject = $2", issuer, subject)
	return u, err
}

func (s *Store) findUser(ctx context.Context, where string, args ...any) (xray.User, string, error) {
	var u xray.User
	var password string
	err := s.pool.QueryRow(ctx, "SELECT "+userColumns+", coalesce(u.password, '') FROM users u WHERE "+where, args...).
		Scan(append(userInto(&u), &password)...)
	if errors.Is(err, pgx.ErrNoRows) {
		return u, "", noUser()
	}
	if err != nil {
		return u, "", unavailable(fmt.Errorf("find a user: %w", err))
	}
	return u, password, nil
}

func noUser() error {
	return xray.Errorf(xray.CodeNotFound, "there is no such user: see 'xray user list', or the members in the settings")
}

// RenameUser changes what a user is called.
func (s *Store) RenameUser(ctx context.Context, id int64, name string) error {
	return s.changeOne(ctx, "rename a user", noUser(), "UPDATE users SET name = $2 WHERE id = $1", id, cleanText(name, maxName))
}

// Rehash replaces a password's hash by another of the same password, unless it
// is not that any more.
func (s *Store) Rehash(ctx context.Context, user int64, old, hash string) error {
	_, err := s.pool.Exec(ctx, "UPDATE users SET password = $3 WHERE id = $1 AND password = $2", user, old, hash)
	if err != nil {
		return unavailable(fmt.Errorf("rehash a password: %w", err))
	}
	return nil
}

// SetPassword sets a new password, and ends the user's sessions but one (0 for
// all) and reset links.
func (s *Store) SetPassword(ctx context.Context, user int64, hash string, keep int64) error {
	return s.inTx(ctx, "set a password", func(tx pgx.Tx) error { return setPassword(ctx, tx, user, hash, keep) })
}

func setPassword(ctx context.Context, tx pgx.Tx, user int64, hash string, keep int64) error {
	done, err := tx.Exec(ctx, "UPDATE users SET password = $2 WHERE id = $1", user, hash)
	if err != nil {
		return err
	}
	if done.RowsAffected() == 0 {
		return noUser()
	}
	if _, err := tx.Exec(ctx, "DELETE FROM sessions WHERE user_id = $1 AND id <> $2", user, keep); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "DELETE FROM account_links WHERE user_id = $1", user)
	return err
}

// LinkIdentity lets an identity of an issuer sign in as a user. A user who has
// another is CodeConflict.
func (s *Store) LinkIdentity(ctx context.Context, user int64, issuer, subject string) error {
	return s.changeOne(ctx, "link an identity",
		xray.Errorf(xray.CodeConflict, "the account of this e-mail address belongs to another identity of the provider: ask an owner to remove and invite it again"),
		"UPDATE users SET issuer = $2, subject = $3 WHERE id = $1 AND issuer IS NULL", user, issuer, subject)
}

// AddUser makes a member of somebody.
func (s *Store) AddUser(ctx context.Context, who xray.NewUser, role xray.Role) (u xray.User, err error) {
	err = s.inTx(ctx, "add a user", func(tx pgx.Tx) error {
		u, err = s.addUser(ctx, tx, who, role)
		return err
	})
	return u, err
}

// addUser makes a user and member. CodeConflict for a taken address.
func (s *Store) addUser(ctx context.Context, tx pgx.Tx, who xray.NewUser, role xray.Role) (xray.User, error) {
	var u xray.User
	err := tx.QueryRow(ctx, `
		INSERT INTO users AS u (email, name, password, issuer, subject, created_at)
		VALUES (@email, @name, nullif(@password, ''), nullif(@issuer, ''), nullif(@subject, ''), @now)
		RETURNING `+userColumns,
		pgx.NamedArgs{
			"email": who.Email, "name": cleanText(who.Name, maxName), "password": who.Password,
			"issuer": who.Issuer, "subject": who.Subject, "now": s.clock(),
		}).Scan(userInto(&u)...)
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == "23505" {
		return u, xray.Errorf(xray.CodeConflict, "%s has an account here already: sign in with it", who.Email)
	}
	if err != nil {
		return u, err
	}
	_, err = tx.Exec(ctx, "INSERT INTO members (organisation_id, user_id, role, created_at) VALUES ($1, $2, $3, $4)",
		organisation, u.ID, string(role), s.clock())
	return u, err
}

// changeOne runs a statement that changes one row; none is the error none.
func (s *Store) changeOne(ctx context.Context, act string, none error, sql string, args ...any) error {
	done, err := s.pool.Exec(ctx, sql, args...)
	if err != nil {
		return unavailable(fmt.Errorf("%s: %w", act, err))
	}
	if done.RowsAffected() == 0 {
		return none
	}
	return nil
}

// inTx runs one fact's statements.
func (s *Store) inTx(ctx context.Context, act string, run func(pgx.Tx) error) error {
	if err := pgx.BeginFunc(ctx, s.pool, run); err != nil {
		return unavailable(fmt.Errorf("%s: %w", act, err))
	}
	return nil
}
