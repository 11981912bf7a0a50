package reasoner

import (
	"context"
	"encoding/json"
	"slices"
)

// answered is an answer that could be read.
type answered struct {
	content string
	read    []written
}

// converse puts a question, or what follows on one, and reads the answer. An
// answer that cannot be read is asked for once more, one that was cut off once
// more with twice the room. The question is looked up in the cache first.
func (p *phrasing) converse(ctx context.Context, t task, about int, record json.RawMessage, follow []message) (answered, Usage, error) {
	limit := answerLimit(about)
	key := p.key(t, record, follow)
	if content, ok := p.e.cache.Answer(ctx, p.job.ProjectID, key); ok {
		if read, err := readAnswer(t, content); err == nil {
			return answered{content, read}, Usage{}, nil
		}
	}
	question := append([]message{{"user", p.e.prompts.user(t, record, newFence())}}, follow...)
	var spent Usage
	for try := 0; ; try++ {
		r, err := p.paid(ctx, call{
			task: t, schema: p.e.prompts.schemas[t], system: p.e.prompts.system, messages: question, maxTokens: limit,
			heard: p.heard,
			price: func(u Usage) *float64 { return p.e.cost(p.job.ProjectID, p.m.name, u) },
		})
		spent = spent.add(r.usage)
		p.used(r)
		var read []written
		if err == nil {
			if read, err = readAnswer(t, r.content); err == nil {
				p.e.cache.Keep(ctx, p.job.ProjectID, key, r.content)
				return answered{r.content, read}, spent, nil
			}
			question = append(slices.Clone(question[:1]), follow...)
			question = append(question, message{"assistant", r.content}, message{"user", p.e.prompts.repair([]string{"the answer as a whole: " + err.Error()}, "")})
			err = &failure{kind: unreadable, message: "The model " + p.m.name + " did not answer in the form that was asked for."}
		}
		f, failed := err.(*failure)
		switch {
		case !failed || try > 0:
			return answered{}, spent, err
		case f.kind == cutOff:
			limit *= 2
		case f.kind != unreadable:
			return answered{}, spent, err
		}
	}
}

func (p *phrasing) used(r reply) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.usage = p.usage.add(r.usage)
	if r.model != "" {
		p.names[r.model] = true
	}
}

// key names a question in the cache.
func (p *phrasing) key(t task, record json.RawMessage, follow []message) [32]byte {
	parts := []string{string(t), string(record)}
	for _, m := range follow {
		parts = append(parts, m.role, m.content)
	}
	return cacheKey(p.job.ProjectID, p.m.name, p.m.baseURL, p.e.prompts.version, parts...)
}
