package store

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// headline says in one sentence what structure alone can say. Executions with
// payloads get a better one from their explanation.
func headline(s *summary) string {
	const longest = 300
	switch {
	case s.failed != nil && s.failed.Error != "":
		return clip(fmt.Sprintf("Failed at *%s*: %s", s.failed.Name, firstLine(s.failed.Error)), longest)
	case s.failed != nil:
		return clip(fmt.Sprintf("Failed at *%s*", s.failed.Name), longest)
	case s.StepCount == 0:
		return clip(fmt.Sprintf("*%s* never ended", s.baseName), longest)
	case s.pending && !s.HasRoot:
		return clip(fmt.Sprintf("*%s* never ended, after %s", s.baseName, steps(s.StepCount)), longest)
	default:
		return fmt.Sprintf("%s in %s", steps(s.StepCount), readable(s.duration()))
	}
}

func steps(n int) string {
	if n == 1 {
		return "1 step"
	}
	return fmt.Sprintf("%d steps", n)
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

// clip shortens text to at most limit bytes, between runes.
func clip(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	cut := limit - len("…")
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

// readable rounds a duration to what people compare: 35 ms, 1.4 s, 2 min 5 s.
func readable(d time.Duration) string {
	switch {
	case d < time.Microsecond:
		return fmt.Sprintf("%d ns", d.Nanoseconds())
	case d < time.Millisecond:
		return fmt.Sprintf("%d µs", d.Microseconds())
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	default:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	}
}
