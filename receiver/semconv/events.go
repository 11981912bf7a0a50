package semconv

import (
	"encoding/json"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray"
)

// GenAI instrumentations between versions 1.28 and 1.36, and some since, put
// the messages into span events or into log records instead of attributes.

// eventsOf lists the span's events and the log records that belong to it, in
// the order of their times.
func eventsOf(span ptrace.Span, logs []plog.LogRecord) []xray.Event {
	n := span.Events().Len() + len(logs)
	if n == 0 {
		return nil
	}
	events := make([]xray.Event, 0, n)
	for _, e := range span.Events().All() {
		events = append(events, xray.Event{
			Time:       xray.NanoFromOTLP(uint64(e.Timestamp())),
			Name:       clean(e.Name()),
			Attributes: appendMap(nil, e.Attributes()),
		})
	}
	for _, r := range logs {
		events = append(events, logEvent(r))
	}
	slices.SortStableFunc(events, func(a, b xray.Event) int {
		switch {
		case a.Time < b.Time:
			return -1
		case a.Time > b.Time:
			return 1
		}
		return 0
	})
	return events
}

// logEvent names a record by its EventName or, as most SDKs still do, by the
// attribute event.name.
func logEvent(r plog.LogRecord) xray.Event {
	at := r.Timestamp()
	if at == 0 {
		at = r.ObservedTimestamp()
	}
	name := r.EventName()
	if name == "" {
		name = attribute(r.Attributes(), "event.name")
	}
	e := xray.Event{
		Time:       xray.NanoFromOTLP(uint64(at)),
		Name:       clean(name),
		Attributes: appendMap(nil, r.Attributes()),
	}
	if r.Body().Type() != pcommon.ValueTypeEmpty {
		e.Body = jsonOf(r.Body())
	}
	return e
}

// eventMessages reads input and output from events. A record's structure is
// its body, a span event's is flattened into its attributes.
func eventMessages(events []xray.Event) (input, output []xray.Message) {
	var system []xray.Message
	for _, e := range events {
		o := asObject(e.Body)
		attributes := asObject(e.Attributes)
		if o == nil {
			o = attributes
		}
		switch e.Name {
		case "gen_ai.system.message", "gen_ai.user.message", "gen_ai.assistant.message", "gen_ai.tool.message":
			role := strings.TrimSuffix(strings.TrimPrefix(e.Name, "gen_ai."), ".message")
			input = append(input, eventMessage(o, e.Body, role))
		case "gen_ai.choice":
			output = append(output, choiceMessage(o, e.Body))
		case "gen_ai.content.prompt":
			if m, ok := conversation(valueOfText(attributes["gen_ai.prompt"])); ok {
				input = append(input, m...)
			}
		case "gen_ai.content.completion":
			if m, ok := conversation(valueOfText(attributes["gen_ai.completion"])); ok {
				output = append(output, m...)
			}
		case "gen_ai.client.inference.operation.details":
			// Some write the details as attributes, some as the body.
			for _, in := range []map[string]json.RawMessage{attributes, asObject(e.Body)} {
				if raw := in["gen_ai.system_instructions"]; !isNothing(raw) {
					system = instructions(valueOfText(raw))
				}
				if m, ok := conversation(valueOfText(in["gen_ai.input.messages"])); ok {
					input = append(input, m...)
				}
				if m, ok := conversation(valueOfText(in["gen_ai.output.messages"])); ok {
					output = append(output, m...)
				}
			}
		}
	}
	return withSystem(system, input), output
}

func eventMessage(o map[string]json.RawMessage, body json.RawMessage, role string) xray.Message {
	if said := pickText(o, "role"); said != "" {
		role = roleOf(said)
	}
	m := xray.Message{Role: role, Name: pickText(o, "name"), Parts: messageParts(o, role)}
	if len(m.Parts) == 0 && isString(body) {
		m.Parts = contentParts(body)
	}
	return m
}

func choiceMessage(o map[string]json.RawMessage, body json.RawMessage) xray.Message {
	message := asObject(o["message"])
	if message == nil {
		message = o
	}
	m := eventMessage(message, nil, roleAssistant)
	if text := o["message"]; len(m.Parts) == 0 && isString(text) {
		m.Parts = contentParts(text)
	}
	if calls := o["tool_calls"]; !isNothing(calls) && asObject(o["message"])["tool_calls"] == nil && asObject(o["message"]) != nil {
		m.Parts = append(m.Parts, calledTools(o, m.Parts)...)
	}
	if len(m.Parts) == 0 && isString(body) {
		m.Parts = contentParts(body)
	}
	m.FinishReason = pickText(o, "finish_reason")
	return m
}

// readEventList reads Pydantic AI's older form: a JSON list of such events.
func readEventList(f *found, id keyID, _ *xray.StepDetail, at side) payload {
	list, ok := asArray(jsonOf(f.values[id]))
	if !ok {
		return payload{}
	}
	var events []xray.Event
	for _, raw := range list {
		events = append(events, xray.Event{Name: pickText(asObject(raw), "event.name"), Body: raw})
	}
	input, output := eventMessages(events)
	if at == outputSide {
		return messagesPayload(output)
	}
	return messagesPayload(input)
}

// readAllMessages reads a whole conversation: what the agent was given is all
// but its last word, which is the output.
func readAllMessages(f *found, id keyID, _ *xray.StepDetail, at side) payload {
	m, ok := conversation(jsonOf(f.values[id]))
	if !ok {
		return payload{}
	}
	last := len(m) - 1
	switch {
	case at == inputSide && m[last].Role == roleAssistant:
		return messagesPayload(withSystem(f.systemMessages(), m[:last]))
	case at == inputSide:
		return messagesPayload(withSystem(f.systemMessages(), m))
	case m[last].Role == roleAssistant:
		return messagesPayload(m[last:])
	}
	return payload{}
}
