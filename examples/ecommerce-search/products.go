package main

import "fmt"

// Product is an article of the shop.
type Product struct {
	ID       string  `json:"id"`
	Title    string  `json:"title"`
	Category string  `json:"category"`
	Price    float64 `json:"price"`
	Rating   float64 `json:"rating"`
	Reviews  int     `json:"reviews"`
}

// products is a catalogue of 240 articles, always the same.
func products() []Product {
	kinds := []struct {
		category, title string
		price           float64
		reviews         int
	}{
		{"Water bottles", "steel bottle", 18, 900},
		{"Water bottles", "insulated bottle", 24, 1400},
		{"Water bottles", "glass bottle", 14, 300},
		{"Phone cases", "phone case P9", 16, 21000},
		{"Phone cases", "clear case", 9, 8000},
		{"Kitchen", "steel pan", 38, 2200},
		{"Kitchen", "insulated lunch box", 21, 700},
		{"Bottle accessories", "bottle brush", 7, 1900},
	}
	var out []Product
	for i := range 240 {
		k := kinds[i%len(kinds)]
		n := i / len(kinds)
		out = append(out, Product{
			ID: fmt.Sprintf("A-%03d", i), Title: fmt.Sprintf("%s no. %d", k.title, n+1), Category: k.category,
			Price: k.price + float64(n%12), Rating: 3.5 + float64((i*7)%15)/10, Reviews: k.reviews + 37*n,
		})
	}
	return out
}
