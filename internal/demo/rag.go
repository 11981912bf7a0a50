package demo

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

type passage struct {
	ID    string  `json:"id"`
	Title string  `json:"title"`
	Text  string  `json:"text"`
	Score float64 `json:"score"`
}

// question is one that people ask, the page that answers it, and the answer.
type question struct{ id, ask, title, text, answer string }

var questions = []question{
	{"kb-0417", "How long can I return an opened item?", "Returns: opened items",
		"Opened items can be returned within 30 days of delivery. Software, hygiene articles and custom orders are excluded. A restocking fee of 10 % applies when the packaging is missing.",
		"You can return an opened item within 30 days of delivery; without its packaging a restocking fee of 10 % applies. Software, hygiene articles and custom orders are excluded. [1]"},
	{"kb-0112", "Do you ship to Iceland?", "Shipping: countries and prices",
		"We ship to all EU and EEA countries, the United Kingdom and Switzerland. Shipping to Iceland, Norway and Liechtenstein costs 19.90 EUR and takes five to eight working days.",
		"Yes. Iceland is in the EEA: shipping costs 19.90 EUR and takes five to eight working days. [1]"},
	{"kb-0733", "Why was my card charged twice?", "Payments: double charges",
		"A second charge is usually a pre-authorisation that the bank releases within seven days. If both charges are booked after seven days, contact support with the order number.",
		"The second charge is most likely a pre-authorisation, which your bank releases within seven days. If both are still booked after that, send support your order number. [1]"},
	{"kb-0286", "Can I change the delivery address?", "Orders: changing an order",
		"The delivery address can be changed until the order is packed, under My orders → Details. Afterwards the parcel service can redirect it.",
		"Yes, until the order is packed: My orders → Details. Afterwards only the parcel service can redirect it. [1]"},
}

// passages are pages that share words with the question and do not answer it.
func (r *run) passages(q question, n int) []passage {
	topics := []string{"Returns", "Shipping", "Payments", "Orders", "Warranty", "Gift cards", "Accounts", "Invoices", "Business customers"}
	about := []string{"overview", "exceptions", "how long it takes", "for business customers", "frequently asked", "what changed in 2024", "contact"}
	out := []passage{{q.id, q.title, q.text, 0.79 + 0.1*r.rng.Float64()}}
	for range n - 1 {
		title := pick(r, topics) + ": " + pick(r, about)
		out = append(out, passage{fmt.Sprintf("kb-%04d", r.rng.IntN(10_000)), title,
			fmt.Sprintf("This page is about %s. Details depend on the country, the payment method and the kind of article; the general terms of %d apply. "+
				"If nothing here answers the question, write to support and name the order number, so that we can look into it within two working days.", title, 2019+r.rng.IntN(6)),
			0.35 + 0.4*r.rng.Float64()})
	}
	for i := range out {
		out[i].Score = math.Round(out[i].Score*1000) / 1000
	}
	slices.SortStableFunc(out, func(a, b passage) int { return cmp.Compare(b.Score, a.Score) })
	return out
}

// answerQuestion answers from a knowledge base (RAG).
func answerQuestion(r *run, i int) {
	r.note = "question answering: retrieve passages, then answer from them (RAG)"
	r.service("help-center", "0.9.1")
	q := questions[i%len(questions)]
	r.step("answer question", "chain", func(s step) {
		s.input(object{"question": q.ask})
		s.str("session.id", fmt.Sprintf("chat-%04d", r.rng.IntN(10_000)))
		s.tags("support", "rag")
		r.step("embeddings text-embedding-3-small", "embedding", func(s step) {
			s.span.SetKind(ptrace.SpanKindClient)
			s.str("gen_ai.operation.name", "embeddings")
			s.str("gen_ai.provider.name", "openai")
			s.str("gen_ai.request.model", "text-embedding-3-small")
			s.num("gen_ai.usage.input_tokens", int64(len(q.ask)/4))
			s.input(q.ask)
			r.work(90 * time.Millisecond)
		})
		found := r.passages(q, 40)
		r.step("retrieve passages", "retriever", func(s step) {
			s.input(object{"query": q.ask, "topK": 40, "index": "help-center-de-en"})
			r.work(45 * time.Millisecond)
			s.output(found)
		})
		top := found[:5]
		r.step("rerank", "reranker", func(s step) {
			s.input(object{"query": q.ask, "topN": 5, "passages": found})
			r.work(130 * time.Millisecond)
			s.output(top)
		})
		r.chat(call{"anthropic", "claude-sonnet-4-5", "Answer from the passages only and cite them like [1]. If they do not answer, say so.",
			text(object{"question": q.ask, "passages": top}), q.answer, nil, 2100 * time.Millisecond})
		s.output(object{"answer": q.answer, "sources": []string{top[0].ID}})
	})
}
