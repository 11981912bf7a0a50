package sample

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Tokens estimates how many tokens a model makes of a text, on the high side:
// three bytes of ASCII to a token, two tokens to any other character. English
// prose comes to about four bytes, JSON with many numbers to three; rare
// scripts and emoji need up to two or three tokens a character.
func Tokens(s string) int {
	ascii, other := 0, 0
	for _, r := range s {
		if r < utf8.RuneSelf {
			ascii++
		} else {
			other++
		}
	}
	return (ascii+2)/3 + 2*other
}

var (
	dataURL = regexp.MustCompile(`^data:([a-zA-Z0-9.+-]+/[a-zA-Z0-9.+-]+)?[^,]{0,80},`)
	base64  = regexp.MustCompile(`^[A-Za-z0-9+/_-]+={0,2}$`)
	mixed   = regexp.MustCompile(`[0-9+/_-]`)
)

// textOf cuts a text in the middle and replaces what only machines read.
func (s *sampler) textOf(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if m := dataURL.FindStringSubmatch(head(text, 200)); m != nil && len(text) > minBase64 {
		return s.note("%s, %d bytes", orElse(m[1], "data"), len(text))
	}
	if len(text) >= minBase64 && isBase64(text) {
		return s.note("base64, %d bytes", len(text))
	}
	if len(text) <= s.text {
		return text
	}
	first, last := head(text, s.text*2/3), tail(text, s.text/3)
	return first + s.note("%d bytes", len(text)-s.text*2/3-s.text/3) + last
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// isBase64 looks at the beginning only: a text of that alphabet without a
// space for so long is not prose.
func isBase64(text string) bool {
	start := head(text, 400)
	return base64.MatchString(strings.TrimRight(start, "=")) && mixed.MatchString(start) &&
		strings.ToLower(start) != start && strings.ToUpper(start) != start
}

func head(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func tail(s string, n int) string {
	if len(s) <= n {
		return s
	}
	i := len(s) - n
	for i < len(s) && !utf8.RuneStart(s[i]) {
		i++
	}
	return s[i:]
}

// statistics describes an array of many numbers: an embedding, a histogram.
func statistics(list []any) (note string, ok bool) {
	if len(list) <= vector {
		return "", false
	}
	low, high, sum := math.Inf(1), math.Inf(-1), 0.0
	for _, v := range list {
		n, isNumber := v.(json.Number)
		if !isNumber {
			return "", false
		}
		f, err := n.Float64()
		if err != nil {
			return "", false
		}
		low, high, sum = min(low, f), max(high, f), sum+f
	}
	return fmt.Sprintf("%d numbers, min %.4g, max %.4g, mean %.4g", len(list), low, high, sum/float64(len(list))), true
}
