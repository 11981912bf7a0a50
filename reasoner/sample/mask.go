package sample

import (
	"regexp"
	"strings"
)

// What a model has no need to see, whatever was stored. A project's own rules
// run before storage; these run once more before anything leaves the machine.
var (
	secretField = regexp.MustCompile(`(?i)(^|[._-])(password|passwd|passphrase|secret|api[_-]?key|access[_-]?token|refresh[_-]?token|id[_-]?token|auth[_-]?token|private[_-]?key|client[_-]?secret|authorization|cookie|set-cookie)$`)
	secrets     = regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$)` +
		`|[A-Za-z0-9+/=\s]*-----END [A-Z ]*PRIVATE KEY-----` + // its end alone
		`|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]+)?` + // JWT
		`|\b(sk|pk|rk)[-_][A-Za-z0-9_-]{16,}|\bxray_[A-Za-z0-9_-]{16,}|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}` +
		`|\bglpat-[A-Za-z0-9_-]{16,}|\bxox[abeprs]-[A-Za-z0-9-]{10,}|\b(AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_-]{30,}|\bhf_[A-Za-z0-9]{20,}` +
		`|\b[Bb]earer\s+[A-Za-z0-9._~+/-]{16,}=*` +
		`|://[^/\s:@"]+:[^/\s@"]+@`) // user and password in a URL
	// Also one whose end was cut off for a sentence.
	email  = regexp.MustCompile(`[\pL\pN._%+-]+@([\pL\pN-]+(\.[\pL\pN-]+)*\.\pL{2,}|[\pL\pN.-]*…)`)
	digits = regexp.MustCompile(`\b\d(?:[ -]?\d){12,18}\b`)
)

const maskMargin = 256 // bytes; longer than any secret above but a private key

// Mask leaves keys, tokens, private keys, passwords in URLs, e-mail addresses
// and card numbers out of a text, with a note in their place.
func Mask(text string) string {
	if strings.IndexByte(text, '@') >= 0 {
		text = secrets.ReplaceAllString(text, "…[secret]")
		return maskCards(email.ReplaceAllString(text, "…[e-mail]"))
	}
	return maskCards(secrets.ReplaceAllString(text, "…[secret]"))
}

func maskCards(text string) string {
	return digits.ReplaceAllStringFunc(text, func(s string) string {
		if !luhn(s) {
			return s
		}
		return "…[card number]"
	})
}

// luhn checks the check digit that card numbers have. Times in milli- or
// nanoseconds and other long numbers pass it one time in ten.
func luhn(s string) bool {
	sum, double := 0, false
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] < '0' || s[i] > '9' {
			continue
		}
		d := int(s[i] - '0')
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum, double = sum+d, !double
	}
	// Cards of all great networks begin with 2 to 6.
	return sum%10 == 0 && s[0] >= '2' && s[0] <= '6'
}

func (s *sampler) mask(text string) string {
	masked := Mask(text)
	s.cut = s.cut || masked != text
	return masked
}
