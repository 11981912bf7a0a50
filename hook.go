package xray

import (
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// HookKind says how a [Hook] is told.
type HookKind string

const (
	HookStandard HookKind = "webhook" // signed JSON, as standardwebhooks.com has it
	HookSlack    HookKind = "slack"   // what Slack's incoming webhooks take, and those of others that do as Slack does
	HookEmail    HookKind = "email"   // through the mail server that this server was given
)

// HookEvent is something that hooks are told of.
type HookEvent string

const (
	EventCompleted HookEvent = "execution.completed" // ended well, or its late spans changed that to this
	EventFailed    HookEvent = "execution.failed"
	EventExplained HookEvent = "explanation.ready"
	EventFired     HookEvent = "alert.fired"
	EventResolved  HookEvent = "alert.resolved"
	EventTest      HookEvent = "webhook.test" // only when somebody asks for it
)

// HookEvents are those that a hook can be told of.
func HookEvents() []HookEvent {
	return []HookEvent{EventCompleted, EventFailed, EventExplained, EventFired, EventResolved}
}

// OfAlert reports whether e is about an alert and not an execution.
func (e HookEvent) OfAlert() bool { return e == EventFired || e == EventResolved }

// Hook is a place outside that is told what happens in a project.
type Hook struct {
	ID        int64
	ProjectID int32
	Name      string // unique in its project
	Kind      HookKind
	URL       string   // "" with HookEmail
	To        []string // addresses, with HookEmail only
	Events    []HookEvent
	// Query, in the language of package query, chooses the executions whose
	// events are told; "" chooses all. Alerts are told whatever it says.
	Query     string
	Paused    bool
	PausedWhy string // "" if a person did it
	CreatedAt time.Time
	UpdatedAt time.Time

	// Only when read: how its deliveries go.
	HookHealth
}

// HookHealth is how the deliveries of a hook go.
type HookHealth struct {
	Failures    int        // attempts that failed in a row
	ClosedUntil *time.Time // nothing is tried before
	Waiting     int        // deliveries that are to be tried, again or at all
	Dropped     int64      // events that were not kept because too many waited
	LastOK      *time.Time
	LastError   *time.Time
	// Secrets are how many are signed with: more than one after a rotation.
	Secrets int
}

// Bounds of hooks.
const (
	MaxHooks       = 50 // in one project
	maxHookName    = 100
	maxHookURL     = 2000
	maxHookTo      = 20
	maxHookQueries = 4000
)

// Check trims h and returns CodeInvalid for what cannot be saved. It does not
// read the query, and does not ask where the address leads.
func (h *Hook) Check() error {
	h.Name, h.URL = strings.TrimSpace(h.Name), strings.TrimSpace(h.URL)
	if n := utf8.RuneCountInString(h.Name); n == 0 || n > maxHookName {
		return Errorf(CodeInvalid, "a webhook needs a name of 1 to %d characters", maxHookName)
	}
	if len(h.Query) > maxHookQueries {
		return Errorf(CodeInvalid, "the query has %d bytes: at most %d", len(h.Query), maxHookQueries)
	}
	slices.Sort(h.Events)
	h.Events = slices.Compact(h.Events)
	for _, e := range h.Events {
		if !slices.Contains(HookEvents(), e) {
			return Errorf(CodeInvalid, "there is no event %q: use %v", e, HookEvents())
		}
	}
	switch h.Kind {
	case HookStandard, HookSlack:
		if len(h.To) > 0 {
			return Errorf(CodeInvalid, "only kind email has addresses in `to`: give this one a `url`")
		}
		return h.checkURL()
	case HookEmail:
		if h.URL != "" {
			return Errorf(CodeInvalid, "kind email has no `url`: give it addresses in `to`")
		}
		return h.checkTo()
	}
	return Errorf(CodeInvalid, "unknown kind %q: use webhook, slack or email", h.Kind)
}

func (h *Hook) checkURL() error {
	if len(h.URL) > maxHookURL {
		return Errorf(CodeInvalid, "the url has %d bytes: at most %d", len(h.URL), maxHookURL)
	}
	u, err := url.Parse(h.URL)
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		return Errorf(CodeInvalid, "this url cannot be called: use one like https://example.com/hooks/xray")
	}
	if u.User != nil || u.Fragment != "" {
		return Errorf(CodeInvalid, "a webhook's url has no user, password or #fragment: its receiver knows us by the signature")
	}
	return nil
}

func (h *Hook) checkTo() error {
	if len(h.To) == 0 || len(h.To) > maxHookTo {
		return Errorf(CodeInvalid, "kind email needs 1 to %d addresses in `to`", maxHookTo)
	}
	for i, to := range h.To {
		a, err := mail.ParseAddress(to)
		if err != nil {
			return Errorf(CodeInvalid, "%.100q is no address to send mail to: use one like team@example.com", to)
		}
		h.To[i] = a.Address
	}
	return nil
}

// ShownURL is the address without what is a secret in it: whoever knows the
// whole URL of a Slack channel can write to it.
func (h *Hook) ShownURL() string {
	u, err := url.Parse(h.URL)
	if err != nil || h.Kind != HookSlack {
		return h.URL
	}
	tail := u.Path
	if len(tail) > 4 {
		tail = tail[len(tail)-4:]
	}
	return fmt.Sprintf("%s://%s/…%s", u.Scheme, u.Host, tail)
}

// DeliveryStatus is how far a [Delivery] is.
type DeliveryStatus string

const (
	DeliveryPending   DeliveryStatus = "pending"
	DeliveryDelivered DeliveryStatus = "delivered"
	DeliveryFailed    DeliveryStatus = "failed" // for good
)

// Delivery is one event on its way to one hook.
type Delivery struct {
	ID         int64
	HookID     int64
	MessageID  string // the receiver's: the same with every attempt, and when it is sent again
	Event      HookEvent
	Subject    string // what it is about, in a few words
	Status     DeliveryStatus
	Attempts   int
	Tried      []Attempt // the last ones, oldest first; only the last has its request and response
	NextAt     *time.Time
	CreatedAt  time.Time
	FinishedAt *time.Time
	Notice     Notice // only on a single delivery, not in lists
}

// Attempt is one try to deliver.
type Attempt struct {
	At       time.Time     `json:"at"`
	Duration time.Duration `json:"duration"`
	Status   int           `json:"status,omitempty"` // of HTTP or SMTP; 0 without an answer
	Error    string        `json:"error,omitempty"`  // "" if it was taken
	// RetryAfter is what the receiver asked for.
	RetryAfter time.Duration `json:"retryAfter,omitempty"`
	// Gone: the receiver wants no more of them.
	Gone     bool      `json:"gone,omitempty"`
	Request  *Exchange `json:"request,omitempty"`
	Response *Exchange `json:"response,omitempty"`
}

// OK reports whether the receiver took it.
func (a *Attempt) OK() bool { return a.Error == "" }

// Exchange is one side of an attempt, its beginning at least.
type Exchange struct {
	Headers []Header `json:"headers,omitempty"`
	Body    string   `json:"body,omitempty"`
	Cut     bool     `json:"cut,omitempty"` // there was more of the body
}

// Header is one line of a header.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}
