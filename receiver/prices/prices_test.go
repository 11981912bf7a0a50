package prices_test

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/receiver/prices"
)

func embedded(t testing.TB) *prices.Table {
	t.Helper()
	table, err := prices.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func load(t testing.TB, text string) *prices.Table {
	t.Helper()
	table, err := prices.Load(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return table
}

var summer = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

func tokens(input, cacheRead, cacheWrite, inputAudio, output, reasoning, outputAudio int64) xray.Tokens {
	given := func(n int64) *int64 {
		if n < 0 {
			return nil
		}
		return &n
	}
	return xray.Tokens{
		Input: given(input), CacheRead: given(cacheRead), CacheWrite: given(cacheWrite), InputAudio: given(inputAudio),
		Output: given(output), Reasoning: given(reasoning), OutputAudio: given(outputAudio),
	}
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9+1e-6*math.Abs(b) }

// TestCostsAgreeWithTheProjectsOwnArithmetic compares with what the JavaScript
// package itself answers for some 550 calls: tiers, dates, hours, audio, caches.
func TestCostsAgreeWithTheProjectsOwnArithmetic(t *testing.T) {
	t.Parallel()
	usages := map[string]xray.Tokens{
		"plain":  tokens(1000, -1, -1, -1, 500, -1, -1),
		"cached": tokens(3000, 6000, 1000, -1, 400, 300, -1),
		"long":   tokens(250000, 50000, -1, -1, 2000, -1, -1),
		"audio":  tokens(2000, -1, -1, 1000, 500, -1, 400),
	}
	b, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows [][5]any
	if err := json.Unmarshal(b, &rows); err != nil {
		t.Fatal(err)
	}
	table := embedded(t)
	for _, row := range rows {
		at, err := time.Parse(time.RFC3339, row[3].(string))
		if err != nil {
			t.Fatal(err)
		}
		call := prices.Call{Provider: row[0].(string), Models: []string{row[1].(string)}, Tokens: usages[row[2].(string)], At: at}
		got, ok := table.Cost(call)
		want, known := row[4].(float64)
		switch {
		case !known && ok:
			t.Errorf("%v: %v, but the project does not know it", row, got)
		case known && want > 0 && !ok:
			t.Errorf("%v: not found", row)
		case known && ok && !near(got, want):
			t.Errorf("%v: got %v", row, got)
		}
	}
}

// differences from LiteLLM's table of 2026-07-24, with what we know of each:
// none is an error of ours that we could mend in the arithmetic.
var differences = map[string]string{
	"kimi-k2.6":                            "rounded differently (0.16 and 0.161 per million cached)",
	"kimi-k2.5":                            "another list price for output",
	"gemini-2.5-flash-native-audio-latest": "output priced as Gemini 2.5 Flash's text; LiteLLM has the live model's",
	"gemini-2.5-flash-native-audio-preview-09-2025": "as above",
	"gemini-2.5-flash-native-audio-preview-12-2025": "as above",
	"gemini-2.5-pro-preview-tts":                    "speech output costs 20; LiteLLM has the text model's price",
	"claude-sonnet-4-5-20250929-v1:0":               "Bedrock's regional price, ten per cent above the global one",
	"gemini-2.0-flash-lite":                         "cached input at the full price; LiteLLM assumes a discount",
	"gemini-2.0-flash-lite-001":                     "as above",
	"gemini-2.0-flash-001":                          "AI Studio's price; LiteLLM has Vertex AI's",
	"gemini-2.5-flash-preview-09-2025":              "cached input fell later",
	"gemini-2.5-flash-lite-preview-06-17":           "cached input fell later",
	"gemini-3.6-flash":                              "another list price, half of LiteLLM's",
	"gpt-5.4-pro":                                   "the pro models have no discount on cached input",
	"gpt-5.4-pro-2026-03-05":                        "as above",
	"gpt-5.5-pro":                                   "as above",
	"gpt-5.5-pro-2026-04-23":                        "as above",
	"gpt-4o-search-preview":                         "the search models have no discount on cached input",
	"gpt-4o-search-preview-2025-03-11":              "as above",
	"gpt-realtime-2":                                "text output at 24; LiteLLM has 16",
	"grok-4.5":                                      "another list price for cached input",
	"deepseek-chat":                                 "day price of the older model; LiteLLM has the newer one's flat price",
	"deepseek-reasoner":                             "as above",
}

// TestCostsAgreeWithLiteLLM compares the list prices with another table of the
// same summer (testdata/litellm.json, an excerpt, MIT).
func TestCostsAgreeWithLiteLLM(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/litellm.json")
	if err != nil {
		t.Fatal(err)
	}
	var models map[string]struct {
		Provider                 string
		Input, Output, CacheRead float64
	}
	if err := json.Unmarshal(b, &models); err != nil {
		t.Fatal(err)
	}
	table := embedded(t)
	compared := 0
	for name, m := range models {
		call := prices.Call{Provider: litellmProvider(m.Provider), Models: []string{name}, At: summer}
		call.Tokens = tokens(1000, -1, -1, -1, 1000, -1, -1)
		got, ok := table.Cost(call)
		if !ok {
			continue // previews and aliases that one table has and the other has not
		}
		compared++
		agree := near(got, 1000*m.Input+1000*m.Output)
		if m.CacheRead > 0 {
			call.Tokens = tokens(0, 1000, -1, -1, -1, -1, -1)
			cached, _ := table.Cost(call)
			agree = agree && near(cached, 1000*m.CacheRead)
		}
		if _, argued := differences[name]; agree == argued {
			t.Errorf("%s of %s: agree = %v, argued = %v (1,000 tokens each way: %v)", name, m.Provider, agree, argued, got)
		}
	}
	if compared < 170 {
		t.Errorf("only %d of %d models are in the price table", compared, len(models))
	}
}

func litellmProvider(name string) string {
	switch {
	case strings.HasPrefix(name, "vertex_ai"):
		return "gcp.vertex_ai"
	case name == "text-completion-openai":
		return "openai"
	case name == "xai":
		return "x_ai"
	}
	return name
}

func TestWhatAModelCallCosts(t *testing.T) {
	t.Parallel()
	table := embedded(t)
	plain := tokens(1_000_000, -1, -1, -1, 1_000_000, -1, -1)
	for name, test := range map[string]struct {
		call prices.Call
		want float64 // below zero: unknown
	}{
		"a model of a named provider":                                {prices.Call{Provider: "openai", Models: []string{"gpt-4o-mini"}, Tokens: plain}, 0.75},
		"a model without a provider is found by name":                {prices.Call{Models: []string{"gpt-4o-mini"}, Tokens: plain}, 0.75},
		"OpenTelemetry's name for Azure":                             {prices.Call{Provider: "azure.ai.openai", Models: []string{"gpt-4o-mini"}, Tokens: plain}, 0.75},
		"the request's model when the response's is not known":       {prices.Call{Provider: "openai", Models: []string{"gpt-4o-mini-fake", "gpt-4o-mini"}, Tokens: plain}, 0.75},
		"a router's provider/model":                                  {prices.Call{Provider: "litellm", Models: []string{"anthropic/claude-sonnet-4-20250514"}, Tokens: plain}, 18},
		"Gemini's models/ prefix":                                    {prices.Call{Provider: "gcp.gemini", Models: []string{"models/gemini-2.5-flash"}, Tokens: tokens(1_000_000, -1, -1, -1, -1, -1, -1)}, 0.3},
		"OpenAI's client at another provider's address":              {prices.Call{Provider: "openai", Models: []string{"claude-sonnet-4-20250514"}, Tokens: plain}, 18},
		"a local server's model of a known name costs nothing known": {prices.Call{Provider: "ollama", Models: []string{"gpt-4o-mini"}, Tokens: plain}, -1},
		"an unknown model has no cost":                               {prices.Call{Provider: "openai", Models: []string{"gpt-4o-mini-fake"}, Tokens: plain}, -1},
		"no tokens have no cost, not a cost of zero":                 {prices.Call{Provider: "openai", Models: []string{"gpt-4o-mini"}}, -1},
		"zero tokens cost zero":                                      {prices.Call{Provider: "openai", Models: []string{"gpt-4o-mini"}, Tokens: tokens(0, -1, -1, -1, 0, -1, -1)}, 0},
		"cached input is cheaper":                                    {prices.Call{Provider: "openai", Models: []string{"gpt-4o-mini"}, Tokens: tokens(0, 1_000_000, -1, -1, -1, -1, -1)}, 0.075},
		"thinking costs what output costs":                           {prices.Call{Provider: "openai", Models: []string{"o3-mini"}, Tokens: tokens(-1, -1, -1, -1, 0, 1_000_000, -1)}, 4.4},
	} {
		t.Run(name, func(t *testing.T) {
			test.call.At = summer
			got, ok := table.Cost(test.call)
			if ok != (test.want >= 0) || ok && !near(got, test.want) {
				t.Errorf("got %v, %v; want %v", got, ok, test.want)
			}
			if parts, same := table.Parts(test.call); same != ok || parts.Sum() != got {
				t.Errorf("its parts are %+v, %v: they are not the whole", parts, same)
			}
		})
	}
}

func TestACallsCostByClass(t *testing.T) {
	t.Parallel()
	call := prices.Call{Provider: "openai", Models: []string{"gpt-4o-mini"}, Tokens: tokens(1_000_000, 2_000_000, -1, -1, 500_000, -1, -1), At: summer}
	parts, ok := embedded(t).Parts(call)
	if !ok || !near(*parts.Input, 0.15) || !near(*parts.CacheRead, 0.15) || !near(*parts.Output, 0.3) || parts.Reasoning != nil || parts.Request != nil {
		t.Errorf("got %+v, %v", parts, ok)
	}
}

const ownPrices = `{"version":"2027-01-01","source":"us","providers":[
 {"id":"openai","models":[{"id":"gpt-4o-mini","match":{"equals":"gpt-4o-mini"},"prices":{"input_mtok":1,"output_mtok":2}}]},
 {"id":"house","provider_match":{"ends_with":"house"},"models":[{"id":"m","match":{"and":[{"starts_with":"m"},{"regex":"^(?!mini)"}]},
  "prices":[{"prices":{"input_mtok":{"base":1,"tiers":[{"start":1000,"price":3},{"start":100,"price":2}]}}},
            {"constraint":{"start_date":"2026-06-01"},"prices":{"input_mtok":10,"requests_kcount":5}},
            {"constraint":{"start_time":"22:00:00Z","end_time":"02:00:00Z"},"prices":{"input_mtok":7}}]}]}]}`

func TestATableOfOnesOwn(t *testing.T) {
	t.Parallel()
	table := embedded(t).With(load(t, ownPrices))
	ask := func(provider, model string, n int64, at time.Time) float64 {
		usd, ok := table.Cost(prices.Call{Provider: provider, Models: []string{model}, Tokens: tokens(n, -1, -1, -1, -1, -1, -1), At: at})
		if !ok {
			return -1
		}
		return usd
	}
	spring := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct{ got, want float64 }{
		"our price goes before the public one":    {ask("openai", "gpt-4o-mini", 1e6, summer), 1},
		"what we do not price is public":          {ask("openai", "gpt-4o", 1e6, summer), 2.5},
		"below the tiers":                         {ask("my-house", "model", 100, spring), 100e-6},
		"in the lower tier, for the whole call":   {ask("my-house", "model", 101, spring), 202e-6},
		"in the upper tier, whatever their order": {ask("my-house", "model", 2000, spring), 6000e-6},
		"from its start date, with the request":   {ask("my-house", "model", 1e6, summer), 10.005},
		"by night over midnight":                  {ask("my-house", "model", 1e6, summer.Add(13*time.Hour)), 7},
		"a negative look-ahead excludes":          {ask("my-house", "mini", 1e6, summer), -1},
	} {
		if !near(test.got, test.want) {
			t.Errorf("%s: got %v, want %v", name, test.got, test.want)
		}
	}
	if table.Version() != "2027-01-01+"+embedded(t).Version() {
		t.Errorf("the version %q does not name both tables", table.Version())
	}
}

func TestABareListOfProvidersIsATable(t *testing.T) {
	t.Parallel()
	table := load(t, `[{"id":"p","models":[{"id":"m","match":{"equals":"m"},"prices":{"input_mtok":1}}]}]`)
	if _, ok := table.Cost(prices.Call{Provider: "p", Models: []string{"m"}, Tokens: tokens(1, -1, -1, -1, -1, -1, -1)}); !ok {
		t.Error("the model is not found")
	}
}

func TestWhatIsNoPriceTableIsRefused(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing":             ``,
		"no JSON":             `prices`,
		"no providers":        `{"providers":[]}`,
		"a negative price":    `[{"id":"p","models":[{"id":"m","match":{"equals":"m"},"prices":{"input_mtok":-1}}]}]`,
		"a text for a price":  `[{"id":"p","models":[{"id":"m","match":{"equals":"m"},"prices":{"input_mtok":"cheap"}}]}]`,
		"no prices":           `[{"id":"p","models":[{"id":"m","match":{"equals":"m"},"prices":[]}]}]`,
		"an expression":       `[{"id":"p","models":[{"id":"m","match":{"regex":"("},"prices":{"input_mtok":1}}]}]`,
		"an open look-ahead":  `[{"id":"p","models":[{"id":"m","match":{"regex":"^(?!a"},"prices":{"input_mtok":1}}]}]`,
		"a date that is none": `[{"id":"p","models":[{"id":"m","match":{"equals":"m"},"prices":[{"constraint":{"start_date":"soon"},"prices":{}}]}]}]`,
	} {
		if _, err := prices.Load(strings.NewReader(text)); xray.ErrorCode(err) != xray.CodeInvalid {
			t.Errorf("%s: error %v, want one of code invalid", name, err)
		}
	}
}

func BenchmarkCost(b *testing.B) {
	table := embedded(b)
	call := prices.Call{Provider: "openai", Models: []string{"gpt-4o-mini-fake", "gpt-4o-mini"}, Tokens: tokens(1000, 500, -1, -1, 100, -1, -1), At: summer}
	b.ReportAllocs()
	for b.Loop() {
		table.Cost(call)
	}
}
