package xray

import "context"

// Step runs fn as a step of the current execution and returns what it
// returns, untouched: errors keep their identity, and a panic is recorded and
// goes on. The result is recorded as the step's output.
//
// Each of inputs is recorded as input (two or more as an array) before fn
// runs, except values that are a [StepOption], which describe the step:
//
//	found, err := xray.Step(ctx, "search", func(ctx context.Context) ([]Movie, error) {
//		return catalogue.Search(ctx, query)
//	}, query, xray.TypeRetriever)
//
// Steps nest through ctx, and may run in goroutines: give each the context it
// belongs under. Outside of an execution a step is an ordinary span.
func Step[T any](ctx context.Context, name string, fn func(context.Context) (T, error), inputs ...any) (T, error) {
	ctx, s := StartStep(ctx, name, inputs...)
	done := false
	defer func() {
		if !done {
			s.unwind(recover())
		}
	}()
	out, err := fn(ctx)
	done = true
	finish(s, out, err)
	return out, err
}

// Do is [Step] for a function that only succeeds or fails.
func Do(ctx context.Context, name string, fn func(context.Context) error, inputs ...any) error {
	_, err := Step(ctx, name, func(ctx context.Context) (none, error) { return none{}, fn(ctx) }, inputs...)
	return err
}

// Value is [Step] for a plain function that takes no context and cannot fail.
func Value[T any](ctx context.Context, name string, fn func() T, inputs ...any) T {
	out, _ := Step(ctx, name, func(context.Context) (T, error) { return fn(), nil }, inputs...)
	return out
}

// none is the result of a function that has none.
type none struct{}

// finish records a result and ends the step. The result of a failed function
// is mostly a zero value that nobody meant: only others are recorded.
func finish[T any](s *OpenStep, out T, err error) {
	if s.recording() {
		if _, nothing := any(out).(none); !nothing && (err == nil || !isZero(out)) {
			s.SetOutput(out)
		}
	}
	s.End(err)
}
