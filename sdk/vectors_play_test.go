package xray_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/xraytrace/xray/sdk"
)

// op is one statement of a vector's program.
type op struct {
	Op        string          `json:"op"`
	Name      string          `json:"name"`
	Do        []op            `json:"do"`
	Raises    string          `json:"raises"`
	Catches   bool            `json:"catches"`
	Input     json.RawMessage `json:"input"` // of a step, or the tokens of "used"
	Returns   json.RawMessage `json:"returns"`
	Type      xray.StepType   `json:"type"`
	ID        string          `json:"id"`
	Session   string          `json:"session"`
	User      string          `json:"user"`
	Tags      []string        `json:"tags"`
	Metadata  map[string]any  `json:"metadata"`
	Key       string          `json:"key"`
	Value     any             `json:"value"`
	Item      any             `json:"item"`
	Reason    string          `json:"reason"`
	Score     *float64        `json:"score"`
	Criterion *xray.Criteria  `json:"criterion"`
	Kept      []any           `json:"kept"`
	Dropped   []any           `json:"dropped"`
	Request   vectorRequest   `json:"request"`
	Model     string          `json:"model"`
	Output    int64           `json:"output"`
	CacheRead int64           `json:"cacheRead"`
	Thinking  int64           `json:"thinking"`
	Messages  []vectorMessage `json:"messages"`
}

type vectorRequest struct {
	Operation, Provider, Model string
	Messages                   []vectorMessage
	Temperature, TopP          *float64
	MaxTokens                  *int64
	Tools                      any
	Stream                     bool
}

type vectorMessage struct {
	Role, Content, FinishReason string
	Parts                       []map[string]any
}

func messages(in []vectorMessage) []xray.Message {
	var out []xray.Message
	for _, m := range in {
		out = append(out, xray.Message{Role: m.Role, Content: m.Content, Parts: m.Parts, FinishReason: m.FinishReason})
	}
	return out
}

// player runs a program.
type player struct {
	document []byte
	traceID  string
	call     *xray.Call
}

func (p *player) all(ctx context.Context, ops []op) error {
	for _, o := range ops {
		if err := p.one(ctx, o); err != nil && !o.Catches {
			return err
		}
	}
	return nil
}

// one runs an op that runs others; the rest is in say.
func (p *player) one(ctx context.Context, o op) error {
	inside := func(ctx context.Context) (any, error) {
		if err := p.all(ctx, o.Do); err != nil {
			return nil, err
		}
		if o.Raises != "" {
			return nil, errors.New(o.Raises)
		}
		return value(o.Returns), nil
	}
	nothing := func(ctx context.Context) error {
		_, err := inside(ctx)
		return err
	}
	var err error
	switch returns := o.Returns != nil; {
	case o.Op == "execution":
		err = p.execution(ctx, o, inside)
	case o.Op == "step" && returns:
		_, err = xray.Step(ctx, o.Name, inside, o.inputs()...)
	case o.Op == "step":
		err = xray.Do(ctx, o.Name, nothing, o.inputs()...)
	case o.Op == "llm":
		err = p.llm(ctx, o, inside)
	default:
		p.say(ctx, o)
	}
	return err
}

func (o op) inputs() []any {
	var in []any
	if o.Input != nil {
		in = append(in, value(o.Input))
	}
	if o.Type != "" {
		in = append(in, o.Type)
	}
	return in
}

func (p *player) execution(ctx context.Context, o op, inside func(context.Context) (any, error)) error {
	var opts []xray.ExecutionOption
	if o.ID != "" {
		opts = append(opts, xray.WithID(o.ID))
	}
	if o.Input != nil {
		opts = append(opts, xray.WithInput(value(o.Input)))
	}
	if o.Session != "" {
		opts = append(opts, xray.WithSession(o.Session))
	}
	if o.User != "" {
		opts = append(opts, xray.WithUser(o.User))
	}
	if o.Tags != nil {
		opts = append(opts, xray.WithTags(o.Tags...))
	}
	for k, v := range o.Metadata {
		opts = append(opts, xray.WithMetadata(k, v))
	}
	outer := p.traceID != ""
	var ex *xray.Execution
	run := func(ctx context.Context) (any, error) {
		ex = xray.CurrentExecution(ctx)
		p.traceID = ex.TraceID().String()
		return inside(ctx)
	}
	var err error
	if o.Returns == nil {
		err = xray.Track(ctx, o.Name, func(ctx context.Context) error { _, err := run(ctx); return err }, opts...)
	} else {
		_, err = xray.TrackExecution(ctx, o.Name, run, opts...)
	}
	if !outer {
		p.document, _ = ex.ToJSON()
	}
	return err
}

func (p *player) llm(ctx context.Context, o op, inside func(context.Context) (any, error)) error {
	r := o.Request
	_, err := xray.LLM(ctx, xray.Request{
		Operation: r.Operation, Provider: r.Provider, Model: r.Model, Messages: messages(r.Messages),
		Temperature: r.Temperature, TopP: r.TopP, MaxTokens: r.MaxTokens, Tools: r.Tools, Stream: r.Stream,
	}, func(ctx context.Context, call *xray.Call) (any, error) {
		p.call = call
		return inside(ctx)
	})
	return err
}

