package main

import (
	"context"
	"log/slog"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/xraytrace/xray/internal/mcp"
)

type mcpCommand struct {
	Endpoint string `env:"XRAY_URL" default:"http://localhost:8080" help:"Where X-Ray's web UI and API are."`
	APIKey   string `name:"api-key" env:"XRAY_API_KEY" help:"A key with scope read, if the server needs one."`
	Project  string `env:"XRAY_PROJECT" help:"The project, for a server in local mode or a master key."`
}

// Run serves the agent that started it until that closes its end. Standard
// output is the protocol's: whatever is for people goes to standard error.
func (c *mcpCommand) Run(ctx context.Context, log *slog.Logger) error {
	f := &mcp.Forwarder{Endpoint: c.Endpoint, APIKey: c.APIKey, Project: c.Project, Version: version}
	if err := f.Check(ctx); err != nil {
		log.Warn("no answer yet; every call tries again", "error", message(err))
	}
	return ignoreCanceled(f.Run(ctx, &sdk.StdioTransport{}))
}
