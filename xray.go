// Package xray holds the nouns of X-Ray and their validity, and nothing else:
// projects, executions, steps, items and reasonings. It imports only the
// standard library, does no I/O and knows neither SQL, HTTP nor OTLP's wire
// form. Rooms (receiver, store, reasoner, internal/api) speak to each other in
// these types through interfaces that the using room declares.
//
// Two vocabularies meet here. Where data arrives and rests we use OTLP's words
// (trace, span, resource, attribute, event, link); where people look we say
// execution (a trace as we show it) and step (a span of it). The translation
// is in execution.go.
package xray
