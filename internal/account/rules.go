package account

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/xraytrace/xray"
)

const (
	// MinPassword is in characters: what NIST SP 800-63B-4, 3.1.1.2, asks of a
	// password that is the only factor.
	MinPassword = 15
	maxPassword = 1000 // bytes; more is no password but a load
)

// common are parts that guessers try first. A password that is little more than
// these has no length worth counting.
var common = []string{
	"password", "passwort", "qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "1234567890", "123456789", "12345678",
	"abcdefghijklmnopqrstuvwxyz", "letmein", "welcome", "iloveyou", "administrator", "admin", "changeme", "correcthorsebatterystaple",
	"secret", "observability", "tracing", "xray", "x-ray", "qwerty", "qwertz", "123456", "12345", "1234", "abc123", "monkey", "dragon", "master",
}

// CheckPassword refuses what is guessed first: a short one, one that repeats
// itself, one made of what everybody uses or of the person's own names. It asks
// for no digits or signs: they make people write "Password1!" (NIST SP
// 800-63B-4, 3.1.1.2). An error is CodeInvalid.
func CheckPassword(password string, names ...string) error {
	password = normal(password)
	switch {
	case !utf8.ValidString(password):
		return xray.Errorf(xray.CodeInvalid, "the password is no text: type it again")
	case utf8.RuneCountInString(password) < MinPassword:
		return xray.Errorf(xray.CodeInvalid, "the password needs at least %d characters: a sentence or four words that nobody would put together are easy to keep in mind", MinPassword)
	case len(password) > maxPassword:
		return xray.Errorf(xray.CodeInvalid, "the password is longer than %d bytes: choose a shorter one", maxPassword)
	}
	// What is left without the guessable parts must still be something.
	rest := strings.ToLower(password)
	for _, name := range names {
		for part := range strings.FieldsFuncSeq(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune(" @.+-_", r) }) {
			if len(part) > 2 {
				rest = strings.ReplaceAll(rest, part, "")
			}
		}
	}
	for _, part := range common {
		rest = strings.ReplaceAll(rest, part, "")
	}
	if distinct(rest) < 5 {
		return xray.Errorf(xray.CodeInvalid, "that password is among the first that would be guessed: choose one without names, sequences and repetitions")
	}
	return nil
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// normal makes one text of the ways to type the same letters.
func normal(password string) string { return norm.NFKC.String(password) }
