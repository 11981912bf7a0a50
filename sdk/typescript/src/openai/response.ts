import type { Call, Message } from "../llm.js";
import { type ChatMessage, chatMessage, type Item, itemMessage } from "./message.js";

interface Details {
  cached_tokens?: number;
  reasoning_tokens?: number;
}

/** What is read of all three kinds of answer. */
export interface Answer {
  id?: string;
  model?: string;
  choices?: { index?: number; message?: ChatMessage; finish_reason?: string | null }[];
  output?: Item[];
  incomplete_details?: { reason?: string } | null;
  /** The names of both APIs; one set of them is there. */
  usage?: {
    prompt_tokens?: number;
    completion_tokens?: number;
    input_tokens?: number;
    output_tokens?: number;
    prompt_tokens_details?: Details | null;
    completion_tokens_details?: Details | null;
    input_tokens_details?: Details | null;
    output_tokens_details?: Details | null;
  } | null;
  error?: { message?: string } | null;
}

/** Writes an answer into the call; returns the error that the answer reports. */
export function record(call: Call, a: Answer): Error | undefined {
  call.responded({ model: a.model ?? "", id: a.id ?? "" });
  const u = a.usage;
  if (u) {
    call.used({
      input: u.prompt_tokens ?? u.input_tokens ?? 0,
      output: u.completion_tokens ?? u.output_tokens ?? 0,
      cacheRead: (u.prompt_tokens_details ?? u.input_tokens_details)?.cached_tokens ?? 0,
      thinking: (u.completion_tokens_details ?? u.output_tokens_details)?.reasoning_tokens ?? 0,
    });
  }
  const choices = (a.choices ?? []).map((c) => chatMessage(c.message ?? {}, c.finish_reason ?? ""));
  if (a.output?.length) choices.push(joined(a, a.output));
  call.answered(...choices);
  return a.error ? new Error(a.error.message) : undefined;
}

/** The items of the Responses API are one message. */
function joined(a: Answer, output: Item[]): Message {
  const parts: Record<string, unknown>[] = [];
  let finishReason = a.incomplete_details?.reason ?? "stop";
  for (const it of output) {
    const m = itemMessage(it);
    if (m.content) parts.push({ content: m.content, type: "text" });
    parts.push(...(m.parts ?? []));
    if (it.type === "function_call") finishReason = "tool_calls";
  }
  return { role: "assistant", parts, finishReason };
}
