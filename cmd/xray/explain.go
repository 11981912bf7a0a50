package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner"
	"github.com/xraytrace/xray/receiver"
	"github.com/xraytrace/xray/receiver/semconv"
	"github.com/xraytrace/xray/store"
)

type explainCommand struct {
	databaseFlags
	modelFlags
	Execution string `required:"" help:"Its trace id, or its own execution id."`
	Project   string `default:"default" help:"The project that it is in."`
	DryRun    bool   `help:"Call no model; print how large the calls would be instead."`
}

// Run explains on the database directly and stores nothing: it is for looking
// at how explanations come about.
func (c *explainCommand) Run(ctx context.Context, log *slog.Logger) error {
	book, err := newPriceBook()
	if err != nil {
		return err
	}
	opts := store.Options{Logger: log, Codec: receiver.Codec{Mapper: semconv.New(book)}}
	return c.withOptions(ctx, log, opts, func(s *store.Store) error {
		if err := fillPriceBook(ctx, s, book); err != nil {
			return err
		}
		project, err := s.ProjectBySlug(ctx, c.Project)
		if err != nil {
			return err
		}
		e, err := s.Execution(ctx, project.ID, c.Execution)
		if err != nil {
			return err
		}
		steps, err := s.Steps(ctx, project.ID, e.TraceID)
		if err != nil {
			return err
		}
		masking := newMasking(s, log)
		if err := masking.refresh(ctx); err != nil {
			return err
		}
		explainer, err := c.explainer(s, book, masking.book, log)
		if err != nil {
			return err
		}
		p := newExplanationPrinter(os.Stdout, e, steps)
		if !c.DryRun {
			x, err := explainer.Explain(ctx, xray.ReasoningJob{ProjectID: project.ID, TraceID: e.TraceID})
			p.print(x) // the facts stand even when the model does not answer
			return err
		}
		x, calls, err := explainer.Preview(ctx, project.ID, e.TraceID)
		if err != nil {
			return err
		}
		p.print(x)
		p.printPlan(calls)
		return nil
	})
}

// explanationPrinter writes an explanation for a terminal.
type explanationPrinter struct {
	out       io.Writer
	execution xray.Execution
	names     map[string]string // of steps, by their id in hex
}

func newExplanationPrinter(out io.Writer, e xray.Execution, steps []xray.Step) explanationPrinter {
	p := explanationPrinter{out: out, execution: e, names: make(map[string]string, len(steps))}
	for i := range steps {
		p.names[steps[i].SpanID.String()] = steps[i].Name
	}
	return p
}

func (p explanationPrinter) print(x xray.Explanation) {
	fmt.Fprintf(p.out, "%s %s (%s, %d steps)\n%s\n", p.execution.TraceID, clean(p.execution.Name), p.execution.Status, p.execution.StepCount, clean(x.Headline))
	fmt.Fprintf(p.out, "\nFacts: %d\n", len(x.Facts))
	for _, f := range x.Facts {
		fmt.Fprintf(p.out, "  %-4s %-6s %s%s\n", f.ID, f.Severity, p.at(f.StepID), clean(f.Text))
	}
	for _, r := range x.Reasonings {
		if len(r.Claims) > 0 || len(r.Missing) > 0 {
			p.printReasoning(r)
		}
	}
	if x.Model != "" {
		fmt.Fprintf(p.out, "\nModel %s: %d tokens in, %d out, %s\n", clean(x.Model), x.InputTokens, x.OutputTokens, dollars(x.CostUSD))
	}
}

func (p explanationPrinter) printReasoning(r xray.Reasoning) {
	about := "the execution"
	if !r.StepID.IsZero() {
		about = "step " + clean(p.names[r.StepID.String()])
	}
	fmt.Fprintf(p.out, "\nClaims about %s (from %s, %.0f %% hold)\n  %s\n", about, r.Source, 100*r.VerifiedRate, clean(r.Headline))
	for _, c := range r.Claims {
		fmt.Fprintf(p.out, "  %-10s %s", c.Verdict, clean(c.Text))
		if len(c.Facts) > 0 {
			fmt.Fprintf(p.out, " [%s]", clean(strings.Join(c.Facts, " ")))
		}
		if c.Why != "" {
			fmt.Fprintf(p.out, " (%s)", clean(c.Why))
		}
		fmt.Fprintln(p.out)
		for _, e := range c.Evidence {
			fmt.Fprintf(p.out, "             %s%s = %s\n", p.at(e.StepID), clean(e.Pointer), clean(e.Quote))
		}
	}
	for _, m := range r.Missing {
		fmt.Fprintf(p.out, "  missing    %s\n", clean(m))
	}
}

func (p explanationPrinter) printPlan(calls []reasoner.PlannedCall) {
	fmt.Fprintf(p.out, "\nCalls that a model would get: %d (none was made)\n", len(calls))
	total := 0
	for _, c := range calls {
		total += c.Tokens
		names := []string{"the execution"}
		if len(c.Steps) > 0 {
			names = nil
		}
		for _, id := range c.Steps {
			names = append(names, clean(p.names[id.String()]))
		}
		fmt.Fprintf(p.out, "  %6d tokens  %7d bytes  %s\n", c.Tokens, c.Bytes, strings.Join(names, ", "))
	}
	fmt.Fprintf(p.out, "  %6d tokens in all, estimated\n", total)
}

// at names a step in front of what is said of it.
func (p explanationPrinter) at(step string) string {
	if name := p.names[step]; name != "" {
		return clean(name) + ": "
	}
	return ""
}

func dollars(usd *float64) string {
	if usd == nil {
		return "at an unknown price"
	}
	return fmt.Sprintf("$%.6f", *usd)
}

// clean keeps what comes from outside from steering the terminal.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, text)
}
