package openai

import (
	"encoding/json"

	"github.com/xraytrace/xray/sdk"
)

// received holds what is read of all three kinds of answer, and of the pieces
// of a streamed chat answer.
type received struct {
	ID      string `json:"id"`
	Model   string `json:"model"`
	Choices []struct {
		Index        int     `json:"index"`
		Message      message `json:"message"`
		Delta        delta   `json:"delta"`
		FinishReason string  `json:"finish_reason"`
	} `json:"choices"`
	Output            []item `json:"output"`
	Status            string `json:"status"`
	IncompleteDetails *struct {
		Reason string `json:"reason"`
	} `json:"incomplete_details"`
	Usage *usage    `json:"usage"`
	Error *apiError `json:"error"`
}

type apiError struct {
	Message string `json:"message"`
}

func (e *apiError) Error() string { return e.Message }

// usage has the names of both APIs; one set of them is zero.
type usage struct {
	PromptTokens     int64   `json:"prompt_tokens"`
	CompletionTokens int64   `json:"completion_tokens"`
	InputTokens      int64   `json:"input_tokens"`
	OutputTokens     int64   `json:"output_tokens"`
	PromptDetails    details `json:"prompt_tokens_details"`
	CompletionDetail details `json:"completion_tokens_details"`
	InputDetails     details `json:"input_tokens_details"`
	OutputDetails    details `json:"output_tokens_details"`
}

type details struct {
	CachedTokens    int64 `json:"cached_tokens"`
	ReasoningTokens int64 `json:"reasoning_tokens"`
}

// record writes an answer into the call. It returns the error that the answer
// reports, nil if it reports none.
func (r *received) record(call *xray.Call) error {
	call.Responded(r.Model, r.ID)
	if u := r.Usage; u != nil {
		call.Used(xray.Usage{
			Input:     u.PromptTokens + u.InputTokens,
			Output:    u.CompletionTokens + u.OutputTokens,
			CacheRead: u.PromptDetails.CachedTokens + u.InputDetails.CachedTokens,
			Thinking:  u.CompletionDetail.ReasoningTokens + u.OutputDetails.ReasoningTokens,
		})
	}
	var choices []xray.Message
	for _, c := range r.Choices {
		choices = append(choices, c.Message.genAI(c.FinishReason))
	}
	if len(r.Output) > 0 {
		choices = append(choices, r.output())
	}
	call.Answered(choices...)
	if r.Error != nil {
		return r.Error
	}
	return nil
}

// output joins the items of the Responses API into the one message they are.
func (r *received) output() xray.Message {
	m := xray.Message{Role: "assistant", FinishReason: "stop"}
	if r.IncompleteDetails != nil {
		m.FinishReason = r.IncompleteDetails.Reason
	}
	for _, it := range r.Output {
		part := it.genAI()
		if part.Content != "" {
			m.Parts = append(m.Parts, map[string]any{"type": "text", "content": part.Content})
		}
		m.Parts = append(m.Parts, part.Parts...)
		if it.Type == "function_call" {
			m.FinishReason = "tool_calls"
		}
	}
	return m
}

// parseWhole reads an answer that came in one piece; false if it is not JSON.
func parseWhole(body []byte) (*received, bool) {
	var r received
	err := json.Unmarshal(body, &r)
	return &r, err == nil
}
