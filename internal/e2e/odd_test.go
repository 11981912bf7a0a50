package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray/internal/modeltest"
	"github.com/xraytrace/xray/reasoner/sample"
)

// oddPayload is an output that broke somebody's prompt before.
type oddPayload struct {
	name, body string
	mute       bool // there is nothing in it that can be quoted
}

func oddPayloads() []oddPayload {
	random := rand.New(rand.NewPCG(3, 6))
	list := func(n int, element func(i int) string) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(element(i))
		}
		return "[" + b.String() + "]"
	}
	product := func(i int) string {
		return fmt.Sprintf(`{"sku":"sku-%d","price":%d.5,"title":"%s"}`, i, i, strings.Repeat("very good ", 6))
	}
	vector := func(int) string {
		return list(1536, func(int) string { return strconv.FormatFloat(random.Float64()-0.5, 'f', 8, 64) })
	}
	blob := make([]byte, 400_000)
	for i := range blob {
		blob[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[random.IntN(64)]
	}
	return []oddPayload{
		{name: "10 MB of JSON", body: `{"shop":"north","items":` + list(100_000, product) + `}`},
		{name: "a base64 blob", body: `{"caption":"a cat","image":"` + string(blob) + `"}`},
		{name: "embeddings", body: `{"encoder":"ada","vectors":` + list(40, vector) + `}`},
		{name: "200 levels", body: strings.Repeat(`{"level":"one more","inner":[`, 200) + strings.Repeat("]}", 200)},
		{name: "broken JSON", body: `{"items":[{"id":1},{"id":`, mute: true},
		{name: "a text of 200 kB", body: strings.Repeat("lorem ipsum ", 17_000), mute: true},
		{name: "Chinese", body: `{"答案":"结果被过滤掉了","标题":"` + strings.Repeat("过滤器没有类别。", 4000) + `"}`},
		{name: "Arabic", body: `{"answer":"تم الرفض","text":"` + strings.Repeat("تم استبعاد المنتج. ", 3000) + `"}`},
		{name: "emoji", body: `{"mood":"🙂 fine","wall":"` + strings.Repeat("🙂👩‍👩‍👧", 9_000) + `"}`},
		{name: "100,000 elements", body: `{"unit":"ms","ids":` + list(100_000, func(i int) string { return `"` + strconv.Itoa(i) + `"` }) + `}`},
		{name: "duplicate keys", body: `{"rank":1,"rank":2,"rank":3}`},
		{name: "NUL", body: `{"left":"over","zero":"a\u0000b","raw":"` + "x\x00y" + `"}`, mute: true},
		{name: "an escaped NUL", body: `{"left":"over","zero":"a\u0000b"}`},
		{name: "huge numbers", body: `{"small":5e-324,"big":1e400,"long":` + strings.Repeat("9", 5000) + `,"label":"sum"}`},
	}
}

// oddSpan is the request that brings one payload, of a step that failed: of
// those facts speak, and a model is asked.
func oddSpan(t *testing.T, trace pcommon.TraceID, n int, name, body string) []byte {
	t.Helper()
	td := ptrace.NewTraces()
	s := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	s.SetTraceID(trace)
	s.SetSpanID(pcommon.SpanID{0: 0xdd, 7: byte(n + 1)})
	s.SetName(name)
	if n > 0 {
		s.SetParentSpanID(pcommon.SpanID{0: 0xdd, 7: 1})
		s.Status().SetCode(ptrace.StatusCodeError)
		s.Status().SetMessage("the downstream step gave up")
	}
	begin := time.Unix(1_790_000_000+int64(n), 0)
	s.SetStartTimestamp(pcommon.NewTimestampFromTime(begin))
	s.SetEndTimestamp(pcommon.NewTimestampFromTime(begin.Add(time.Second)))
	s.Attributes().PutStr("xray.output", body)
	return []byte(marshal(t, td))
}

