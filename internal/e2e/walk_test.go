package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// operation is one of openapi.yaml.
type operation struct{ method, path string }

var (
	pathLine   = regexp.MustCompile(`^  (/[^ ]+):$`)
	methodLine = regexp.MustCompile(`^    (get|put|post|patch|delete):$`)
)

// operations reads them from the contract that the server serves, so that a new
// one is in the walk by itself.
func operations(t *testing.T, srv *server) (all []operation) {
	t.Helper()
	code, spec := srv.call("GET", "/api/openapi.yaml", "")
	if code != http.StatusOK {
		t.Fatalf("the contract: %d", code)
	}
	path := ""
	for line := range strings.SplitSeq(string(spec), "\n") {
		if m := pathLine.FindStringSubmatch(line); m != nil {
			path = m[1]
		} else if m := methodLine.FindStringSubmatch(line); m != nil && path != "" {
			all = append(all, operation{strings.ToUpper(m[1]), path})
		}
	}
	if len(all) < 80 {
		t.Fatalf("only %d operations in the contract", len(all))
	}
	return all
}

// ids name things of a project: real ones, or such as nobody has.
type ids struct{ execution, step, item, pipeline, number, project string }

// nobodys is what does not exist anywhere.
var nobodys = ids{
	execution: "00000000000000000000000000abcdef", step: "00000000000000ab", item: "no-such-item", pipeline: "no-such-pipeline",
	number: "987654321", project: "no-such-project",
}

// anyBody is a body that has what some operation needs; the third is a name that
// nothing has yet.
const anyBody = `{"executionId":%[1]q,"stepName":"","kind":"webhook","events":[],"a":%[1]q,"b":%[1]q,"selected":[%[1]q],"baseline":[%[1]q],"question":"why did it fail?","stepId":%[2]q,
	"name":%[3]q,"query":"","columns":[],"range":"","sort":"","paths":[],"policy":"off","value":1,"text":"t","comment":"c","target":{},"rules":[],
	"model":{"presets":[]},"scope":"read","project":{},"keys":[],"sample":"x","settings":{"rules":[],"model":{}},"payloadDays":30,"structureDays":90}`

// request is what an operation is asked with, and what it asks about.
func (o operation) request(of ids, walked int) (path, body string) {
	number := of.number
	if strings.HasPrefix(o.path, "/api/executions/") {
		number = of.execution
	} else if strings.HasPrefix(o.path, "/api/projects/") {
		number = of.project
	}
	path = strings.NewReplacer("{id}", number, "{stepId}", of.step, "{key}", of.item, "{name}", of.pipeline,
		"{scoreId}", of.number, "{noteId}", of.number, "{delivery}", of.number).Replace(o.path)
	query := "?q=x&pointer=/input&field=name&format=ndjson&payloadDays=1&structureDays=1&provider=p&model=m&executionId=" + of.execution + "&a=" + of.execution + "&b=" + of.execution
	if o.method != http.MethodGet {
		body = fmt.Sprintf(anyBody, of.execution, of.step, fmt.Sprintf("walked-%d", walked))
		if o.path == "/api/executions" { // the sender's own name for what it sends
			body = strings.ReplaceAll(body, of.execution, fmt.Sprintf("walked-%d", walked))
		}
	}
	return path + query, body
}

var (
	aTime    = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.0-9]*Z`)
	aNumber  = regexp.MustCompile(`"(id|key|nano|ageSeconds|createdAt|secret|prefix|lastUsedAt|executionId)":"?[^",}]*"?`)
	aCounter = regexp.MustCompile(`"(requests|records|bytes|bytesToday|refused)":\d+`)
	aDetail  = regexp.MustCompile(`"detail":"[^"]*"`)
	someID   = regexp.MustCompile(`[0-9]+`)
	aWalk    = regexp.MustCompile(`walked-\d+`)
)

// asker asks, each time with names that nothing has yet.
type asker struct {
	*server
	asked int
}

