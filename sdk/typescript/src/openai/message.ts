import type { Message } from "../llm.js";

type Part = Record<string, unknown>;

/** A message of the chat API. */
export interface ChatMessage {
  role?: string;
  content?: unknown; // a text, or a list of parts
  refusal?: string | null;
  tool_calls?: { id?: string; function?: { name?: string; arguments?: string } }[];
  tool_call_id?: string;
}

/** In the form of OpenTelemetry's conventions. */
export function chatMessage(m: ChatMessage, finishReason = ""): Message {
  const role = m.role ?? "assistant";
  if (role === "tool") return { role, parts: [answered(m.tool_call_id, m.content)], finishReason };
  const parts: Part[] = m.refusal ? [{ content: m.refusal, type: "refusal" }] : [];
  const text = contents(m.content, parts);
  for (const c of m.tool_calls ?? []) parts.push(callPart(c.id, c.function?.name, c.function?.arguments));
  return { role, content: text, parts, finishReason };
}

/** Returns a content that is a text; one that is a list goes into parts. */
function contents(content: unknown, parts: Part[]): string {
  if (typeof content === "string") return content;
  for (const p of Array.isArray(content) ? (content as Part[]) : []) {
    // Images, files, audio: as the API has them, bounded by the SDK.
    parts.push("text" in p ? { content: p["text"], type: "text" } : p);
  }
  return "";
}

export function callPart(id: string | undefined, name: string | undefined, args = ""): Part {
  let parsed: unknown = args;
  try {
    parsed = JSON.parse(args);
  } catch {
    // cut off: the text
  }
  return { arguments: parsed, id, name, type: "tool_call" };
}

const answered = (id: string | undefined, result: unknown): Part => ({ id, result, type: "tool_call_response" });

/** An input or output item of the Responses API. */
export interface Item {
  type?: string;
  role?: string;
  content?: unknown;
  call_id?: string;
  name?: string;
  arguments?: string;
  output?: unknown;
  summary?: { text?: string }[];
}

export function itemMessage(it: Item): Message {
  switch (it.type) {
    case "function_call":
      return { role: "assistant", parts: [callPart(it.call_id, it.name, it.arguments)] };
    case "function_call_output":
      return { role: "tool", parts: [answered(it.call_id, it.output)] };
    case "reasoning":
      return { role: "assistant", parts: (it.summary ?? []).map((s) => ({ content: s.text, type: "reasoning" })) };
  }
  const parts: Part[] = [];
  const content = contents(it.content, parts);
  return { role: it.role ?? "assistant", content, parts };
}
