// Package verify decides whether a claim about an execution may be shown as
// checked. It is pure code: given the stored payloads and the computed facts
// it traces every word of substance in a claim to one of them, and what it
// cannot trace stays unverified.
//
// The rule in one sentence: a claim is accepted when it is made of nothing but
// values that stand in the record, named by the fields they stand in, words
// of facts about the step it speaks of, and empty words (a, was, with, step…).
// docs/explanations.md describes it for readers, docs/adr/005-verifier.md says
// why it is built this way.
//
// The package deliberately does not understand language. It does not guess
// synonyms outside a small closed list, converts no units, computes nothing,
// and cannot tell whether a sentence is useful. It refuses true sentences that
// it cannot trace; it must never accept a false one.
package verify
