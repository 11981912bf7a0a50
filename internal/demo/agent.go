package demo

import (
	"fmt"
	"time"
)

// planTrip is an agent with tools. In its newest run the weather service is
// away; the agent goes on as if nothing had happened, and promises sunshine.
func planTrip(r *run, i int) {
	r.note = "travel agent: a model that uses tools, once with one that fails unnoticed"
	r.service("travel-agent", "0.4.0")
	city, from := []string{"Lisbon", "Bergen", "Valencia"}[i%3], "Vienna"
	const model, system = "gpt-5-mini", "You plan weekend trips. Use the tools; never invent prices, times or weather."
	ask := fmt.Sprintf("A weekend in %s from %s for two, at most 600 EUR in all. Will it be sunny?", city, from)
	r.step("invoke_agent trip planner", "agent", func(s step) {
		s.str("gen_ai.operation.name", "invoke_agent")
		s.str("gen_ai.agent.name", "trip planner")
		s.str("xray.execution.name", "plan trip")
		s.str("session.id", fmt.Sprintf("trip-%03d", r.rng.IntN(1000)))
		s.tags("agent", "travel")
		s.input(ask)
		args := object{"city": city, "date": "2026-05-16"}
		r.chat(call{"openai", model, system, ask, "", toolCall("call_1", "get_weather", args), 900 * time.Millisecond})
		weather := object{"city": city, "sunshineHours": 7 + r.rng.IntN(5), "maxCelsius": 19 + r.rng.IntN(8), "rainMm": 0}
		r.tool("call_1", "get_weather", args, 300*time.Millisecond, func(s step) {
			if i == 0 {
				weather = object{"error": "weather service unavailable"}
				r.work(4700 * time.Millisecond)
				s.fail("WeatherServiceError", "GET https://weather.example.com/v2/forecast: 503 Service Unavailable after 3 attempts")
			}
			s.json("gen_ai.tool.call.result", weather)
		})
		flights := r.flights(from, city)
		hotels := r.hotels(city)
		r.together(
			func() {
				r.tool("call_2", "search_flights", object{"from": from, "to": city, "passengers": 2}, 850*time.Millisecond,
					func(s step) { s.json("gen_ai.tool.call.result", flights) })
			},
			func() {
				r.tool("call_3", "search_hotels", object{"city": city, "nights": 2, "guests": 2}, 640*time.Millisecond,
					func(s step) { s.json("gen_ai.tool.call.result", hotels) })
			})
		answer := fmt.Sprintf("Fly %s with %s for %v EUR and stay at %s for %v EUR. Expect plenty of sunshine, about 24 °C and no rain.",
			flights[0]["departs"], flights[0]["airline"], flights[0]["priceEur"], hotels[0]["name"], hotels[0]["priceEur"])
		r.chat(call{"openai", model, system, text(object{"request": ask, "weather": weather, "flights": flights, "hotels": hotels}), answer, nil, 2600 * time.Millisecond})
		s.output(answer)
		s.json("xray.execution.outcome", object{"flight": flights[0]["id"], "hotel": hotels[0]["name"], "totalEur": flights[0]["priceEur"].(int) + hotels[0]["priceEur"].(int)})
	})
}

func (r *run) flights(from, to string) []object {
	var out []object
	for i := range 24 {
		out = append(out, object{"id": fmt.Sprintf("F%03d", 100+i), "airline": pick(r, []string{"Alpin Air", "Iberwings", "NordJet", "Danube"}), "from": from, "to": to,
			"departs": fmt.Sprintf("Friday %02d:%02d", 6+r.rng.IntN(16), 5*r.rng.IntN(12)), "stops": r.rng.IntN(2), "priceEur": 190 + 12*i + r.rng.IntN(10)})
	}
	return out
}

func (r *run) hotels(city string) []object {
	var out []object
	for i := range 30 {
		out = append(out, object{"id": fmt.Sprintf("H%03d", 300+i), "name": pick(r, []string{"Casa", "Hotel", "Pension", "The"}) + " " + pick(r, []string{"Miramar", "Aurora", "Central", "Botanica", "Harbour"}),
			"city": city, "stars": 2 + r.rng.IntN(4), "rating": float64(60+r.rng.IntN(38)) / 10, "priceEur": 140 + 9*i + r.rng.IntN(8)})
	}
	return out
}
