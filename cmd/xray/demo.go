package main

import (
	"context"
	"fmt"
	"os"

	"github.com/xraytrace/xray/internal/demo"
)

type demoCommand struct {
	Endpoint string `env:"XRAY_ENDPOINT" default:"http://localhost:4318" help:"Where X-Ray receives OTLP over HTTP."`
	APIKey   string `name:"api-key" env:"XRAY_API_KEY" help:"A key with scope ingest, if the server needs one."`
}

func (c *demoCommand) Run(ctx context.Context) error {
	if err := demo.Send(ctx, c.Endpoint, c.APIKey, os.Stdout); err != nil {
		return fmt.Errorf("send the demo to %s: %w; is 'xray serve' running there?", c.Endpoint, err)
	}
	return nil
}
