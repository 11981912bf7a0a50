package xray

import "time"

// Retention is how long a project's data is kept, in days after its arrival.
type Retention struct {
	PayloadDays   int `json:"payloadDays"`   // what spans carried
	StructureDays int `json:"structureDays"` // executions, steps and explanations; at least PayloadDays
}

// MaxRetentionDays bounds [Retention]: a hundred years.
const MaxRetentionDays = 36500

// Validate checks days that somebody sent. An error is CodeInvalid.
func (r Retention) Validate() error {
	switch {
	case r.PayloadDays < 1 || r.PayloadDays > MaxRetentionDays:
		return Errorf(CodeInvalid, "payloads cannot be kept for %d days: use 1 to %d", r.PayloadDays, MaxRetentionDays).At("/payloadDays")
	case r.StructureDays < r.PayloadDays:
		return Errorf(CodeInvalid, "executions would go after %d days, before their payloads: keep them for %d or more", r.StructureDays, r.PayloadDays).At("/structureDays")
	case r.StructureDays > MaxRetentionDays:
		return Errorf(CodeInvalid, "executions cannot be kept for %d days: use at most %d", r.StructureDays, MaxRetentionDays).At("/structureDays")
	}
	return nil
}

// Expiry is what another [Retention] would take from a project as it is now.
type Expiry struct {
	PayloadsBefore  time.Time // what arrived before loses its payloads
	StructureBefore time.Time // what arrived before, and got nothing since, goes as a whole
	Payloads        int       // executions that would lose payloads which they still have; counted up to MaxExpiryCount
	Structure       int       // executions that would go; counted up to MaxExpiryCount
}

// MaxExpiryCount is where counting for an [Expiry] ends: more need no exact number.
const MaxExpiryCount = 10_000
