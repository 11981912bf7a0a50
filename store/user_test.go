package store_test

import (
	"sync"
	"testing"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

// aClock is set by the test; times are whole microseconds, as PostgreSQL's are.
type aClock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *aClock { return &aClock{at: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)} }

func (c *aClock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }
func (c *aClock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// withPeople is a store with an owner, on a clock of its own.
func withPeople(t *testing.T) (*store.Store, *aClock, xray.User) {
	t.Helper()
	clock := newClock()
	opts := quick()
	opts.Clock = clock.now
	s := open(t, pgtest.New(t), opts)
	link := [32]byte{1}
	if err := s.AddLink(t.Context(), xray.LinkSetup, link, 0, clock.now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	owner, err := s.SetUp(t.Context(), link, xray.User{Email: "ada@example.com", Name: "Ada"}, "$hash")
	if err != nil {
		t.Fatal(err)
	}
	return s, clock, owner
}

func addUser(t *testing.T, s *store.Store, email string, role xray.Role) xray.User {
	t.Helper()
	u, err := s.AddUser(t.Context(), xray.NewUser{Email: email, Name: email}, role)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func wantCode(t *testing.T, what string, err error, want xray.Code) {
	t.Helper()
	if xray.ErrorCode(err) != want {
		t.Errorf("%s: %v, want code %q", what, err, want)
	}
}

func TestOfTwoSetUpLinksUsedAtOnceOneMakesTheOwner(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	links := [][32]byte{{1}, {2}, {3}, {4}}
	for _, link := range links {
		if err := s.AddLink(t.Context(), xray.LinkSetup, link, 0, time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	wantCode(t, "an unknown link", second(s.SetUp(t.Context(), [32]byte{9}, xray.User{Email: "x@x.org"}, "h")), xray.CodeNotFound)
	var wg sync.WaitGroup
	errs := make([]error, len(links))
	for i, link := range links {
		wg.Go(func() {
			_, errs[i] = s.SetUp(t.Context(), link, xray.User{Email: string(rune('a'+i)) + "@x.org", Name: "N"}, "h")
		})
	}
	wg.Wait()
	made := 0
	for _, err := range errs {
		if err == nil {
			made++
		} else {
			wantCode(t, "a later one", err, xray.CodeConflict)
		}
	}
	members, err := s.Members(t.Context())
	if made != 1 || err != nil || len(members) != 1 || members[0].Role != xray.RoleOwner {
		t.Errorf("%d set up, members %+v, error %v", made, members, err)
	}
	for _, link := range links {
		if has, err := s.HasLink(t.Context(), xray.LinkSetup, link); has || err != nil {
			t.Errorf("a set-up link is left: %v", err)
		}
	}
}

func TestALinkThatIsTooOldDoesNothing(t *testing.T) {
	t.Parallel()
	s, clock, owner := withPeople(t)
	if err := s.AddLink(t.Context(), xray.LinkReset, [32]byte{7}, owner.ID, clock.now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if u, err := s.UserOfLink(t.Context(), [32]byte{7}); err != nil || u.ID != owner.ID {
		t.Errorf("user %+v, error %v", u, err)
	}
	clock.add(time.Hour)
	wantCode(t, "an old link", second(s.UseResetLink(t.Context(), [32]byte{7}, "$new")), xray.CodeNotFound)
	if _, password, err := s.UserByEmail(t.Context(), owner.Email); password != "$hash" || err != nil {
		t.Errorf("password %q, error %v", password, err)
	}
}

func TestANewPasswordEndsTheOtherSessions(t *testing.T) {
	t.Parallel()
	s, clock, owner := withPeople(t)
	ctx := t.Context()
	begin := func(token byte) xray.Session {
		v, err := s.StartSession(ctx, xray.Session{UserID: owner.ID, Method: xray.LoginPassword, CreatedAt: clock.now(), ExpiresAt: clock.now().Add(time.Hour)}, [32]byte{token})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	here := begin(1)
	begin(2)
	if err := s.SetPassword(ctx, owner.ID, "$new", here.ID); err != nil {
		t.Fatal(err)
	}
	if left, err := s.Sessions(ctx, owner.ID, time.Hour); err != nil || len(left) != 1 || left[0].ID != here.ID {
		t.Errorf("sessions %+v, error %v", left, err)
	}
	if err := s.AddLink(ctx, xray.LinkReset, [32]byte{7}, owner.ID, clock.now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.UseResetLink(ctx, [32]byte{7}, "$newer"); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "the link again", second(s.UseResetLink(ctx, [32]byte{7}, "$x")), xray.CodeNotFound)
	if left, err := s.Sessions(ctx, owner.ID, time.Hour); err != nil || len(left) != 0 {
		t.Errorf("sessions %+v, error %v", left, err)
	}
}

func TestASessionsTokenIsExchangedWithoutSigningAnybodyOut(t *testing.T) {
	t.Parallel()
	s, clock, owner := withPeople(t)
	rules := xray.SessionRules{Idle: 24 * time.Hour, Most: 48 * time.Hour, Rotate: time.Hour, Grace: time.Minute}
	_, err := s.StartSession(t.Context(), xray.Session{UserID: owner.ID, Method: xray.LoginPassword, CreatedAt: clock.now(), ExpiresAt: clock.now().Add(rules.Most)}, [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	use := func(token, fresh byte) (rotated bool, code xray.Code) {
		t.Helper()
		_, m, rotated, err := s.UseSession(t.Context(), [32]byte{token}, [32]byte{fresh}, "192.0.2.1", rules)
		if err == nil && (m.User.ID != owner.ID || m.Role != xray.RoleOwner) {
			t.Errorf("token %d is of %+v", token, m)
		}
		return rotated, xray.ErrorCode(err)
	}
	for _, step := range []struct {
		name         string
		wait         time.Duration
		token, fresh byte
		rotated      bool
		code         xray.Code
	}{
		{name: "a young token stays", token: 1, fresh: 2},
		{name: "an old one is exchanged", wait: time.Hour, token: 1, fresh: 3, rotated: true},
		{name: "once, of requests at once", token: 1, fresh: 4},
		{name: "the next was lost on the way: the old one works", wait: time.Minute, token: 1, fresh: 5, rotated: true},
		{name: "and the lost one does not any more", token: 3, code: xray.CodeNotFound},
		{name: "the next is seen", token: 5, fresh: 6},
		{name: "the one before works for a grace", wait: 59 * time.Second, token: 1, fresh: 7},
		{name: "and no longer", wait: time.Second, token: 1, code: xray.CodeNotFound},
		{name: "nobody's token", token: 99, code: xray.CodeNotFound},
		{name: "a day without a request", wait: 24 * time.Hour, token: 5, code: xray.CodeNotFound},
	} {
		clock.add(step.wait)
		if rotated, code := use(step.token, step.fresh); rotated != step.rotated || code != step.code {
			t.Errorf("%s: rotated %v, code %q", step.name, rotated, code)
		}
	}
}

func TestASessionEndsInTheEndHoweverBusy(t *testing.T) {
	t.Parallel()
	s, clock, owner := withPeople(t)
	rules := xray.SessionRules{Idle: time.Hour, Most: 3 * time.Hour, Rotate: 24 * time.Hour, Grace: time.Minute}
	_, err := s.StartSession(t.Context(), xray.Session{UserID: owner.ID, Method: xray.LoginOIDC, CreatedAt: clock.now(), ExpiresAt: clock.now().Add(rules.Most)}, [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	hours := 0.0
	for ; hours < 10; hours += 0.5 {
		if _, _, _, err := s.UseSession(t.Context(), [32]byte{1}, [32]byte{2}, "", rules); err != nil {
			break
		}
		clock.add(30 * time.Minute)
	}
	if hours != 3 {
		t.Errorf("ended after %g hours, want 3", hours)
	}
}

func TestAnOwnerIsAlwaysLeft(t *testing.T) {
	t.Parallel()
	s, _, ada := withPeople(t)
	ctx := t.Context()
	wantCode(t, "the only owner steps down", second(s.SetMember(ctx, ada.ID, xray.RoleAdmin, nil)), xray.CodeConflict)
	wantCode(t, "the only owner is removed", s.RemoveMember(ctx, ada.ID), xray.CodeConflict)
	bob := addUser(t, s, "bob@example.com", xray.RoleOwner)
	// Each takes the other's role at once.
	var wg sync.WaitGroup
	errs := make([]error, 2)
	wg.Go(func() { _, errs[0] = s.SetMember(ctx, bob.ID, xray.RoleViewer, nil) })
	wg.Go(func() { errs[1] = s.RemoveMember(ctx, ada.ID) })
	wg.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Errorf("errors %v, want exactly one", errs)
	}
	if has, err := s.HasOwner(ctx); !has || err != nil {
		t.Errorf("no owner is left, error %v", err)
	}
	wantCode(t, "nobody is changed", second(s.SetMember(ctx, 99, xray.RoleViewer, nil)), xray.CodeNotFound)
	wantCode(t, "nobody is removed", s.RemoveMember(ctx, 99), xray.CodeNotFound)
}

func TestAnInvitationGivesItsRolesOnce(t *testing.T) {
	t.Parallel()
	s, clock, _ := withPeople(t)
	ctx := t.Context()
	shop, err := s.CreateProject(ctx, "shop")
	if err != nil {
		t.Fatal(err)
	}
	invite := func(link byte) xray.Invitation {
		t.Helper()
		i, err := s.Invite(ctx, xray.Invitation{
			Email: "bob@example.com", Role: xray.RoleNone, Projects: []xray.ProjectRole{{Project: shop, Role: xray.RoleMember}},
			InvitedBy: "ada@example.com", CreatedAt: clock.now(), ExpiresAt: clock.now().Add(time.Hour),
		}, [32]byte{link})
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	first := invite(1)
	second2 := invite(2)
	wantCode(t, "the earlier link", second(s.InvitationByLink(ctx, [32]byte{1})), xray.CodeNotFound)
	wantCode(t, "the earlier invitation", second(s.Join(ctx, first.ID, xray.NewUser{Email: "bob@example.com", Name: "Bob"})), xray.CodeNotFound)
	bob, err := s.Join(ctx, second2.ID, xray.NewUser{Email: "bob@example.com", Name: "Bob", Password: "$h"})
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.Member(ctx, bob.ID)
	if err != nil || m.RoleIn(shop.ID) != xray.RoleMember || m.RoleIn(theProject) != xray.RoleNone {
		t.Errorf("member %+v, error %v", m, err)
	}
	wantCode(t, "joining twice", second(s.Join(ctx, second2.ID, xray.NewUser{Email: "eve@example.com", Name: "Eve"})), xray.CodeNotFound)
	if open, err := s.Invitations(ctx); err != nil || len(open) != 0 {
		t.Errorf("open invitations %+v, error %v", open, err)
	}
	wantCode(t, "inviting a member", second(s.Invite(ctx, xray.Invitation{Email: "bob@example.com", Role: xray.RoleViewer}, [32]byte{3})), xray.CodeConflict)
	late := invite2(t, s, clock)
	clock.add(time.Hour)
	wantCode(t, "one that is too old", second(s.InvitationFor(ctx, late.Email)), xray.CodeNotFound)
}

func invite2(t *testing.T, s *store.Store, clock *aClock) xray.Invitation {
	t.Helper()
	i, err := s.Invite(t.Context(), xray.Invitation{Email: "late@example.com", Role: xray.RoleViewer, CreatedAt: clock.now(), ExpiresAt: clock.now().Add(time.Hour)}, [32]byte{4})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestAnIdentityIsLinkedOnce(t *testing.T) {
	t.Parallel()
	s, _, ada := withPeople(t)
	ctx := t.Context()
	if err := s.LinkIdentity(ctx, ada.ID, "https://id.example.com", "42"); err != nil {
		t.Fatal(err)
	}
	if u, err := s.UserByIdentity(ctx, "https://id.example.com", "42"); err != nil || u.ID != ada.ID || u.Issuer == "" {
		t.Errorf("user %+v, error %v", u, err)
	}
	wantCode(t, "another issuer's number", second(s.UserByIdentity(ctx, "https://evil.example.com", "42")), xray.CodeNotFound)
	wantCode(t, "another identity of the same address", s.LinkIdentity(ctx, ada.ID, "https://id.example.com", "43"), xray.CodeConflict)
}

func TestAProjectIsRenamedButNotTheDefault(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	ctx := t.Context()
	shop, err := s.CreateProject(ctx, "shop")
	if err != nil {
		t.Fatal(err)
	}
	if p, err := s.RenameProject(ctx, "shop", "store"); err != nil || p.ID != shop.ID || p.Slug != "store" {
		t.Errorf("project %+v, error %v", p, err)
	}
	wantCode(t, "the default", second(s.RenameProject(ctx, "default", "mine")), xray.CodeConflict)
	wantCode(t, "a taken name", second(s.RenameProject(ctx, "store", "default")), xray.CodeConflict)
	wantCode(t, "an impossible name", second(s.RenameProject(ctx, "store", "No!")), xray.CodeInvalid)
	wantCode(t, "one that is not there", second(s.RenameProject(ctx, "shop", "x")), xray.CodeNotFound)
}
