package e2e

import (
	"net/http"
	"testing"
)

// TestAnnouncedStepsRunAndVanish follows traces whose spans announce themselves
// when they start, in both forms that there are.
func TestAnnouncedStepsRunAndVanish(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{})
	// announcement is the span that says that span id is running below parent.
	announcements := map[string]func(own, id, parent byte, name string) made{
		"Logfire": func(own, id, parent byte, name string) made {
			real := "0000000000000000"
			if parent != 0 {
				real = hexID(parent)
			}
			return made{id: own, parent: id, name: name, attributes: map[string]any{
				"logfire.span_type": "pending_span", "logfire.pending_parent_id": real, "gen_ai.usage.input_tokens": 7}}
		},
		"our SDK": func(own, id, parent byte, name string) made {
			attributes := map[string]any{"xray.pending": true, "xray.pending.span_id": hexID(id)}
			if parent != 0 {
				attributes["xray.pending.parent_id"] = hexID(parent)
			}
			return made{id: own, parent: id, name: name, attributes: attributes}
		},
	}
	n := 1000
	for name, announce := range announcements {
		n++
		trace := madeTrace(n)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			on := *srv
			on.t = t
			path := "/api/executions/" + trace.String()
			expect := func(when string, status string, counted int, want map[string]string) execution {
				t.Helper()
				e := get[execution](&on, path)
				if e.Status != status || e.StepCount != counted {
					t.Errorf("%s: %s with %d steps counted, want %s with %d", when, e.Status, e.StepCount, status, counted)
				}
				steps := get[stepList](&on, path+"/steps").Steps
				if len(steps) != len(want) {
					t.Errorf("%s: %d steps, want %d: %+v", when, len(steps), len(want), steps)
				}
				for _, st := range steps {
					if st.Status != want[st.ID] {
						t.Errorf("%s: step %s %q is %s, want %s", when, st.ID, st.Name, st.Status, want[st.ID])
					}
					if code, raw := on.call("GET", path+"/steps/"+st.ID, ""); code != http.StatusOK {
						t.Errorf("%s: step %s: %d %s", when, st.ID, code, raw)
					}
				}
				return e
			}
			root, child := hexID(1), hexID(2)
			postTraces(t, on.HTTP, request(t, trace, announce(11, 1, 0, "run")))
			expect("the root was announced", "running", 0, map[string]string{root: "running"})
			postTraces(t, on.HTTP, request(t, trace, announce(12, 2, 1, "call")))
			expect("its child was announced", "running", 0, map[string]string{root: "running", child: "running"})
			for _, st := range get[stepList](&on, path+"/steps").Steps {
				if st.ID == child && st.ParentID != root {
					t.Errorf("the announced child stands below %q, want %q", st.ParentID, root)
				}
			}
			call := map[string]any{"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o-mini", "gen_ai.usage.input_tokens": 7, "gen_ai.usage.output_tokens": 3}
			postTraces(t, on.HTTP, request(t, trace, made{id: 2, parent: 1, name: "call", start: 1, end: 2, attributes: call}))
			expect("the child ended", "running", 1, map[string]string{root: "running", child: "ok"})
			postTraces(t, on.HTTP, request(t, trace, made{id: 1, name: "run", start: 0, end: 3}))
			on.settled(trace.String())
			e := expect("all ended", "ok", 2, map[string]string{root: "ok", child: "ok"})
			if e.InputTokens != "7" || e.OutputTokens != "3" {
				t.Errorf("%s→%s tokens, want 7→3", e.InputTokens, e.OutputTokens)
			}
			// An announcement that comes late, as retries do, changes nothing.
			postTraces(t, on.HTTP, request(t, trace, announce(12, 2, 1, "call"), announce(11, 1, 0, "run")))
			eventually(t, "it is settled again", settleWait, func() bool { return get[execution](&on, path).Settled })
			expect("announced once more", "ok", 2, map[string]string{root: "ok", child: "ok"})
		})
	}
}
