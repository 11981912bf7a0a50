package xray_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/codes"

	"github.com/xraytrace/xray/sdk"
)

type movie struct {
	Title  string  `json:"title"`
	Rating float64 `json:"rating"`
}

func TestAStepRecordsInputAndOutputAndReturnsTheResult(t *testing.T) {
	ctx, mem := recorder(t)
	got, err := xray.TrackExecution(ctx, "recommend", func(ctx context.Context) (movie, error) {
		found, err := xray.Step(ctx, "search", func(context.Context) ([]movie, error) {
			return []movie{{"Alien", 8.5}}, nil
		}, "space", 10, xray.TypeRetriever)
		return found[0], err
	}, xray.WithInput("something scary"))
	if err != nil || got.Title != "Alien" {
		t.Fatalf("got %v, %v", got, err)
	}
	root, step := span(t, mem, "recommend"), span(t, mem, "search")
	if step.Parent.SpanID() != root.SpanContext.SpanID() {
		t.Error("the step is not a child of the execution")
	}
	for key, want := range map[string]any{
		"xray.step.type": "retriever",
		"xray.input":     `["space",10]`,
		"xray.output":    `[{"title":"Alien","rating":8.5}]`,
		"xray.truncated": nil,
	} {
		if got := attr(step, key); got != want {
			t.Errorf("%s = %v, want %v", key, got, want)
		}
	}
	for key, want := range map[string]any{
		"xray.step.type":       "chain",
		"xray.input":           `"something scary"`,
		"xray.output":          `{"title":"Alien","rating":8.5}`,
		"xray.receipt.started": int64(2),
		"xray.receipt.ended":   int64(2),
		"xray.receipt.dropped": int64(0),
		"xray.receipt.cut":     int64(0),
		"xray.execution.id":    nil,
		"xray.auto_reasoning":  nil,
	} {
		if got := attr(root, key); got != want {
			t.Errorf("root: %s = %v, want %v", key, got, want)
		}
	}
}

func TestErrorsKeepTheirIdentityAndAreRecordedOnce(t *testing.T) {
	ctx, mem := recorder(t)
	err := xray.Track(ctx, "run", func(ctx context.Context) error {
		return xray.Do(ctx, "read", func(ctx context.Context) error {
			err := fmt.Errorf("read the catalogue: %w", io.ErrUnexpectedEOF)
			xray.CurrentStep(ctx).SetError(err)
			return err
		})
	})
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("errors.Is does not find the cause in %v", err)
	}
	for _, name := range []string{"run", "read"} {
		s := span(t, mem, name)
		if s.Status.Code != codes.Error || s.Status.Description != err.Error() {
			t.Errorf("%s: status %v", name, s.Status)
		}
		if len(s.Events) != 1 || s.Events[0].Name != "exception" {
			t.Errorf("%s: events %v, want one exception", name, s.Events)
		}
		if attr(s, "xray.output") != nil {
			t.Errorf("%s has the output %v of a function that has none", name, attr(s, "xray.output"))
		}
	}
}

func TestAPanicIsRecordedAndGoesOn(t *testing.T) {
	ctx, mem := recorder(t)
	func() {
		defer func() {
			if r := recover(); r != "out of cheese" {
				t.Errorf("recovered %v", r)
			}
		}()
		_ = xray.Track(ctx, "run", func(ctx context.Context) error {
			return xray.Do(ctx, "step", func(context.Context) error { panic("out of cheese") })
		})
	}()
	for _, name := range []string{"run", "step"} {
		s := span(t, mem, name)
		if s.Status.Code != codes.Error || !strings.Contains(s.Status.Description, "out of cheese") {
			t.Errorf("%s: status %v", name, s.Status)
		}
	}
	if got := attr(span(t, mem, "run"), "xray.receipt.ended"); got != int64(2) {
		t.Errorf("the receipt says that %v spans ended, want 2", got)
	}
}

func TestAGoroutineThatEndsInAStepEndsTheStep(t *testing.T) {
	ctx, mem := recorder(t)
	var wg sync.WaitGroup
	wg.Go(func() {
		xray.Value(ctx, "step", func() int { runtime.Goexit(); return 1 })
	})
	wg.Wait()
	if s := span(t, mem, "step"); s.Status.Code != codes.Error {
		t.Errorf("status %v", s.Status)
	}
}

func TestStepsInGoroutinesBelongToTheirContext(t *testing.T) {
	ctx, mem := recorder(t)
	_ = xray.Track(ctx, "run", func(ctx context.Context) error {
		return xray.Do(ctx, "fan out", func(ctx context.Context) error {
			var wg sync.WaitGroup
			for i := range 20 {
				wg.Go(func() {
					xray.Value(ctx, fmt.Sprint("worker ", i), func() int { return i })
					xray.Keep(ctx, i, "a number")
				})
			}
			wg.Wait()
			return nil
		})
	})
	fan := span(t, mem, "fan out")
	for i := range 20 {
		if s := span(t, mem, fmt.Sprint("worker ", i)); s.Parent.SpanID() != fan.SpanContext.SpanID() {
			t.Errorf("worker %d is not a child of its step", i)
		}
	}
	if kept := jsonAttr[[]any](t, fan, "xray.items.kept"); len(kept) != 20 {
		t.Errorf("%d decisions, want 20", len(kept))
	}
	if got := attr(span(t, mem, "run"), "xray.receipt.started"); got != int64(22) {
		t.Errorf("receipt.started = %v, want 22", got)
	}
}

func TestWhatHappensAfterTheEndIsIgnored(t *testing.T) {
	ctx, mem := recorder(t)
	ctx, step := xray.StartStep(ctx, "step", "in")
	step.SetOutput("out")
	step.End(nil)
	step.SetOutput("late")
	step.SetError(errors.New("late"))
	step.SetReasoning("late")
	xray.Drop(ctx, "late", "late")
	step.End(errors.New("late"))
	s := span(t, mem, "step")
	if attr(s, "xray.output") != `"out"` || s.Status.Code == codes.Error || attr(s, "xray.items.dropped") != nil {
		t.Errorf("changed after its end: %v %v", s.Attributes, s.Status)
	}
}

type badError struct{ why *string }

func (e *badError) Error() string { return *e.why }

func TestAnErrorThatPanicsDoesNoHarm(t *testing.T) {
	ctx, mem := recorder(t)
	err := xray.Do(ctx, "step", func(context.Context) error { return &badError{} })
	if bad := (*badError)(nil); !errors.As(err, &bad) {
		t.Errorf("got %T", err)
	}
	if s := span(t, mem, "step"); s.Status.Code != codes.Error {
		t.Errorf("status %v", s.Status)
	}
}
