package main

import (
	"encoding/base64"
	"net/netip"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/notify"
	"github.com/xraytrace/xray/query"
)

// outletFlags say how the server tells others what happens.
type outletFlags struct {
	WebhookAllow []string `name:"webhook-allow" env:"XRAY_WEBHOOK_ALLOW" help:"Networks that webhooks may call although they are private or reserved, as in 10.1.0.0/16,192.168.7.4/32."`
	SMTPURL      string   `name:"smtp-url" env:"XRAY_SMTP_URL" help:"The mail server that takes notices: smtp://user:password@host:587 (STARTTLS), smtps://host:465, or smtp://host:25?tls=none."`
	SMTPFrom     string   `name:"smtp-from" env:"XRAY_SMTP_FROM" help:"The address that mails come from."`
	SecretKey    []string `name:"secret-key" env:"XRAY_SECRET_KEY" help:"Seals secrets that have to be read again, such as those of webhooks: 32 bytes in base64 (openssl rand -base64 32). Of several the first seals and any opens. Without it the database keeps one."`
}

// outlet is what the store tells hooks through.
type outlet struct{ *notify.Sender }

// Filter implements store.Outlet.
func (outlet) Filter(text string) (xray.Filter, error) {
	q, err := query.Parse(text)
	return xray.Filter{Where: q.Where, Steps: q.Steps}, err
}

// NewSecret implements api.HookOutlet.
func (outlet) NewSecret() string { return notify.NewSecret() }

// outlet makes the one way out. publicURL is where people reach the UI.
func (f outletFlags) outlet(local bool, publicURL string) (outlet, error) {
	o := notify.Options{Guard: notify.Guard{Local: local}, PublicURL: publicURL, Version: version}
	for _, text := range f.WebhookAllow {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return outlet{}, xray.Errorf(xray.CodeInvalid, "--webhook-allow: %q is no network: use one like 10.1.0.0/16", text)
		}
		o.Guard.Allow = append(o.Guard.Allow, p)
	}
	if f.SMTPURL != "" {
		var err error
		if o.Mail, err = notify.ParseMailServer(f.SMTPURL, f.SMTPFrom); err != nil {
			return outlet{}, err
		}
	}
	return outlet{notify.New(o)}, nil
}

// keys are those of --secret-key.
func (f outletFlags) keys() ([][]byte, error) {
	var keys [][]byte
	for _, text := range f.SecretKey {
		key, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(key) != 32 {
			return nil, xray.Errorf(xray.CodeInvalid, "XRAY_SECRET_KEY is not 32 bytes in base64: make one with 'openssl rand -base64 32'")
		}
		keys = append(keys, key)
	}
	return keys, nil
}
