package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xraytrace/xray/internal/modeltest"
)

// TestAProcessWithoutAModelLeavesJobsToOneThatHasIt runs a server without a
// model, that clients send to, and one with a model on the same database, which
// comes, is killed and comes back.
func TestAProcessWithoutAModelLeavesJobsToOneThatHasIt(t *testing.T) {
	t.Parallel()
	model, stop := modeltest.Start(modeltest.Honest)
	defer stop()
	intake := start(t, settings{})
	thinker := settings{
		args: []string{"--database-url", fmt.Sprintf("postgres:///xray?user=xray&host=%s", filepath.Join(intake.dataDir, "socket"))},
		env:  []string{"OPENAI_BASE_URL=" + model.URL, "XRAY_MODEL=stand-in"},
	}
	send := func(ids ...string) {
		t.Helper()
		for _, id := range ids {
			intake.call("POST", "/api/executions", variant(id, "", ""))
		}
	}
	become := func(id, what string, is func(execution) bool) execution {
		t.Helper()
		var e execution
		eventually(t, id+" "+what, time.Minute, func() bool {
			e = get[execution](intake, "/api/executions/"+id)
			return e.Settled && is(e)
		})
		return e
	}
	byModel := func(e execution) bool { return e.Job.Status == "completed" && e.Reasoning.Source == "model" }

	send("nobody-there")
	become("nobody-there", "has its facts", func(e execution) bool { return e.Job.Status == "completed" && e.Reasoning.Source == "facts" })
	if len(model.Calls()) != 0 {
		t.Fatal("a server without a model has asked one")
	}

	with := start(t, thinker)
	var ids []string
	for i := range 12 { // more than chance would give to one of two
		ids = append(ids, fmt.Sprintf("shared-%d", i))
	}
	send(ids...)
	for _, id := range ids {
		become(id, "is explained by the model", byModel)
	}
	// Who asks the server without a model is answered by the other one, too.
	intake.call("POST", "/api/reasoning/process", `{"executionId":"nobody-there"}`)
	become("nobody-there", "is explained by the model when somebody asks", byModel)

	with.kill()
	send("orphan")
	e := become("orphan", "has facts and says why there are no words", func(e execution) bool {
		return e.Reasoning.Source == "facts" && strings.Contains(e.Job.Error, "No process")
	})
	if e.Job.Status != "pending" || e.Headline == "" {
		t.Errorf("while the model's process is away: job %+v, headline %q", e.Job, e.Headline)
	}
	start(t, thinker)
	become("orphan", "is explained when the process is back", byModel)
}
