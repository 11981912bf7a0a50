import type { LLMRequest, Message } from "../llm.js";
import { type ChatMessage, chatMessage, type Item, itemMessage } from "./message.js";

/** What an endpoint does. */
export type Kind = "chat" | "responses" | "embeddings";

export function kindOf(path: string): Kind | undefined {
  if (path.endsWith("/chat/completions")) return "chat";
  if (path.endsWith("/responses")) return "responses";
  return path.endsWith("/embeddings") ? "embeddings" : undefined;
}

/** What is read of all three kinds of request. */
interface Sent {
  model: string;
  messages?: ChatMessage[];
  instructions?: string;
  input?: unknown; // a text, or a list
  tools?: unknown;
  stream?: boolean;
  temperature?: number;
  top_p?: number;
  max_tokens?: number;
  max_completion_tokens?: number;
  max_output_tokens?: number;
}

/** input is set for embeddings, which have no messages. */
export function parseRequest(kind: Kind, sent: Sent): { request: LLMRequest; input?: unknown } {
  const request: LLMRequest = { model: sent.model, stream: sent.stream ?? false };
  const most = sent.max_output_tokens ?? sent.max_completion_tokens ?? sent.max_tokens;
  if (sent.temperature != null) request.temperature = sent.temperature;
  if (sent.top_p != null) request.topP = sent.top_p;
  if (most != null) request.maxTokens = most;
  if (sent.tools != null) request.tools = sent.tools;
  if (kind === "embeddings") return { request: { ...request, operation: "embeddings" }, input: sent.input };
  request.messages = kind === "chat" ? (sent.messages ?? []).map((m) => chatMessage(m)) : items(sent);
  return { request };
}

function items(sent: Sent): Message[] {
  const first: Message[] = sent.instructions ? [{ role: "system", content: sent.instructions }] : [];
  if (typeof sent.input === "string") return [...first, { role: "user", content: sent.input }];
  return [...first, ...(Array.isArray(sent.input) ? (sent.input as Item[]).map(itemMessage) : [])];
}
