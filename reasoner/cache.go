package reasoner

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"sync"

	"github.com/xraytrace/xray/reasoner/verify"
)

// Cache keeps a model's answers, so that the same question is paid for once.
// Keys differ between projects: an answer never crosses from one to another.
type Cache interface {
	// Answer returns what was kept under a key. Any failure is a miss.
	Answer(ctx context.Context, project int32, key [32]byte) (answer string, ok bool)
	// Keep stores an answer. It may forget it at any time.
	Keep(ctx context.Context, project int32, key [32]byte, answer string)
}

// cacheKey names a question: everything that the answer depends on, and the
// verifier's version, so that a new verifier gets to ask again. The fence is
// random and must not be part of it.
func cacheKey(project int32, model, server, promptVersion string, parts ...string) [32]byte {
	h := sha256.New()
	var n [8]byte
	binary.BigEndian.PutUint32(n[:4], uint32(project))
	h.Write(n[:4])
	for _, p := range append([]string{model, server, promptVersion, verify.Version}, parts...) {
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	return [32]byte(h.Sum(nil))
}

// memoryCache is the Cache of an Explainer that was given none: it spares a
// retried job the calls that went well, and identical steps theirs, for as
// long as the process lives.
type memoryCache struct {
	mu      sync.Mutex
	answers map[[32]byte]string
	order   [][32]byte // oldest first
	bytes   int
}

const maxCacheBytes = 16 << 20

func newMemoryCache() *memoryCache { return &memoryCache{answers: map[[32]byte]string{}} }

// Answer implements [Cache]. The project is part of the key already.
func (c *memoryCache) Answer(_ context.Context, _ int32, key [32]byte) (string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a, ok := c.answers[key]
	return a, ok
}

// Keep implements [Cache]; the oldest answers make room.
func (c *memoryCache) Keep(_ context.Context, _ int32, key [32]byte, answer string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, ok := c.answers[key]; ok {
		c.bytes += len(answer) - len(old)
		c.answers[key] = answer
		return
	}
	c.answers[key] = answer
	c.order = append(c.order, key)
	for c.bytes += len(answer); c.bytes > maxCacheBytes && len(c.order) > 1; c.order = c.order[1:] {
		c.bytes -= len(c.answers[c.order[0]])
		delete(c.answers, c.order[0])
	}
}
