package account

import (
	"context"
	"time"

	"github.com/xraytrace/xray"
)

// Hash is what is stored of a token: one SHA-256 of 256 random bits.
type Hash = [32]byte

// Store keeps users and what lets them in. Not found is CodeNotFound.
type Store interface {
	// UserByEmail and UserByID return the password's hash, too; "" for none.
	UserByEmail(ctx context.Context, email string) (xray.User, string, error)
	UserByID(ctx context.Context, id int64) (xray.User, string, error)
	RenameUser(ctx context.Context, id int64, name string) error
	// SetPassword ends all sessions of the user but one, and the reset links.
	SetPassword(ctx context.Context, user int64, hash string, keepSession int64) error
	// Rehash writes the same password anew, unless it changed meanwhile.
	Rehash(ctx context.Context, user int64, old, hash string) error

	// AddLink keeps a one-time link; user is 0 for a set-up link.
	AddLink(ctx context.Context, kind xray.LinkKind, link Hash, user int64, until time.Time) error
	HasLink(ctx context.Context, kind xray.LinkKind, link Hash) (bool, error)
	// SetUp uses a set-up link. CodeConflict if there are users already.
	SetUp(ctx context.Context, link Hash, u xray.User, password string) (xray.User, error)
	// UserOfLink finds whose password a reset link sets; UseResetLink does it.
	UserOfLink(ctx context.Context, link Hash) (xray.User, error)
	UseResetLink(ctx context.Context, link Hash, password string) (xray.User, error)

	Invite(ctx context.Context, i xray.Invitation, link Hash) (xray.Invitation, error)
	Invitations(ctx context.Context) ([]xray.Invitation, error)
	RevokeInvitation(ctx context.Context, id int64) (xray.Invitation, error)
	InvitationByLink(ctx context.Context, link Hash) (xray.Invitation, error)
	InvitationFor(ctx context.Context, email string) (xray.Invitation, error)
	// Join makes the member of an invitation, which is used then.
	Join(ctx context.Context, invitation int64, who xray.NewUser) (xray.User, error)
	// AddUser makes a member without an invitation.
	AddUser(ctx context.Context, who xray.NewUser, role xray.Role) (xray.User, error)

	UserByIdentity(ctx context.Context, issuer, subject string) (xray.User, error)
	// LinkIdentity is CodeConflict for a user who has another identity.
	LinkIdentity(ctx context.Context, user int64, issuer, subject string) error

	StartSession(ctx context.Context, s xray.Session, token Hash) (xray.Session, error)
	// UseSession finds the live session of a token. If the token is due to be
	// exchanged, fresh is kept as the next one and rotated is true.
	UseSession(ctx context.Context, token, fresh Hash, address string, rules xray.SessionRules) (s xray.Session, m xray.Member, rotated bool, err error)
	Sessions(ctx context.Context, user int64, idle time.Duration) ([]xray.Session, error)
	// MemberOfSession finds whose session it is, if it lives.
	MemberOfSession(ctx context.Context, session int64, idle time.Duration) (xray.Member, error)
	// EndSessionOf ends the session of a token; none is no error.
	EndSessionOf(ctx context.Context, token Hash) error
	EndSession(ctx context.Context, user, session int64) error
	// EndSessions ends all of a user's sessions.
	EndSessions(ctx context.Context, user int64) error

	Organisation(ctx context.Context) (xray.Organisation, error)
	RenameOrganisation(ctx context.Context, name string) error
	Members(ctx context.Context) ([]xray.Member, error)
	Member(ctx context.Context, user int64) (xray.Member, error)
	// SetMember and RemoveMember are CodeConflict where no owner would be left.
	SetMember(ctx context.Context, user int64, role xray.Role, projects []xray.ProjectRole) (xray.Member, error)
	RemoveMember(ctx context.Context, user int64) error
	HasOwner(ctx context.Context) (bool, error)
}

// Options of a [Service].
type Options struct {
	Rules  xray.SessionRules // default [xray.DefaultSessionRules]
	Params Params            // default [DefaultParams]
	OIDC   *Provider         // nil for none
	// Domains whose people may come by OIDC without an invitation, and the role
	// they get.
	Domains     []string
	DefaultRole xray.Role
	Now         func() time.Time // default time.Now
}

// How long links work.
const (
	setupFor      = 24 * time.Hour
	resetFor      = 24 * time.Hour
	invitationFor = 7 * 24 * time.Hour
)

// Service lets people in. It is safe for concurrent use.
type Service struct {
	store  Store
	opts   Options
	hasher *hasher
	limits limits
}

// New makes a service over what is stored.
func New(store Store, opts Options) *Service {
	if opts.Rules == (xray.SessionRules{}) {
		opts.Rules = xray.DefaultSessionRules
	}
	if opts.Params == (Params{}) {
		opts.Params = DefaultParams
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Service{store: store, opts: opts, hasher: newHasher(opts.Params), limits: newLimits(opts.Now)}
}

// Methods is how one can sign in here.
type Methods struct {
	Setup    bool   // nobody can yet: the set-up link comes first
	Provider string // the name of the OpenID Connect provider, "" for none
}

// Methods tells how one can sign in.
func (s *Service) Methods(ctx context.Context) (Methods, error) {
	has, err := s.store.HasOwner(ctx)
	m := Methods{Setup: !has}
	if s.opts.OIDC != nil {
		m.Provider = s.opts.OIDC.Name()
	}
	return m, err
}

// newToken makes a secret of 256 random bits, and what is stored of it.
func newToken() (string, Hash) {
	secret := xray.NewToken()
	return secret, xray.HashKey(secret)
}
