package openai_test

import (
	"context"
	"log"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"github.com/xraytrace/xray/sdk"
	xrayopenai "github.com/xraytrace/xray/sdk/openai"
)

// One option, and every call is a step of the execution whose context it gets.
func ExampleMiddleware() {
	client := openai.NewClient(option.WithMiddleware(xrayopenai.Middleware()))

	_ = xray.Track(context.Background(), "greet", func(ctx context.Context) error {
		answer, err := client.Chat.Completions.New(ctx, openai.ChatCompletionNewParams{
			Model:    "gpt-5-mini",
			Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage("hello")},
		})
		if err != nil {
			return err
		}
		log.Print(answer.Choices[0].Message.Content)
		return nil
	})
}
