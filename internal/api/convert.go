package api

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/xraytrace/xray"
)

// int64String writes a 64-bit integer as the contract has it; nil is absent.
func int64String(n *int64) Int64 {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

// decimal writes a 64-bit integer as the contract has it.
func decimal[T ~int64](n T) Int64 { return strconv.FormatInt(int64(n), 10) }

func timeString(n xray.Nano) string { return n.Time().Format(time.RFC3339Nano) }

func wallTime(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// orEmpty makes a list that is [] rather than null in JSON.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func objectOrEmpty(raw json.RawMessage) JsonObject {
	if len(raw) == 0 {
		return JsonObject("{}")
	}
	return raw
}

func mapTo[A, B any](list []A, f func(A) B) []B {
	out := make([]B, len(list))
	for i, a := range list {
		out[i] = f(a)
	}
	return out
}

// spanString is a step's id in hex, "" for none.
func spanString(id xray.SpanID) string {
	if id.IsZero() {
		return ""
	}
	return id.String()
}