// answer is what a caller learns: the status and the body, without what it asked
// with and the time of day.
func (a *asker) answer(o operation, of, other ids) string {
	a.t.Helper()
	a.asked++
	path, body := o.request(of, a.asked)
	code, raw := a.call(o.method, path, body)
	text := string(raw)
	for _, of := range []ids{of, other} {
		for id, name := range map[string]string{of.execution: "EXECUTION", of.step: "STEP", of.item: "ITEM", of.pipeline: "PIPELINE", of.project: "PROJECT"} {
			text = strings.ReplaceAll(text, id, name)
		}
	}
	text = aDetail.ReplaceAllStringFunc(text, func(said string) string { return someID.ReplaceAllString(said, "N") })
	text = aWalk.ReplaceAllString(aNumber.ReplaceAllString(aTime.ReplaceAllString(text, "TIME"), `"$1":X`), "walked")
	return fmt.Sprintf("%d %s", code, aCounter.ReplaceAllString(text, `"$1":0`))
}

// alike asks with real and with made-up ids until the answers are alike, for as
// long as the caller's own executions may still settle and change its lists.
func (a *asker) alike(o operation, real ids) (got, want string) {
	a.t.Helper()
	for end := time.Now().Add(15 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		got, want = a.answer(o, real, nobodys), a.answer(o, nobodys, real)
		if got == want || time.Now().After(end) {
			return got, want
		}
	}
}

// streams never end; listenersAreApart is about them.
func (o operation) streams() bool { return o.path == "/api/events" }

// open is what is asked before anybody knows who it is: signing in, setting up.
func (o operation) open() bool {
	return strings.HasPrefix(o.path, "/api/account/")
}

// TestStrangersCannotTellRealIDsFromMadeUpOnes walks over every operation of the
// contract as every kind of caller that has no business with a project, once
// with ids of things that are there and once with ids that nobody has: both must
// be answered alike, and the project must stay as it was.
func TestStrangersCannotTellRealIDsFromMadeUpOnes(t *testing.T) {
	t.Parallel()
	dir := newDataDir(t)
	run(t, "project", "create", "--data-dir", dir, "shop")
	run(t, "project", "create", "--data-dir", dir, "bank")
	newKey := func(project, scope string, more ...string) string {
		return run(t, append([]string{"key", "create", "--data-dir", dir, "--project", project, "--scope", scope}, more...)...)
	}
	owner, revoked, expired := newKey("shop", "admin"), newKey("shop", "admin"), newKey("shop", "admin", "--expires", "1s")
	run(t, "key", "revoke", "--data-dir", dir, "--project", "shop", "2")
	callers := map[string]string{
		"a stranger who reads": newKey("bank", "read"), "a stranger who sends": newKey("bank", "ingest"), "a strange admin": newKey("bank", "admin"),
		"nobody": "", "a revoked key": revoked, "an expired key": expired,
	}
	srv := start(t, settings{dataDir: dir, env: []string{"XRAY_MASTER_API_KEY=m4ster"}})
	as := func(key string) *server { s := *srv; s.key = key; return &s }
	mine := as(owner)
	real := furnish(t, mine)
	before := stateOf(mine)

	unknown := map[string]bool{"nobody": true, "a revoked key": true, "an expired key": true}
	askers := map[string]*asker{}
	for name, key := range callers {
		askers[name] = &asker{server: as(key), asked: 1000 * len(askers)}
	}
	for _, o := range operations(t, mine) {
		if o.streams() {
			continue
		}
		for name := range callers {
			got, want := askers[name].alike(o, real)
			if got != want {
				t.Errorf("%s asks %s %s and can tell what is there:\n%.600s\n%.600s", name, o.method, o.path, got, want)
			}
			switch {
			case unknown[name] && !o.open() && !strings.HasPrefix(got, "401 "):
				t.Errorf("%s asks %s %s: %.200s", name, o.method, o.path, got)
			case strings.HasPrefix(got, "5"):
				t.Errorf("%s asks %s %s: %.200s", name, o.method, o.path, got)
			}
		}
	}
	if after := stateOf(mine); after != before {
		t.Errorf("strangers have changed something:\n%s\n%s", before, after)
	}
	for word, key := range map[string]string{"revoked": revoked, "expired": expired} {
		if code, body := as(key).call("GET", "/api/executions", ""); code != 401 || !strings.Contains(string(body), word+" on") || !strings.Contains(string(body), "xray key create") {
			t.Errorf("a key that is %s is told %d %s", word, code, body)
		}
	}
	sendersAreApart(t, as, callers, mine)
	agentsAreApart(t, as, callers, real)
	listenersAreApart(t, mine, as(callers["a stranger who reads"]), as(callers["a strange admin"]))
}

