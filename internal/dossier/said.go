package dossier

import (
	"fmt"
	"io"
	"strconv"

	"github.com/xraytrace/xray"
)

// maxSaid is how many scores, and how many notes, are written.
const maxSaid = 100

// Said writes the scores and notes of people and programs.
func (d *Dossier) Said(w io.Writer) {
	if len(d.Scores)+len(d.Notes) == 0 {
		return
	}
	fmt.Fprint(w, "\n## What was said about it\n\n")
	for i, s := range d.Scores {
		if i == maxSaid {
			fmt.Fprintf(w, "- … %d more scores\n", len(d.Scores)-i)
			break
		}
		fmt.Fprintf(w, "- %s = %s%s%s", code(s.Name), scoreValue(s), d.about(s.StepID), d.claim(s.Claim))
		if s.Author != "" {
			fmt.Fprintf(w, ", by %s", code(s.Author))
		}
		if s.Comment != "" {
			fmt.Fprintf(w, ": %s", code(s.Comment))
		}
		fmt.Fprintln(w)
	}
	for i, n := range d.Notes {
		if i == maxSaid {
			fmt.Fprintf(w, "- … %d more notes\n", len(d.Notes)-i)
			break
		}
		fmt.Fprintf(w, "- note%s: %s\n", d.about(n.StepID), code(n.Text))
	}
}

func (d *Dossier) about(step xray.SpanID) string {
	if step.IsZero() {
		return ""
	}
	return " on " + d.cite(step.String())
}

// claim quotes the claim that a score is about; one of an explanation that has
// been replaced is not known any more.
func (d *Dossier) claim(id string) string {
	if id == "" {
		return ""
	}
	for _, r := range d.Reasonings {
		for _, c := range r.Claims {
			if c.ID() == id {
				return " on the claim " + code(c.Text)
			}
		}
	}
	return " on a claim of an earlier explanation"
}

func scoreValue(s xray.Score) string {
	switch s.Kind {
	case xray.ScoreCategory:
		return code(s.Category)
	case xray.ScoreBoolean:
		return strconv.FormatBool(s.Number == 1)
	}
	return strconv.FormatFloat(s.Number, 'g', -1, 64)
}
