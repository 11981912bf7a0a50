package dossier_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/dossier"
)

func span(n int) (id xray.SpanID) {
	binary.BigEndian.PutUint64(id[:], uint64(n))
	return id
}

func step(n, parent int, name string) xray.Step {
	return xray.Step{SpanID: span(n), ParentID: span(parent), Name: name, Type: xray.TypeFunction, Status: xray.StatusOK, Start: xray.Nano(n), End: xray.Nano(n) + 1e6}
}

func outline(d *dossier.Dossier, q dossier.OutlineQuery) string {
	var b strings.Builder
	d.Outline(q).Write(&b)
	return b.String()
}

func TestChildrenStandBelowTheirParents(t *testing.T) {
	d := &dossier.Dossier{Steps: []xray.Step{step(1, 0, "run"), step(2, 1, "search"), step(3, 1, "rank"), step(4, 2, "fetch"), step(5, 99, "orphan")}}
	want := `- [S1] ''run'' (function, ok, 1ms)
  - [S2] ''search'' (function, ok, 1ms)
    - [S4] ''fetch'' (function, ok, 1ms)
  - [S3] ''rank'' (function, ok, 1ms)
- [S5] ''orphan'' (function, ok, 1ms)
`
	if got := outline(d, dossier.OutlineQuery{}); got != strings.ReplaceAll(want, "''", "`") {
		t.Errorf("got\n%s", got)
	}
	if got := outline(d, dossier.OutlineQuery{Under: span(2)}); got != "- [S4] `fetch` (function, ok, 1ms)\n" {
		t.Errorf("under a step:\n%s", got)
	}
}

// 10,000 steps of which one failed deep down, and one that a fact is about.
func TestManyAlikeFoldAroundThoseThatMatter(t *testing.T) {
	d := &dossier.Dossier{Steps: []xray.Step{step(1, 0, "run")}}
	for n := 2; n <= 10_001; n += 2 {
		d.Steps = append(d.Steps, step(n, 1, "score"), step(n+1, n, "call"))
	}
	d.Steps[7000].Status, d.Steps[7000].Error = xray.StatusError, "timeout"
	d.Facts = []xray.Fact{{ID: "F1", StepID: d.Steps[4001].SpanID.String()}}
	got := outline(d, dossier.OutlineQuery{})
	if lines := strings.Count(got, "\n"); lines > 15 {
		t.Errorf("%d lines", lines)
	}
	for _, want := range []string{"- [S7001] `call` (function, error, 1ms) error: `timeout`", "- [S4002] `score`", "4995 more `score` like the ones above", "4995 steps within them)"} {
		if !strings.Contains(got, want) {
			t.Errorf("want %q in\n%s", want, got)
		}
	}
	whole := d.Outline(dossier.OutlineQuery{Whole: true, From: 9_990, Lines: 8})
	if whole.Total != 10_001 || len(whole.Lines) != 8 || whole.Next != 9_998 || whole.Lines[0].Number != 9_991 {
		t.Errorf("a page: %d of %d, next %d", len(whole.Lines), whole.Total, whole.Next)
	}
}

func TestFailuresWithoutEndFoldToo(t *testing.T) {
	d := &dossier.Dossier{}
	for n := 1; n <= 500; n++ {
		s := step(n, 0, "try")
		s.Status = xray.StatusError
		d.Steps = append(d.Steps, s)
	}
	if got := outline(d, dossier.OutlineQuery{}); strings.Count(got, "\n") != 9 || !strings.Contains(got, "492 more `try`") || !strings.Contains(got, "492 FAILED") {
		t.Errorf("got\n%s", got)
	}
}

// Clients send parents that are their own descendants, and one id twice.
func TestEveryStepIsToldOnce(t *testing.T) {
	d := &dossier.Dossier{Steps: []xray.Step{step(1, 2, "a"), step(2, 1, "b"), step(3, 3, "self"), step(4, 0, "root"), step(4, 0, "root again")}}
	for i := 5; i < 60; i++ {
		d.Steps = append(d.Steps, step(i, i-1, fmt.Sprint("deep", i)))
	}
	for _, whole := range []bool{false, true} {
		got := outline(d, dossier.OutlineQuery{Whole: whole})
		for i := range d.Steps {
			if n := strings.Count(got, fmt.Sprintf("[S%d]", i+1)); n != 1 {
				t.Errorf("S%d stands %d times in\n%s", i+1, n, got)
			}
		}
	}
}
