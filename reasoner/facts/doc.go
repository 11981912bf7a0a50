// Package facts computes, from the record of one execution alone, why it ended
// the way it did: which items entered, which were kept and dropped at each
// step and by which criterion, where a parameter was empty, an error was
// swallowed, a list was cut or an item was made up. Every fact carries JSON
// pointers into what was recorded and a plain English sentence, so that it can
// be shown, checked and quoted without any model.
//
// It deliberately does no I/O, calls no model, keeps no state and never reads
// a clock: the same execution gives the same facts. It explains the record,
// not what a program meant; when the data do not settle a question it says
// less rather than guess. What is normal for a pipeline is never an alarm.
//
// The way through the code: value.go and embedded.go read payloads, lists.go
// finds arrays of items in them, match.go recognises the same item in two
// lists, flow.go turns that into stations (what went in and came out of each
// step), criteria.go explains stations, the detect_*.go files look for what is
// off, and rank.go puts the facts in order.
package facts
