// Command rag answers a question from a few pages: retrieve, select, answer
// (retrieval-augmented generation).
//
//	cd examples && go run ./rag "Do you ship to Iceland?"
package main

import (
	"cmp"
	"context"
	"os"
	"slices"
	"strings"

	"github.com/xraytrace/xray/examples/internal/app"
	"github.com/xraytrace/xray/examples/internal/model"
	"github.com/xraytrace/xray/sdk"
)

// Page is a piece of the knowledge base; Score says how well it fits.
type Page struct {
	ID    string  `json:"id"`
	Text  string  `json:"text"`
	Score float64 `json:"score"`
}

var pages = []Page{
	{ID: "shipping-1", Text: "We ship to all EU and EEA countries, Switzerland and the United Kingdom."},
	{ID: "shipping-2", Text: "Shipping to Iceland, Norway and Liechtenstein costs 19.90 EUR and takes five to eight working days."},
	{ID: "shipping-3", Text: "Parcels above 30 kg are delivered by a forwarding agent, who makes an appointment."},
	{ID: "returns-1", Text: "Opened items can be returned within 30 days of delivery."},
	{ID: "returns-2", Text: "Software, hygiene articles and custom orders cannot be returned."},
	{ID: "payment-1", Text: "We accept cards, bank transfer and invoices for business customers."},
	{ID: "payment-2", Text: "A second charge is usually a pre-authorisation that the bank releases within seven days."},
	{ID: "orders-1", Text: "The delivery address can be changed until the order is packed."},
}

func main() {
	question := "Do you ship to Iceland?"
	if len(os.Args) > 1 {
		question = os.Args[1]
	}
	app.Run("rag", question, func(ctx context.Context) (string, error) { return answer(ctx, question) })
}

func answer(ctx context.Context, question string) (string, error) {
	found := xray.Value(ctx, "retrieve", func() []Page { return retrieve(question) }, question, xray.TypeRetriever)

	best, err := xray.Step(ctx, "select", func(ctx context.Context) ([]Page, error) {
		const least = 0.25
		xray.Criterion(ctx, "score", ">=", least)
		i := slices.IndexFunc(found, func(p Page) bool { return p.Score < least })
		if i < 0 {
			i = len(found)
		}
		xray.Items(ctx, found[:i], found[i:])
		return found[:i], nil
	}, found, xray.TypeReranker)
	if err != nil {
		return "", err
	}

	var context strings.Builder
	for _, p := range best {
		context.WriteString("[" + p.ID + "] " + p.Text + "\n")
	}
	return model.Ask(ctx, "Answer from these pages only and name the page you used. If they do not answer, say so.\n"+context.String(), question,
		"Yes, for 19.90 EUR within five to eight working days. [shipping-2]")
}

// retrieve scores each page by the share of the question's words that it has;
// a real program would compare embeddings.
func retrieve(question string) []Page {
	words := strings.Fields(strings.ToLower(strings.Trim(question, "?!. ")))
	out := slices.Clone(pages)
	for i, p := range out {
		for _, w := range words {
			if strings.Contains(strings.ToLower(p.Text), w) {
				out[i].Score += 1 / float64(len(words))
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Page) int { return cmp.Compare(b.Score, a.Score) })
	return out
}
