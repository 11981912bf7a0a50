package demo

import (
	"fmt"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

// triageTicket is an everyday pipeline in which nothing is wrong.
func triageTicket(r *run, i int) {
	r.note = "ticket triage: classify, look up, draft a reply, check it"
	r.service("support-triage", "3.1.4")
	tickets := []struct{ subject, body, class, reply string }{
		{"Parcel says delivered", "The tracking page says delivered yesterday but there is nothing here.", "delivery", "I am sorry that your parcel has not turned up. I have opened an enquiry with the parcel service; you will hear from us within two working days."},
		{"Invoice for March", "We need the March invoice with our VAT number on it.", "invoice", "You will find the March invoice with your VAT number attached; from now on it is on every invoice."},
		{"App crashes on login", "Since the update the app closes when I log in.", "technical", "Thank you for telling us. Version 8.2.1 mends the crash at login and is in the stores since this morning."},
		{"Cancel my subscription", "Please cancel it at the end of the month.", "cancellation", "Your subscription ends on the last day of this month. Until then you can use everything as before."},
	}
	t := tickets[i%len(tickets)]
	id := fmt.Sprintf("T-%05d", 20_000+r.rng.IntN(60_000))
	r.step("triage ticket", "chain", func(s step) {
		s.str("xray.execution.id", fmt.Sprintf("%s-%d", id, r.start.Unix()))
		s.input(object{"ticket": id, "subject": t.subject, "body": t.body})
		s.tags("support")
		classes := object{"class": t.class, "confidence": 0.9 + float64(r.rng.IntN(10))/100}
		r.step("classify", "function", func(s step) {
			s.input(t.body)
			r.chat(call{"openai", "gpt-4.1-mini", "Classify the ticket: delivery, invoice, technical, cancellation or other. Answer as JSON with a confidence.", t.body, text(classes), nil, 480 * time.Millisecond})
			s.output(classes)
		})
		r.step("SELECT customers", "function", func(s step) {
			s.span.SetKind(ptrace.SpanKindClient)
			s.str("db.system.name", "postgresql")
			s.str("db.query.text", "SELECT id, name, tier FROM customers WHERE id = $1")
			r.work(6 * time.Millisecond)
			s.output(object{"id": 4000 + r.rng.IntN(5000), "tier": pick(r, []string{"basic", "plus"})})
		})
		r.chat(call{"openai", "gpt-4.1-mini", "Draft a friendly reply of at most three sentences.", t.subject + "\n\n" + t.body, t.reply, nil, 1300 * time.Millisecond})
		r.step("check tone and promises", "guardrail", func(s step) {
			s.input(t.reply)
			r.work(25 * time.Millisecond)
			s.output(object{"passed": true, "checks": []string{"no refund promised", "no personal data", "polite"}})
		})
		s.output(object{"class": t.class, "reply": t.reply})
	})
}
