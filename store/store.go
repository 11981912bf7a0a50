// Package store keeps what clients sent in PostgreSQL and reads it back:
// segments (the OTLP bytes, the truth), steps and executions (an index over
// them), and what was found out about them (facts, reasonings, jobs).
//
// It deliberately knows no OTLP: whatever needs to look into the bytes goes
// through a [Codec]. It knows neither HTTP nor models, and it decides no
// permissions: every call names the project it is for.
package store
