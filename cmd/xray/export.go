package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"

	"github.com/xraytrace/xray"
)

type exportCommand struct {
	clientFlags
	Execution []string `help:"Only these: trace ids or execution ids. Without it, all executions that the key may see."`
	Format    string   `enum:"otlp,executions" default:"otlp" help:"otlp: one OTLP JSON message per line, everything that was sent. executions: the plain form of POST /api/executions, one per line."`
}

// Run writes NDJSON to standard output; import reads it back.
func (c *exportCommand) Run(ctx context.Context) error {
	one := c.otlp
	if c.Format == "executions" {
		one = c.plain
	}
	write := func(id string) error {
		raw, err := one(ctx, id)
		if err != nil {
			return fmt.Errorf("export %s: %w", id, err)
		}
		var line bytes.Buffer
		if err := json.Compact(&line, raw); err != nil {
			return fmt.Errorf("export %s: %w", id, err)
		}
		line.WriteByte('\n')
		_, err = os.Stdout.Write(line.Bytes())
		return err
	}
	if len(c.Execution) > 0 {
		for _, id := range c.Execution {
			if err := write(id); err != nil {
				return err
			}
		}
		return nil
	}
	return c.each(ctx, write)
}

// each calls f for every execution, newest first.
func (c *exportCommand) each(ctx context.Context, f func(id string) error) error {
	type list struct {
		Executions []struct{ ID string }
		Next       string
	}
	for cursor := ""; ; {
		page, err := getJSON[list](ctx, c.clientFlags, "/api/executions?limit="+strconv.Itoa(xray.MaxLimit)+"&cursor="+url.QueryEscape(cursor))
		if err != nil {
			return err
		}
		for _, e := range page.Executions {
			if err := f(e.ID); err != nil {
				return err
			}
		}
		if cursor = page.Next; cursor == "" {
			return nil
		}
	}
}

func (c *exportCommand) otlp(ctx context.Context, id string) ([]byte, error) {
	return c.request(ctx, http.MethodGet, "/api/executions/"+url.PathEscape(id)+"/otlp", nil)
}

// plain makes the form that POST /api/executions takes: the root is the
// execution, and every other step is one of its steps.
func (c *exportCommand) plain(ctx context.Context, id string) ([]byte, error) {
	path := "/api/executions/" + url.PathEscape(id)
	type detail struct {
		ExecutionID  string          `json:"executionId"`
		Name         string          `json:"name"`
		Metadata     json.RawMessage `json:"metadata,omitempty"`
		StartedAt    string          `json:"startedAt"`
		Steps        []plainStep     `json:"steps"`
		FinalOutcome json.RawMessage `json:"finalOutcome,omitempty"`
	}
	e, err := getJSON[detail](ctx, c.clientFlags, path)
	if err != nil {
		return nil, err
	}
	type steps struct {
		Steps []struct{ ID, ParentID string }
	}
	all, err := getJSON[steps](ctx, c.clientFlags, path+"/steps")
	if err != nil {
		return nil, err
	}
	e.Steps = []plainStep{}
	for _, s := range all.Steps {
		if s.ParentID == "" && len(all.Steps) > 1 {
			continue
		}
		step, err := c.plainStep(ctx, path+"/steps/"+s.ID)
		if err != nil {
			return nil, err
		}
		e.Steps = append(e.Steps, step)
	}
	return json.Marshal(e)
}

type plainStep struct {
	Name       string          `json:"name"`
	Input      json.RawMessage `json:"input,omitempty"`
	Output     json.RawMessage `json:"output,omitempty"`
	Error      string          `json:"error,omitempty"`
	DurationMs float64         `json:"durationMs"`
	Reasoning  string          `json:"reasoning,omitempty"`
}

func (c *exportCommand) plainStep(ctx context.Context, path string) (plainStep, error) {
	type detail struct {
		Name            string
		Input, Output   json.RawMessage
		Error           string
		DurationNano    int64 `json:",string"`
		ClientReasoning string
	}
	s, err := getJSON[detail](ctx, c.clientFlags, path)
	return plainStep{
		Name: s.Name, Input: s.Input, Output: s.Output, Error: s.Error,
		DurationMs: float64(s.DurationNano) / 1e6, Reasoning: s.ClientReasoning,
	}, err
}
