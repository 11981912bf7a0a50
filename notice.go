package xray

import "time"

// NoticeVersion is that of the JSON below. What is added to it does not change
// it.
const NoticeVersion = 1

// Notice is what hooks are told. It names what it is about and says how that
// went; it never holds anything out of a payload. Its JSON, with links that the
// sender adds, is the body of a webhook: docs/webhooks.md.
type Notice struct {
	Type      HookEvent  `json:"type"`
	Version   int        `json:"version"`
	Timestamp time.Time  `json:"timestamp"`
	Project   string     `json:"project"`
	Data      NoticeData `json:"data"`
}

// NoticeData is one of what a notice can be about; none with [EventTest].
type NoticeData struct {
	Execution *NoticeExecution `json:"execution,omitempty"`
	Alert     *NoticeAlert     `json:"alert,omitempty"`
}

// NoticeExecution is an execution as hooks are told of it.
type NoticeExecution struct {
	ID          string    `json:"id"` // trace id in hex
	ExecutionID string    `json:"executionId"`
	Name        string    `json:"name"`
	Status      string    `json:"status"`
	Headline    string    `json:"headline"`
	StartedAt   time.Time `json:"startedAt"`
	DurationMs  int64     `json:"durationMs"`
	Steps       int       `json:"steps"`
	Errors      int       `json:"errors"`
	CostUSD     *float64  `json:"costUsd,omitempty"`
	URL         string    `json:"url,omitempty"`
}

// NoticeAlert is an alert as hooks are told of it.
type NoticeAlert struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	State     string    `json:"state"` // firing or ok
	Rule      string    `json:"rule"`  // in words
	Query     string    `json:"query"`
	Aggregate string    `json:"aggregate"`
	Value     *float64  `json:"value"` // of the window; null if it had none
	Threshold float64   `json:"threshold"`
	From      time.Time `json:"from"` // the window that decided
	To        time.Time `json:"to"`
	URL       string    `json:"url,omitempty"`
}

// Subject is what the notice is about, in a few words.
func (n *Notice) Subject() string {
	switch {
	case n.Data.Execution != nil:
		return n.Data.Execution.Name
	case n.Data.Alert != nil:
		return n.Data.Alert.Name
	}
	return "test"
}
