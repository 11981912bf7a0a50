package mcp

import (
	"context"
	"errors"
	"fmt"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/xraytrace/xray/query"
)

// vocabularyURI names the description of the query language.
const vocabularyURI = "xray://query-language"

func addVocabulary(on *sdk.Server) {
	on.AddResource(&sdk.Resource{
		URI: vocabularyURI, Name: "query-language", Title: "Query language of search_executions", MIMEType: "text/markdown",
		Description: "All fields and operators that a query may have, with examples.",
	}, func(context.Context, *sdk.ReadResourceRequest) (*sdk.ReadResourceResult, error) {
		return &sdk.ReadResourceResult{Contents: []*sdk.ResourceContents{{URI: vocabularyURI, MIMEType: "text/markdown", Text: vocabulary()}}}, nil
	})
}

// vocabulary describes the query language.
func vocabulary() string {
	var b strings.Builder
	b.WriteString("# Query language\n\nConditions stand side by side and must all hold; `-` before one denies it. A word without a field is searched in all texts. " +
		"Values with spaces stand in quotes, `field:(a OR b)` takes any, `begin*` compares how it begins, `has:field` asks whether there is a value. " +
		"Numbers, durations and times are compared: `cost:>0.05`, `duration:1s..5s`. Conditions on a step (step…) behind one `step:NAME` are about that step.\n\n## Examples\n\n")
	for _, e := range query.Examples() {
		fmt.Fprintf(&b, "- `%s`: %s\n", e.Query, e.Doc)
	}
	b.WriteString("\n## Fields\n\n")
	for _, f := range query.Fields() {
		name := string(f.Name)
		if f.Keyed {
			name += ".KEY"
		}
		fmt.Fprintf(&b, "- `%s` (%s): %s", name, f.Kind, f.Doc)
		if len(f.Values) > 0 {
			fmt.Fprintf(&b, " One of %s.", strings.Join(f.Values, ", "))
		}
		fmt.Fprintf(&b, " `%s`\n", strings.Join(f.Examples, "` `"))
	}
	return b.String()
}

// fieldNames are the fields in a line, for the description of the tool: not
// every client reads resources.
func fieldNames() string {
	var names []string
	for _, f := range query.Fields() {
		name := string(f.Name)
		if f.Keyed {
			name += ".KEY"
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// queryFault says what is wrong with a query, and what could stand there.
func queryFault(e *query.Error) error {
	var b strings.Builder
	b.WriteString("the query cannot be read:")
	for _, f := range e.Faults {
		fmt.Fprintf(&b, "\n- at %d to %d: %s", f.Start, f.End, f.Message)
		if len(f.Suggestions) > 0 {
			fmt.Fprintf(&b, " (try %s)", strings.Join(f.Suggestions, " or "))
		}
	}
	fmt.Fprintf(&b, "\nThe resource %s describes all fields: %s.", vocabularyURI, fieldNames())
	return errors.New(b.String())
}
