package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/wneessen/go-mail"

	"github.com/xraytrace/xray"
)

// MailServer takes our mails. It is chosen by who runs the server, so that it
// may be in the server's own network.
type MailServer struct {
	host           string
	port           int
	user, password string
	policy         mail.TLSPolicy
	implicit       bool // TLS from the first byte
	from           string
}

// ParseMailServer reads smtp://user:password@host:587, which insists on
// STARTTLS, smtps://…:465, which is TLS from the first byte, or
// smtp://host:25?tls=none. An error is CodeInvalid and does not tell the
// password.
func ParseMailServer(address, from string) (*MailServer, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, xray.Errorf(xray.CodeInvalid, "--smtp-url is no address of a mail server: use one like smtp://user:password@mail.example.com:587")
	}
	m := &MailServer{host: u.Hostname(), port: 587, policy: mail.TLSMandatory, implicit: u.Scheme == "smtps", from: from}
	if m.implicit {
		m.port = 465
	}
	if p := u.Port(); p != "" {
		if m.port, err = strconv.Atoi(p); err != nil {
			return nil, xray.Errorf(xray.CodeInvalid, "--smtp-url: %q is no port", p)
		}
	}
	switch mode := u.Query().Get("tls"); mode {
	case "", "required":
	case "opportunistic":
		m.policy = mail.TLSOpportunistic
	case "none":
		m.policy = mail.NoTLS
	default:
		return nil, xray.Errorf(xray.CodeInvalid, "--smtp-url: tls is %q: use required, opportunistic or none", mode)
	}
	if u.User != nil {
		m.user = u.User.Username()
		m.password, _ = u.User.Password()
	}
	if err := mail.NewMsg().From(from); err != nil {
		return nil, xray.Errorf(xray.CodeInvalid, "--smtp-from is %q: use an address like xray@example.com", from)
	}
	return m, nil
}

// client makes a client for one mail. hang closes its connection, which the
// library leaves open when the server knows no STARTTLS.
func (m *MailServer) client() (client *mail.Client, hang func(), err error) {
	var conn net.Conn
	dial := (&net.Dialer{}).DialContext
	if m.implicit {
		dial = (&tls.Dialer{Config: &tls.Config{ServerName: m.host}}).DialContext
	}
	options := []mail.Option{
		mail.WithPort(m.port), mail.WithTLSPolicy(m.policy),
		mail.WithDialContextFunc(func(ctx context.Context, network, address string) (net.Conn, error) {
			var err error
			conn, err = dial(ctx, network, address)
			return conn, err
		}),
	}
	if m.implicit {
		options = append(options, mail.WithSSL())
	}
	if m.user != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(m.user), mail.WithPassword(m.password))
	}
	client, err = mail.NewClient(m.host, options...)
	return client, func() {
		if conn != nil {
			conn.Close()
		}
	}, err
}

// sendMail makes a mail of a notice.
func (s *Sender) sendMail(ctx context.Context, h xray.Hook, message string, n xray.Notice, a *xray.Attempt) error {
	if s.opts.Mail == nil {
		return errors.New("this server was given no mail server: start it with --smtp-url and --smtp-from")
	}
	m, w := mail.NewMsg(), say(n)
	if err := m.From(s.opts.Mail.from); err != nil {
		return err
	}
	if err := m.To(h.To...); err != nil {
		return err
	}
	subject := strings.Join(strings.Fields(w.title), " ") // a header is one line
	text := strings.Join(append([]string{w.title, ""}, w.more...), "\n")
	if w.link != "" {
		text += "\n\n" + w.link
	}
	m.Subject("[X-Ray] " + subject)
	m.SetMessageIDWithValue(message + "@xray")
	m.SetGenHeader("Auto-Submitted", "auto-generated") // so that no absence answers us
	m.SetDateWithValue(a.At)
	m.SetBodyString(mail.TypeTextPlain, text+"\n")
	a.Request = &xray.Exchange{Body: text, Headers: []xray.Header{
		{Name: "From", Value: s.opts.Mail.from}, {Name: "To", Value: strings.Join(h.To, ", ")}, {Name: "Subject", Value: "[X-Ray] " + subject},
	}}
	client, hang, err := s.opts.Mail.client()
	if err != nil {
		return fmt.Errorf("set up the mail: %w", err)
	}
	defer hang()
	if err := client.DialAndSendWithContext(ctx, m); err != nil {
		if sent, ok := errors.AsType[*mail.SendError](err); ok {
			a.Status = sent.ErrorCode()
		}
		return err
	}
	a.Status = 250
	return nil
}
