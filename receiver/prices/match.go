package prices

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/xraytrace/xray"
)

// providerIDs are the names that OpenTelemetry and SDKs give to providers
// where the table's own matching would miss them or find another.
var providerIDs = map[string]string{
	"azure.ai.openai":    "azure",
	"azure.ai.inference": "azure",
	"azure-openai":       "azure",
	"azure_openai":       "azure",
	"azureopenai":        "azure",
	"gcp.gen_ai":         "google",
	"aws.bedrock":        "aws",
	"x_ai":               "x-ai",
	"mistral_ai":         "mistral",
	"moonshot_ai":        "moonshotai",
	"fireworks_ai":       "fireworks",
	"fireworks-ai":       "fireworks",
}

// openEnded are names of protocols and routers rather than of who serves the
// model: OpenAI's client talks to any server that speaks its language. With
// them the model's own name may tell whose it is.
var openEnded = []string{"", "openai", "litellm", "langchain"}

// match finds a model as the genai-prices project does: the provider by id or
// by its rule, the model by the first rule that fits, then in the providers it
// falls back to. A named provider that is not in the table has no price, even
// if the model's name is familiar: a local server costs nobody a cent.
func (t *Table) match(provider, name string) *model {
	provider = strings.ToLower(strings.TrimSpace(provider))
	name = strings.TrimSpace(name)
	for _, n := range spellings(name) {
		if p := t.provider(provider); p != nil {
			if m := t.modelOf(p, n); m != nil {
				return m
			}
		}
		if !slices.Contains(openEnded, provider) {
			continue
		}
		if owner, rest, ok := strings.Cut(n, "/"); ok {
			if p := t.provider(strings.ToLower(owner)); p != nil {
				if m := t.modelOf(p, rest); m != nil {
					return m
				}
			}
		}
		for i := range t.providers {
			p := &t.providers[i]
			if p.ModelMatch != nil && p.ModelMatch.fits(n) {
				if m := t.modelOf(p, n); m != nil {
					return m
				}
			}
		}
	}
	return nil
}

// compactDate is the date form that some providers use where the table has
// the other: claude-x-20250219, gpt-x-2025-02-19.
var compactDate = regexp.MustCompile(`-(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(-|:|$)`)

// spellings lists the ways to ask for a model, as sent first: with its date
// hyphenated, and without the path that Google and AWS put before the name.
func spellings(name string) []string {
	all := []string{name}
	if dated := compactDate.ReplaceAllString(name, "-$1-$2-$3$4"); dated != name {
		all = append(all, dated)
	}
	if i := strings.LastIndexByte(name, '/'); i >= 0 && i < len(name)-1 {
		all = append(all, name[i+1:])
	}
	return all
}

func (t *Table) provider(name string) *provider {
	if name == "" {
		return nil
	}
	if id, ok := providerIDs[name]; ok {
		name = id
	}
	for i := range t.providers {
		if t.providers[i].ID == name {
			return &t.providers[i]
		}
	}
	for i := range t.providers {
		if r := t.providers[i].ProviderMatch; r != nil && r.fits(name) {
			return &t.providers[i]
		}
	}
	return nil
}

func (t *Table) modelOf(p *provider, name string) *model {
	if m := t.ownModelOf(p.ID, name); m != nil {
		return m
	}
	for i := range t.providers {
		if t.providers[i].ID != p.ID {
			continue
		}
		for _, id := range t.providers[i].FallbackModelProviders {
			if m := t.ownModelOf(id, name); m != nil {
				return m
			}
		}
	}
	return nil
}

// ownModelOf looks into all entries of a provider: overrides may name it a
// second time.
func (t *Table) ownModelOf(id, name string) *model {
	for i := range t.providers {
		if t.providers[i].ID != id {
			continue
		}
		if m := t.providers[i].model(name); m != nil {
			return m
		}
	}
	return nil
}

type provider struct {
	ID                     string   `json:"id"`
	ProviderMatch          *rule    `json:"provider_match"`
	ModelMatch             *rule    `json:"model_match"`
	FallbackModelProviders []string `json:"fallback_model_providers"`
	Models                 []model  `json:"models"`

	origin xray.PriceOrigin // of the table that it stands in; "" for the one that is built in
}

func (p *provider) model(name string) *model {
	for i := range p.Models {
		if p.Models[i].Match.fits(name) {
			return &p.Models[i]
		}
	}
	return nil
}

type model struct {
	ID     string    `json:"id"`
	Match  rule      `json:"match"`
	Prices schedules `json:"prices"`
}

// pricesAt returns the prices that hold at a time: the last entry whose
// constraint does, as the later ones are the newer ones.
func (m *model) pricesAt(at time.Time) *priceSet { return &m.Prices[m.Prices.at(at)].Prices }

// rule is a test on a name. Exactly one field is set; all but Regex ignore
// case.
type rule struct {
	Or         []rule   `json:"or,omitempty"`
	And        []rule   `json:"and,omitempty"`
	Equals     *string  `json:"equals,omitempty"`
	StartsWith *string  `json:"starts_with,omitempty"`
	EndsWith   *string  `json:"ends_with,omitempty"`
	Contains   *string  `json:"contains,omitempty"`
	Regex      *pattern `json:"regex,omitempty"`
}

func (r *rule) fits(name string) bool {
	lower := strings.ToLower(name)
	return r.fitsLower(name, lower)
}

func (r *rule) fitsLower(name, lower string) bool {
	is := func(one rule) bool { return one.fitsLower(name, lower) }
	switch {
	case r.Or != nil:
		return slices.ContainsFunc(r.Or, is)
	case r.And != nil:
		return !slices.ContainsFunc(r.And, func(one rule) bool { return !is(one) })
	case r.Equals != nil:
		return lower == strings.ToLower(*r.Equals)
	case r.StartsWith != nil:
		return strings.HasPrefix(lower, strings.ToLower(*r.StartsWith))
	case r.EndsWith != nil:
		return strings.HasSuffix(lower, strings.ToLower(*r.EndsWith))
	case r.Contains != nil:
		return strings.Contains(lower, strings.ToLower(*r.Contains))
	case r.Regex != nil:
		return r.Regex.fits(name)
	}
	return false
}

// pattern is a JavaScript regular expression. Go's have no look-ahead, but the
// table only uses a negative one at the very start: "^(?!not this)but this",
// which is two plain expressions.
type pattern struct {
	text      string // as the table has it
	not, want *regexp.Regexp
}

func (p *pattern) MarshalJSON() ([]byte, error) { return json.Marshal(p.text) }

func (p *pattern) fits(name string) bool {
	return (p.not == nil || !p.not.MatchString(name)) && p.want.MatchString(name)
}

func (p *pattern) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	p.text = text
	if rest, ok := strings.CutPrefix(text, "^(?!"); ok {
		end := closing(rest)
		if end < 0 {
			return fmt.Errorf("unbalanced look-ahead in %q", text)
		}
		not, err := regexp.Compile("^(?:" + rest[:end] + ")")
		if err != nil {
			return err
		}
		p.not, text = not, "^(?:"+rest[end+1:]+")"
	}
	want, err := regexp.Compile(text)
	p.want = want
	return err
}

// closing finds the parenthesis that closes one opened before s.
func closing(s string) int {
	depth := 1
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}
