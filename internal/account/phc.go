package account

import (
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// phc is a hash with what it was made with, written as the PHC string format
// has it: $argon2id$v=19$m=65536,t=3,p=4$SALT$HASH.
type phc struct {
	params    Params
	salt, sum []byte
}

func (h phc) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.params.Memory, h.params.Time, h.params.Threads, b64.EncodeToString(h.salt), b64.EncodeToString(h.sum))
}

// parsePHC reads what String wrote, now or with other parameters. Those beyond
// reason are refused: they would take the server's memory.
func parsePHC(s string) (phc, error) {
	var h phc
	var version int
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return h, fmt.Errorf("read a password's hash: it is no argon2id in PHC format")
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return h, fmt.Errorf("read a password's hash: version %.20q, want %d", parts[2], argon2.Version)
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.params.Memory, &h.params.Time, &h.params.Threads); err != nil {
		return h, fmt.Errorf("read a password's hash: parameters %.40q: %w", parts[3], err)
	}
	var saltErr, sumErr error
	h.salt, saltErr = base64.RawStdEncoding.DecodeString(parts[4])
	h.sum, sumErr = base64.RawStdEncoding.DecodeString(parts[5])
	p := h.params
	if saltErr != nil || sumErr != nil || len(h.salt) < 8 || len(h.sum) < 16 || len(h.sum) > 64 ||
		p.Time < 1 || p.Time > 32 || p.Threads < 1 || p.Memory < 8 || p.Memory > 1<<20 {
		return h, fmt.Errorf("read a password's hash: it is damaged")
	}
	return h, nil
}
