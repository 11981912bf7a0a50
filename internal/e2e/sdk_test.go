package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
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

// TestReceiptsOfOurSDK compares what the SDK counted with what arrived: all of
// it, with shortened payloads, and without what a full queue had no room for.
func TestReceiptsOfOurSDK(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{})
	big := strings.Repeat("x", 4<<10)
	cases := map[string]struct {
		options []setup.Option
		client  []xray.Option
		between func(*xray.Client) error // before the execution ends
		want    receipt
	}{
		"all of it arrives": {
			want: receipt{Started: 11, Ended: 11, Received: 11},
		},
		"payloads are shortened": {
			client: []xray.Option{xray.WithPayloadLimit(1 << 10)},
			want:   receipt{Started: 11, Ended: 11, Cut: 10, Received: 11},
		},
		"the queue has room for three steps": {
			options: []setup.Option{setup.WithQueue(14<<10, 0), setup.WithBatch(1<<20, 512, time.Hour)},
			between: func(c *xray.Client) error {
				if loss := c.Flush(t.Context()); loss == nil {
					return fmt.Errorf("nobody says that steps were dropped")
				}
				return nil
			},
			want: receipt{Started: 11, Ended: 11, Dropped: 7, Received: 4},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			client, err := xray.New(xray.Config{Endpoint: srv.HTTP}, append(c.client, setup.Exporter(c.options...))...)
			if err != nil {
				t.Fatal(err)
			}
			ctx, ex := xray.StartExecution(client.Context(t.Context()), name)
			for i := range 10 {
				_, step := xray.StartStep(ctx, fmt.Sprint(i), big)
				step.End(nil)
			}
			if c.between != nil {
				if err := c.between(client); err != nil {
					t.Error(err)
				}
			}
			ex.End(nil)
			if err := client.Shutdown(t.Context()); (err != nil) != (c.want.Dropped > 0) {
				t.Errorf("shutdown says %v", err)
			}
			if e := srv.settled(ex.ExecutionID()); e.Receipt == nil || *e.Receipt != c.want {
				t.Errorf("receipt %+v, want %+v", e.Receipt, c.want)
			}
		})
	}
}

// TestAFileOfOurSDKIsImported records without a server and imports later.
func TestAFileOfOurSDKIsImported(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "runs.ndjson")
	client, err := xray.New(xray.Config{}, setup.Exporter(setup.WithLocal(file)))
	if err != nil {
		t.Fatal(err)
	}
	var recorded []string
	for _, name := range []string{"first", "second"} {
		ctx, ex := xray.StartExecution(client.Context(t.Context()), name, xray.WithTags("local"))
		err := xray.Do(ctx, "step", func(context.Context) error { return nil }, name)
		ex.End(err)
		recorded = append(recorded, ex.ExecutionID())
	}
	if err := client.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	srv := start(t, settings{})
	for range 2 { // the second time changes nothing
		if out := run(t, "import", file, "--url", srv.UI); !strings.HasPrefix(out, "Imported ") || !strings.HasSuffix(out, "left out 0.") {
			t.Error(out)
		}
	}
	var imported []string
	for _, e := range get[executionList](srv, "/api/executions").Executions {
		e = srv.settled(e.ID)
		imported = append(imported, e.ID)
		if want := (receipt{Started: 2, Ended: 2, Received: 2}); e.Receipt == nil || *e.Receipt != want || !slices.Equal(e.Tags, []string{"local"}) {
			t.Errorf("execution %+v, receipt %+v", e, e.Receipt)
		}
	}
	slices.Sort(imported)
	slices.Sort(recorded)
	if !slices.Equal(imported, recorded) {
		t.Errorf("imported %q, recorded %q", imported, recorded)
	}
}
