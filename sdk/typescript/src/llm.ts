import { type Attributes, type Context, context, SpanKind } from "@opentelemetry/api";
import { openSpan } from "./begin.js";
import { names, pointerOf } from "./names.js";
import type { OpenStep } from "./openstep.js";
import type { Recorder } from "./recorder.js";
import type { Run } from "./run.js";

/**
 * One chat message. A message that calls tools or answers one has parts in
 * place of content, in the form of OpenTelemetry's GenAI conventions
 * (gen-ai-input-messages.json).
 */
export interface Message {
  role: string;
  content?: string;
  parts?: Record<string, unknown>[];
  /** For answers: stop, length, tool_calls, … */
  finishReason?: string;
}

/** What a model is asked. */
export interface LLMRequest {
  model: string;
  /** chat if left out; generate_content, text_completion, embeddings. */
  operation?: string;
  /** openai, anthropic, gcp.gemini, aws.bedrock, … */
  provider?: string;
  messages?: Message[];
  temperature?: number;
  topP?: number;
  maxTokens?: number;
  /** Definitions of the tools on offer, as the API takes them. */
  tools?: unknown;
  stream?: boolean;
}

/** Cached and reasoning tokens are parts of input and output, not additions to them. */
export interface Usage {
  input: number;
  output: number;
  cacheRead?: number;
  thinking?: number;
}

/**
 * A model call under way: `ctx.llm` hands one to the function it runs, which
 * tells what came back.
 *
 *     const text = await ctx.llm({ model: "gpt-5-mini", provider: "openai", messages }, async (call) => {
 *       const answer = await ask(messages);
 *       call.responded({ model: answer.model, id: answer.id });
 *       call.used({ input: answer.usage.in, output: answer.usage.out });
 *       call.answered({ role: "assistant", content: answer.text, finishReason: "stop" });
 *       return answer.text;
 *     });
 */
export class Call {
  private heard = false;
  /** @internal */
  spoke = false;

  /** @internal */
  constructor(
    readonly own: OpenStep,
    request: LLMRequest,
  ) {
    own.type = request.operation === "embeddings" ? "embedding" : "llm";
    if (own.recording) this.ask(request);
  }

  /** Which model answered, not always the one that was asked, and the response's id. */
  responded({ model, id }: { model?: string; id?: string }): void {
    this.set({ ...(model ? { "gen_ai.response.model": model } : {}), ...(id ? { "gen_ai.response.id": id } : {}) });
  }

  /** The tokens that the provider counted. */
  used({ input, output, cacheRead = 0, thinking = 0 }: Usage): void {
    this.set({ "gen_ai.usage.input_tokens": input, "gen_ai.usage.output_tokens": output });
    if (cacheRead > 0) this.set({ "gen_ai.usage.cache_read.input_tokens": cacheRead });
    if (thinking > 0) this.set({ "gen_ai.usage.reasoning.output_tokens": thinking });
  }

  /** Records the time to the first piece of a streamed answer. Only the first call counts. */
  firstToken(): void {
    if (!this.heard) this.set({ "gen_ai.response.time_to_first_chunk": (performance.now() - this.own.begun) / 1000 });
    this.heard = true;
  }

  /** The model's answer, one message per choice. */
  answered(...choices: Message[]): void {
    if (choices.length === 0) return;
    this.spoke = true;
    const reasons = choices.flatMap((m) => (m.finishReason ? [m.finishReason] : []));
    if (reasons.length > 0) this.set({ "gen_ai.response.finish_reasons": reasons });
    this.payload("gen_ai.output.messages", genAI(choices));
  }

  /** Records what the call was given where that is not messages, as for embeddings. */
  setInput(value: unknown): void {
    this.own.set(names.input, "/input", value);
  }

  /** OpenTelemetry attributes of the call. */
  setAttributes(attrs: Attributes): void {
    this.set(attrs);
  }

  private ask(r: LLMRequest): void {
    const attrs: Attributes = { "gen_ai.operation.name": r.operation ?? "chat", "gen_ai.request.model": r.model };
    if (r.provider) attrs["gen_ai.provider.name"] = r.provider;
    if (r.temperature !== undefined) attrs["gen_ai.request.temperature"] = r.temperature;
    if (r.topP !== undefined) attrs["gen_ai.request.top_p"] = r.topP;
    if (r.maxTokens !== undefined) attrs["gen_ai.request.max_tokens"] = r.maxTokens;
    if (r.stream) attrs["gen_ai.request.stream"] = true;
    this.set(attrs);
    if (r.messages?.length) this.payload("gen_ai.input.messages", genAI(r.messages));
    if (r.tools !== undefined) this.payload("gen_ai.tool.definitions", r.tools);
  }

  private set(attrs: Attributes): void {
    if (this.own.recording) this.own.span.setAttributes(attrs);
  }

  /** A JSON attribute, masked and bounded as all payloads are. */
  private payload(key: string, value: unknown): void {
    this.own.set(key, pointerOf(key), value);
  }
}

function genAI(messages: Message[]): object[] {
  return messages.map(({ role, content, parts = [], finishReason }) => ({
    role,
    parts: content || parts.length === 0 ? [{ content: content ?? "", type: "text" }, ...parts] : parts,
    finish_reason: finishReason || undefined,
  }));
}

/** Begins a model call that the caller ends by closing its step. */
export function startCall(recorder: Recorder, request: LLMRequest, parent: Context, run: Run | undefined): Call {
  const name = `${request.operation ?? "chat"} ${request.model}`;
  return new Call(openSpan(recorder, name, parent, run, SpanKind.CLIENT), request);
}

/** Runs fn within the call; its result is recorded only if no message was. */
export async function runCall<T>(call: Call, fn: (call: Call) => Promise<T> | T): Promise<T> {
  try {
    const out = await context.with(call.own.otel, () => fn(call));
    if (!call.spoke && out !== undefined) call.own.set(names.output, "/output", out);
    return out;
  } catch (err) {
    call.own.fail(err);
    throw err;
  } finally {
    call.own.close();
  }
}
