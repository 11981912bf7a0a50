package xray

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"go.opentelemetry.io/otel/attribute"

	"github.com/xraytrace/xray/sdk/internal/payload"
)

// Criteria is a condition that a step applied to a field of its candidates:
// rating >= 7.
type Criteria struct {
	Field string `json:"field"`
	Op    string `json:"op"` // = != < <= > >= in not_in contains missing present
	Value any    `json:"value,omitempty"`
}

// Criterion records that the current step applied a condition to all of its
// candidates. op is one of = != < <= > >= in not_in contains missing present;
// the last two take a nil value.
func Criterion(ctx context.Context, field, op string, value any) {
	s := CurrentStep(ctx)
	if !s.recording() {
		return
	}
	text := s.client.criterion(Criteria{field, op, value}) // encoded now: the caller may change the value later
	s.mu.Lock()
	defer s.mu.Unlock()
	if text != nil && !s.ended && len(s.criteria) < maxCriteria {
		s.criteria = append(s.criteria, text)
	}
}

// criterion is the text of a criterion, masked; nil if the mask left none.
func (c *Client) criterion(by Criteria) json.RawMessage {
	text, _ := payload.Encode(by, c.limit, "")
	if c.mask != nil {
		text = applyMask(c.mask, keyCriteria, text)
	}
	if text[0] != '{' {
		return nil
	}
	return text
}

const (
	maxCriteria  = 1_000   // per step
	maxDecisions = 100_000 // per step and fate: keys alone, a few MB of memory
)

// DecisionOption says more about a decision.
type DecisionOption func(*decision)

// WithScore records the number that decided.
func WithScore(score float64) DecisionOption {
	return func(d *decision) { d.Score = &score }
}

// WithCriterion records the condition that decided.
func WithCriterion(field, op string, value any) DecisionOption {
	return func(d *decision) { d.by = &Criteria{field, op, value} }
}

// WithKey names the candidate. Without it the key is the candidate itself if
// it is a text or number, else its member id, key, sku, asin, uuid, url, name
// or title (the first that says something), else a hash of its content.
func WithKey(key string) DecisionOption {
	return func(d *decision) { d.Key = key }
}

// Keep records that the current step let a candidate pass, and why.
func Keep(ctx context.Context, item any, reason string, opts ...DecisionOption) {
	CurrentStep(ctx).decide(true, item, reason, opts)
}

// Drop records that the current step took a candidate out, and why.
func Drop(ctx context.Context, item any, reason string, opts ...DecisionOption) {
	CurrentStep(ctx).decide(false, item, reason, opts)
}

// Items records the fate of all candidates of the current step at once.
func Items[T any](ctx context.Context, kept, dropped []T) {
	s := CurrentStep(ctx)
	for _, it := range kept {
		s.decide(true, it, "", nil)
	}
	for _, it := range dropped {
		s.decide(false, it, "", nil)
	}
}

type decision struct {
	Key       string          `json:"key"`
	Item      json.RawMessage `json:"item,omitempty"`
	Reason    string          `json:"reason,omitempty"`
	Criterion json.RawMessage `json:"criterion,omitempty"`
	Score     *float64        `json:"score,omitempty"`

	by *Criteria
}

// decisions gathers one fate of a step. Bodies of items are kept while they
// fit the payload limit; then only keys and reasons are, since the candidates
// themselves are mostly in the step's input too, and every key counts.
type decisions struct {
	list  []decision
	total int // also those beyond maxDecisions
	bytes int
	bare  bool // the bodies were left out
}

func (s *OpenStep) decide(keep bool, item any, reason string, opts []DecisionOption) {
	if !s.recording() {
		return
	}
	key := keyItemsDropped
	if keep {
		key = keyItemsKept
	}
	var d decision
	for _, o := range opts {
		o(&d)
	}
	d.describe(s.client, key, item, reason)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ended:
	case keep:
		s.kept.add(d, s.client.limit)
	default:
		s.dropped.add(d, s.client.limit)
	}
}

// describe fills in the candidate's body and key, and what is said of it. The
// mask sees each of them by itself, so that a key comes from a masked body.
func (d *decision) describe(c *Client, attr string, item any, reason string) {
	if d.by != nil {
		d.Criterion = c.criterion(*d.by)
	}
	if reason != "" {
		d.Reason = c.message(attr, reason)
	}
	body := c.capture(attr, "", item).text
	if body[0] == '{' || body[0] == '[' {
		d.Item = json.RawMessage(body)
	}
	if d.Key == "" {
		d.Key = keyOf(body)
	} else {
		d.Key = c.message(attr, d.Key)
	}
}

// keyOf finds a candidate's key in its JSON; see [WithKey].
func keyOf(body string) string {
	if body[0] != '{' && body[0] != '[' {
		return unquoted(body)
	}
	for _, name := range []string{"id", "key", "sku", "asin", "uuid", "url", "name", "title"} {
		if scalar, ok := payload.Member(body, name); ok && scalar[0] != '{' && scalar[0] != '[' && scalar != "null" && scalar != `""` {
			return unquoted(scalar)
		}
	}
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:8])
}

func unquoted(scalar string) string {
	var s string
	if scalar[0] == '"' && json.Unmarshal([]byte(scalar), &s) == nil {
		return s
	}
	return scalar
}

// fixed is about what a decision takes beside its texts: {"key":"",…}.
const fixed = 48

func (ds *decisions) add(d decision, limit int) {
	ds.total++
	if len(ds.list) >= maxDecisions {
		return
	}
	ds.bytes += fixed + len(d.Key) + len(d.Item) + len(d.Reason) + len(d.Criterion)
	if ds.bare {
		d.Item = nil
	} else if ds.bytes > limit {
		ds.bare = true
		for i := range ds.list {
			ds.list[i].Item = nil
		}
		d.Item = nil
	}
	ds.list = append(ds.list, d)
}

// write appends the attribute; s.mu is held.
func (ds *decisions) write(attrs []attribute.KeyValue, s *OpenStep, key string) []attribute.KeyValue {
	if len(ds.list) == 0 {
		return attrs
	}
	at := "/attributes/" + key
	// The bodies were masked and bounded one by one when they were recorded.
	text, cuts := payload.Encode(ds.list, 2*s.client.limit, at)
	text, cuts = payload.Fit(text, s.client.limit, at, cuts)
	for i := range cuts {
		if cuts[i].At == at {
			cuts[i].Of = ds.total
		}
	}
	if ds.bare && len(cuts) == 0 {
		cuts = []payload.Cut{{At: at, Kept: len(ds.list), Of: ds.total}}
	}
	s.noteCuts(key, cuts)
	return append(attrs, attribute.String(key, string(text)))
}
