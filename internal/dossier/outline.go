package dossier

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/xraytrace/xray"
)

// OutlineQuery asks for a part of the steps as a tree. The zero value asks for
// all of it, folded.
type OutlineQuery struct {
	Under xray.SpanID // only what is within this step; zero for all
	From  int         // lines to leave out, as the page before says
	Lines int         // at most so many; 0 for all
	Whole bool        // fold nothing
}

// Outline is a page of the tree of steps.
type Outline struct {
	Lines []Line
	Total int // lines of all pages
	Next  int // where the next page begins; 0 on the last
}

// Line is a step, or many like the one before that are folded into a line.
type Line struct {
	Depth    int // 0 for a root, or for what is directly under the step that was asked for
	Number   int // S number; of the first where many are folded
	Last     int // of a folded line: the last number
	Step     *xray.Step
	Headline string
	Folded   int           // how many like Step this line stands for; 0 for a step of its own
	Within   int           // steps below those
	Failed   int           // of those folded, or below them
	Shortest time.Duration // of those folded
	Longest  time.Duration
}

// Outline makes the tree: children below their parents, in order of start.
// Where a parent has many children of one name, the first few are shown, and of
// the others those that failed or that the explanation names, also by what is
// below them; the rest is a line.
func (d *Dossier) Outline(q OutlineQuery) Outline {
	t := newTree(d, q.Whole)
	if q.Under.IsZero() {
		t.roots()
	} else if at := d.Number(q.Under); at > 0 {
		t.seen[at-1] = true
		t.children(at-1, 0)
	}
	out := Outline{Total: len(t.lines)}
	from := min(max(q.From, 0), len(t.lines))
	out.Lines = t.lines[from:]
	if q.Lines > 0 && len(out.Lines) > q.Lines {
		out.Lines, out.Next = out.Lines[:q.Lines], from+q.Lines
	}
	return out
}

// Write writes the lines as a Markdown list.
func (o Outline) Write(w io.Writer) {
	for _, l := range o.Lines {
		fmt.Fprintln(w, l)
	}
	if o.Next > 0 {
		fmt.Fprintf(w, "- … %d more lines\n", o.Total-o.Next)
	}
}

// maxIndent bounds the indentation: deeper is no clearer.
const maxIndent = 10

// String is the line as an entry of a Markdown list.
func (l Line) String() string {
	var b strings.Builder
	b.WriteString(strings.Repeat("  ", min(l.Depth, maxIndent)))
	s := l.Step
	if l.Folded > 0 {
		fmt.Fprintf(&b, "- … %d more %s like the ones above, between [S%d] and [S%d] (%s to %s", l.Folded, code(s.Name), l.Number, l.Last, l.Shortest, l.Longest)
		if l.Within > 0 {
			fmt.Fprintf(&b, ", %d steps within them", l.Within)
		}
		if l.Failed > 0 {
			fmt.Fprintf(&b, ", %d FAILED", l.Failed)
		}
		b.WriteByte(')')
		return b.String()
	}
	fmt.Fprintf(&b, "- [S%d] %s (%s, %s, %s", l.Number, code(s.Name), s.Type, s.Status, s.Duration())
	if s.Model != "" {
		fmt.Fprintf(&b, ", model %s", code(s.Model))
	}
	if s.CostUSD != nil {
		fmt.Fprintf(&b, ", $%.6g", *s.CostUSD)
	}
	b.WriteByte(')')
	if l.Headline != "" {
		fmt.Fprintf(&b, " %s", line(l.Headline))
	}
	if s.Error != "" {
		fmt.Fprintf(&b, " error: %s", code(s.Error))
	}
	return b.String()
}
