// Command xray receives OpenTelemetry traces, keeps them in PostgreSQL,
// explains why each run ended the way it did, and serves the web UI.
//
// This is the only place that reads flags and the environment and that joins
// the concrete parts; each command has a file of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner"
)

type cli struct {
	LogLevel  slog.Level `env:"XRAY_LOG_LEVEL" default:"info" help:"Least level that is logged: debug, info, warn or error."`
	LogFormat string     `env:"XRAY_LOG_FORMAT" enum:"text,json" default:"text" help:"Form of the log on standard error: text or json."`

	Serve   serveCommand   `cmd:"" help:"Receive, store and explain traces, and serve the web UI."`
	Demo    demoCommand    `cmd:"" help:"Send a few realistic pipelines, one with a mistake to find."`
	Import  importCommand  `cmd:"" help:"Send a file of executions or of OTLP JSON."`
	Export  exportCommand  `cmd:"" help:"Write executions to standard output, one JSON per line."`
	Explain explainCommand `cmd:"" help:"Explain one execution here and now, and print what it rests on."`
	MCP     mcpCommand     `cmd:"" name:"mcp" help:"Let an agent on this machine read executions, over standard input and output."`
	Migrate migrateCommand `cmd:"" help:"Bring the database to this version's schema; serve does it, too."`
	Reindex reindexCommand `cmd:"" help:"Map what is stored anew, after an update of X-Ray or of prices."`
	Doctor  doctorCommand  `cmd:"" help:"Look at the database, the disk, the clocks, the queue, the server and the model, and say what to do."`
	Prices  pricesCommand  `cmd:"" help:"Show and update what model calls cost."`
	Project projectCommand `cmd:"" help:"Make and list projects."`
	Mask    maskCommand    `cmd:"" help:"Say what must not be stored, or shown to a model."`
	Key     keyCommand     `cmd:"" help:"Make, list and revoke API keys."`
	User    userCommand    `cmd:"" help:"See who can sign in, and let in who is locked out."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

func main() {
	// The first signal asks for a clean stop; a second one, after stop() has
	// given the default back, ends the process.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	var c cli
	parsed := kong.Parse(&c,
		kong.Name("xray"),
		kong.Description("X-Ray tells why a multi-step pipeline ended the way it did."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Vars{"model": reasoner.DefaultModel},
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err := parsed.Run(newLogger(c)); err != nil {
		fmt.Fprintln(os.Stderr, "xray:", message(err))
		os.Exit(1)
	}
}

func newLogger(c cli) *slog.Logger {
	opts := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, opts))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, opts))
}

// message is what a person at a terminal is told: our own words if there are
// some, else the whole chain.
func message(err error) string {
	if e, ok := errors.AsType[*xray.Error](err); ok {
		return e.Message
	}
	return err.Error()
}
