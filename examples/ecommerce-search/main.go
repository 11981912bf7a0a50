// Command ecommerce-search looks for products that compete with one of ours:
// a model writes keywords, a search runs, filters and a ranking follow.
//
// There is a mistake in it. The program ends without an error and with a
// product that is not a water bottle at all. Find out why in X-Ray; the answer
// is at the end of pipeline.go.
//
//	cd examples && go run ./ecommerce-search
package main

import (
	"context"

	"github.com/xraytrace/xray/examples/internal/app"
)

func main() {
	ours := Product{ID: "HB-32", Title: "HydroBottle, stainless steel, 32 oz", Category: "Water bottles", Price: 25, Rating: 4.4, Reviews: 3120}
	app.Run("ecommerce search", ours, func(ctx context.Context) (Product, error) { return competitor(ctx, ours) })
}
