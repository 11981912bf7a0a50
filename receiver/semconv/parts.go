package semconv

import (
	"encoding/json"
	"strings"

	"github.com/xraytrace/xray"
)

// partOf reads one part of a message, by its type if it has one (OpenTelemetry,
// OpenAI, Anthropic, AI SDK, LangChain), else by its members (Gemini, Genkit,
// Bedrock). What is unknown keeps its type and its JSON.
func partOf(raw json.RawMessage) xray.MessagePart {
	if !isObject(raw) {
		return xray.MessagePart{Type: "text", Content: textOfJSON(raw)}
	}
	o := asObject(raw)
	kind := pickText(o, "type")
	switch strings.ReplaceAll(kind, "-", "_") {
	case "":
		return untypedPart(raw, o)
	case "text", "input_text", "output_text", "text_delta":
		return xray.MessagePart{Type: "text", Content: textIn(o)}
	case "tool_call", "tool_use", "function_call", "server_tool_use", "tool_call_chunk", "function", "tool":
		return toolCallPart(o)
	case "tool_call_response", "tool_result", "function_call_output", "function_response", "tool_response":
		return toolResponsePart(o)
	case "reasoning", "thinking", "reasoning_text", "summary_text", "redacted_thinking", "thought":
		return reasoningPart(o)
	case "refusal":
		return xray.MessagePart{Type: "refusal", Content: pickText(o, "refusal", "content", "text")}
	case "image_url", "input_image", "image", "audio", "input_audio", "audio_url", "video", "video_url",
		"file", "input_file", "media", "blob", "uri", "document", "file_data", "image_file":
		return mediaPart(kind, o, raw)
	}
	p := xray.MessagePart{
		Type: kind, ID: pickText(o, "id"), Name: pickText(o, "name"), Content: textIn(o),
		Arguments: valueOfText(o["arguments"]), Response: valueOfText(o["response"]),
	}
	if p.Content == "" && p.Arguments == nil && p.Response == nil {
		p.Content = string(raw)
	}
	return p
}

func textIn(o map[string]json.RawMessage) string {
	text := pick(o, "text", "content", "value")
	if inner := asObject(text); isObject(text) && inner["value"] != nil {
		return pickText(inner, "value") // OpenAI's assistants: {text: {value}}
	}
	return textOfJSON(text)
}

// untypedPart reads parts that say what they are by their one member.
func untypedPart(raw json.RawMessage, o map[string]json.RawMessage) xray.MessagePart {
	if call := asObject(pick(o, "functionCall", "function_call", "toolRequest", "toolUse", "tool_call")); call != nil {
		return toolCallPart(call)
	}
	if response := asObject(pick(o, "functionResponse", "function_response", "toolResponse", "toolResult", "tool_call_result")); response != nil {
		return toolResponsePart(response)
	}
	for _, name := range []string{"inlineData", "inline_data", "fileData", "file_data", "media", "image", "image_url"} {
		if media := o[name]; !isNothing(media) {
			return mediaPart("media", mediaMembers(name, media), raw)
		}
	}
	if thought := pickText(o, "reasoning", "reasoningContent", "reasoning_content"); thought != "" {
		return xray.MessagePart{Type: "reasoning", Content: thought}
	}
	if text := pick(o, "text", "content"); !isNothing(text) {
		if pickText(o, "thought") == "true" {
			return xray.MessagePart{Type: "reasoning", Content: textOfJSON(text)}
		}
		return xray.MessagePart{Type: "text", Content: textOfJSON(text)}
	}
	return xray.MessagePart{Type: "json", Content: string(raw)}
}

func mediaMembers(name string, media json.RawMessage) map[string]json.RawMessage {
	if inner := asObject(media); isObject(media) && inner != nil {
		return inner
	}
	return map[string]json.RawMessage{name: media, "url": media}
}

