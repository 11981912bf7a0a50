package store

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"time"

	"github.com/xraytrace/xray"
)

// What is read to complete attributes: their values are in no table.
const (
	attributeExecutions = 20
	attributeSteps      = 200 // of one execution
	attributeTime       = 500 * time.Millisecond
	maxAttributeValue   = 100 // bytes; longer ones are prompts and answers
)

var errEnough = errors.New("enough was read")

// attributes returns keys, or the values of one, of the spans of the newest
// executions that the filter selects, with the number of these executions that
// have them.
func (s *Store) attributes(ctx context.Context, project int32, q xray.ValueQuery) (xray.Facet, error) {
	out := xray.Facet{Field: q.Field}
	begins, err := beginning(q.Prefix)
	if err != nil {
		return out, err
	}
	page, err := s.Executions(ctx, project, xray.ExecutionQuery{Filter: q.Filter, Limit: attributeExecutions})
	if err != nil {
		return out, err
	}
	counts := make(map[string]int64)
	end := time.Now().Add(attributeTime)
	for _, e := range page.Executions {
		seen := make(map[string]bool)
		steps := 0
		err := s.EachStep(ctx, project, e.TraceID, func(d xray.StepDetail) error {
			collectAttributes(d, q.Key, begins, seen)
			if steps++; steps == attributeSteps || time.Now().After(end) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) && xray.ErrorCode(err) != xray.CodeNotFound { // deleted meanwhile
			return out, err
		}
		for value := range seen {
			counts[value]++
		}
		if time.Now().After(end) {
			break
		}
	}
	for value, n := range counts {
		out.Values = append(out.Values, xray.ValueCount{Value: value, Count: n})
	}
	slices.SortFunc(out.Values, func(a, b xray.ValueCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	var left int
	out.Values, left = atMost(out.Values, q.Limit)
	out.More = left > 0
	return out, nil
}

// collectAttributes adds the keys of a step's attributes to seen, or the values
// under one key, if they fit.
func collectAttributes(d xray.StepDetail, key string, begins *regexp.Regexp, seen map[string]bool) {
	for _, raw := range []json.RawMessage{d.Attributes, d.Resource} {
		var all map[string]json.RawMessage
		if json.Unmarshal(raw, &all) != nil {
			continue // none
		}
		if key == "" {
			for k := range all {
				if begins.MatchString(k) {
					seen[k] = true
				}
			}
			continue
		}
		if text := scalar(all[key]); text != "" && len(text) <= maxAttributeValue && begins.MatchString(text) {
			seen[text] = true
		}
	}
}

// scalar is a JSON string's text, or a number or truth value as it is written;
// "" for anything else.
func scalar(raw json.RawMessage) string {
	var text string
	switch raw = bytes.TrimSpace(raw); {
	case len(raw) == 0 || raw[0] == '{' || raw[0] == '[' || raw[0] == 'n':
		return ""
	case json.Unmarshal(raw, &text) == nil:
		return text
	}
	return string(raw)
}
