package xray

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/xraytrace/xray/sdk/internal/payload"
)

// Mask changes what is recorded before it leaves the program. It is given the
// attribute (xray.input, xray.output, xray.items.dropped, exception.message,
// gen_ai.input.messages, …) and the value as JSON, whole, before it is
// shortened, and returns what is recorded instead. An answer that is not JSON
// is recorded as a text. If it panics, nothing of the value is recorded.
type Mask func(attribute, value string) string

// WithMask sets the mask of all payloads and error messages.
func WithMask(m Mask) Option {
	return func(s *settings) { s.client.mask = m }
}

// MaskKeys replaces the values of all object members with these names, at any
// depth and in any letter case, by "[masked]".
func MaskKeys(names ...string) Mask {
	hidden := make(map[string]bool, len(names))
	for _, n := range names {
		hidden[strings.ToLower(n)] = true
	}
	return func(_, value string) string {
		return payload.MaskMembers(value, `"[masked]"`, func(key string) bool { return hidden[strings.ToLower(key)] })
	}
}

// payload is a captured value: JSON text, what was cut from it, and the note
// of where.
type captured struct {
	text string
	cuts []payload.Cut
}

// capture turns a value into what is recorded under an attribute. at is the
// pointer of the value in the step's record, "/input" for xray.input.
func (c *Client) capture(key, at string, v any) captured {
	// Twice the limit is enough to share it fairly; the rest would be thrown
	// away, and the host would pay for it.
	text, cuts := payload.Encode(v, 2*c.limit, at)
	if c.mask != nil {
		text = applyMask(c.mask, key, text)
	}
	text, cuts = payload.Fit(text, c.limit, at, cuts)
	return captured{string(text), cuts}
}

func applyMask(m Mask, key string, text []byte) (out []byte) {
	defer func() {
		if recover() != nil {
			out = []byte(`"[not recorded: the mask failed]"`)
		}
	}()
	masked := strings.ToValidUTF8(m(key, string(text)), "\uFFFD")
	var b bytes.Buffer
	if json.Compact(&b, []byte(masked)) != nil {
		return []byte(payload.Quote(masked))
	}
	return b.Bytes()
}

// maxMessage bounds error messages, in bytes.
const maxMessage = 8 << 10

// message masks and bounds a text that is recorded as it is, not as JSON.
func (c *Client) message(key, s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if c.mask != nil {
		masked := applyMask(c.mask, key, []byte(payload.Quote(s)))
		if json.Unmarshal(masked, &s) != nil {
			s = string(masked)
		}
	}
	if len(s) > maxMessage {
		s = strings.ToValidUTF8(s[:maxMessage], "") + "…"
	}
	return s
}
