package store

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

// stepConditionOf compiles a condition on a step; Not is left to the caller.
func stepConditionOf(w *xray.Condition) (stepCondition, error) {
	switch w.Field {
	case xray.FieldStep:
		return textOfStep(w, func(s *xray.Step) string { return s.Name }), nil
	case xray.FieldStepService:
		return textOfStep(w, func(s *xray.Step) string { return s.Service }), nil
	case xray.FieldStepModel:
		return textOfStep(w, func(s *xray.Step) string { return s.Model }), nil
	case xray.FieldStepType:
		return textOfStep(w, func(s *xray.Step) string { return string(s.Type) }), nil
	case xray.FieldStepStatus:
		return textOfStep(w, func(s *xray.Step) string { return s.Status.String() }), nil
	case xray.FieldStepError:
		return errorOfStep(w)
	case xray.FieldStepDuration:
		return func(s *xray.Step, _ *stationRow) bool {
			return s.Status != xray.StatusRunning && compares(w, float64(s.Duration()), func(v xray.Value) float64 { return float64(v.Nano) })
		}, nil
	case xray.FieldStepTokens:
		return func(s *xray.Step, _ *stationRow) bool {
			n := sum(s.Tokens.InputTotal(), s.Tokens.OutputTotal())
			return n != nil && compares(w, float64(*n), theNumber)
		}, nil
	case xray.FieldStepCost:
		return func(s *xray.Step, _ *stationRow) bool { return s.CostUSD != nil && compares(w, *s.CostUSD, theNumber) }, nil
	case xray.FieldStepDrop:
		return func(_ *xray.Step, st *stationRow) bool {
			return st != nil && st.In > 0 && compares(w, st.share(), theNumber)
		}, nil
	case xray.FieldStepIn:
		return func(_ *xray.Step, st *stationRow) bool { return st != nil && compares(w, float64(st.In), theNumber) }, nil
	case xray.FieldStepOut:
		return func(_ *xray.Step, st *stationRow) bool { return st != nil && compares(w, float64(st.Out), theNumber) }, nil
	}
	return nil, notSearchable(w.Field)
}

func theNumber(v xray.Value) float64 { return v.Number }

func textOfStep(w *xray.Condition, of func(*xray.Step) string) stepCondition {
	if w.Op != xray.OpIs {
		return func(s *xray.Step, _ *stationRow) bool { return of(s) != "" }
	}
	whole, begins := split(w, maxName)
	return func(s *xray.Step, _ *stationRow) bool {
		text := of(s)
		return slices.Contains(whole, text) || slices.ContainsFunc(begins, func(b string) bool { return strings.HasPrefix(text, b) })
	}
}

func errorOfStep(w *xray.Condition) (stepCondition, error) {
	if w.Op != xray.OpIs {
		return func(s *xray.Step, _ *stationRow) bool { return s.Error != "" }, nil
	}
	patterns := make([]string, len(w.Values))
	for i, v := range w.Values {
		patterns[i] = foldPattern(v.Text)
	}
	holds, err := regexp.Compile(strings.Join(patterns, "|"))
	if err != nil {
		return nil, fmt.Errorf("look for texts in errors: %w", err)
	}
	return func(s *xray.Step, _ *stationRow) bool { return holds.MatchString(s.Error) }, nil
}

// compares holds a number against the values of a condition.
func compares(w *xray.Condition, n float64, of func(xray.Value) float64) bool {
	switch w.Op {
	case xray.OpHas:
		return n != 0
	case xray.OpLess:
		return n < of(w.Values[0])
	case xray.OpAtMost:
		return n <= of(w.Values[0])
	case xray.OpMore:
		return n > of(w.Values[0])
	case xray.OpAtLeast:
		return n >= of(w.Values[0])
	case xray.OpBetween:
		return n >= of(w.Values[0]) && n <= of(w.Values[1])
	}
	return slices.ContainsFunc(w.Values, func(v xray.Value) bool { return n == of(v) })
}
