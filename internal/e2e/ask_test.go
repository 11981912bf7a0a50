package e2e

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xraytrace/xray/internal/modeltest"
)

// answered is an answer that came in parts.
type answered struct {
	names  []string // of the events, in order
	facts  answer
	claims []claim
	done   answer
}

type answer struct {
	Note      string    `json:"note"`
	Facts     []fact    `json:"facts"`
	Reasoning reasoning `json:"reasoning"`
	WhyNot    struct {
		Match string `json:"match"`
	} `json:"whyNot"`
}

// ask posts a question and reads the whole stream.
func (s *server) ask(path, body string) answered {
	s.t.Helper()
	status, raw := s.call("POST", path, body)
	if status != http.StatusOK {
		s.t.Fatalf("POST %s: %d %s", path, status, raw)
	}
	var a answered
	for block := range strings.SplitSeq(strings.TrimSpace(string(raw)), "\n\n") {
		name, data, _ := strings.Cut(strings.TrimPrefix(block, "event: "), "\ndata: ")
		into := map[string]any{"facts": &a.facts, "done": &a.done, "claim": &claim{}}[name]
		if into == nil || json.Unmarshal([]byte(data), into) != nil {
			s.t.Fatalf("POST %s: an event that is none: %q", path, block)
		}
		if c, ok := into.(*claim); ok {
			a.claims = append(a.claims, *c)
		}
		a.names = append(a.names, name)
	}
	return a
}

// variant is the movie night under another id, with something else in it.
func variant(id, old, new string) string {
	return strings.ReplaceAll(strings.Replace(movieNight, old, new, 1), "movie-night-7", id)
}

// withoutError is the movie night that went well.
func withoutError(id string) string { return variant(id, `"error": "no address", `, "") }

func TestQuestionsAreAnsweredInParts(t *testing.T) {
	t.Parallel()
	model, stop := modeltest.Start(modeltest.Honest)
	defer stop()
	srv := start(t, settings{env: []string{"OPENAI_BASE_URL=" + model.URL, "XRAY_MODEL=gpt-5-mini", "XRAY_AUTO_REASONING=false"}})
	srv.call("POST", "/api/executions", movieNight)
	srv.call("POST", "/api/executions", variant("movie-night-8", `"minRating": 7`, `"minRating": 9`))
	srv.settled("movie-night-7")
	srv.settled("movie-night-8")

	why := srv.ask("/api/executions/movie-night-7/ask", `{"question":"Why is notify failing?"}`)
	if why.names[0] != "facts" || why.names[len(why.names)-1] != "done" || len(why.claims) == 0 || why.done.Reasoning.Source != "model" || why.facts.Reasoning.Source != "facts" {
		t.Errorf("events %v, done %+v", why.names, why.done)
	}
	for _, c := range append(why.claims, why.done.Reasoning.Claims...) {
		if c.Verdict == "unverified" {
			t.Errorf("told without a check: %+v", c)
		}
	}
	calls := len(model.Calls())
	if again := srv.ask("/api/executions/movie-night-7/ask", `{"question":"Why is notify failing?"}`); len(model.Calls()) != calls || again.done.Reasoning.Source != "model" {
		t.Errorf("the same question was paid for twice")
	}
	if not := srv.ask("/api/executions/movie-night-7/ask", `{"question":"why not \"2\"?"}`); not.done.WhyNot.Match != "exact" || len(model.Calls()) != calls {
		t.Errorf("why not: %+v, %d calls more", not.done, len(model.Calls())-calls)
	}
	differ := srv.ask("/api/compare/explain", `{"a":"movie-night-7","b":"movie-night-8"}`)
	if len(differ.claims) == 0 || differ.done.Reasoning.Source != "model" || !strings.Contains(differ.facts.Reasoning.Headline, "different input") && !strings.Contains(differ.facts.Reasoning.Headline, "divergence") {
		t.Errorf("compared: %+v", differ.facts.Reasoning)
	}
	// What was asked is paid for like everything else, and a cap holds for it.
	spend := get[struct {
		Days []struct{ Calls string }
	}](srv, "/api/settings/reasoning/spend?days=1")
	if len(spend.Days) != 1 || spend.Days[0].Calls == "0" {
		t.Errorf("the day cost %+v", spend)
	}
	if status, raw := srv.call("PUT", "/api/settings/reasoning", `{"policy":"on_demand","dailyCapUsd":0}`); status != http.StatusOK {
		t.Fatalf("%d %s", status, raw)
	}
	calls = len(model.Calls())
	if capped := srv.ask("/api/executions/movie-night-7/ask", `{"question":"What was searched for?"}`); !strings.Contains(capped.done.Note, "cap") || capped.done.Reasoning.Source != "facts" {
		t.Errorf("at the cap: %+v", capped.done)
	}
	srv.call("PUT", "/api/settings/reasoning", `{"policy":"off"}`)
	if off := srv.ask("/api/executions/movie-night-7/ask", `{"question":"What was searched for?"}`); !strings.Contains(off.done.Note, "policy is off") || len(model.Calls()) != calls {
		t.Errorf("with the policy off: %+v", off.done)
	}
	srv.call("PUT", "/api/settings/reasoning", `{"policy":"all"}`)
	model.Script(modeltest.Unauthorized)
	if status, raw := srv.call("POST", "/api/executions/movie-night-8/ask", `{"question":"What was searched for?"}`); status != 200 || !strings.Contains(string(raw), "event: error") || !strings.Contains(string(raw), "OPENAI_API_KEY") {
		t.Errorf("a key that is not accepted: %d %s", status, raw)
	}
}

