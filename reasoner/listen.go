package reasoner

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	openai "github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/param"
)

// listen makes a call whose answer comes in parts and returns it whole. heard
// is called with what has come so far whenever a value in it may have ended. A
// server that answers at once, whatever it was asked for, is understood, too.
func (m *model) listen(ctx context.Context, params openai.ChatCompletionNewParams, heard func(string), response **http.Response) (*openai.ChatCompletion, error) {
	params.StreamOptions.IncludeUsage = param.NewOpt(true)
	stream := m.chat.NewStreaming(ctx, params, option.WithResponseInto(response))
	if err := stream.Err(); err != nil {
		return nil, err
	}
	defer stream.Close()
	if r := *response; r != nil && !strings.HasPrefix(r.Header.Get("Content-Type"), "text/event-stream") {
		return wholeAnswer(r)
	}
	var all openai.ChatCompletionAccumulator
	for stream.Next() {
		chunk := stream.Current()
		all.AddChunk(chunk)
		if len(chunk.Choices) > 0 && len(all.Choices) > 0 && strings.Contains(chunk.Choices[0].Delta.Content, "}") {
			heard(all.Choices[0].Message.Content)
		}
	}
	if err := stream.Err(); err != nil {
		return nil, err
	}
	return &all.ChatCompletion, nil
}

func wholeAnswer(r *http.Response) (*openai.ChatCompletion, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	var c openai.ChatCompletion
	if err := json.Unmarshal(body, &c); err != nil {
		return nil, err
	}
	return &c, nil
}

// claimsSoFar are the whole claims in an answer that is still coming.
func claimsSoFar(content string) []writtenClaim {
	content = thinking.ReplaceAllString(content, "")
	start := strings.IndexByte(content, '{')
	if start < 0 || strings.HasPrefix(strings.TrimSpace(content), "<") {
		return nil // nothing yet, or a thought that has not ended
	}
	d := json.NewDecoder(strings.NewReader(content[start:]))
	if _, err := d.Token(); err != nil {
		return nil
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil
		}
		if key == "claims" {
			break
		}
		var skipped json.RawMessage
		if d.Decode(&skipped) != nil {
			return nil
		}
	}
	if open, err := d.Token(); err != nil || open != json.Delim('[') {
		return nil
	}
	var out []writtenClaim
	for d.More() {
		var c writtenClaim
		if d.Decode(&c) != nil {
			return out
		}
		out = append(out, c)
	}
	return out
}