// say runs an op that says something of what is open.
func (p *player) say(ctx context.Context, o op) {
	ex, step := xray.CurrentExecution(ctx), xray.CurrentStep(ctx)
	switch o.Op {
	case "session":
		ex.SetSession(o.Value.(string))
	case "user":
		ex.SetUser(o.Value.(string))
	case "tags":
		for _, tag := range o.Value.([]any) {
			ex.AddTags(tag.(string))
		}
	case "metadata":
		ex.SetMetadata(o.Key, o.Value)
	case "outcome":
		ex.SetFinalOutcome(o.Value)
	case "error":
		step.SetError(errors.New(o.Value.(string)))
	case "input":
		step.SetInput(o.Value)
	case "output":
		step.SetOutput(o.Value)
	case "reasoning":
		step.SetReasoning(o.Value.(string))
	case "type":
		step.SetType(xray.StepType(o.Value.(string)))
	case "attributes":
		for k, v := range o.Value.(map[string]any) {
			step.SetAttributes(attributeOf(k, v))
		}
	case "criterion":
		xray.Criterion(ctx, o.Criterion.Field, o.Criterion.Op, o.Criterion.Value)
	case "keep":
		xray.Keep(ctx, o.Item, o.Reason, o.decision()...)
	case "drop":
		xray.Drop(ctx, o.Item, o.Reason, o.decision()...)
	case "items":
		xray.Items(ctx, o.Kept, o.Dropped)
	default:
		p.tell(o)
	}
}

// tell runs an op about the model call that is open.
func (p *player) tell(o op) {
	switch o.Op {
	case "responded":
		p.call.Responded(o.Model, o.ID)
	case "used":
		input, _ := value(o.Input).(float64)
		p.call.Used(xray.Usage{Input: int64(input), Output: o.Output, CacheRead: o.CacheRead, Thinking: o.Thinking})
	case "firstToken":
		p.call.FirstToken()
	case "answered":
		p.call.Answered(messages(o.Messages)...)
	default:
		panic("no such op: " + o.Op)
	}
}

func (o op) decision() []xray.DecisionOption {
	var opts []xray.DecisionOption
	if o.Key != "" {
		opts = append(opts, xray.WithKey(o.Key))
	}
	if o.Score != nil {
		opts = append(opts, xray.WithScore(*o.Score))
	}
	if c := o.Criterion; c != nil {
		opts = append(opts, xray.WithCriterion(c.Field, c.Op, c.Value))
	}
	return opts
}

func value(raw json.RawMessage) any {
	var v any
	_ = json.Unmarshal(raw, &v) // it is a part of a document that was read
	return v
}

func attributeOf(key string, v any) attribute.KeyValue {
	switch v := v.(type) {
	case bool:
		return attribute.Bool(key, v)
	case float64:
		return attribute.Float64(key, v)
	}
	return attribute.String(key, v.(string))
}

// describe turns spans into the form of the vectors, in the order of starting.
func describe(spans tracetest.SpanStubs) []vectorSpan {
	names := map[trace.SpanID]string{}
	for _, s := range spans {
		if !pending(s) {
			names[s.SpanContext.SpanID()] = s.Name
		}
	}
	var out []vectorSpan
	for _, s := range spans {
		d := vectorSpan{Name: s.Name, Pending: pending(s), Parent: names[s.Parent.SpanID()], Error: s.Status.Code == codes.Error, Attributes: map[string]any{}}
		if s.SpanKind != trace.SpanKindInternal {
			d.Kind = s.SpanKind.String()
		}
		for _, e := range s.Events {
			d.Exceptions = append(d.Exceptions, attr(tracetest.SpanStub{Attributes: e.Attributes}, "exception.message").(string))
		}
		for _, kv := range s.Attributes {
			d.Attributes[string(kv.Key)] = plain(string(kv.Key), kv.Value.AsInterface(), names)
		}
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b vectorSpan) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), boolInt(b.Pending)-boolInt(a.Pending))
	})
	return out
}

func pending(s tracetest.SpanStub) bool { return attr(s, "xray.pending") == true }

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// plain is an attribute's value as it comes out of JSON: ids are replaced by
// the name of their span, what takes time by a star.
func plain(key string, v any, names map[trace.SpanID]string) any {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case []string:
		out := make([]any, len(v))
		for i := range v {
			out[i] = v[i]
		}
		return out
	case string:
		if id, err := trace.SpanIDFromHex(v); err == nil && names[id] != "" {
			return "<" + names[id] + ">"
		}
	case float64:
		if key == "gen_ai.response.time_to_first_chunk" {
			return "*"
		}
	}
	return v
}

// writeVectors keeps the programs as people wrote them and replaces what they
// leave.
func writeVectors(t *testing.T, raw []byte, vectors []vector) {
	t.Helper()
	var written []struct{ Name, Client, Run json.RawMessage }
	if err := json.Unmarshal(raw, &written); err != nil {
		t.Fatal(err)
	}
	all := make([]string, len(vectors))
	for i, v := range vectors {
		spans := make([]string, len(v.Spans))
		for j, s := range v.Spans {
			spans[j] = "  " + compactText(s)
		}
		w := written[i]
		all[i] = fmt.Sprintf("{\n \"name\": %s,\n \"client\": %s,\n \"run\": %s,\n \"document\": %s,\n \"spans\": [\n%s\n ]\n}",
			w.Name, w.Client, w.Run, compactText(v.Document), strings.Join(spans, ",\n"))
	}
	if err := os.WriteFile(vectorsFile, []byte("[\n"+strings.Join(all, ",\n")+"\n]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

func compactText(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(b.String())
}
