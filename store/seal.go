package store

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// Secrets that have to be read again are sealed: AES-256-GCM, bound to what they
// belong to, with the number of the key in front. The keys are the server's own
// (Options.SecretKeys); without any, one that the database keeps. That one only
// keeps them out of logs, lists and exports of single tables: whoever has the
// whole database has both.
const sealKeyID = 4 // bytes of a key's hash

// errUnsealed means that none of our keys has sealed it.
var errUnsealed = xray.Errorf(xray.CodeConflict, "a secret was sealed with another key: start the server with the XRAY_SECRET_KEY that it had, or save the secret anew")

// seal seals plain for of.
func (s *Store) seal(ctx context.Context, of string, plain []byte) ([]byte, error) {
	keys, err := s.sealKeys(ctx)
	if err != nil {
		return nil, err
	}
	box, err := newBox(keys[0])
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, box.NonceSize())
	rand.Read(nonce) // never fails: crypto/rand aborts the program instead
	return box.Seal(slices.Concat(keyID(keys[0]), nonce), nonce, plain, []byte(of)), nil
}

// unseal opens what seal made for the same of.
func (s *Store) unseal(ctx context.Context, of string, sealed []byte) ([]byte, error) {
	keys, err := s.sealKeys(ctx)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		box, err := newBox(key)
		if err != nil {
			return nil, err
		}
		if len(sealed) < sealKeyID+box.NonceSize() || !slices.Equal(sealed[:sealKeyID], keyID(key)) {
			continue
		}
		rest := sealed[sealKeyID:]
		if plain, err := box.Open(nil, rest[:box.NonceSize()], rest[box.NonceSize():], []byte(of)); err == nil {
			return plain, nil
		}
	}
	return nil, errUnsealed
}

func newBox(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("seal a secret: %w", err)
	}
	return cipher.NewGCM(block)
}

func keyID(key []byte) []byte {
	sum := sha256.Sum256(key)
	return sum[:sealKeyID]
}

// sealKeys are what secrets are sealed with, the first, and what they may have
// been sealed with.
func (s *Store) sealKeys(ctx context.Context) ([][]byte, error) {
	kept, err := s.keptKey(ctx)
	if err != nil {
		return nil, unavailable(fmt.Errorf("read the server's key: %w", err))
	}
	keys := slices.Clone(s.opts.SecretKeys)
	if kept != nil {
		keys = append(keys, kept)
	}
	return keys, nil
}

// keptKey is the database's key. It is made when it is needed: by a server
// without keys of its own.
func (s *Store) keptKey(ctx context.Context) ([]byte, error) {
	if key := s.kept.Load(); key != nil {
		return *key, nil
	}
	if len(s.opts.SecretKeys) == 0 {
		key := make([]byte, 32)
		rand.Read(key)
		_, err := s.pool.Exec(ctx, "INSERT INTO server_keys (id, key, created_at) VALUES (1, $1, $2) ON CONFLICT DO NOTHING", key, s.clock())
		if err != nil {
			return nil, err
		}
	}
	var key []byte
	err := s.pool.QueryRow(ctx, "SELECT key FROM server_keys WHERE id = 1").Scan(&key)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s.kept.Store(&key)
	return key, nil
}