// TestOddPayloadsReachTheModelSmallAndValid sends payloads of every odd kind and
// has a model quote what it is shown of them: each prompt is small and holds one
// line of JSON, and what the model quotes is found where it really stands.
func TestOddPayloadsReachTheModelSmallAndValid(t *testing.T) {
	t.Parallel()
	model, stop := modeltest.Start(modeltest.Quoting)
	defer stop()
	srv := start(t, settings{env: []string{"OPENAI_BASE_URL=" + model.URL, "XRAY_MODEL=gpt-5-mini"}})
	trace, payloads := pcommon.TraceID{0: 0xdd, 15: 1}, oddPayloads()
	for n, p := range payloads {
		postTraces(t, srv.HTTP, oddSpan(t, trace, n+1, "step "+strconv.Itoa(n), p.body))
	}
	postTraces(t, srv.HTTP, oddSpan(t, trace, 0, "odd", `{"done":"yes"}`))
	id := trace.String()
	var e execution
	eventually(t, "explained", 2*time.Minute, func() bool {
		e = get[execution](srv, "/api/executions/"+id)
		return e.Settled && e.StepCount == len(payloads)+1 && (e.Job.Status == "completed" || e.Job.Status == "failed")
	})
	if e.Job.Status != "completed" || e.Job.Attempts != 1 || e.Reasoning.Source != "model" {
		t.Errorf("job %+v, from %s", e.Job, e.Reasoning.Source)
	}
	total := 0
	for _, call := range model.Calls() {
		prompt, _ := call.Prompt()
		if modeltest.Record(prompt) == nil {
			t.Errorf("a prompt without a line of JSON: %.300q", prompt)
		}
		for _, m := range call.Messages {
			total += sample.Tokens(m.Content)
		}
		if n := sample.Tokens(prompt); n > 6000 {
			t.Errorf("a prompt of %d tokens", n)
		}
	}
	// Each call may be made twice, to mend an answer.
	if total > 2*15_000 {
		t.Errorf("%d tokens in all prompts", total)
	}
	for n, p := range payloads {
		srv.checkQuotes(t, id, n+2, p)
	}
	memory := peakMemory(t, srv.cmd.Process.Pid)
	t.Logf("%d calls, %d tokens in all prompts; the server had %d MB at most", len(model.Calls()), total, memory>>20)
	if memory > 1<<30 {
		t.Errorf("the server had %d MB", memory>>20)
	}
}

// checkQuotes resolves what was quoted of a step in what is stored of it.
func (s *server) checkQuotes(t *testing.T, id string, n int, p oddPayload) {
	t.Helper()
	step := get[struct {
		Output    json.RawMessage `json:"output"`
		Reasoning struct {
			Source string
			Claims []struct {
				Text, Verdict, Why string
				Evidence           []struct{ Pointer, Quote string }
			}
		} `json:"reasoning"`
	}](s, fmt.Sprintf("/api/executions/%s/steps/dd000000000000%02x", id, n))
	if step.Reasoning.Source != "model" {
		t.Errorf("%s: explained from %s", p.name, step.Reasoning.Source)
	}
	verified := 0
	for _, c := range step.Reasoning.Claims {
		if c.Verdict != "verified" {
			continue
		}
		verified++
		for _, e := range c.Evidence {
			if there, ok := resolve(step.Output, strings.TrimPrefix(e.Pointer, "/output")); !ok || there != e.Quote {
				t.Errorf("%s: %q is quoted from %s, where %.80q stands", p.name, e.Quote, e.Pointer, there)
			}
		}
	}
	if verified == 0 && !p.mute {
		t.Errorf("%s: nothing is verified of %+v", p.name, step.Reasoning.Claims)
	}
}

// resolve is RFC 6901 for scalars: the text of what stands at a pointer.
func resolve(raw json.RawMessage, pointer string) (string, bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return "", false
	}
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		token = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		switch in := v.(type) {
		case map[string]any:
			v = in[token]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(in) {
				return "", false
			}
			v = in[i]
		}
	}
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	}
	return "", false
}