func toolCallPart(o map[string]json.RawMessage) xray.MessagePart {
	if inner := asObject(o["function"]); inner != nil {
		return xray.MessagePart{
			Type: "tool_call", ID: pickText(o, "id", "toolCallId", "call_id"),
			Name: pickText(inner, "name"), Arguments: valueOfText(inner["arguments"]),
		}
	}
	return xray.MessagePart{
		Type: "tool_call",
		ID:   pickText(o, "call_id", "toolCallId", "tool_call_id", "toolUseId", "id", "ref"),
		Name: pickText(o, "name", "toolName", "tool_name"),
		Arguments: valueOfText(pick(o, "arguments", "args", "input", "parameters",
			"action", "queries", "code")),
	}
}

func toolResponsePart(o map[string]json.RawMessage) xray.MessagePart {
	response := pick(o, "response", "result", "output", "content")
	// AI SDK 5 wraps the value: {type: json | text | error-text, value}.
	if inner := asObject(response); isObject(response) && inner["value"] != nil && inner["type"] != nil {
		response = inner["value"]
	}
	return xray.MessagePart{
		Type: "tool_call_response",
		ID:   pickText(o, "tool_use_id", "toolCallId", "tool_call_id", "toolUseId", "call_id", "id", "ref"),
		Name: pickText(o, "name", "toolName"), Response: valueOfText(response),
	}
}

func reasoningPart(o map[string]json.RawMessage) xray.MessagePart {
	p := xray.MessagePart{Type: "reasoning", Content: pickText(o, "content", "text", "thinking", "reasoning")}
	for _, name := range []string{"summary", "content"} {
		list, ok := asArray(o[name])
		if !ok {
			continue
		}
		var texts []string
		for _, raw := range list {
			texts = append(texts, pickText(asObject(raw), "text"))
		}
		if p.Content = strings.Join(texts, "\n"); p.Content != "" {
			return p
		}
	}
	return p
}

// mediaPart reads an image, sound or file: a link becomes a uri, data a blob.
func mediaPart(kind string, o map[string]json.RawMessage, raw json.RawMessage) xray.MessagePart {
	p := xray.MessagePart{MimeType: pickText(o, "mime_type", "mimeType", "mediaType", "media_type", "contentType")}
	if source := asObject(o["source"]); source != nil { // Anthropic
		o = source
		p.MimeType = pickText(o, "media_type")
	}
	link := pick(o, "uri", "url", "fileUri", "file_uri", "image_url", "audio_url", "video_url", "file_url", "image", "path")
	if inner := asObject(link); isObject(link) && inner != nil { // {url}, OpenInference {image: {url}}
		if deeper := asObject(inner["image"]); deeper != nil {
			inner = deeper
		}
		link = pick(inner, "url", "uri")
	}
	if url := textOfJSON(link); url != "" {
		if mime, data, ok := dataURL(url); ok {
			return xray.MessagePart{Type: "blob", MimeType: mime, Content: data}
		}
		p.Type, p.URI = "uri", url
		return p
	}
	if audio := asObject(o["input_audio"]); audio != nil {
		o = audio
		p.MimeType = "audio/" + pickText(o, "format")
	}
	if data := pickText(o, "data", "content", "file_data", "bytes", "base64"); data != "" {
		p.Type, p.Content = "blob", data
		if mime, bare, ok := dataURL(data); ok {
			p.MimeType, p.Content = mime, bare
		}
		return p
	}
	p.Type, p.ID, p.Name = "file", pickText(o, "file_id", "id"), pickText(o, "filename", "name")
	if p.ID == "" && p.Name == "" {
		p.Type, p.Content = kind, string(raw)
	}
	return p
}

// dataURL splits data:image/png;base64,….
func dataURL(url string) (mime, data string, ok bool) {
	rest, ok := strings.CutPrefix(url, "data:")
	if !ok {
		return "", "", false
	}
	head, data, ok := strings.Cut(rest, ",")
	return strings.TrimSuffix(head, ";base64"), data, ok
}
