package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/demo"
	"github.com/xraytrace/xray/receiver"
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

// demoLoader loads the demo from inside, for the button of the web UI.
type demoLoader struct{ in *receiver.Receiver }

func (d demoLoader) LoadDemo(ctx context.Context, p xray.Principal) (executions int, mistakeID string, err error) {
	loaded, err := demo.Load(ctx, time.Now(), func(ctx context.Context, request []byte) error {
		return d.in.Accept(ctx, p, request)
	})
	return loaded.Executions, loaded.Mistake, err
}
