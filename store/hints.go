package store

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/xraytrace/xray"
)

// Bounds of what an execution collects from its spans.
const (
	maxTags     = 128
	maxMetadata = 256
	maxMetaText = 64 << 10
)

// hints is what the spans of one execution said about it, in a form that can be
// merged in any order, any number of times, with the same result: spans arrive
// out of order and more than once. It is column executions.hints.
type hints struct {
	Words    map[string]word `json:"words,omitempty"`    // by field
	Metadata map[string]word `json:"metadata,omitempty"` // by key
	Tags     []string        `json:"tags,omitempty"`     // sorted
}

// Fields of hints.Words.
const (
	wordExecutionID = "id"
	wordName        = "name"
	wordSession     = "session"
	wordUser        = "user"
	wordEnvironment = "env"
	wordRelease     = "release"
	wordOutcome     = "outcome"
	wordReceipt     = "receipt"
	wordAuto        = "auto"
)

// word is a JSON value and whose it is.
type word struct {
	Value json.RawMessage `json:"v"`
	By    rank            `json:"by"`
}

// rank orders speakers: the root before others, then the first to start, then
// by span id so that there is never a tie.
type rank [3]int64

func rankOf(s *xray.Step) rank {
	r := rank{1, int64(s.Start), spanInt(s.SpanID)}
	if s.ParentID.IsZero() {
		r[0] = 0
	}
	return r
}

func (r rank) before(o rank) bool { return slices.Compare(r[:], o[:]) < 0 }

func (h *hints) empty() bool { return len(h.Words) == 0 && len(h.Metadata) == 0 && len(h.Tags) == 0 }

// add takes in what one span said.
func (h *hints) add(s *xray.Step) {
	said := s.Hints
	if said == nil {
		return
	}
	by := rankOf(s)
	for _, t := range [...]struct{ field, text string }{
		{wordExecutionID, said.ExecutionID}, {wordName, said.Name}, {wordSession, said.SessionID},
		{wordUser, said.UserID}, {wordEnvironment, said.Environment}, {wordRelease, said.Release},
	} {
		if t.text != "" {
			h.say(t.field, cleanText(t.text, maxHint), by)
		}
	}
	if outcome := cleanJSON(said.FinalOutcome, maxOutcome); outcome != nil {
		h.say(wordOutcome, outcome, by)
	}
	if said.Receipt != nil {
		h.say(wordReceipt, said.Receipt, by)
	}
	if said.AutoReasoning != nil {
		h.say(wordAuto, *said.AutoReasoning, by)
	}
	for key, value := range said.Metadata {
		h.Metadata = keep(h.Metadata, cleanText(key, maxHint), word{cleanJSON(value, maxMetaText), by}, maxMetadata)
	}
	for _, tag := range said.Tags {
		h.tag(cleanText(tag, maxHint))
	}
}

func (h *hints) say(field string, value any, by rank) {
	if old, there := h.Words[field]; there && !by.before(old.By) {
		return // before it is written as JSON: of most traces the root comes first
	}
	raw, err := json.Marshal(value)
	if err != nil { // texts, flags, numbers and valid JSON always marshal
		return
	}
	h.Words = keep(h.Words, field, word{raw, by}, maxMetadata)
}

func (h *hints) tag(tag string) {
	at, there := slices.BinarySearch(h.Tags, tag)
	if !there && tag != "" && len(h.Tags) < maxTags {
		h.Tags = slices.Insert(h.Tags, at, tag)
	}
}

// keep puts w under key if nobody of a better rank has spoken there.
func keep(words map[string]word, key string, w word, limit int) map[string]word {
	if w.Value == nil {
		return words
	}
	old, there := words[key]
	if there && !w.By.before(old.By) || !there && len(words) >= limit {
		return words
	}
	if words == nil {
		words = make(map[string]word)
	}
	words[key] = w
	return words
}

// merge takes in what other spans said.
func (h *hints) merge(other hints) {
	for field, w := range other.Words {
		h.Words = keep(h.Words, field, w, maxMetadata)
	}
	for key, w := range other.Metadata {
		h.Metadata = keep(h.Metadata, key, w, maxMetadata)
	}
	for _, tag := range other.Tags {
		h.tag(tag)
	}
}

// text is the word on a field of text, "" if nobody spoke.
func (h *hints) text(field string) string {
	var s string
	if w, ok := h.Words[field]; ok {
		_ = json.Unmarshal(w.Value, &s) // we wrote it: a string
	}
	return s
}

// autoReasoning is false only if the SDK asked for silence.
func (h *hints) autoReasoning() bool {
	auto := true
	if w, ok := h.Words[wordAuto]; ok {
		_ = json.Unmarshal(w.Value, &auto) // we wrote it: a bool
	}
	return auto
}

// encode is the column's value; nil for SQL's NULL.
func (h *hints) encode() (*string, error) {
	if h.empty() {
		return nil, nil
	}
	raw, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("encode hints: %w", err)
	}
	text := string(raw)
	return &text, nil
}

func decodeHints(raw []byte) (hints, error) {
	var h hints
	if len(raw) == 0 {
		return h, nil
	}
	if err := json.Unmarshal(raw, &h); err != nil {
		return h, fmt.Errorf("decode hints: %w: %w", errDamaged, err)
	}
	return h, nil
}

// describe fills in what only a single execution shows.
func (h *hints) describe(e *xray.Execution) error {
	values := make(map[string]json.RawMessage, len(h.Metadata))
	for key, w := range h.Metadata {
		values[key] = w.Value
	}
	metadata, err := json.Marshal(values)
	if err != nil {
		return fmt.Errorf("encode metadata: %w", err)
	}
	e.Metadata = metadata
	if w, ok := h.Words[wordOutcome]; ok {
		e.FinalOutcome = w.Value
	}
	if w, ok := h.Words[wordReceipt]; ok {
		if err := json.Unmarshal(w.Value, &e.Receipt); err != nil {
			return fmt.Errorf("decode receipt: %w", err)
		}
	}
	return nil
}
