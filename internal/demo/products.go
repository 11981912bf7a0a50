package demo

import (
	"fmt"
	"math"
)

// product is a search result of the shop.
type product struct {
	ASIN     string  `json:"asin"`
	Title    string  `json:"title"`
	Category string  `json:"category"`
	Price    float64 `json:"price"`
	Rating   float64 `json:"rating"`
	Reviews  int     `json:"reviews"`
}

// shelf is one kind of product: how its titles are put together and what such
// things cost.
type shelf struct {
	category string
	share    int // of 100 results
	brands   []string
	what     []string
	with     []string
	from, to float64
}

var shelves = []shelf{
	{"Water Bottles", 46,
		[]string{"Trailhead", "Nordvik", "AquaForge", "Kestrel", "Summit & Co", "Bluefin", "EverCold", "Pinebrook", "Hydrolite", "Marlowe"},
		[]string{"Stainless Steel Water Bottle", "Insulated Water Bottle", "Wide Mouth Water Bottle", "Vacuum Flask", "Sports Water Bottle"},
		[]string{"32 oz, BPA Free", "24 oz with Straw Lid", "40 oz, Leakproof", "18 oz, Double Wall", "32 oz with Carry Handle", "64 oz, Keeps Cold 24 h"}, 9, 46},
	{"Phone Cases", 16,
		[]string{"Armorly", "SlimGuard", "CaseWorks", "Tuffshell", "Lumen"},
		[]string{"Shockproof Phone Case", "Clear Phone Case", "Phone Case with Ring Stand", "Rugged Phone Case"},
		[]string{"P7", "P8", "P10 Pro", "with Bottle Opener", "Military Grade, Stainless Steel Button"}, 6, 29},
	{"Bottle Accessories", 18,
		[]string{"Nordvik", "Pinebrook", "StrapIt", "Kestrel", "Cleanly"},
		[]string{"Bottle Brush Set", "Bottle Sleeve with Strap", "Replacement Lid for Wide Mouth Bottle", "Silicone Bottle Boot", "Bottle Holder for Bikes"},
		[]string{"Fits 32 oz", "Pack of 2", "with Phone Pocket", "Fits 18 to 40 oz"}, 4, 22},
	{"Kitchen Storage", 12,
		[]string{"Marlowe", "Tidy Home", "Glasshaus"},
		[]string{"Glass Storage Jar", "Stainless Steel Food Container", "Oil Dispenser Bottle", "Insulated Lunch Box"},
		[]string{"Set of 3", "32 oz", "Leakproof", "with Bamboo Lid"}, 8, 45},
	{"Camping Lights", 8,
		[]string{"Lumen", "Trailhead", "Beacon"},
		[]string{"Rechargeable Lantern", "Bottle Lamp", "Headlamp"},
		[]string{"1000 Lumen", "Pack of 2", "USB-C"}, 11, 48},
}

// phoneCase is what the search with the mistake ends with: not a bottle, but
// in the price range, well rated, and reviewed more than anything else.
var phoneCase = product{"B0P9CASE7X", "CaseWorks P9 Phone Case, Shockproof, with Stainless Steel Bottle Opener", "Phone Cases", 18.99, 4.6, 48211}

func (r *run) products(n int) []product {
	out := make([]product, 0, n)
	for i := range n {
		sh := r.shelf()
		reviews := int(math.Exp(3 + 5.2*r.rng.Float64())) // many with few, few with many
		out = append(out, product{
			ASIN:     fmt.Sprintf("B0%08X", r.rng.Uint32()),
			Title:    fmt.Sprintf("%s %s, %s", pick(r, sh.brands), pick(r, sh.what), pick(r, sh.with)),
			Category: sh.category,
			Price:    math.Round(sh.from+(sh.to-sh.from)*r.rng.Float64()) - 0.01,
			Rating:   math.Round(10*(3.1+1.8*math.Sqrt(r.rng.Float64()))) / 10,
			Reviews:  reviews,
		})
		if i == n/5 {
			out = append(out, phoneCase)
		}
	}
	return out[:n]
}

func (r *run) shelf() shelf {
	at := r.rng.IntN(100)
	for _, sh := range shelves {
		if at -= sh.share; at < 0 {
			return sh
		}
	}
	return shelves[0]
}
