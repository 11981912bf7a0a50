package semconv

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/xraytrace/xray"
)

// OpenInference and older OpenLLMetry spread structures over many attributes:
// llm.input_messages.1.message.tool_calls.0.tool_call.function.name. They are
// folded back into JSON, in whatever order the attributes came, and then read
// like any other.

// node is a place in the folded structure: a value, or members by name.
type node struct {
	value   json.RawMessage
	members map[string]*node
}

// fillers are path segments that only repeat what a list holds.
var fillers = []string{"message", "message_content", "tool_call", "document", "tool", "prompt", "completion", "embedding"}

// unfold returns the list that a family spells out, by index.
func (f *found) unfold(id keyID) []json.RawMessage {
	root := &node{}
	f.each(id, func(rest string, v pcommon.Value) { root.put(strings.Split(rest, "."), v) })
	list := root.list()
	if list == nil {
		return nil
	}
	elements := make([]json.RawMessage, len(list))
	for i, n := range list {
		elements[i] = n.json()
	}
	return elements
}

// maxDepth bounds how deep one key can nest: keys come from clients.
const maxDepth = 16

func (n *node) put(path []string, v pcommon.Value) {
	for i, name := range path {
		if i >= maxDepth {
			return
		}
		// After an index comes what the list holds; it names nothing new.
		if i > 0 && i < len(path)-1 && isIndex(path[i-1]) && slices.Contains(fillers, name) {
			continue
		}
		if n.members == nil {
			n.members = map[string]*node{}
		}
		next := n.members[name]
		if next == nil {
			next = &node{}
			n.members[name] = next
		}
		n = next
	}
	n.value = appendJSON(nil, v)
}

func isIndex(s string) bool {
	_, err := strconv.ParseUint(s, 10, 31)
	return err == nil
}

// list returns the members in the order of their indices, nil if they are no list.
func (n *node) list() []*node {
	if len(n.members) == 0 {
		return nil
	}
	indices := make([]uint64, 0, len(n.members))
	for name := range n.members {
		i, err := strconv.ParseUint(name, 10, 31)
		if err != nil || strconv.FormatUint(i, 10) != name {
			return nil
		}
		indices = append(indices, i)
	}
	slices.Sort(indices)
	list := make([]*node, len(indices))
	for i, index := range indices {
		list[i] = n.members[strconv.FormatUint(index, 10)]
	}
	return list
}

func (n *node) json() json.RawMessage {
	if len(n.members) == 0 {
		return n.value
	}
	if list := n.list(); list != nil {
		elements := make([]json.RawMessage, len(list))
		for i, e := range list {
			elements[i] = e.json()
		}
		return marshal(elements)
	}
	members := make(map[string]json.RawMessage, len(n.members))
	for name, m := range n.members {
		members[clean(name)] = m.json()
	}
	return marshal(members)
}

func readFlatMessages(f *found, id keyID, _ *xray.StepDetail, at side) payload {
	var all []xray.Message
	said := false
	for _, raw := range f.unfold(id) {
		m, ok := messageOf(raw)
		if !ok {
			// llm.prompts.N.prompt.text, llm.choices.N.completion.text
			role := roleUser
			if at == outputSide {
				role = roleAssistant
			}
			m = xray.Message{Role: role, Parts: messageParts(asObject(raw), role)}
		}
		said = said || len(m.Parts) > 0
		all = append(all, m)
	}
	// A refusal leaves a message without parts; the raw body may have more.
	if !said {
		return payload{}
	}
	if raw, ok := f.rawConversation(at); ok && lacksCallID(all) && len(raw) == len(all) {
		return messagesPayload(raw)
	}
	return messagesPayload(all)
}

// lacksCallID reports tool calls that nothing can be linked to: OpenInference
// for LangChain leaves out their ids, which the raw body beside them has.
func lacksCallID(messages []xray.Message) bool {
	for _, m := range messages {
		for _, p := range m.Parts {
			if p.ID == "" && (p.Type == "tool_call" || p.Type == "tool_call_response") {
				return true
			}
		}
	}
	return false
}

func (f *found) rawConversation(at side) ([]xray.Message, bool) {
	key := "input.value"
	if at == outputSide {
		key = "output.value"
	}
	id, known := f.v.ids[key]
	if !known || !f.has[id] {
		return nil, false
	}
	return conversation(jsonOf(f.values[id]))
}

func readFlatDocuments(f *found, id keyID, _ *xray.StepDetail, _ side) payload {
	var docs []xray.Document
	for _, raw := range f.unfold(id) {
		if doc, ok := documentOf(raw); ok {
			docs = append(docs, doc)
		}
	}
	if len(docs) == 0 {
		return payload{}
	}
	return documentsPayload(docs)
}

// readRerankerInput shows the query beside the documents, if there is one.
func readRerankerInput(f *found, id keyID, d *xray.StepDetail, at side) payload {
	docs := readFlatDocuments(f, id, d, at)
	query, known := f.v.ids["reranker.query"]
	if docs.kind == xray.PayloadNone || !known || !f.has[query] || isBlank(f.values[query]) {
		return docs
	}
	both := map[string]json.RawMessage{"query": jsonOf(f.values[query]), "documents": docs.json}
	return payload{marshal(both), xray.PayloadJSON}
}
