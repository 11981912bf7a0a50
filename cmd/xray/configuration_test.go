package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/xraytrace/xray/reasoner"
)

var update = flag.Bool("update", false, "write docs/configuration.md")

// TestTheConfigurationIsDocumentedAsItIs holds docs/configuration.md to the
// flags, which are the only place where a setting is described.
func TestTheConfigurationIsDocumentedAsItIs(t *testing.T) {
	const file = "../../docs/configuration.md"
	parser, err := kong.New(&cli{}, kong.Name("xray"), kong.Vars{"model": reasoner.DefaultModel})
	if err != nil {
		t.Fatal(err)
	}
	want := configuration(parser.Model)
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || string(got) != want {
		t.Errorf("%s is not what the flags say (%v): run go test ./cmd/xray -run Configuration -update", file, err)
	}
}

// configuration is the whole page.
func configuration(app *kong.Application) string {
	var b strings.Builder
	b.WriteString(`# Configuration

<!-- Generated from the flags of the binary by a test of cmd/xray: do not edit. -->

Every setting is a flag, and most are also an environment variable; the flag goes before the variable. There is no configuration file. What belongs to a
project (policy, masking, limits, retention, keys, alerts, …) is set in the web UI or by the API, and kept in the database.

## All commands

`)
	table(&b, app.Flags)
	for _, node := range app.Leaves(true) {
		fmt.Fprintf(&b, "\n## xray %s\n\n%s\n", strings.TrimPrefix(node.Path(), "xray "), node.Help)
		for _, p := range node.Positional {
			fmt.Fprintf(&b, "\n`%s`: %s\n", p.Summary(), p.Help)
		}
		if len(node.Flags) > 0 {
			b.WriteString("\n")
			table(&b, node.Flags)
		}
	}
	return b.String()
}

func table(b *strings.Builder, flags []*kong.Flag) {
	b.WriteString("| Flag | Variable | Default | Meaning |\n|---|---|---|---|\n")
	for _, f := range flags {
		if f.Name == "help" || f.Hidden {
			continue
		}
		var variables []string
		for _, v := range f.Envs {
			variables = append(variables, "`"+v+"`")
		}
		def := ""
		if f.HasDefault && f.Default != "" {
			def = "`" + f.Default + "`"
		}
		fmt.Fprintf(b, "| `--%s` | %s | %s | %s |\n", f.Name, strings.Join(variables, ", "), def, strings.ReplaceAll(f.Help, "|", "\\|"))
	}
}
