package notify

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/xraytrace/xray"
)

// Options tune a [Sender].
type Options struct {
	Guard     Guard
	PublicURL string // where people reach the UI, for links; "" leaves them out
	Version   string // of this server, for User-Agent
	Mail      *MailServer
	Timeout   time.Duration    // for one attempt; default 15 s
	Clock     func() time.Time // default time.Now
}

// Sender carries notices. It is safe for concurrent use.
type Sender struct {
	opts Options
	http *http.Client
}

// New makes a sender.
func New(o Options) *Sender {
	if o.Timeout == 0 {
		o.Timeout = 15 * time.Second
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	o.PublicURL = strings.TrimSuffix(o.PublicURL, "/")
	dialer := &net.Dialer{Timeout: o.Timeout, Control: o.Guard.Control}
	return &Sender{opts: o, http: &http.Client{
		Timeout: o.Timeout,
		Transport: &http.Transport{
			// No proxy: it would resolve the names, and connect, in our place.
			DialContext:            dialer.DialContext,
			ForceAttemptHTTP2:      true,
			TLSHandshakeTimeout:    o.Timeout,
			MaxResponseHeaderBytes: maxHeaderBytes,
			DisableCompression:     true, // what was read is what was sent
			MaxIdleConnsPerHost:    1,
			MaxIdleConns:           100,
			IdleConnTimeout:        30 * time.Second,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Check says, in CodeInvalid, what would make every attempt fail and can be told
// before the first. A name may still lead to where it must not; an attempt finds
// that out.
func (s *Sender) Check(h xray.Hook) error {
	if h.Kind == xray.HookEmail {
		if s.opts.Mail == nil {
			return xray.Errorf(xray.CodeInvalid, "this server was given no mail server: start it with --smtp-url and --smtp-from, or use another kind")
		}
		return nil
	}
	u, err := url.Parse(h.URL)
	if err != nil {
		return xray.Errorf(xray.CodeInvalid, "this url cannot be called: use one like https://example.com/hooks/xray")
	}
	host := u.Hostname()
	if strings.EqualFold(host, "localhost") {
		host = "127.0.0.1"
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		if err := s.opts.Guard.Check(ip); err != nil {
			return xray.Errorf(xray.CodeInvalid, "%v", err)
		}
	}
	return nil
}

// Send makes one attempt to tell a hook. message is the same with every attempt
// of one notice. It returns when the receiver has answered, the time is up or ctx
// has ended, and never panics at what it got.
func (s *Sender) Send(ctx context.Context, h xray.Hook, secrets []string, message string, n xray.Notice) xray.Attempt {
	ctx, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	begun := s.opts.Clock()
	a := xray.Attempt{At: begun}
	n = s.linked(n)
	var err error
	switch h.Kind {
	case xray.HookEmail:
		err = s.sendMail(ctx, h, message, n, &a)
	default:
		err = s.post(ctx, h, secrets, message, n, &a)
	}
	a.Duration = s.opts.Clock().Sub(begun)
	if err != nil && a.Error == "" {
		a.Error = s.plain(err)
	}
	return a
}

// linked adds the addresses at which people see what the notice is about.
func (s *Sender) linked(n xray.Notice) xray.Notice {
	if s.opts.PublicURL == "" {
		return n
	}
	if e := n.Data.Execution; e != nil {
		linked := *e
		linked.URL = s.opts.PublicURL + "/executions/" + e.ID
		n.Data.Execution = &linked
	}
	if al := n.Data.Alert; al != nil {
		linked := *al
		linked.URL = s.opts.PublicURL + "/alerts/" + al.ID
		n.Data.Alert = &linked
	}
	return n
}
