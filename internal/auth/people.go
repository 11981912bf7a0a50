package auth

import (
	"context"

	"github.com/xraytrace/xray"
)

// People knows who is signed in; internal/account does. fresh is "" or the token
// that takes the place of the one that was shown. CodeUnauthorized for a token
// that is not one of somebody who is signed in.
type People interface {
	Use(ctx context.Context, token, address string) (session xray.Session, member xray.Member, fresh string, err error)
	// Still finds the member of a session that was used before.
	Still(ctx context.Context, session int64) (xray.Member, error)
}

// Signed is who is signed in, and with which session.
type Signed struct {
	Session xray.Session
	Member  xray.Member
	Fresh   string // a new token for the browser's cookie, "" to keep the old one
}

// SignedIn finds who is signed in with a token of a cookie. Nothing is
// remembered: a session that was ended anywhere ends everywhere at once, and so
// does a role. Errors as of [Gate.Authenticate].
func (g *Gate) SignedIn(ctx context.Context, token, address string) (Signed, error) {
	if g.opts.People == nil {
		return Signed{}, xray.Errorf(xray.CodeUnauthorized, "nobody can sign in to this server: use a key")
	}
	looking, cancel := context.WithTimeout(ctx, g.opts.LookFor)
	defer cancel()
	session, member, fresh, err := g.opts.People.Use(looking, token, address)
	if err != nil {
		return Signed{}, inTime(ctx, looking, err)
	}
	return Signed{Session: session, Member: member, Fresh: fresh}, nil
}

// Outside is a member's principal in no project: what concerns the person or
// the organisation.
func Outside(m xray.Member) xray.Principal {
	return xray.Principal{User: &m.User, OrganisationRole: m.Role}
}

// Enter gives a member's principal in the project of a name; "" is the default
// project, or the first that the member sees. One that the member may not see
// is CodeNotFound, with the same words and work as one that is not there.
func (g *Gate) Enter(ctx context.Context, m xray.Member, slug string) (xray.Principal, error) {
	looking, cancel := context.WithTimeout(ctx, g.opts.LookFor)
	defer cancel()
	var project xray.Project
	var err error
	if slug == "" {
		project, err = g.firstOf(looking, m)
	} else {
		project, err = g.visible(looking, m, slug)
	}
	if err != nil {
		return xray.Principal{}, inTime(ctx, looking, err)
	}
	p := Outside(m)
	p.Project, p.Role = project, m.RoleIn(project.ID)
	p.Scope = p.Role.Scope()
	return p, nil
}

// visible asks the database each time: what is remembered would answer faster
// than what is not, and so tell which projects there are.
func (g *Gate) visible(ctx context.Context, m xray.Member, slug string) (xray.Project, error) {
	project, err := g.keys.ProjectBySlug(ctx, slug)
	if xray.ErrorCode(err) == xray.CodeNotFound || err == nil && !m.RoleIn(project.ID).Allows(xray.RoleViewer) {
		return xray.Project{}, xray.Errorf(xray.CodeNotFound, "there is no project %.100q that you may see: choose another, or ask an owner or admin for a role in it", slug)
	}
	return project, err
}

func (g *Gate) firstOf(ctx context.Context, m xray.Member) (xray.Project, error) {
	projects, err := g.ProjectsOf(ctx, m)
	if err != nil {
		return xray.Project{}, err
	}
	for _, p := range projects {
		if p.Slug == xray.DefaultProject {
			return p, nil
		}
	}
	if len(projects) == 0 {
		return xray.Project{}, xray.Errorf(xray.CodeForbidden, "you have no role in any project yet: ask an owner or admin for one")
	}
	return projects[0], nil
}

// Still is CodeUnauthorized if a session has ended since it was used, and
// CodeNotFound if its member does not see the project any more.
func (g *Gate) Still(ctx context.Context, s Signed, project int32) error {
	looking, cancel := context.WithTimeout(ctx, g.opts.LookFor)
	defer cancel()
	m, err := g.opts.People.Still(looking, s.Session.ID)
	if err != nil {
		return inTime(ctx, looking, err)
	}
	if !m.RoleIn(project).Allows(xray.RoleViewer) {
		return xray.Errorf(xray.CodeNotFound, "there is no such project that you may see")
	}
	return nil
}

// ProjectsOf returns the projects that a member sees, by name.
func (g *Gate) ProjectsOf(ctx context.Context, m xray.Member) ([]xray.Project, error) {
	all, err := g.keys.Projects(ctx)
	if err != nil {
		return nil, err
	}
	var seen []xray.Project
	for _, p := range all {
		if m.RoleIn(p.ID).Allows(xray.RoleViewer) {
			seen = append(seen, p)
		}
	}
	return seen, nil
}
