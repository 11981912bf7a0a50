package prices

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/xraytrace/xray"
)

type document struct {
	Version   string     `json:"version"`
	Source    string     `json:"source"`
	Providers []provider `json:"providers"`
}

// maxTable is far above the real table (0.3 MB; upstream's with prose 1 MB).
const maxTable = 32 << 20

func decode(r io.Reader) (document, error) {
	var doc document
	b, err := io.ReadAll(io.LimitReader(r, maxTable))
	if err != nil {
		return doc, fmt.Errorf("read price table: %w", err)
	}
	b = bytes.TrimSpace(b)
	if bytes.HasPrefix(b, []byte("[")) {
		err = json.Unmarshal(b, &doc.Providers)
	} else {
		err = json.Unmarshal(b, &doc)
	}
	if err != nil {
		return doc, xray.Errorf(xray.CodeInvalid, "this is not a price table: %v", err)
	}
	for _, p := range doc.Providers {
		for _, m := range p.Models {
			if p.ID == "" || len(m.Prices) == 0 {
				return doc, xray.Errorf(xray.CodeInvalid, "the price table's model %q of provider %q has no id or no prices", m.ID, p.ID)
			}
		}
	}
	if len(doc.Providers) == 0 {
		return doc, xray.Errorf(xray.CodeInvalid, "the price table names no providers")
	}
	return doc, nil
}

// schedules are a model's prices over time: one set, or several with the time
// from which, or the hours in which, each holds.
type schedules []schedule

// at is the place of the entry that holds at a time.
func (s schedules) at(t time.Time) int {
	for i := len(s) - 1; i >= 0; i-- {
		if c := s[i].Constraint; c == nil || c.holds(t) {
			return i
		}
	}
	return 0
}

type schedule struct {
	Constraint *constraint `json:"constraint,omitempty"`
	Prices     priceSet    `json:"prices"`
}

func (s *schedules) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(b, []byte("[")) {
		return json.Unmarshal(b, (*[]schedule)(s))
	}
	var one schedule
	if err := json.Unmarshal(b, &one.Prices); err != nil {
		return err
	}
	*s = schedules{one}
	return nil
}

// constraint is a start date, or a span of hours in UTC that may pass midnight.
type constraint struct {
	StartDate string `json:"start_date,omitempty"`
	StartTime string `json:"start_time,omitempty"`
	EndTime   string `json:"end_time,omitempty"`

	from       time.Time
	start, end time.Duration // since midnight UTC
}

func (c *constraint) UnmarshalJSON(b []byte) error {
	type plain constraint
	if err := json.Unmarshal(b, (*plain)(c)); err != nil {
		return err
	}
	if c.StartDate != "" {
		from, err := time.Parse(time.DateOnly, c.StartDate)
		c.from = from
		return err
	}
	var err error
	if c.start, err = sinceMidnight(c.StartTime); err != nil {
		return err
	}
	c.end, err = sinceMidnight(c.EndTime)
	return err
}

func sinceMidnight(s string) (time.Duration, error) {
	t, err := time.Parse("15:04:05Z07:00", s)
	if err != nil {
		return 0, err
	}
	return ofDay(t), nil
}

func ofDay(t time.Time) time.Duration {
	t = t.UTC()
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute +
		time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
}

func (c *constraint) holds(at time.Time) bool {
	if !c.from.IsZero() {
		return !at.Before(c.from)
	}
	now := ofDay(at)
	if c.end < c.start {
		return now >= c.start || now < c.end
	}
	return now >= c.start && now < c.end
}

// priceSet holds US dollars per million tokens; Requests is per thousand calls.
// Units that no [xray.Tokens] class counts are left out.
type priceSet struct {
	Input          *rate `json:"input_mtok,omitempty"`
	Output         *rate `json:"output_mtok,omitempty"`
	CacheRead      *rate `json:"cache_read_mtok,omitempty"`
	CacheWrite     *rate `json:"cache_write_mtok,omitempty"`
	InputAudio     *rate `json:"input_audio_mtok,omitempty"`
	OutputAudio    *rate `json:"output_audio_mtok,omitempty"`
	Reasoning      *rate `json:"output_reasoning_mtok,omitempty"`
	RequestsKCount *rate `json:"requests_kcount,omitempty"`
}

// cost multiplies. A class without a price of its own costs what its direction
// costs: cached input as input, thinking as output. ok is false if no reported
// class has a price at all.
func (p *priceSet) cost(t xray.Tokens) (usd float64, ok bool) {
	parts, ok := p.parts(t)
	return parts.Sum(), ok
}

// parts is the same, class by class.
func (p *priceSet) parts(t xray.Tokens) (out xray.TokenCosts, ok bool) {
	var input int64 // the tiers ask for all input tokens of the call
	if sum := t.InputTotal(); sum != nil {
		input = *sum
	}
	price := func(count *int64, prices ...*rate) *float64 {
		if count == nil {
			return nil
		}
		for _, r := range prices {
			if r != nil {
				ok = true
				return new(float64(max(0, *count)) * r.at(input) / 1e6)
			}
		}
		return nil
	}
	out = xray.TokenCosts{
		Input:       price(t.Input, p.Input),
		CacheRead:   price(t.CacheRead, p.CacheRead, p.Input),
		CacheWrite:  price(t.CacheWrite, p.CacheWrite, p.Input),
		InputAudio:  price(t.InputAudio, p.InputAudio, p.Input),
		Output:      price(t.Output, p.Output),
		Reasoning:   price(t.Reasoning, p.Reasoning, p.Output),
		OutputAudio: price(t.OutputAudio, p.OutputAudio, p.Output),
	}
	if ok && p.RequestsKCount != nil {
		out.Request = new(p.RequestsKCount.at(input) / 1e3)
	}
	return out, ok
}

// rate is a price, or a price with tiers: above a number of input tokens
// another price holds for the whole call.
type rate struct {
	Base  float64 `json:"base"`
	Tiers []tier  `json:"tiers,omitempty"`
}

type tier struct {
	Start int64   `json:"start"`
	Price float64 `json:"price"`
}

func (r *rate) at(input int64) float64 {
	price, from := r.Base, int64(-1)
	for _, t := range r.Tiers {
		if input > t.Start && t.Start > from {
			price, from = t.Price, t.Start
		}
	}
	return price
}

func (r *rate) UnmarshalJSON(b []byte) error {
	type plain rate
	if bytes.HasPrefix(b, []byte("{")) {
		if err := json.Unmarshal(b, (*plain)(r)); err != nil {
			return err
		}
	} else if err := json.Unmarshal(b, &r.Base); err != nil {
		return err
	}
	for _, t := range append([]tier{{Price: r.Base}}, r.Tiers...) {
		if t.Price < 0 || math.IsInf(t.Price, 0) || math.IsNaN(t.Price) {
			return fmt.Errorf("price %v is not a price", t.Price)
		}
	}
	return nil
}
