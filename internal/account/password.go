package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/xraytrace/xray"
)

// Params of argon2id.
type Params struct {
	Time    uint32 // passes
	Memory  uint32 // KiB
	Threads uint8
}

// DefaultParams are the second recommendation of RFC 9106, 4, for where memory
// is scarce; OWASP's minimum is 19 MiB and two passes.
var DefaultParams = Params{Time: 3, Memory: 64 << 10, Threads: 4}

const (
	saltBytes = 16
	hashBytes = 32
	// At most so many passwords are hashed at once: each takes 64 MiB.
	maxAtOnce = 2
	// More than so many waiting is an attack, or will not be served in time.
	maxWaiting = 64
	patience   = 10 * time.Second
)

// hasher hashes passwords, a few at a time.
type hasher struct {
	params  Params
	slots   chan struct{}
	waiting atomic.Int32
	// nobody is the hash that a password is compared with where there is no
	// account: the same work, so that time does not tell who has one.
	nobody string
}

func newHasher(p Params) *hasher {
	var salt [saltBytes]byte
	var sum [hashBytes]byte
	rand.Read(salt[:])
	rand.Read(sum[:]) // of no password
	return &hasher{params: p, slots: make(chan struct{}, maxAtOnce), nobody: phc{p, salt[:], sum[:]}.String()}
}

// hash is what is stored of a password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	salt := make([]byte, saltBytes)
	rand.Read(salt)
	return phc{h.params, salt, derive(h.params, password, salt, hashBytes)}.String(), nil
}

// verify compares a password with what is stored; stored is "" for an account
// without a password or for none at all, and takes as long. weak says that the
// hash was made with other parameters than today's.
func (h *hasher) verify(ctx context.Context, password, stored string) (ok, weak bool, err error) {
	known := stored != ""
	if !known {
		stored = h.nobody
	}
	has, err := parsePHC(stored)
	if err != nil {
		return false, false, err
	}
	if err := h.enter(ctx); err != nil {
		return false, false, err
	}
	defer h.leave()
	sum := derive(has.params, password, has.salt, len(has.sum))
	same := subtle.ConstantTimeCompare(sum, has.sum) == 1
	return known && same, has.params != h.params, nil
}

func derive(p Params, password string, salt []byte, n int) []byte {
	return argon2.IDKey([]byte(normal(password)), salt, p.Time, p.Memory, p.Threads, uint32(n))
}

// enter waits for a slot, not for ever: CodeLimit then.
func (h *hasher) enter(ctx context.Context) error {
	if h.waiting.Add(1) > maxWaiting {
		h.waiting.Add(-1)
		return busy()
	}
	defer h.waiting.Add(-1)
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-timeout.C:
		return busy()
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *hasher) leave() { <-h.slots }

func busy() error {
	e := xray.Errorf(xray.CodeLimit, "too many people sign in at this moment: try again in a few seconds")
	e.RetryAfter = 5 * time.Second
	return e
}
