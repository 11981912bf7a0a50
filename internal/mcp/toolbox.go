package mcp

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/google/jsonschema-go/jsonschema"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/query"
)

// toolbox is where tools are put, and who answers them: this process, or a
// server elsewhere.
type toolbox struct {
	on      *sdk.Server
	answers *Server
	forward func(context.Context, *sdk.CallToolRequest) (*sdk.CallToolResult, error) // nil: answers does
}

// tool is what a model is told of a tool. tune adds to the schema of its
// arguments what struct tags cannot say.
type tool struct {
	name, title, description string
	tune                     func(arguments map[string]*jsonschema.Schema)
}

// add puts a tool into the box. Arguments that are not in the schema are
// refused, with words that say which.
func add[In, Out any](t toolbox, about tool, run func(*Server, context.Context, xray.Project, In) (answer[Out], error)) {
	in, err := jsonschema.For[In](nil)
	if err != nil {
		panic(err) // of a type of ours: the first test sees it
	}
	if about.tune != nil {
		about.tune(in.Properties)
	}
	out, err := jsonschema.For[envelope[Out]](nil)
	if err != nil {
		panic(err)
	}
	closed := false
	offered := &sdk.Tool{
		Name: about.name, Title: about.title, Description: about.description, InputSchema: in, OutputSchema: out,
		Annotations: &sdk.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true, OpenWorldHint: &closed, Title: about.title},
	}
	if t.forward != nil {
		t.on.AddTool(offered, t.forward)
		return
	}
	s := t.answers
	sdk.AddTool(t.on, offered, func(ctx context.Context, _ *sdk.CallToolRequest, arguments In) (*sdk.CallToolResult, any, error) {
		ctx, cancel := context.WithTimeout(ctx, callTime)
		defer cancel()
		c, ok := ctx.Value(callerKey{}).(caller)
		if !ok {
			return nil, nil, errors.New("nobody is known to have asked")
		}
		release, err := c.gate.enter(ctx, c.key)
		if err != nil {
			return nil, nil, s.told(ctx, about.name, err)
		}
		defer release()
		got, err := guarded(func() (answer[Out], error) { return run(s, ctx, c.project, arguments) })
		if err != nil {
			return nil, nil, s.told(ctx, about.name, err)
		}
		return got.result()
	})
}

// guarded makes an error of a panic: the protocol runs tools on goroutines of
// its own, where one would end the process.
func guarded[Out any](run func() (answer[Out], error)) (got answer[Out], err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return run()
}

// told is what an agent is told of an error, with what to do next. What is not
// for others is logged.
func (s *Server) told(ctx context.Context, tool string, err error) error {
	if unread, ok := errors.AsType[*query.Error](err); ok {
		return queryFault(unread)
	}
	if e, ok := errors.AsType[*xray.Error](err); ok && e.Code != xray.CodeInternal {
		switch e.Code {
		case xray.CodeNotFound:
			return errors.New(e.Message + " (search_executions lists executions, outline_execution the steps of one, list_items its items)")
		case xray.CodeLimit, xray.CodeUnavailable:
			return errors.New(e.Message + " (call again in a few seconds)")
		}
		return errors.New(e.Message)
	}
	if ctx.Err() != nil {
		return errors.New("this took too long: ask for less, such as one step, fewer items or a shorter range of time")
	}
	s.Logger.ErrorContext(ctx, "a tool failed", "tool", tool, "error", err)
	return errors.New("something went wrong on the server: call again, and tell whoever runs X-Ray if it stays")
}

func limits(s *jsonschema.Schema, low, high float64) { s.Minimum, s.Maximum = &low, &high }

func longest(s *jsonschema.Schema, most int) { s.MaxLength = &most }

func oneOf(s *jsonschema.Schema, values ...any) { s.Enum = values }
