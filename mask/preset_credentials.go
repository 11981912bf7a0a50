package mask

import (
	"regexp"
	"strings"
)

// shapes of credentials, each with a text that is in every one of them. A
// group is the part that is secret.
var shapes = []struct {
	has string
	re  *regexp.Regexp
}{
	{"PRIVATE KEY", regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)` +
		`|[A-Za-z0-9+/=\s]*-----END [A-Z ]*PRIVATE KEY-----`)}, // its end alone
	{"eyJ", regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+)?`)}, // JWT
	{"k-", regexp.MustCompile(`\b[spr]k-[A-Za-z0-9_-]{16,}`)},                                     // OpenAI, Anthropic, Langfuse
	{"k_", regexp.MustCompile(`\b[spr]k_[A-Za-z0-9_-]{16,}`)},                                     // Stripe, Clerk
	{"whsec_", regexp.MustCompile(`\bwhsec_[A-Za-z0-9+/=]{16,}`)},
	{"xray_", regexp.MustCompile(`\bxray_[A-Za-z0-9_-]{16,}`)},
	{"gh", regexp.MustCompile(`\bgh[pousr]_[A-Za-z0-9]{20,}`)},
	{"github_pat_", regexp.MustCompile(`\bgithub_pat_[A-Za-z0-9_]{20,}`)},
	{"glpat-", regexp.MustCompile(`\bglpat-[A-Za-z0-9_-]{16,}`)},
	{"xox", regexp.MustCompile(`\bxox[abeprs]-[A-Za-z0-9-]{10,}`)}, // Slack
	{"hooks.slack.com", regexp.MustCompile(`hooks\.slack\.com/services/[A-Za-z0-9/_-]{10,}`)},
	{"AKIA", regexp.MustCompile(`\bAKIA[0-9A-Z]{16}\b`)}, // AWS
	{"ASIA", regexp.MustCompile(`\bASIA[0-9A-Z]{16}\b`)},
	{"AIza", regexp.MustCompile(`\bAIza[0-9A-Za-z_-]{30,}`)}, // Google
	{"ya29.", regexp.MustCompile(`\bya29\.[0-9A-Za-z_-]{20,}`)},
	{"hf_", regexp.MustCompile(`\bhf_[A-Za-z0-9]{20,}`)},
	{"npm_", regexp.MustCompile(`\bnpm_[A-Za-z0-9]{30,}`)},
	{"pypi-", regexp.MustCompile(`\bpypi-[A-Za-z0-9_-]{30,}`)},
	{"SG.", regexp.MustCompile(`\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}`)}, // SendGrid
	{"lsv2_", regexp.MustCompile(`\blsv2_[a-z]{2}_[A-Za-z0-9_]{20,}`)},          // LangSmith
	{"shp", regexp.MustCompile(`\bshp(?:at|ss|ca|pa)_[A-Fa-f0-9]{32}\b`)},       // Shopify
	{"dop_v1_", regexp.MustCompile(`\bdop_v1_[a-f0-9]{64}\b`)},
	{"earer", regexp.MustCompile(`\b[Bb]earer\s+([A-Za-z0-9._~+/-]{16,}=*)`)},
	{"asic ", regexp.MustCompile(`\b[Bb]asic ([A-Za-z0-9+/]{12,}=*)`)},
	{"://", regexp.MustCompile(`://([^/\s:@"]*:[^/\s@"]+)@`)}, // user and password in a URL
	{"ig=", regexp.MustCompile(`[?&](?:X-Amz-)?[Ss]ig=([A-Za-z0-9%+/_-]{20,})`)},
	{"ignature=", regexp.MustCompile(`[?&](?:X-Amz-|X-Goog-)?Signature=([A-Za-z0-9%+/_-]{20,})`)},
}

func findCredentials(text string) (out []span) {
	for _, s := range shapes {
		if strings.Contains(text, s.has) {
			out = append(out, spansOf(s.re.FindAllStringSubmatchIndex(text, -1))...)
		}
	}
	return out
}
