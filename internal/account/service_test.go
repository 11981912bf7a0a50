package account_test

import (
	"strings"
	"testing"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/account"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const password = "the heron sleeps standing up"

var (
	cheap = account.Params{Time: 1, Memory: 8, Threads: 1}
	here  = account.Visit{Agent: "test", Address: "192.0.2.1"}
)

// newTeam is a service on a real database, with an owner.
func newTeam(t *testing.T, opts account.Options) (*account.Service, *store.Store, account.Login) {
	t.Helper()
	s, err := store.Open(t.Context(), pgtest.New(t), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	opts.Params = cheap
	people := account.New(s, opts)
	link, err := people.SetupLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	owner, err := people.SetUp(t.Context(), link, "Ada@Example.com", "  Ada   Lovelace ", password, here)
	if err != nil {
		t.Fatal(err)
	}
	return people, s, owner
}

func wantCode(t *testing.T, what string, err error, want xray.Code) {
	t.Helper()
	if xray.ErrorCode(err) != want {
		t.Errorf("%s: %v, want code %q", what, err, want)
	}
}

func TestTheOwnerSignsInAndIsKnown(t *testing.T) {
	t.Parallel()
	people, _, owner := newTeam(t, account.Options{})
	if owner.User.Email != "ada@example.com" || owner.User.Name != "Ada Lovelace" {
		t.Errorf("the owner is %+v", owner.User)
	}
	if link, err := people.SetupLink(t.Context()); link != "" || err != nil {
		t.Errorf("another set-up link %q, error %v", link, err)
	}
	login, err := people.LogIn(t.Context(), "ADA@example.com", password, here)
	if err != nil || login.Token == owner.Token {
		t.Fatalf("error %v, the same token: %v", err, login.Token == owner.Token)
	}
	_, m, _, err := people.Use(t.Context(), login.Token, here.Address)
	if err != nil || m.Role != xray.RoleOwner || m.User.LastLoginAt == nil {
		t.Errorf("the token is of %+v, error %v", m, err)
	}
	if err := people.LogOut(t.Context(), m.User.ID, login.Session.ID); err != nil {
		t.Error(err)
	}
	_, _, _, err = people.Use(t.Context(), login.Token, here.Address)
	wantCode(t, "after signing out", err, xray.CodeUnauthorized)
	_, _, _, err = people.Use(t.Context(), owner.Token, here.Address)
	wantCode(t, "the other session", err, "")
	_, err = people.LogIn(t.Context(), "no address", password, here)
	wantCode(t, "what is no address", err, xray.CodeUnauthorized)
}

func TestAnOldHashIsRenewedAtTheNextLogin(t *testing.T) {
	t.Parallel()
	_, s, owner := newTeam(t, account.Options{})
	stronger := account.New(s, account.Options{Params: account.Params{Time: 2, Memory: 16, Threads: 1}})
	if _, err := stronger.LogIn(t.Context(), owner.User.Email, password, here); err != nil {
		t.Fatal(err)
	}
	_, stored, err := s.UserByID(t.Context(), owner.User.ID)
	if err != nil || !strings.HasPrefix(stored, "$argon2id$v=19$m=16,t=2,p=1$") {
		t.Errorf("stored %s, error %v", stored, err)
	}
	if _, err := stronger.LogIn(t.Context(), owner.User.Email, password, here); err != nil {
		t.Errorf("with the new hash: %v", err)
	}
}

func TestAdminsDoNotReachOwners(t *testing.T) {
	t.Parallel()
	people, s, owner := newTeam(t, account.Options{})
	ctx := t.Context()
	bob, err := s.AddUser(ctx, xray.NewUser{Email: "bob@example.com", Name: "Bob"}, xray.RoleAdmin)
	if err != nil {
		t.Fatal(err)
	}
	asOwner := xray.Principal{User: &owner.User, OrganisationRole: xray.RoleOwner}
	asAdmin := xray.Principal{User: &bob, OrganisationRole: xray.RoleAdmin}
	_, open, err := people.Invite(ctx, asOwner, xray.Invitation{Email: "next@example.com", Role: xray.RoleOwner})
	if err != nil {
		t.Fatal(err)
	}
	for what, try := range map[string]func() error{
		"makes an owner by invitation": func() error {
			_, _, err := people.Invite(ctx, asAdmin, xray.Invitation{Email: "x@example.com", Role: xray.RoleOwner})
			return err
		},
		"becomes one": func() error { _, err := people.SetMember(ctx, asAdmin, bob.ID, xray.RoleOwner, nil); return err },
		"changes one": func() error {
			_, err := people.SetMember(ctx, asAdmin, owner.User.ID, xray.RoleViewer, nil)
			return err
		},
		"removes one":              func() error { _, err := people.RemoveMember(ctx, asAdmin, owner.User.ID); return err },
		"gets into one's account":  func() error { _, _, err := people.ResetLinkBy(ctx, asAdmin, owner.User.ID); return err },
		"revokes one's invitation": func() error { _, err := people.RevokeInvitation(ctx, asAdmin, open.ID); return err },
	} {
		wantCode(t, "an admin "+what, try(), xray.CodeForbidden)
	}
	if _, err := people.SetMember(ctx, asOwner, bob.ID, xray.RoleOwner, nil); err != nil {
		t.Errorf("an owner makes an owner: %v", err)
	}
	_, err = people.SetMember(ctx, asOwner, bob.ID, "king", nil)
	wantCode(t, "a role that is none", err, xray.CodeInvalid)
	_, err = people.SetMember(ctx, asOwner, bob.ID, xray.RoleViewer, []xray.ProjectRole{{Project: xray.Project{ID: 1}, Role: xray.RoleOwner}})
	wantCode(t, "an owner of one project", err, xray.CodeInvalid)
}

func TestALinkOfAnInvitationIsReadAndUsed(t *testing.T) {
	t.Parallel()
	people, _, owner := newTeam(t, account.Options{})
	ctx := t.Context()
	by := xray.Principal{User: &owner.User, OrganisationRole: xray.RoleOwner}
	token, _, err := people.Invite(ctx, by, xray.Invitation{Email: " Bob@example.com", Role: xray.RoleViewer})
	if err != nil {
		t.Fatal(err)
	}
	if i, err := people.Invitation(ctx, token); err != nil || i.Email != "bob@example.com" || i.InvitedBy != "ada@example.com" {
		t.Errorf("the link offers %+v, error %v", i, err)
	}
	_, err = people.Join(ctx, token, "Bob", "bob bob bob bob bob", here)
	wantCode(t, "a password of the own name", err, xray.CodeInvalid)
	_, err = people.Join(ctx, token, " ", password, here)
	wantCode(t, "no name", err, xray.CodeInvalid)
	if _, err := people.Join(ctx, token, "Bob", password, here); err != nil {
		t.Fatal(err)
	}
	_, err = people.Join(ctx, token, "Bob", password, here)
	wantCode(t, "the link again", err, xray.CodeNotFound)
}

func TestWhoGuessesHasToWait(t *testing.T) {
	t.Parallel()
	now := time.Now()
	people, _, owner := newTeam(t, account.Options{Now: func() time.Time { return now }})
	ctx := t.Context()
	for range 6 {
		_, err := people.LogIn(ctx, owner.User.Email, "wrong", here)
		wantCode(t, "a wrong try", err, xray.CodeUnauthorized)
	}
	_, err := people.LogIn(ctx, owner.User.Email, password, here)
	wantCode(t, "even the right one from there", err, xray.CodeLimit)
	if _, err := people.LogIn(ctx, owner.User.Email, password, account.Visit{Address: "192.0.2.2"}); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
	now = now.Add(30 * time.Second)
	if _, err := people.LogIn(ctx, owner.User.Email, password, here); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}
