package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/account"
	"github.com/xraytrace/xray/store"
)

type userCommand struct {
	List          userList   `cmd:"" help:"List who can sign in."`
	Invite        userInvite `cmd:"" help:"Show a link with which somebody becomes a member, or an owner."`
	ResetPassword userReset  `cmd:"" help:"Show a link with which somebody sets a new password."`
	SignOut       userEnd    `cmd:"" help:"Sign somebody out everywhere."`
}

type userList struct {
	databaseFlags
}

func (c *userList) Run(ctx context.Context, log *slog.Logger) error {
	return c.withStore(ctx, log, func(s *store.Store) error {
		members, err := s.Members(ctx)
		if err != nil {
			return err
		}
		out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(out, "EMAIL\tNAME\tROLE\tIN PROJECTS\tSIGNS IN WITH\tLAST")
		for _, m := range members {
			fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\n", m.User.Email, m.User.Name, m.Role, rolesText(m.Projects), waysText(m.User), lastText(m.User.LastLoginAt))
		}
		return out.Flush()
	})
}

func rolesText(roles []xray.ProjectRole) string {
	var parts []string
	for _, p := range roles {
		parts = append(parts, p.Project.Slug+":"+string(p.Role))
	}
	return strings.Join(parts, " ")
}

func waysText(u xray.User) string {
	var ways []string
	if u.HasPassword {
		ways = append(ways, "password")
	}
	if u.Issuer != "" {
		ways = append(ways, u.Issuer)
	}
	return strings.Join(ways, ", ")
}

func lastText(t *time.Time) string {
	if t == nil {
		return "never"
	}
	return t.UTC().Format(time.DateTime)
}

// linkFlags say what links begin with.
type linkFlags struct {
	PublicURL string `name:"public-url" env:"XRAY_PUBLIC_URL" default:"http://localhost:8080" help:"Where people reach the server; the link begins with it."`
}

func (f linkFlags) link(path, token string) string {
	return strings.TrimRight(f.PublicURL, "/") + path + "#" + token
}

type userInvite struct {
	databaseFlags
	linkFlags
	Email string `arg:"" help:"Their e-mail address."`
	Role  string `enum:"owner,admin,member,viewer" default:"member" help:"Their role: owner, admin, member or viewer."`
}

// Run prints the link alone on standard output, and the words around it on
// standard error.
func (c *userInvite) Run(ctx context.Context, log *slog.Logger) error {
	return c.withStore(ctx, log, func(s *store.Store) error {
		byCommand := xray.Principal{OrganisationRole: xray.RoleOwner}
		token, i, err := account.New(s, account.Options{}).Invite(ctx, byCommand,
			xray.Invitation{Email: c.Email, Role: xray.Role(c.Role), InvitedBy: "xray user invite"})
		if err != nil {
			return err
		}
		if err := recordAct(ctx, s, 0, "member.invite", i.Email, map[string]string{"role": c.Role}); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "With this link %s becomes %s. It works once, until %s:\n", i.Email, i.Role.Words(), i.ExpiresAt.Local().Format(time.DateTime))
		fmt.Println(c.link("/join", token))
		return nil
	})
}

type userReset struct {
	databaseFlags
	linkFlags
	Email string `arg:"" help:"Their e-mail address, as 'xray user list' shows it."`
}

// Run prints the link alone on standard output.
func (c *userReset) Run(ctx context.Context, log *slog.Logger) error {
	return c.withStore(ctx, log, func(s *store.Store) error {
		u, err := userNamed(ctx, s, c.Email)
		if err != nil {
			return err
		}
		token, err := account.New(s, account.Options{}).ResetLink(ctx, u.ID)
		if err != nil {
			return err
		}
		if err := recordAct(ctx, s, 0, "member.reset-link", u.Email, nil); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "With this link %s sets a new password. It works once, for a day:\n", u.Email)
		fmt.Println(c.link("/reset", token))
		return nil
	})
}

type userEnd struct {
	databaseFlags
	Email string `arg:"" help:"Their e-mail address, as 'xray user list' shows it."`
}

func (c *userEnd) Run(ctx context.Context, log *slog.Logger) error {
	return c.withStore(ctx, log, func(s *store.Store) error {
		u, err := userNamed(ctx, s, c.Email)
		if err != nil {
			return err
		}
		if err := s.EndSessions(ctx, u.ID); err != nil {
			return err
		}
		if err := recordAct(ctx, s, 0, "member.sign-out", u.Email, nil); err != nil {
			return err
		}
		fmt.Printf("%s is signed out everywhere.\n", u.Email)
		return nil
	})
}

// userNamed finds a user, and says where to look if there is none.
func userNamed(ctx context.Context, s *store.Store, email string) (xray.User, error) {
	name, err := xray.ParseEmail(email)
	if err != nil {
		return xray.User{}, err
	}
	u, _, err := s.UserByEmail(ctx, name)
	if xray.ErrorCode(err) == xray.CodeNotFound {
		return u, xray.Errorf(xray.CodeNotFound, "nobody signs in as %s: see 'xray user list', or use 'xray user invite'", name)
	}
	return u, err
}
