package e2e

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/xraytrace/xray/internal/modeltest"
)

const (
	plantedWord = "PLANTED" // in every planted secret; the rule spells it otherwise
	plantedCard = "5555341244441115"
	plantedWhat = "hunter2" // only what the field is called tells that it is one
	maskingSet  = `{"rules":[
		{"name":"planted","pattern":"PLANT[E]D[A-Za-z0-9-]*","action":"replace"},
		{"preset":"card","action":"hash"},
		{"name":"gone","fields":["gone"],"action":"remove"},
		{"name":"pin","fields":["pin"],"action":"replace"}],
		"model":{"presets":["email"],"structureOnly":false}}`
)

// TestMaskedSecretsAreNowhere plants secrets in everything that is sent, by
// every way in, has it explained by a model, and then looks for them in every
// table, in every file of the data directory, in the log and in what the model
// was asked.
func TestMaskedSecretsAreNowhere(t *testing.T) {
	t.Parallel()
	model, stop := modeltest.Start(modeltest.Honest)
	defer stop()
	srv := start(t, settings{args: []string{"--log-level", "debug"}, env: []string{"OPENAI_BASE_URL=" + model.URL, "XRAY_MODEL=stand-in", "XRAY_REASONING_DEBUG=true"}})
	if status, raw := srv.call("PUT", "/api/settings/masking", maskingSet); status != http.StatusOK {
		t.Fatalf("%d %s", status, raw)
	}
	sent := plantEverywhere(srv)
	eventually(t, "everything is explained", settleWait, func() bool {
		all := get[executionList](srv, "/api/executions?limit=100").Executions
		for _, e := range all {
			if e.Status == "running" || get[execution](srv, "/api/executions/"+e.ID).Job.Status != "completed" {
				return false
			}
		}
		return len(all) == sent
	})
	if _, answer := srv.call("POST", "/api/reasoning/process", `{"executionId":"no `+plantedWord+`"}`); len(answer) == 0 {
		t.Error("no answer")
	}
	dump := dumpDatabase(t, srv)
	if !bytes.Contains(dump, []byte("[masked:planted]")) || !bytes.Contains(dump, []byte("[masked:card#")) || !bytes.Contains(dump, []byte("harmless")) {
		t.Fatal("the search does not see what is stored")
	}
	nowhere(t, "the database", dump)
	for _, c := range model.Calls() {
		nowhere(t, "a call to the model", c.Body)
	}
	if len(model.Calls()) == 0 {
		t.Error("the model was never asked")
	}
	srv.stop()
	nowhere(t, "the log", []byte(srv.log.String()))
	nowhereIn(t, srv.dataDir)
}

func nowhere(t *testing.T, where string, data []byte) {
	t.Helper()
	for _, secret := range []string{plantedWord, plantedCard, plantedWhat} {
		if at := bytes.Index(data, []byte(secret)); at >= 0 {
			t.Errorf("%s holds %q", where, data[max(0, at-80):min(len(data), at+80)])
		}
	}
}

// nowhereIn looks into the files: what was deleted, and the write-ahead log.
func nowhereIn(t *testing.T, dir string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		files++
		nowhere(t, path, data)
		return err
	})
	if err != nil || files < 100 {
		t.Errorf("looked into %d files, error %v", files, err)
	}
}

var byteaPattern = regexp.MustCompile(`\\\\x([0-9a-f]+)`)

