package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// invitationColumns gather the projects that are still there.
const invitationColumns = `i.id, i.email, i.role, i.invited_by, i.created_at, i.expires_at, coalesce((
	SELECT jsonb_agg(jsonb_build_object('id', p.id, 'slug', p.slug, 'role', r.value) ORDER BY p.slug)
	FROM jsonb_each_text(i.project_roles) r JOIN projects p ON p.id = r.key::integer), '[]')`

func invitationInto(i *xray.Invitation) []any {
	return []any{&i.ID, &i.Email, &i.Role, &i.InvitedBy, &i.CreatedAt, &i.ExpiresAt, (*projectRoles)(&i.Projects)}
}

// Invite keeps an invitation and the hash of its link. Earlier ones for the
// address, and all that are too old, are forgotten. CodeConflict for somebody
// who has an account.
func (s *Store) Invite(ctx context.Context, i xray.Invitation, link [32]byte) (xray.Invitation, error) {
	projects := map[string]xray.Role{}
	for _, p := range i.Projects {
		projects[strconv.Itoa(int(p.Project.ID))] = p.Role
	}
	roles, err := json.Marshal(projects)
	if err != nil {
		return i, fmt.Errorf("encode roles: %w", err)
	}
	err = s.inTx(ctx, "invite", func(tx pgx.Tx) error {
		var member bool
		if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM users WHERE email = $1)", i.Email).Scan(&member); err != nil {
			return err
		}
		if member {
			return xray.Errorf(xray.CodeConflict, "%s is a member already: change the role in the list of members", i.Email)
		}
		_, err := tx.Exec(ctx, "DELETE FROM invitations WHERE used_at IS NULL AND (email = $1 OR expires_at <= $2)", i.Email, s.clock())
		if err != nil {
			return err
		}
		return tx.QueryRow(ctx, `
			INSERT INTO invitations AS i (organisation_id, token_hash, email, role, project_roles, invited_by, created_at, expires_at)
			VALUES (@organisation, @link, @email, @role, @projects, @by, @created, @expires) RETURNING `+invitationColumns,
			pgx.NamedArgs{
				"organisation": organisation, "link": link[:], "email": i.Email, "role": string(i.Role), "projects": roles,
				"by": cleanText(i.InvitedBy, maxHint), "created": i.CreatedAt, "expires": i.ExpiresAt,
			}).Scan(invitationInto(&i)...)
	})
	return i, err
}

// Invitations returns those that wait to be used, the newest first.
func (s *Store) Invitations(ctx context.Context) ([]xray.Invitation, error) {
	rows, err := s.pool.Query(ctx, "SELECT "+invitationColumns+` FROM invitations i
		WHERE i.used_at IS NULL AND i.expires_at > $1 ORDER BY i.created_at DESC, i.id DESC`, s.clock())
	if err != nil {
		return nil, unavailable(fmt.Errorf("list invitations: %w", err))
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (i xray.Invitation, err error) {
		return i, row.Scan(invitationInto(&i)...)
	})
	if err != nil {
		return nil, unavailable(fmt.Errorf("list invitations: %w", err))
	}
	return all, nil
}

// InvitationByLink finds the invitation of a link. One that was used, revoked or
// is too old is CodeNotFound.
func (s *Store) InvitationByLink(ctx context.Context, link [32]byte) (xray.Invitation, error) {
	return s.findInvitation(ctx, "i.token_hash = $2", link[:])
}

// InvitationFor finds the invitation for an address. None is CodeNotFound.
func (s *Store) InvitationFor(ctx context.Context, email string) (xray.Invitation, error) {
	return s.findInvitation(ctx, "i.email = $2", email)
}

func (s *Store) findInvitation(ctx context.Context, where string, by any) (xray.Invitation, error) {
	var i xray.Invitation
	err := s.pool.QueryRow(ctx, "SELECT "+invitationColumns+" FROM invitations i WHERE i.used_at IS NULL AND i.expires_at > $1 AND "+where,
		s.clock(), by).Scan(invitationInto(&i)...)
	if errors.Is(err, pgx.ErrNoRows) {
		return i, noInvitation()
	}
	if err != nil {
		return i, unavailable(fmt.Errorf("find an invitation: %w", err))
	}
	return i, nil
}

func noInvitation() error {
	return xray.Errorf(xray.CodeNotFound, "this invitation was used or revoked, or is too old: ask for a new one")
}

// RevokeInvitation ends an invitation that waits, and returns what it was.
func (s *Store) RevokeInvitation(ctx context.Context, id int64) (xray.Invitation, error) {
	var i xray.Invitation
	err := s.pool.QueryRow(ctx, "DELETE FROM invitations i WHERE i.id = $1 AND i.used_at IS NULL RETURNING "+invitationColumns, id).
		Scan(invitationInto(&i)...)
	if errors.Is(err, pgx.ErrNoRows) {
		return i, xray.Errorf(xray.CodeNotFound, "there is no open invitation %d: list them with GET /api/invitations", id)
	}
	if err != nil {
		return i, unavailable(fmt.Errorf("revoke an invitation: %w", err))
	}
	return i, nil
}

// Join makes the member whom an invitation is for, and uses it up. CodeNotFound
// if somebody was faster.
func (s *Store) Join(ctx context.Context, invitation int64, who xray.NewUser) (u xray.User, err error) {
	err = s.inTx(ctx, "join", func(tx pgx.Tx) error {
		var i xray.Invitation
		err := tx.QueryRow(ctx, `
			UPDATE invitations i SET used_at = $2 WHERE i.id = $1 AND i.used_at IS NULL AND i.expires_at > $2 RETURNING `+invitationColumns,
			invitation, s.clock()).Scan(invitationInto(&i)...)
		if errors.Is(err, pgx.ErrNoRows) {
			return noInvitation()
		}
		if err != nil {
			return err
		}
		if u, err = s.addUser(ctx, tx, who, i.Role); err != nil {
			return err
		}
		return addProjectRoles(ctx, tx, u.ID, i.Projects)
	})
	return u, err
}
