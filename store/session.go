package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

const sessionColumns = "s.id, s.user_id, s.method, s.agent, s.address, s.created_at, s.last_seen_at, s.expires_at"

func sessionInto(v *xray.Session) []any {
	return []any{&v.ID, &v.UserID, &v.Method, &v.Agent, &v.Address, &v.CreatedAt, &v.LastSeenAt, &v.ExpiresAt}
}

// StartSession keeps a session that begins, and forgets those that are over.
func (s *Store) StartSession(ctx context.Context, v xray.Session, token [32]byte) (xray.Session, error) {
	v.Agent, v.Address = cleanText(v.Agent, maxHint), cleanText(v.Address, maxHint)
	err := s.inTx(ctx, "begin a session", func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM sessions WHERE expires_at <= $1", v.CreatedAt); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE users SET last_login_at = $2 WHERE id = $1", v.UserID, v.CreatedAt); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `
			INSERT INTO sessions (user_id, method, token_hash, token_at, agent, address, created_at, last_seen_at, expires_at)
			VALUES (@user, @method, @token, @created, @agent, @address, @created, @created, @expires) RETURNING id`,
			pgx.NamedArgs{
				"user": v.UserID, "method": string(v.Method), "token": token[:], "agent": v.Agent, "address": v.Address,
				"created": v.CreatedAt, "expires": v.ExpiresAt,
			}).Scan(&v.ID)
	})
	return v, err
}

// tokenState is which of a session's tokens was shown, and how old they are.
type tokenState struct {
	current, next bool
	at            time.Time  // since when the current one is that
	nextAt        *time.Time // since when another waits
}

// UseSession finds the live session of a token, and whose it is. If the token is
// due to be exchanged, fresh is kept as the next one and rotated is true: the
// old one works until the next is seen, so that an answer that got lost signs
// nobody out. Unknown, ended and expired ones are CodeNotFound.
func (s *Store) UseSession(ctx context.Context, token, fresh [32]byte, address string, rules xray.SessionRules) (v xray.Session, m xray.Member, rotated bool, err error) {
	now := s.clock()
	var state tokenState
	into := append(sessionInto(&v), &state.current, &state.next, &state.at, &state.nextAt)
	err = s.pool.QueryRow(ctx, `
		SELECT `+sessionColumns+`, s.token_hash = @token, s.next_hash IS NOT DISTINCT FROM @token, s.token_at, s.next_at, `+memberColumns+`
		FROM sessions s JOIN users u ON u.id = s.user_id JOIN members m ON m.user_id = u.id
		WHERE (s.token_hash = @token OR s.next_hash = @token OR s.previous_hash = @token AND s.previous_until > @now)
		  AND s.expires_at > @now AND s.last_seen_at > @idle`,
		pgx.NamedArgs{"token": token[:], "now": now, "idle": now.Add(-rules.Idle)}).Scan(append(into, memberInto(&m)...)...)
	if errors.Is(err, pgx.ErrNoRows) {
		return v, m, false, xray.Errorf(xray.CodeNotFound, "there is no such session: sign in")
	}
	if err != nil {
		return v, m, false, unavailable(fmt.Errorf("find a session: %w", err))
	}
	rotated, err = s.exchange(ctx, v.ID, token, fresh, state, rules)
	if err == nil && v.LastSeenAt.Before(now.Add(-time.Minute)) {
		_, err = s.pool.Exec(ctx, "UPDATE sessions SET last_seen_at = $2, address = $3 WHERE id = $1", v.ID, now, cleanText(address, maxHint))
	}
	if err != nil {
		return v, m, false, unavailable(fmt.Errorf("use a session: %w", err))
	}
	return v, m, rotated, nil
}

// exchange moves a session's tokens on. Of requests at once only one gets the
// next token; one that was never seen is replaced after the grace.
func (s *Store) exchange(ctx context.Context, id int64, token, fresh [32]byte, state tokenState, rules xray.SessionRules) (rotated bool, err error) {
	now := s.clock()
	switch {
	case state.next:
		_, err = s.pool.Exec(ctx, `
			UPDATE sessions SET previous_hash = token_hash, previous_until = $3, token_hash = next_hash, token_at = $4, next_hash = NULL, next_at = NULL
			WHERE id = $1 AND next_hash = $2`, id, token[:], now.Add(rules.Grace), now)
	case state.current && !state.at.After(now.Add(-rules.Rotate)) && (state.nextAt == nil || !state.nextAt.After(now.Add(-rules.Grace))):
		done, execErr := s.pool.Exec(ctx, `
			UPDATE sessions SET next_hash = $3, next_at = $4
			WHERE id = $1 AND token_hash = $2 AND (next_at IS NULL OR next_at <= $5)`, id, token[:], fresh[:], now, now.Add(-rules.Grace))
		return done.RowsAffected() == 1, execErr
	}
	return false, err
}

// Sessions returns where a user is signed in, the last seen first.
func (s *Store) Sessions(ctx context.Context, user int64, idle time.Duration) ([]xray.Session, error) {
	rows, err := s.pool.Query(ctx, "SELECT "+sessionColumns+` FROM sessions s
		WHERE s.user_id = $1 AND s.expires_at > $2 AND s.last_seen_at > $3 ORDER BY s.last_seen_at DESC, s.id DESC`,
		user, s.clock(), s.clock().Add(-idle))
	if err != nil {
		return nil, unavailable(fmt.Errorf("list sessions: %w", err))
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (v xray.Session, err error) {
		return v, row.Scan(sessionInto(&v)...)
	})
	if err != nil {
		return nil, unavailable(fmt.Errorf("list sessions: %w", err))
	}
	return all, nil
}

// MemberOfSession finds whose session it is. One that has ended is CodeNotFound.
func (s *Store) MemberOfSession(ctx context.Context, session int64, idle time.Duration) (xray.Member, error) {
	var m xray.Member
	err := s.pool.QueryRow(ctx, "SELECT "+memberColumns+fromMembers+` JOIN sessions s ON s.user_id = u.id
		WHERE s.id = $1 AND s.expires_at > $2 AND s.last_seen_at > $3`, session, s.clock(), s.clock().Add(-idle)).Scan(memberInto(&m)...)
	if errors.Is(err, pgx.ErrNoRows) {
		return m, xray.Errorf(xray.CodeNotFound, "this session has ended: sign in")
	}
	if err != nil {
		return m, unavailable(fmt.Errorf("find a session: %w", err))
	}
	return m, nil
}

// EndSessionOf ends the session of a token. None is no error.
func (s *Store) EndSessionOf(ctx context.Context, token [32]byte) error {
	_, err := s.pool.Exec(ctx, "DELETE FROM sessions WHERE token_hash = $1 OR next_hash = $1 OR previous_hash = $1", token[:])
	if err != nil {
		return unavailable(fmt.Errorf("end a session: %w", err))
	}
	return nil
}

// EndSession ends a session of a user. None of this number is CodeNotFound.
func (s *Store) EndSession(ctx context.Context, user, session int64) error {
	return s.changeOne(ctx, "end a session", xray.Errorf(xray.CodeNotFound, "you have no session %d: it may have ended", session),
		"DELETE FROM sessions WHERE user_id = $1 AND id = $2", user, session)
}

// EndSessions ends all sessions of a user.
func (s *Store) EndSessions(ctx context.Context, user int64) error {
	if _, err := s.pool.Exec(ctx, "DELETE FROM sessions WHERE user_id = $1", user); err != nil {
		return unavailable(fmt.Errorf("end sessions: %w", err))
	}
	return nil
}
