package mask

import (
	"math/bits"
	"regexp"
	"strings"
)

// shape is a credential that begins with a known text. A group is the part
// that is secret.
type shape struct {
	start string
	word  bool           // no letter or digit may stand before it
	rest  *regexp.Regexp // what follows on start
}

func token(start, rest string) shape {
	return shape{start, true, regexp.MustCompile(`^(?:` + rest + `)`)}
}

func after(start, rest string) shape {
	return shape{start, false, regexp.MustCompile(`^` + rest)}
}

var shapes = []shape{
	token("eyJ", `[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+)?`),                                  // JWT
	token("sk-", `[A-Za-z0-9_-]{16,}`), token("pk-", `[A-Za-z0-9_-]{16,}`), token("rk-", `[A-Za-z0-9_-]{16,}`), // OpenAI, Anthropic, Langfuse
	token("sk_", `[A-Za-z0-9_-]{16,}`), token("pk_", `[A-Za-z0-9_-]{16,}`), token("rk_", `[A-Za-z0-9_-]{16,}`), // Stripe, Clerk
	token("whsec_", `[A-Za-z0-9+/=]{16,}`),
	token("xray_", `[A-Za-z0-9_-]{16,}`),
	token("ghp_", `[A-Za-z0-9]{20,}`), token("gho_", `[A-Za-z0-9]{20,}`), token("ghu_", `[A-Za-z0-9]{20,}`), // GitHub
	token("ghs_", `[A-Za-z0-9]{20,}`), token("ghr_", `[A-Za-z0-9]{20,}`), token("github_pat_", `[A-Za-z0-9_]{20,}`),
	token("glpat-", `[A-Za-z0-9_-]{16,}`),
	token("xox", `[abeprs]-[A-Za-z0-9-]{10,}`), // Slack
	after("hooks.slack.com/services/", `([A-Za-z0-9/_-]{10,})`),
	token("AKIA", `[0-9A-Z]{16}\b`), token("ASIA", `[0-9A-Z]{16}\b`), // AWS
	token("AIza", `[0-9A-Za-z_-]{30,}`), token("ya29.", `[0-9A-Za-z_-]{20,}`), // Google
	token("hf_", `[A-Za-z0-9]{20,}`),
	token("npm_", `[A-Za-z0-9]{30,}`),
	token("pypi-", `[A-Za-z0-9_-]{30,}`),
	token("SG.", `[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}`), // SendGrid
	token("lsv2_", `[a-z]{2}_[A-Za-z0-9_]{20,}`),           // LangSmith
	token("shpat_", `[A-Fa-f0-9]{32}\b`), token("shpss_", `[A-Fa-f0-9]{32}\b`), token("shpca_", `[A-Fa-f0-9]{32}\b`),
	token("dop_v1_", `[a-f0-9]{64}\b`),
	after("Bearer ", `\s*([A-Za-z0-9._~+/-]{16,}=*)`), after("bearer ", `\s*([A-Za-z0-9._~+/-]{16,}=*)`),
	after("Basic ", `([A-Za-z0-9+/]{12,}=*)`), after("basic ", `([A-Za-z0-9+/]{12,}=*)`),
	after("://", `([^/\s:@"]{0,200}:[^/\s@"]{1,500})@`), // user and password in a URL
	after("?sig=", `([A-Za-z0-9%+/_-]{20,})`), after("&sig=", `([A-Za-z0-9%+/_-]{20,})`),
	after("Signature=", `([A-Za-z0-9%+/_-]{20,})`),
}

var privateKey = regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)` +
	`|[A-Za-z0-9+/=\s]*-----END [A-Z ]*PRIVATE KEY-----`) // its end alone

// first and second hold, for each byte, the set of shapes that have it there:
// one look at a text finds where it begins like any of them.
var first, second = func() (first, second [256]uint64) {
	for i, s := range shapes {
		first[s.start[0]] |= 1 << i
		second[s.start[1]] |= 1 << i
	}
	return first, second
}()

func findCredentials(text string) (out []span) {
	if strings.Contains(text, "PRIVATE KEY") {
		out = spansOf(privateKey.FindAllStringIndex(text, -1))
	}
	for at := 0; at+shortest <= len(text); at++ {
		these := first[text[at]]
		if these == 0 {
			continue
		}
		for these &= second[text[at+1]]; these != 0; these &= these - 1 {
			if s, ok := shapes[bits.TrailingZeros64(these)].at(text, at); ok {
				out = append(out, s)
			}
		}
	}
	return out
}

const shortest = 6 // bytes of any credential

// at returns the credential of this shape at a place of a text.
func (s *shape) at(text string, at int) (span, bool) {
	if !strings.HasPrefix(text[at:], s.start) || s.word && wordBefore(text, at) {
		return span{}, false
	}
	from := at + len(s.start)
	m := s.rest.FindStringSubmatchIndex(text[from:])
	switch {
	case m == nil:
		return span{}, false
	case len(m) > 2:
		return span{from + m[2], from + m[3]}, true
	}
	return span{at, from + m[1]}, true
}
