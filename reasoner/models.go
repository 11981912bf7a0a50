package reasoner

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/xraytrace/xray"
)

// Endpoint is a server of models that projects may choose. Who runs X-Ray names
// them: a project's settings hold no key, and cannot send one somewhere else.
type Endpoint struct {
	BaseURL string
	APIKey  string // "" for servers that want none
}

// models are the models that were asked so far. What was learned of a server
// and model, and whether it is over its limit or away, is known once for all
// projects. It is safe for concurrent use.
type models struct {
	mu  sync.Mutex
	all map[[2]string]*model // by base URL and name
}

// maxModels bounds what is remembered: settings may name any model.
const maxModels = 200

func (m *models) of(opts Options) *model {
	opts.BaseURL, opts.Model = orDefault(opts.BaseURL, DefaultBaseURL), orDefault(opts.Model, DefaultModel)
	key := [2]string{opts.BaseURL, opts.Model}
	m.mu.Lock()
	defer m.mu.Unlock()
	if known := m.all[key]; known != nil {
		return known
	}
	if m.all == nil || len(m.all) >= maxModels {
		m.all = map[[2]string]*model{}
	}
	m.all[key] = newModel(opts)
	return m.all[key]
}

// chosen is the model that may be asked for a project, and how often at once.
type chosen struct {
	*model             // nil: none
	note        string // for people: why there is none
	concurrency int
	guard       guard // what it may be shown
}

// choose finds the model of a project. A *failure means that its settings name
// an endpoint that this server does not know.
func (e *Explainer) choose(ctx context.Context, project int32) (chosen, error) {
	var set xray.ReasoningSettings
	if e.opts.Settings != nil {
		var err error
		if set, err = e.opts.Settings(ctx, project); err != nil {
			return chosen{}, fmt.Errorf("read the project's settings: %w", err)
		}
	}
	opts := e.opts
	opts.Model = orDefault(set.Model, opts.Model)
	switch i := slices.IndexFunc(e.opts.Endpoints, func(p Endpoint) bool { return p.BaseURL == set.BaseURL }); {
	case set.Policy == xray.PolicyOff:
		return chosen{note: offNote}, nil
	case set.BaseURL == "" || set.BaseURL == opts.BaseURL:
		if e.opts.BaseURL == "" && e.opts.APIKey == "" {
			return chosen{note: noModelNote}, nil
		}
	case i < 0:
		return chosen{}, &failure{kind: wrong, message: "The project's settings name the endpoint " + clip(set.BaseURL, 200) + ", which this server may not ask. List it in XRAY_MODEL_ENDPOINTS, or take it out of the settings."}
	default:
		opts.BaseURL, opts.APIKey = e.opts.Endpoints[i].BaseURL, e.opts.Endpoints[i].APIKey
	}
	g, err := e.guardFor(project)
	if err != nil {
		return chosen{}, err
	}
	return chosen{model: e.models.of(opts), concurrency: set.Concurrency, guard: g}, nil
}