// furnish gives a project one of everything and returns the real ids.
func furnish(t *testing.T, srv *server) ids {
	t.Helper()
	// Not the demo: a stranger's has the same trace ids in the same minutes.
	const own = `{"executionId":"mine-1","metadata":{"name":"mine"},"steps":[
		{"name":"search","output":[{"id":"sku-4711","price":3},{"id":"sku-4712","price":9}]},
		{"name":"filter","input":[{"id":"sku-4711","price":3},{"id":"sku-4712","price":9}],"output":[{"id":"sku-4711","price":3}]}]}`
	if code, body := srv.call("POST", "/api/executions", own); code >= 300 {
		t.Fatalf("send: %d %s", code, body)
	}
	var view struct{ ID string }
	code, body := srv.call("POST", "/api/views", `{"name":"mine","query":"","columns":[],"range":"","sort":""}`)
	if code != http.StatusCreated || json.Unmarshal(body, &view) != nil {
		t.Fatalf("view: %d %s", code, body)
	}
	list := get[executionList](srv, "/api/executions?limit=1").Executions
	if len(list) != 1 {
		t.Fatal("what was sent is not there")
	}
	run := list[0]
	steps := get[stepList](srv, "/api/executions/"+run.ID+"/steps").Steps
	// Keys are numbered from 1 as views are: 1 is real for both.
	return ids{execution: run.ID, step: steps[0].ID, item: "sku-4711", pipeline: run.Name, number: view.ID, project: "shop"}
}

// stateOf is what a project's admin sees of it.
func stateOf(srv *server) string {
	srv.t.Helper()
	var b strings.Builder
	for _, path := range []string{"/api/executions?limit=100", "/api/views", "/api/settings/reasoning", "/api/settings/masking", "/api/settings/keys",
		"/api/settings/limits", "/api/settings/audit", "/api/settings/retention", "/api/webhooks", "/api/alerts"} {
		code, body := srv.call("GET", path, "")
		var kept map[string]any
		json.Unmarshal(body, &kept)
		for _, row := range asList(kept["executions"]) { // settle and get headlines meanwhile
			for _, changing := range []string{"headline", "status", "stepCount", "errorCount", "funnel", "settled"} {
				delete(row, changing)
			}
		}
		for _, row := range asList(kept["keys"]) {
			delete(row, "lastUsedAt")
			delete(row, "state")
		}
		canonical, _ := json.Marshal(kept)
		fmt.Fprintf(&b, "%s %d %s\n", path, code, canonical)
	}
	return b.String()
}

func asList(v any) (rows []map[string]any) {
	list, _ := v.([]any)
	for _, one := range list {
		if row, ok := one.(map[string]any); ok {
			rows = append(rows, row)
		}
	}
	return rows
}

// The contract that the server serves is the one in the repository.
func TestTheServedContractIsTheCommittedOne(t *testing.T) {
	t.Parallel()
	committed, err := os.ReadFile(filepath.Join("..", "api", "openapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if code, served := start(t, settings{}).call("GET", "/api/openapi.yaml", ""); code != 200 || !bytes.Equal(served, committed) {
		t.Errorf("%d, %d bytes, want the %d committed", code, len(served), len(committed))
	}
}