// TestPolicies sends executions under each policy and counts who is explained
// by the model.
func TestPolicies(t *testing.T) {
	t.Parallel()
	model, stop := modeltest.Start(modeltest.Honest)
	defer stop()
	srv := start(t, settings{env: []string{"OPENAI_BASE_URL=" + model.URL, "XRAY_MODEL=gpt-5-mini", "XRAY_AUTO_REASONING=false", "XRAY_REASONING_DEBUG=true"}})
	send := func(body string) {
		t.Helper()
		if status, raw := srv.call("POST", "/api/executions", body); status != http.StatusCreated {
			t.Fatalf("%d %s", status, raw)
		}
	}
	source := func(id, want string) {
		t.Helper()
		var e execution
		eventually(t, id+" is explained by "+want, settleWait, func() bool {
			e = get[execution](srv, "/api/executions/"+id)
			return e.Settled && e.Reasoning.Source == want && e.Job.Status != "pending" && e.Job.Status != "processing"
		})
	}
	send(movieNight)
	source("movie-night-7", "facts")
	if n := len(model.Calls()); n != 0 {
		t.Errorf("XRAY_AUTO_REASONING=false, and yet %d calls", n)
	}
	if status, raw := srv.call("POST", "/api/reasoning/process", `{"executionId":"movie-night-7"}`); status != http.StatusAccepted {
		t.Fatalf("%d %s", status, raw)
	}
	source("movie-night-7", "model")

	srv.call("PUT", "/api/settings/reasoning", `{"policy":"failures"}`)
	calls := len(model.Calls())
	send(withoutError("went-well"))
	source("went-well", "facts")
	if n := len(model.Calls()); n != calls {
		t.Errorf("%d calls for an execution that went well", n-calls)
	}
	send(variant("failed", `"no address"`, `"no address known"`))
	source("failed", "model")
	calls = len(model.Calls())
	// The same steps again are the same questions: nothing is asked.
	send(variant("failed-again", `"no address"`, `"no address known"`))
	source("failed-again", "model")
	if n := len(model.Calls()); n != calls {
		t.Errorf("%d calls for an identical execution", n-calls)
	}
	// And nothing is explained twice.
	before := get[execution](srv, "/api/executions/failed").Job
	srv.call("POST", "/api/reasoning/process", `{"executionId":"failed"}`)
	eventually(t, "the second job has ended", settleWait, func() bool {
		return get[execution](srv, "/api/executions/failed").Job.Status == "completed"
	})
	if n := len(model.Calls()); n != calls || before.Status != "completed" {
		t.Errorf("%d calls for what is explained already", n-calls)
	}
	logged := strings.Count(srv.log.String(), `msg="model call"`)
	if logged != calls || !strings.Contains(srv.log.String(), "costUsd=0.") {
		t.Errorf("%d calls are logged, %d were made", logged, calls)
	}
	for _, content := range []string{"sci-fi", "no address", "only good ones", "minRating", "headline"} {
		if strings.Contains(srv.log.String(), content) {
			t.Errorf("the log holds %q", content)
		}
	}
}

// TestAnotherProcessTakesOverFromTheDead kills one of two processes with the
// model in mid-call: the other does what it left, once.
func TestAnotherProcessTakesOverFromTheDead(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	held := func(w http.ResponseWriter, r *http.Request, req modeltest.Request) {
		select {
		case <-release:
			modeltest.Honest(w, r, req)
		case <-r.Context().Done():
		}
	}
	model, stop := modeltest.Start(held)
	defer stop()
	env := func(name string) []string { return []string{"OPENAI_BASE_URL=" + model.URL, "XRAY_MODEL=" + name} }
	survivor := start(t, settings{env: env("survivor")})
	url := "postgres://xray@/xray?host=" + filepath.Join(survivor.dataDir, "socket") + "&port=5432"
	victim := start(t, settings{dataDir: newDataDir(t), env: append(env("victim"), "DATABASE_URL="+url)})
	// A process works on eight at a time: of twelve neither can take all.
	if status, raw := survivor.call("PUT", "/api/settings/reasoning", `{"policy":"all","concurrency":16}`); status != http.StatusOK {
		t.Fatalf("%d %s", status, raw)
	}
	ids := []string{"run-a", "run-b", "run-c", "run-d", "run-e", "run-f", "run-g", "run-h", "run-i", "run-j", "run-k", "run-l"}
	for i, id := range ids { // each unlike the others, so that no cache answers
		body := strings.Replace(variant(id, `"sci-fi"`, `"genre `+id+`"`), `"no address"`, `"no address of `+id+`"`, 1)
		if status, raw := []*server{survivor, victim}[i%2].call("POST", "/api/executions", body); status != http.StatusCreated {
			t.Fatalf("%d %s", status, raw)
		}
	}
	by := func(name string) (n int) {
		for _, c := range model.Calls() {
			if c.Model == name {
				n++
			}
		}
		return n
	}
	eventually(t, "both are in mid-call", settleWait, func() bool { return by("victim") > 0 && by("survivor") > 0 && len(model.Calls()) == len(ids) })
	lost := by("victim")
	victim.kill()
	close(release)
	again := 0
	for _, id := range ids {
		eventually(t, id+" is explained", time.Minute, func() bool {
			e := get[execution](survivor, "/api/executions/"+id)
			if e.Job.Status == "failed" || e.Job.Attempts > 2 {
				t.Fatalf("%s: %+v", id, e.Job)
			}
			return e.Job.Status == "completed" && e.Reasoning.Source == "model" && e.Reasoning.Model == "survivor"
		})
		again += get[execution](survivor, "/api/executions/"+id).Job.Attempts - 1
	}
	if again != lost {
		t.Errorf("%d jobs were begun again, %d were lost", again, lost)
	}
	if n := by("survivor"); n != 2*len(ids) { // one about the steps, one about the whole
		t.Errorf("the survivor made %d calls for %d executions", n, len(ids))
	}
}
