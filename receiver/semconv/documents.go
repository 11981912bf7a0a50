package semconv

import (
	"encoding/json"
	"maps"

	"github.com/xraytrace/xray"
)

// documents reads a list of retrieved documents of any known shape, also
// inside {documents: […]} and its like.
func documents(raw json.RawMessage) (docs []xray.Document, ok bool) {
	list, ok := asArray(raw)
	if !ok {
		o := asObject(raw)
		list, ok = asArray(pick(o, "documents", "docs", "outputs", "output", "results", "matches", "nodes", "source_nodes"))
		if !ok {
			return nil, false
		}
	}
	for _, e := range list {
		doc, isDoc := documentOf(e)
		if !isDoc {
			return nil, false
		}
		docs = append(docs, doc)
	}
	return docs, len(docs) > 0
}

// knownDocuments is documents for steps that are not said to be retrievers: it
// takes only the shapes that frameworks give to documents and nothing else.
func knownDocuments(raw json.RawMessage) ([]xray.Document, bool) {
	list, ok := asArray(raw)
	if !ok || len(list) == 0 {
		return nil, false
	}
	for _, e := range list {
		o := asObject(e)
		if !hasAny(o, "page_content", "pageContent") && !hasAny(asObject(o["node"]), "id_", "text") {
			return nil, false
		}
	}
	return documents(raw)
}

// documentOf reads one document: OpenTelemetry's, OpenInference's, LangChain's
// (plain or serialised), LlamaIndex's {node, score}, Haystack's, or a free
// form with an id or a text. Members without a field of their own go to the
// metadata, so that nothing is lost.
func documentOf(raw json.RawMessage) (doc xray.Document, ok bool) {
	if !isObject(raw) {
		return doc, false
	}
	o := asObject(raw)
	if kwargs := asObject(o["kwargs"]); kwargs != nil && o["lc"] != nil {
		o = kwargs
	}
	rest := maps.Clone(o)
	take := func(names ...string) json.RawMessage {
		for _, name := range names {
			if v := rest[name]; !isNothing(v) {
				delete(rest, name)
				return v
			}
		}
		return nil
	}
	if node := asObject(o["node"]); node != nil {
		delete(rest, "node")
		maps.Copy(rest, node)
	}
	doc.ID = textOfJSON(take("id", "id_", "_id", "document_id", "doc_id", "node_id", "chunk_id"))
	doc.Content = textOfJSON(take("content", "text", "page_content", "pageContent", "document", "body", "chunk"))
	metadata := take("metadata", "meta")
	score, scored := numberOfJSON(take("score", "relevance_score", "relevanceScore", "similarity"))
	if !scored { // LangChain JS has it in the metadata only
		score, scored = numberOfJSON(asObject(metadata)["score"])
	}
	if scored {
		doc.Score = &score
	}
	doc.Metadata = documentMetadata(rest, metadata)
	return doc, doc.Content != "" || doc.ID != ""
}

func documentMetadata(rest map[string]json.RawMessage, metadata json.RawMessage) json.RawMessage {
	members := asObject(metadata)
	if members == nil && !isNothing(metadata) {
		rest["metadata"] = metadata
	}
	maps.Copy(rest, members)
	for name, v := range rest {
		switch name {
		case "type", "lc", "excludedEmbedMetadataKeys", "excludedLlmMetadataKeys", "textTemplate",
			"metadataSeparator", "hash", "embedding", "startCharIdx", "endCharIdx", "relationships":
			delete(rest, name) // the frameworks' own plumbing, and vectors
			continue
		}
		if isNothing(v) {
			delete(rest, name)
		}
	}
	if len(rest) == 0 {
		return nil
	}
	return marshal(rest)
}

func readDocuments(f *found, id keyID, _ *xray.StepDetail, _ side) payload {
	if isBlank(f.values[id]) {
		return payload{}
	}
	raw := jsonOf(f.values[id])
	if docs, ok := documents(raw); ok {
		return documentsPayload(docs)
	}
	return plain(raw)
}

// resultEvents reads what vector databases report under OpenLLMetry: one event
// per match.
func resultEvents(events []xray.Event) payload {
	var docs []xray.Document
	for _, e := range events {
		if e.Name != "db.query.result" {
			continue
		}
		o := asObject(e.Attributes)
		doc := xray.Document{
			ID:       pickText(o, "db.query.result.id"),
			Content:  pickText(o, "db.query.result.document"),
			Metadata: valueOfText(o["db.query.result.metadata"]),
		}
		if n, ok := numberOfJSON(pick(o, "db.query.result.score", "db.query.result.distance")); ok {
			doc.Score = &n
		}
		docs = append(docs, doc)
	}
	if len(docs) == 0 {
		return payload{}
	}
	return documentsPayload(docs)
}
