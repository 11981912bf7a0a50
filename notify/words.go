package notify

import (
	"fmt"
	"strings"
	"time"

	"github.com/xraytrace/xray"
)

// words are a notice for people.
type words struct {
	mark  string // one sign in front
	title string // one line
	more  []string
	link  string // "" for none
}

// say puts a notice into words.
func say(n xray.Notice) words {
	switch {
	case n.Data.Execution != nil:
		return sayExecution(n)
	case n.Data.Alert != nil:
		return sayAlert(n)
	}
	return words{mark: "🔔", title: "A test from X-Ray, project " + n.Project, more: []string{"If you can read this, notices arrive."}}
}

func sayExecution(n xray.Notice) words {
	e := n.Data.Execution
	w := words{mark: "✅", title: e.Name + " completed", link: e.URL}
	switch n.Type {
	case xray.EventFailed:
		w.mark, w.title = "❌", e.Name+" failed"
	case xray.EventExplained:
		w.mark, w.title = "💡", e.Name+" is explained"
	}
	if e.Headline != "" {
		w.more = append(w.more, strings.ReplaceAll(e.Headline, "*", ""))
	}
	took := time.Duration(e.DurationMs) * time.Millisecond
	w.more = append(w.more, fmt.Sprintf("Project %s, started %s, took %s, %d steps, %d errors",
		n.Project, e.StartedAt.UTC().Format(time.RFC3339), took, e.Steps, e.Errors))
	return w
}

func sayAlert(n xray.Notice) words {
	a := n.Data.Alert
	w := words{mark: "🔥", title: "Alert: " + a.Name, link: a.URL}
	if n.Type == xray.EventResolved {
		w.mark, w.title = "✅", "Resolved: "+a.Name
	}
	value := "no value"
	if a.Value != nil {
		value = fmt.Sprintf("%.4g", *a.Value)
	}
	w.more = append(w.more, a.Rule, fmt.Sprintf("Value %s in the window from %s to %s", value,
		a.From.UTC().Format(time.RFC3339), a.To.UTC().Format(time.RFC3339)), "Project "+n.Project)
	if a.Query != "" {
		w.more = append(w.more, "Query: "+a.Query)
	}
	return w
}

// slackMessage is the part of Slack's format that all who copy it understand.
func slackMessage(n xray.Notice) map[string]string {
	w := say(n)
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace
	title := escape(w.title)
	if w.link != "" {
		// A | would end the address, a line break the link.
		title = "<" + strings.ReplaceAll(escape(w.link), "|", "%7C") + "|" + strings.NewReplacer("|", "/", "\n", " ").Replace(title) + ">"
	}
	lines := []string{w.mark + " *" + title + "*"}
	for _, l := range w.more {
		lines = append(lines, escape(l))
	}
	return map[string]string{"text": strings.Join(lines, "\n")}
}