// dumpDatabase is everything in the database as text, with what is binary, and
// what is packed in there, behind it.
func dumpDatabase(t *testing.T, srv *server) []byte {
	t.Helper()
	binary, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", srv.postmaster()))
	if err != nil {
		t.Fatal(err)
	}
	url := "postgres://xray@/xray?host=" + filepath.Join(srv.dataDir, "socket") + "&port=5432"
	dump, err := exec.CommandContext(t.Context(), filepath.Join(filepath.Dir(binary), "pg_dump"), url).Output()
	if err != nil {
		t.Fatal(err)
	}
	unzip, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer unzip.Close()
	all, packed := bytes.NewBuffer(dump), 0
	for _, m := range byteaPattern.FindAllSubmatch(dump, -1) {
		raw, err := hex.DecodeString(string(m[1]))
		if err != nil {
			continue
		}
		all.Write(raw)
		if plain, err := unzip.DecodeAll(raw, nil); err == nil {
			all.Write(plain)
			packed++
		}
	}
	if packed == 0 {
		t.Fatal("no packed segment was found")
	}
	return all.Bytes()
}

// plantEverywhere sends an execution by every way there is and returns how
// many.
func plantEverywhere(srv *server) (sent int) {
	t := srv.t
	t.Helper()
	next := func(way string) ptrace.Traces {
		sent++
		return plantedTrace(byte(sent), plantedWord+"-"+way)
	}
	ok := func(what string, status int, raw []byte) {
		t.Helper()
		if status >= 300 {
			t.Errorf("%s: %d %s", what, status, raw)
		}
	}
	for _, way := range []struct{ name, url string }{
		{"http", srv.HTTP + "/v1/traces"}, {"ui-port", srv.UI + "/v1/traces"},
		{"langfuse", srv.UI + "/api/public/otel/v1/traces"}, {"langsmith", srv.HTTP + "/otel/v1/traces"},
	} {
		body, err := ptraceotlp.NewExportRequestFromTraces(next(way.name)).MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		status, raw := srv.callURL("POST", way.url, string(body))
		ok(way.name, status, raw)
	}
	if _, err := ptraceotlp.NewGRPCClient(srv.target().GRPC).Export(t.Context(), ptraceotlp.NewExportRequestFromTraces(next("grpc"))); err != nil {
		t.Error(err)
	}
	// The log record completes a step of the last trace.
	logs, err := plogotlp.NewExportRequestFromLogs(plantedLog(byte(sent))).MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	status, raw := srv.callURL("POST", srv.HTTP+"/v1/logs", string(logs))
	ok("logs", status, raw)

	sent++
	status, raw = srv.call("POST", "/api/executions", plantedSeed("seed"))
	ok("the seed API", status, raw)
	inFile, err := ptraceotlp.NewExportRequestFromTraces(next("file")).MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	sent++
	file := filepath.Join(t.TempDir(), "runs.ndjson")
	if err := os.WriteFile(file, []byte(string(inFile)+"\n"+plantedSeed("import")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "import", "--url", srv.UI, file)
	return sent
}

// plantedTrace is a search with a secret wherever there is room for one.
func plantedTrace(n byte, secret string) ptrace.Traces {
	now := time.Now()
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	plantAll(rs.Resource().Attributes(), secret)
	rs.Resource().Attributes().PutStr("service.name", "shop "+secret)
	ss := rs.ScopeSpans().AppendEmpty()
	ss.Scope().SetName("scope " + secret)
	for i := range byte(3) {
		s := ss.Spans().AppendEmpty()
		s.SetTraceID(pcommon.TraceID{1, n})
		s.SetSpanID(pcommon.SpanID{i + 1})
		if i > 0 {
			s.SetParentSpanID(pcommon.SpanID{1})
		}
		s.SetName(fmt.Sprintf("step %d of %s", i, secret))
		s.SetStartTimestamp(pcommon.NewTimestampFromTime(now))
		s.SetEndTimestamp(pcommon.NewTimestampFromTime(now.Add(time.Second)))
		s.Status().SetCode(ptrace.StatusCodeError)
		s.Status().SetMessage("no luck with " + secret)
		s.TraceState().FromRaw("k=" + secret)
		plantAll(s.Attributes(), secret)
		s.Attributes().PutStr("xray.execution.id", "run of "+secret)
		s.Attributes().PutStr("user.id", secret)
		s.Attributes().PutStr("session.id", secret)
		s.Attributes().PutStr("xray.tags", `["`+secret+`"]`)
		s.Attributes().PutStr("xray.input", plantedItems(secret, 12))
		s.Attributes().PutStr("xray.output", plantedItems(secret, 5))
		e := s.Events().AppendEmpty()
		e.SetName("exception " + secret)
		plantAll(e.Attributes(), secret)
		plantAll(s.Links().AppendEmpty().Attributes(), secret)
	}
	return td
}

func plantAll(a pcommon.Map, secret string) {
	a.PutStr("text", "harmless and "+secret)
	a.PutStr("escaped", `{"a":"\u0050LANTED-x","b":"{\"c\":\"`+secret+`\"}"}`)
	a.PutStr("name of "+secret, "x")
	a.PutStr("gone", plantedWhat)
	a.PutInt("card", 5555341244441115)
	a.PutEmptyBytes("bytes").FromRaw([]byte("\xff" + secret))
	a.PutEmptySlice("list").AppendEmpty().SetEmptyMap().PutStr("pin", plantedWhat)
}

func plantedItems(secret string, n int) string {
	var items []map[string]any
	for i := range n {
		items = append(items, map[string]any{
			"id": fmt.Sprintf("sku-%d", i), "rating": i, "title": fmt.Sprintf("thing %d of %s", i, secret), "card": json.Number(plantedCard), "gone": plantedWhat, "pin": plantedWhat,
		})
	}
	raw, err := json.Marshal(map[string]any{"items": items, secret: 1})
	if err != nil {
		panic(err) // it is made of texts and numbers
	}
	return string(raw)
}

func plantedLog(n byte) plog.Logs {
	ld := plog.NewLogs()
	rec := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	rec.SetTraceID(pcommon.TraceID{1, n})
	rec.SetSpanID(pcommon.SpanID{2})
	rec.SetEventName("gen_ai.user.message")
	rec.Body().SetEmptyMap().PutStr("content", "said "+plantedWord)
	plantAll(rec.Attributes(), plantedWord)
	return ld
}

func plantedSeed(way string) string {
	secret := plantedWord + "-" + way
	return strings.NewReplacer("S3CRET", secret, "ITEMS", plantedItems(secret, 9), "CARD", plantedCard).Replace(
		`{"executionId":"run S3CRET","name":"pipeline S3CRET","metadata":{"who":"S3CRET","gone":{"a":"hunter2"},"pin":"hunter2"},"finalOutcome":{"picked":"S3CRET","card":CARD},` +
			`"steps":[{"name":"search S3CRET","input":{"q":"S3CRET"},"output":ITEMS,"durationMs":5,"reasoning":"because of S3CRET"},` +
			`{"name":"pay","input":ITEMS,"error":"refused CARD of S3CRET","durationMs":5}]}`)
}

// TestRulesHoldInEveryProcess sets rules in one server and sends to another.
func TestRulesHoldInEveryProcess(t *testing.T) {
	t.Parallel()
	here := start(t, settings{})
	url := "postgres://xray@/xray?host=" + filepath.Join(here.dataDir, "socket") + "&port=5432"
	there := start(t, settings{dataDir: newDataDir(t), env: []string{"DATABASE_URL=" + url}})
	if status, raw := here.call("PUT", "/api/settings/masking", maskingSet); status != http.StatusOK {
		t.Fatalf("%d %s", status, raw)
	}
	n := 0
	eventually(t, "the other server masks", 20*time.Second, func() bool {
		n++
		id := fmt.Sprintf("PLANTED%d", n)
		status, raw := there.call("POST", "/api/executions", `{"executionId":"`+id+`","steps":[{"name":"s"}]}`)
		if status != http.StatusCreated {
			t.Fatalf("%d %s", status, raw)
		}
		return strings.Contains(string(raw), "[masked:planted]")
	})
}
