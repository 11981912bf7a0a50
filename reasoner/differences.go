package reasoner

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner/verify"
)

const (
	maxChanges  = 4 // of one side of a step
	maxOwnFacts = 3 // of one execution about the step at which they part
	maxShown    = 160
)

// differences makes facts of a comparison: the verdict, what differs at the
// first divergence and in the outcome, and what only one of the two executions
// has to say about it. Each is about one run, whose steps it points into.
func (c *comparing) differences(a, b *subject) []xray.Fact {
	out := []xray.Fact{{Kind: "divergence", Severity: xray.SeverityNotice, Text: c.result.Verdict, Pointers: []string{}}}
	if c.result.First >= 0 {
		pair := &c.result.Steps[c.result.First]
		out[0].StepID, out[0].Pointers = c.divergence(pair)
		out = append(out, c.changes(pair, "received", pair.Input)...)
		if only := c.onlyIn(pair); only != nil { // field by field says less than item by item
			out = append(out, only...)
		} else {
			out = append(out, c.changes(pair, "returned", pair.Output)...)
		}
		out = append(out, c.ownFacts(0, a, b, pair.A, pair.B)...)
		out = append(out, c.ownFacts(1, b, a, pair.B, pair.A)...)
		for i := range c.result.Steps {
			if root := &c.result.Steps[i]; i != c.result.First && c.isRoot(root) {
				out = append(out, c.changes(root, "returned", root.Output)...)
			}
		}
	}
	for i := range out {
		out[i].ID = fmt.Sprintf("Q%d", i+1)
	}
	return out
}

var runNames = [2]string{"In the first run", "In the second run"}

// divergence is where the verdict points: the first place that differs.
func (c *comparing) divergence(p *xray.StepPair) (step string, pointers []string) {
	id, ok := c.ids[0][p.A]
	if !ok {
		return c.ids[1][p.B].String(), []string{}
	}
	pointers = []string{}
	if all := slices.Concat(p.Input.Changes, p.Output.Changes); len(all) > 0 && c.stands(id.String(), all[0].Pointer, all[0].A) {
		pointers = append(pointers, all[0].Pointer)
	}
	return id.String(), pointers
}

// changes says of each side what stood at a place that differs.
func (c *comparing) changes(p *xray.StepPair, verb string, diff xray.Diff) []xray.Fact {
	var out []xray.Fact
	for _, d := range diff.Changes[:min(maxChanges, len(diff.Changes))] {
		for run, raw := range []json.RawMessage{d.A, d.B} {
			id, ok := c.ids[run][[]xray.SpanID{p.A, p.B}[run]]
			if !ok {
				continue
			}
			f := xray.Fact{Kind: "difference", Severity: xray.SeverityInfo, StepID: id.String(), Pointers: []string{}}
			what := shownValue(raw)
			if c.stands(f.StepID, d.Pointer, raw) {
				f.Pointers = []string{d.Pointer}
			}
			f.Text = fmt.Sprintf("%s, %s %s %s", runNames[run], quoteText(p.Name, 60), verb, what)
			if field := fieldOf(d.Pointer); field != "" {
				f.Text += " as " + quoteText(field, 60)
			}
			f.Text += "."
			out = append(out, f)
		}
	}
	return out
}

// stands reports whether a value is at a pointer of a step. Pointers of a
// difference count list elements as in the first run, so that in the second it
// may stand elsewhere.
func (c *comparing) stands(step, pointer string, raw json.RawMessage) bool {
	there, err := c.values.Value(step, pointer)
	if err != nil {
		return false
	}
	want, err := verify.Decode(raw)
	return err == nil && reflect.DeepEqual(there, want)
}

// onlyIn names the items that one run has alone.
func (c *comparing) onlyIn(p *xray.StepPair) []xray.Fact {
	var out []xray.Fact
	for run, names := range [][]string{p.OnlyA, p.OnlyB} {
		id, ok := c.ids[run][[]xray.SpanID{p.A, p.B}[run]]
		if !ok || len(names) == 0 {
			continue
		}
		var quoted []string
		for _, n := range names[:min(5, len(names))] {
			quoted = append(quoted, quoteText(n, 100))
		}
		text := fmt.Sprintf("Only in the %s run, %s returned %s", []string{"first", "second"}[run], quoteText(p.Name, 60), strings.Join(quoted, ", "))
		if more := len(names) - len(quoted); more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
		out = append(out, xray.Fact{Kind: "only_in", Severity: xray.SeverityInfo, StepID: id.String(), Pointers: []string{"/output"}, Text: text + "."})
	}
	return out
}

// ownFacts are what one execution's facts say about the step at which they
// part, and the other's do not.
func (c *comparing) ownFacts(run int, mine, others *subject, step, partner xray.SpanID) []xray.Fact {
	theirs := others.factsOf(partner)
	var out []xray.Fact
	for _, f := range mine.factsOf(step) {
		if f.Severity == xray.SeverityInfo || len(out) == maxOwnFacts ||
			slices.ContainsFunc(theirs, func(o xray.Fact) bool { return o.Kind == f.Kind && o.Text == f.Text }) {
			continue
		}
		f.StepID, f.Text = c.ids[run][step].String(), runNames[run]+": "+f.Text
		out = append(out, f)
	}
	return out
}

func (c *comparing) isRoot(p *xray.StepPair) bool {
	i := slices.IndexFunc(c.steps[:c.second], func(d xray.StepDetail) bool { return c.were[d.SpanID] == p.A })
	return i >= 0 && c.steps[i].ParentID.IsZero()
}

// fieldOf is the last name in a pointer; "" if there is none below the side.
func fieldOf(pointer string) string {
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for _, p := range slices.Backward(parts[1:]) {
		p = strings.ReplaceAll(strings.ReplaceAll(p, "~1", "/"), "~0", "~")
		if strings.Trim(p, "0123456789") != "" {
			return p
		}
	}
	return ""
}

func shownValue(raw json.RawMessage) string {
	var v any
	if len(raw) == 0 {
		return "nothing"
	}
	if json.Unmarshal(raw, &v) != nil {
		return quoteText(string(raw), maxShown)
	}
	if text, ok := v.(string); ok {
		return quoteText(text, maxShown)
	}
	if _, list := v.([]any); list {
		return fmt.Sprintf("a list of %d", len(v.([]any)))
	}
	if raw[0] == '{' {
		return quoteText(string(raw), maxShown)
	}
	return clip(string(raw), maxShown)
}

// quoteText writes a text from a payload so that it cannot end its quotation.
func quoteText(s string, limit int) string {
	s = strings.NewReplacer("“", `"`, "”", `"`).Replace(strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " "))
	return "“" + clip(s, limit) + "”"
}
