// Package reasoner explains executions: it computes facts from the record,
// lets a model phrase them where one is configured, and has code check every
// sentence before anyone reads it.
//
// The way of a job through the package: explain.go loads the execution and has
// the facts computed, findings.go turns them into an explanation that needs no
// model, phrase.go plans the calls and prompt.go writes them, openai.go makes
// them, answer.go reads what comes back, and the packages sample and verify
// cut payloads to size and check claims.
//
// It deliberately stores nothing and schedules nothing: the store runs the
// jobs, retries them and saves what Explain returns. It gives the model no
// tools, no secrets and no way to act; the only thing an answer can do is be
// shown as text, marked as verified, derived or unverified.
package reasoner
