package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/xraytrace/xray/sdk"
	"github.com/xraytrace/xray/sdk/setup"
)

// TestAnExecutionOfOurSDKIsWatchedWhileItRuns uses the SDK itself: what it
// announces is shown while the program is inside of the step, and is counted
// once when it is done.
func TestAnExecutionOfOurSDKIsWatchedWhileItRuns(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{})
	client, err := setup.New(t.Context(), xray.Config{Endpoint: srv.HTTP},
		setup.WithClient(xray.WithLive()), setup.WithBatch(1<<20, 512, 50*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	inside, seen := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		ctx := client.Context(t.Context())
		_, err := xray.TrackExecution(ctx, "pick a movie", func(ctx context.Context) (string, error) {
			return xray.Step(ctx, "search", func(context.Context) (string, error) {
				close(inside)
				<-seen
				return "Arrival", nil
			}, "query")
		})
		done <- err
	}()
	<-inside
	var running execution
	eventually(t, "both steps are shown as running", time.Minute, func() bool {
		list := get[executionList](srv, "/api/executions").Executions
		if len(list) != 1 {
			return false
		}
		running = list[0]
		steps := get[stepList](srv, "/api/executions/"+running.ID+"/steps").Steps
		return len(steps) == 2 && steps[0].Status == "running" && steps[1].Status == "running"
	})
	if running.Status != "running" || running.StepCount != 0 || running.Name != "pick a movie" {
		t.Errorf("while it runs: %+v", running)
	}
	close(seen)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if err := client.Shutdown(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	e := srv.settled(running.ID)
	if e.Status != "ok" || e.StepCount != 2 {
		t.Errorf("when it is done: %+v", e)
	}
	for _, st := range get[stepList](srv, "/api/executions/"+running.ID+"/steps").Steps {
		if st.Status != "ok" {
			t.Errorf("step %q is %s", st.Name, st.Status)
		}
	}
}
