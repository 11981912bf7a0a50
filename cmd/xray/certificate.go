package main

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/xraytrace/xray"
)

// certificate is read from two files, and again when they change: whoever
// renews it does not have to restart the server. It is safe for concurrent use.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate
	written [2]time.Time // of the files that current or the last failure came from
	looked  time.Time
}

// lookEvery bounds how often a handshake asks the file system.
const lookEvery = time.Second

func newCertificate(certFile, keyFile string, log *slog.Logger) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, log: log}
	c.written, _ = c.times()
	if err := c.read(); err != nil {
		return nil, xray.Errorf(xray.CodeInvalid, "cannot use the certificate: %v; check --tls-cert and --tls-key", err)
	}
	return c, nil
}

// config is for every listener; http says HTTP/1.1 besides HTTP/2.
func (c *certificate) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}, GetCertificate: c.get}
}

// get serves the newest certificate that could be read: a pair that is half
// written, or broken, must not shut anybody out.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.Sub(c.looked) >= lookEvery {
		c.looked = now
		if written, err := c.times(); err == nil && written != c.written {
			if err := c.read(); err != nil {
				c.log.Warn("the changed TLS certificate cannot be used; the one before stays", "error", err)
			} else {
				c.log.Info("TLS certificate renewed", "file", c.certFile)
			}
			c.written = written
		}
	}
	return c.current, nil
}

func (c *certificate) read() error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return err
	}
	c.current = &pair
	return nil
}

func (c *certificate) times() (at [2]time.Time, err error) {
	for i, name := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return at, fmt.Errorf("look at the certificate: %w", err)
		}
		at[i] = info.ModTime()
	}
	return at, nil
}
