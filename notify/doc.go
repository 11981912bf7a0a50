// Package notify carries one notice to where a hook points, once: a signed
// HTTP request as standardwebhooks.com has it, a message to Slack, a mail. It
// says how that went and decides nothing else: what is sent when, and when it is
// tried again, is the business of whoever calls it. It keeps no state and knows
// no database.
//
// Receivers are strangers, chosen by people who may not know the network that
// this server stands in. So it connects to no address of that network unless it
// was told to (guard.go), follows no redirects, waits for no one longer than its
// timeout, and reads no more of an answer than a few kilobytes.
package notify
