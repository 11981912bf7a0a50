import type { Call } from "../llm.js";
import type { ChatMessage } from "./message.js";
import type { Answer } from "./response.js";

/** A piece of a message of a streamed chat answer. */
interface Delta {
  content?: string | null;
  refusal?: string | null;
  tool_calls?: { index?: number; id?: string; function?: { name?: string; arguments?: string } }[];
}

interface Event extends Omit<Answer, "choices"> {
  /** Of the Responses API; its last event holds the whole answer. */
  type?: string;
  response?: Answer;
  delta?: unknown;
  choices?: { index?: number; delta?: Delta; finish_reason?: string | null }[];
}

const MOST_CHOICES = 128; // the API allows no more
const MOST_CALLS = 1024;

/** Puts a streamed answer together from its server-sent events. */
export class Stream {
  whole: Answer = {};
  private line = "";
  private readonly decoder = new TextDecoder();

  constructor(private readonly call: Call) {}

  write(piece: Uint8Array): void {
    const lines = (this.line + this.decoder.decode(piece, { stream: true })).split("\n");
    this.line = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("data:")) this.event(line.slice(5).trim());
    }
  }

  private event(data: string): void {
    if (!data.startsWith("{")) return; // [DONE]
    const e = JSON.parse(data) as Event;
    if (e.error) this.whole.error = e.error;
    if (e.type) {
      if (e.delta !== undefined) this.call.firstToken();
      if (e.response) this.whole = e.response;
      return;
    }
    if (e.id) this.whole.id = e.id;
    if (e.model) this.whole.model = e.model;
    if (e.usage) this.whole.usage = e.usage;
    for (const c of e.choices ?? []) this.piece(c.index ?? 0, c.delta ?? {}, c.finish_reason);
  }

  private piece(index: number, delta: Delta, finish: string | null | undefined): void {
    if (index < 0 || index >= MOST_CHOICES) return;
    const choices = (this.whole.choices ??= []);
    while (choices.length <= index) choices.push({ message: { role: "assistant", content: "" } });
    const into = choices[index]!;
    const message = into.message!;
    if (finish) into.finish_reason = finish;
    if (delta.content || delta.refusal || delta.tool_calls?.length) this.call.firstToken();
    message.content = String(message.content) + (delta.content ?? "");
    if (delta.refusal) message.refusal = (message.refusal ?? "") + delta.refusal;
    addCalls(message, delta);
  }
}

/** Of the pieces of a tool call the first has id and name, all have a part of the arguments. */
function addCalls(message: ChatMessage, delta: Delta): void {
  for (const t of delta.tool_calls ?? []) {
    const index = t.index ?? 0;
    if (index < 0 || index >= MOST_CALLS) continue;
    const calls = (message.tool_calls ??= []);
    while (calls.length <= index) calls.push({});
    const into = calls[index]!;
    if (t.id) into.id = t.id;
    into.function = {
      name: (into.function?.name ?? "") + (t.function?.name ?? ""),
      arguments: (into.function?.arguments ?? "") + (t.function?.arguments ?? ""),
    };
  }
}
