package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/xraytrace/xray"
)

// memberColumns are of tables called u and m, in the order of memberInto.
const memberColumns = userColumns + `, m.role, m.created_at, coalesce((
	SELECT jsonb_agg(jsonb_build_object('id', p.id, 'slug', p.slug, 'role', pm.role) ORDER BY p.slug)
	FROM project_members pm JOIN projects p ON p.id = pm.project_id WHERE pm.user_id = u.id), '[]')`

func memberInto(m *xray.Member) []any {
	return append(userInto(&m.User), &m.Role, &m.Since, (*projectRoles)(&m.Projects))
}

// projectRoles reads what memberColumns gather of other tables.
type projectRoles []xray.ProjectRole

// UnmarshalJSON reads [{"id":1,"slug":"shop","role":"viewer"}].
func (p *projectRoles) UnmarshalJSON(raw []byte) error {
	var rows []struct {
		ID   int32
		Slug string
		Role xray.Role
	}
	if err := json.Unmarshal(raw, &rows); err != nil {
		return err
	}
	*p = nil
	for _, r := range rows {
		*p = append(*p, xray.ProjectRole{Project: xray.Project{ID: r.ID, Slug: r.Slug}, Role: r.Role})
	}
	return nil
}

const fromMembers = " FROM members m JOIN users u ON u.id = m.user_id"

// Members returns everybody, by name.
func (s *Store) Members(ctx context.Context) ([]xray.Member, error) {
	rows, err := s.pool.Query(ctx, "SELECT "+memberColumns+fromMembers+" ORDER BY u.name, u.id")
	if err != nil {
		return nil, unavailable(fmt.Errorf("list members: %w", err))
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (m xray.Member, err error) {
		return m, row.Scan(memberInto(&m)...)
	})
	if err != nil {
		return nil, unavailable(fmt.Errorf("list members: %w", err))
	}
	return all, nil
}

// Member finds a member by the user's number. Nobody is CodeNotFound.
func (s *Store) Member(ctx context.Context, user int64) (xray.Member, error) {
	var m xray.Member
	err := s.pool.QueryRow(ctx, "SELECT "+memberColumns+fromMembers+" WHERE u.id = $1", user).Scan(memberInto(&m)...)
	if errors.Is(err, pgx.ErrNoRows) {
		return m, noUser()
	}
	if err != nil {
		return m, unavailable(fmt.Errorf("find a member: %w", err))
	}
	return m, nil
}

// SetMember gives a member roles in place of those before. CodeConflict where
// no owner would be left, CodeNotFound for nobody or for no such project.
func (s *Store) SetMember(ctx context.Context, user int64, role xray.Role, projects []xray.ProjectRole) (xray.Member, error) {
	err := s.inTx(ctx, "change a member", func(tx pgx.Tx) error {
		if role != xray.RoleOwner {
			if err := keepAnOwner(ctx, tx, user); err != nil {
				return err
			}
		}
		done, err := tx.Exec(ctx, "UPDATE members SET role = $2 WHERE user_id = $1", user, string(role))
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return noUser()
		}
		if _, err := tx.Exec(ctx, "DELETE FROM project_members WHERE user_id = $1", user); err != nil {
			return err
		}
		return addProjectRoles(ctx, tx, user, projects)
	})
	if err != nil {
		return xray.Member{}, err
	}
	return s.Member(ctx, user)
}

func addProjectRoles(ctx context.Context, tx pgx.Tx, user int64, projects []xray.ProjectRole) error {
	for _, p := range projects {
		_, err := tx.Exec(ctx, "INSERT INTO project_members (project_id, user_id, role) VALUES ($1, $2, $3)", p.Project.ID, user, string(p.Role))
		if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == "23503" {
			return xray.Errorf(xray.CodeNotFound, "there is no project %q: it may have been deleted", clip(p.Project.Slug, 100))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// RemoveMember forgets a user with sessions and links. CodeConflict where no
// owner would be left, CodeNotFound for nobody.
func (s *Store) RemoveMember(ctx context.Context, user int64) error {
	return s.inTx(ctx, "remove a member", func(tx pgx.Tx) error {
		if err := keepAnOwner(ctx, tx, user); err != nil {
			return err
		}
		done, err := tx.Exec(ctx, "DELETE FROM users WHERE id = $1", user)
		if err == nil && done.RowsAffected() == 0 {
			return noUser()
		}
		return err
	})
}

// keepAnOwner refuses to go on without any other owner. It holds the owners'
// rows: of two who take each other's role at once, the second is refused.
func keepAnOwner(ctx context.Context, tx pgx.Tx, without int64) error {
	rows, err := tx.Query(ctx, "SELECT user_id FROM members WHERE role = 'owner' ORDER BY user_id FOR UPDATE")
	if err != nil {
		return err
	}
	owners, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return err
	}
	if len(owners) == 1 && owners[0] == without {
		return xray.Errorf(xray.CodeConflict, "this is the only owner: make another member an owner first")
	}
	return nil
}

// Organisation is whom the server belongs to.
func (s *Store) Organisation(ctx context.Context) (xray.Organisation, error) {
	var o xray.Organisation
	err := s.pool.QueryRow(ctx, "SELECT id, name, created_at FROM organisations WHERE id = $1", organisation).Scan(&o.ID, &o.Name, &o.CreatedAt)
	if err != nil {
		return o, unavailable(fmt.Errorf("find the organisation: %w", err))
	}
	return o, nil
}

// RenameOrganisation changes what it is called.
func (s *Store) RenameOrganisation(ctx context.Context, name string) error {
	return s.changeOne(ctx, "rename the organisation", xray.Errorf(xray.CodeNotFound, "there is no organisation: run 'xray migrate'"),
		"UPDATE organisations SET name = $2 WHERE id = $1", organisation, cleanText(name, maxName))
}
