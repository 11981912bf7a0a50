// Command agent-tools is an agent: a model decides which tools to use, the
// tools run side by side, and the model answers from what they found. One tool
// fails; the agent goes on without it, and the record shows that it did.
//
//	cd examples && go run ./agent-tools
package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/xraytrace/xray/examples/internal/app"
	"github.com/xraytrace/xray/examples/internal/model"
	"github.com/xraytrace/xray/sdk"
)

// tools are what the agent can do.
var tools = map[string]func(context.Context, string) (string, error){
	"trains": func(_ context.Context, city string) (string, error) {
		time.Sleep(40 * time.Millisecond)
		return "Friday 17:05 to " + city + ", 59 EUR; Sunday back at 18:20, 49 EUR", nil
	},
	"hotels": func(_ context.Context, city string) (string, error) {
		time.Sleep(60 * time.Millisecond)
		return "Hotel Central, " + city + ": two nights, 210 EUR", nil
	},
	"weather": func(context.Context, string) (string, error) {
		time.Sleep(20 * time.Millisecond)
		return "", errors.New("the weather service answers 503")
	},
}

func main() {
	request := "A weekend in Trieste, please, and tell me whether to take an umbrella."
	app.Run("agent with tools", request, func(ctx context.Context) (string, error) { return plan(ctx, request, "Trieste") })
}

func plan(ctx context.Context, request, city string) (string, error) {
	chosen, err := xray.Step(ctx, "choose tools", func(ctx context.Context) ([]string, error) {
		text, err := model.Ask(ctx, "Which of these tools does the request need? Answer with their names, separated by blanks: trains hotels weather",
			request, "trains hotels weather")
		return strings.Fields(text), err
	}, request, xray.TypeAgent)
	if err != nil {
		return "", err
	}
	notes := useTools(ctx, chosen, city)
	return model.Ask(ctx, "Answer the request from the notes.", request+"\n\nNotes:\n"+strings.Join(notes, "\n"),
		"Take the train on Friday at 17:05 and stay at Hotel Central; 318 EUR in all.")
}

// useTools runs the tools side by side. Each goroutine gets the context that
// its step belongs under; that is all.
func useTools(ctx context.Context, names []string, city string) []string {
	notes := make([]string, len(names))
	var wg sync.WaitGroup
	for i, name := range names {
		tool, ok := tools[name]
		if !ok {
			notes[i] = name + ": no such tool"
			continue
		}
		wg.Go(func() {
			found, err := xray.Step(ctx, name, func(ctx context.Context) (string, error) { return tool(ctx, city) }, city, xray.TypeTool)
			if err != nil {
				found = "not available" // swallowed: the answer will not mention it
			}
			notes[i] = fmt.Sprintf("%s: %s", name, found)
		})
	}
	wg.Wait()
	return notes
}
